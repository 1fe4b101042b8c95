"""The plan's own sums, worked out again: those that hold, and those that do not.

Amounts in the sums are in yuan. Everything is computed from the cited parameters.
"""

from fractions import Fraction

from doudi.money import yuan
from doudi.rules import Policy, finding
from doudi.rules.amounts import WHOLE
from doudi.rules.findings import Check, growth_tenths, number, tenths

_FEN = 100


@finding("P-38", zh="每年的嘎查数乘以五年，等于总数")
def villages_of_five_years(policy: Policy) -> Check:
    """The gachas of each year make up the total of five years."""
    yearly, years = number(policy, "villages_a_year"), number(policy, "plan_years")
    total = number(policy, "villages_total")
    return Check(
        f"{total:,}", f"{yearly:,} × {years} = {yearly * years:,}", yearly * years == total
    )


@finding("P-39", zh="每个嘎查：自治区资金加旗县资金，等于投入下限")
def money_of_a_village(policy: Policy) -> Check:
    """The region's and the banner's money for a gacha make up the least total."""
    region, banner = number(policy, "village_region_share"), number(policy, "village_banner_least")
    total = number(policy, "village_total_least")
    return Check(
        yuan(total),
        f"{yuan(region)} + {yuan(banner)} = {yuan(region + banner)}",
        region + banner == total,
    )


@finding("P-36", zh="连片开发：自治区1亿元按1:3配套，等于总投资下限")
def money_of_an_area(policy: Policy) -> Check:
    """The region's money matched by three local parts makes up the least total of a league."""
    region, parts = number(policy, "area_region_share"), number(policy, "local_match_parts")
    total = number(policy, "area_total_least")
    computed = region * (1 + parts)
    return Check(
        yuan(total), f"{yuan(region)} × (1 + {parts}) = {yuan(computed)}", computed == total
    )


@finding("P-36", "P-39", zh="整村推进的配套比例与连片开发的1:3不同")
def local_match_of_a_village(policy: Policy) -> Check:
    """A gacha's money is matched less than the contiguous development of an area."""
    region, banner = number(policy, "village_region_share"), number(policy, "village_banner_least")
    parts = number(policy, "local_match_parts")
    match = Fraction(banner, region)
    return Check(
        f"1 : {parts}",
        f"{yuan(banner)} ÷ {yuan(region)} = {match}; 1 : {match}",
        match == parts,
    )


@finding("P-44", "P-45", zh="每年搬迁户数乘以五年，够不够总户数")
def relocated_households_of_five_years(policy: Policy) -> Check:
    """The households moved each year make up the total of five years."""
    return _years_of(
        policy,
        "relocated_households_a_year",
        "relocation_years",
        "relocated_households_total",
    )


@finding("P-44", "P-45", zh="每年搬迁人数（左右）乘以五年，够不够总人数")
def relocated_persons_of_five_years(policy: Policy) -> Check:
    """The persons moved each year make up the total of five years."""
    return _years_of(
        policy, "relocated_persons_a_year", "relocation_years", "relocated_persons_total"
    )


def _years_of(policy: Policy, yearly_name: str, years_name: str, total_name: str) -> Check:
    yearly, years = number(policy, yearly_name), number(policy, years_name)
    total = number(policy, total_name)
    reached = yearly * years
    difference = f"; {reached:,} − {total:,} = {reached - total:,}" if reached != total else ""
    return Check(f"{total:,}", f"{yearly:,} × {years} = {reached:,}{difference}", reached == total)


@finding("P-44", "P-45", zh="平均每户人数：总数与每年任务不一样")
def size_of_a_relocated_household(policy: Policy) -> Check:
    """The persons in a household are the same in the total as in a year."""
    persons, households = (
        number(policy, "relocated_persons_total"),
        number(policy, "relocated_households_total"),
    )
    yearly = Fraction(
        number(policy, "relocated_persons_a_year"), number(policy, "relocated_households_a_year")
    )
    hundredths = (200 * persons + households) // (2 * households)
    return Check(
        f"{yearly}",
        f"{persons:,} ÷ {households:,} = {hundredths // 100}.{hundredths % 100:02}",
        Fraction(persons, households) == yearly,
    )


@finding("P-55", zh="互助资金：750个加五年每年400个，够不够3000个")
def mutual_funds_of_five_years(policy: Policy) -> Check:
    """The mutual funds at the start and those added each year make up the total."""
    start, yearly = number(policy, "mutual_funds_at_start"), number(policy, "mutual_funds_a_year")
    years, total = number(policy, "plan_years"), number(policy, "mutual_funds_total")
    reached = start + yearly * years
    needed = Fraction(total - start, years)
    return Check(
        f"{total:,}",
        f"{start:,} + {years} × {yearly:,} = {reached:,}; "
        f"({total:,} − {start:,}) ÷ {years} = {needed}",
        reached == total,
    )


@finding("P-32", zh="两类龙头企业相加，等于总数")
def leader_enterprises(policy: Policy) -> Check:
    """The two classes of leader enterprise make up their total."""
    production, services = (
        number(policy, "leaders_production"),
        number(policy, "leaders_services"),
    )
    total = number(policy, "leaders_total")
    return Check(
        f"{total:,}",
        f"{production:,} + {services:,} = {production + services:,}",
        production + services == total,
    )


@finding("P-53", zh="“1115”工程：四项数量与名称相符")
def industry_programme(policy: Policy) -> Check:
    """The leading digits of the programme's four numbers spell its name."""
    numbers = [
        number(policy, name) for name in ("leaders_a_year", "cooperatives_a_year", "gachas_a_year")
    ]
    numbers.append(number(policy, "demonstrations_a_year"))
    name = str(number(policy, "industry_programme_name"))
    spelled = "".join(str(one)[0] for one in numbers)
    return Check(
        name, f"{' + '.join(map(str, numbers))} = {sum(numbers)}; {spelled}", spelled == name
    )


@finding("P-05", zh="2015年和2017年的收入目标指向同一个2010年基数")
def income_base(policy: Policy) -> Check:
    """Both income targets imply the same income of the base year."""
    middle, last = number(policy, "income_middle_year"), number(policy, "income_last_year")
    twice = number(policy, "income_multiple_middle_year")
    four_times = number(policy, "income_multiple_last_year")
    return Check(
        f"{yuan(middle)} = {twice} × X; {yuan(last)} = {four_times} × X",
        f"X = {yuan(middle // twice)}; X = {yuan(last // four_times)}",
        middle * four_times == last * twice,
    )


@finding("P-05", zh="基数每年增长15%，五年后达到3000元")
def income_growth_to_the_middle_year(policy: Policy) -> Check:
    """The stated yearly growth leads from the implied base to the income of the middle year."""
    middle = number(policy, "income_middle_year")
    base = Fraction(middle, number(policy, "income_multiple_middle_year"))
    years = number(policy, "middle_year") - number(policy, "base_year")
    rate = Fraction(number(policy, "income_growth"), WHOLE)
    reached = base * (1 + rate) ** years
    fen = round(reached)
    return Check(
        f"≥ {yuan(middle)}",
        f"{yuan(int(base))} × (1 + {rate * 100}%)^{years} ≈ {yuan(fen)}",
        reached >= middle,
    )


@finding("P-05", zh="2015年到2017年翻一番要求的年增长率，与此前的15%相比")
def income_growth_to_the_last_year(policy: Policy) -> Check:
    """The yearly growth of before is enough for the income of the last year."""
    middle, last = number(policy, "income_middle_year"), number(policy, "income_last_year")
    years = number(policy, "last_year") - number(policy, "middle_year")
    stated = number(policy, "income_growth")
    needed = growth_tenths(middle, last, years)
    enough = middle * (WHOLE + stated) ** years >= last * WHOLE**years
    return Check(
        f"{Fraction(stated, _FEN)}%",
        f"({yuan(last)} ÷ {yuan(middle)})^(1/{years}) − 1 ≈ {tenths(needed)}%",
        enough,
    )


@finding("P-04", zh="到2015年之后还要脱贫多少人")
def poor_left_after_the_middle_year(policy: Policy) -> Check:
    """What the last two years have to do; the source gives no yearly number."""
    start, cut = number(policy, "poor_population"), number(policy, "poor_cut_by_middle_year")
    years = number(policy, "last_year") - number(policy, "middle_year")
    left = start - cut
    return Check("—", f"{start:,} − {cut:,} = {left:,}; ÷ {years} = {left // years:,}", None)


@finding("P-09", zh="自治区成立70周年就是2017年")
def anniversary_year(policy: Policy) -> Check:
    """The anniversary falls in the last year of the plan."""
    founded, anniversary = number(policy, "region_founded"), number(policy, "anniversary")
    last = number(policy, "last_year")
    return Check(
        f"{last}",
        f"{founded} + {anniversary} = {founded + anniversary}",
        founded + anniversary == last,
    )


@finding("P-55", "P-75", zh="互助资金平均每个组织多少钱")
def money_of_a_mutual_fund(policy: Policy) -> Check:
    """The least money of all mutual funds for each of them; the source gives no such amount."""
    money, funds = number(policy, "mutual_money_least"), number(policy, "mutual_funds_total")
    each = (2 * money + funds) // (2 * funds)
    return Check("—", f"{yuan(money)} ÷ {funds:,} ≈ {yuan(each)}", None)


@finding("P-36", "P-39", "P-45", zh="三项重点工程一年合计要自治区多少钱")
def region_money_of_the_three_projects(policy: Policy) -> Check:
    """What the three key projects take of the region in a year; the source gives no total."""
    areas = number(policy, "area_region_share") * number(policy, "area_leagues")
    villages = number(policy, "village_region_share") * number(policy, "villages_a_year")
    moves = number(policy, "relocation_money") * number(policy, "relocated_households_a_year")
    total, years = areas + villages + moves, number(policy, "plan_years")
    return Check(
        "—",
        f"{yuan(areas)} + {yuan(villages)} + {yuan(moves)} = {yuan(total)}; "
        f"× {years} = {yuan(total * years)}",
        None,
    )


@finding("P-74", zh="小额贷款公司：每年10个旗县、五年，是否覆盖全部重点旗县")
def micro_loan_banners_of_five_years(policy: Policy) -> Check:
    """The banners of five years cover all key banners, whose number the source does not give."""
    yearly = number(policy, "micro_loan_banners_a_year")
    years = number(policy, "micro_loan_years")
    all_banners = policy.value_on("key_banners", policy.valid_to).value
    reached = yearly * years
    computed = f"{yearly} × {years} = {reached}"
    if not isinstance(all_banners, int):
        return Check("—", computed, None)
    return Check(f"{all_banners:,}", computed, reached >= all_banners)
