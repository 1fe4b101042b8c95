"""The lines of a bill: what must be true of each before it is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from doudi.money import yuan
from doudi.office.settlement.models import Admission, FeeLine
from doudi.office.settlement.refusals import Refused
from doudi.rules.amounts import LARGEST_AMOUNT

_THOUSAND = 1000
_LONGEST_ITEM = 120
_NAMES = {
    "quantity_thousandths": "数量",
    "unit_price_fen": "单价",
    "total_fen": "总额",
    "full_own_fen": "全自费",
    "over_limit_fen": "超限价",
    "first_own_fen": "先行自付",
    "in_scope_fen": "政策范围",
}


@dataclass(frozen=True)
class FeeInput:
    """One line as a hospital sends it; money in fen, the quantity in thousandths.

    ``full_own`` is what lies outside the catalogue (全自费), ``over_limit`` what exceeds a price
    limit (超限价), ``first_own`` what is first paid by the person (先行自付); the rest of the total
    is within the policy's scope (政策范围内). ``replaces`` is the number of the line in whose place
    it comes; a line that should not be there is replaced by one of quantity and amounts 0.
    """

    item: str
    catalogue: str
    quantity_thousandths: int
    unit_price_fen: int
    total_fen: int
    full_own_fen: int
    over_limit_fen: int
    first_own_fen: int
    in_scope_fen: int
    replaces: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The line as plain data."""
        return dict(vars(self))


def check_fee_lines(lines: Sequence[FeeInput]) -> None:
    """Refused with every fault by line number, or nothing."""
    numbered = enumerate(lines, start=1)
    faults = [fault for number, line in numbered for fault in _faults(number, line)]
    if not lines:
        faults.append(("账单没有费用明细", "the bill has no lines"))
    refuse_all(faults)


def refuse_all(faults: Sequence[tuple[str, str]]) -> None:
    """Refused with all faults together, if there are any."""
    if faults:
        zh, en = "；".join(zh for zh, _en in faults), "; ".join(en for _zh, en in faults)
        raise Refused(zh, en, faults)


def _faults(number: int, line: FeeInput) -> list[tuple[str, str]]:
    faults = []
    amounts = {name: value for name, value in line.to_dict().items() if name in _NAMES}
    for name, value in amounts.items():
        if type(value) is not int or not 0 <= value <= LARGEST_AMOUNT:
            zh = "应为不小于 0 的数，金额最多两位小数，数量最多三位"
            faults.append((f"第{number}行 {_NAMES[name]}：{zh}", f"line {number}: {name}"))
    if not line.item.strip() or len(line.item) > _LONGEST_ITEM or not line.item.isprintable():
        zh = f"第{number}行：项目名称没有填、超过 {_LONGEST_ITEM} 字或含有控制字符"
        faults.append((zh, f"line {number}: item name"))
    if line.catalogue not in FeeLine.Catalogue.values:
        faults.append((f"第{number}行：目录类别应为 A、B 或 C", f"line {number}: catalogue class"))
    if faults:
        return faults
    expected = exact_total(line.quantity_thousandths, line.unit_price_fen)
    if line.total_fen != expected:
        faults.append(
            (
                f"第{number}行：数量乘以单价应为 {yuan(expected)} 元，"
                f"而不是 {yuan(line.total_fen)} 元",
                f"line {number}: quantity times price is {yuan(expected)} yuan, "
                f"not {yuan(line.total_fen)}",
            )
        )
    parts = line.full_own_fen + line.over_limit_fen + line.first_own_fen + line.in_scope_fen
    if parts != line.total_fen:
        faults.append(
            (
                f"第{number}行：全自费、超限价、先行自付、政策范围内合计 {yuan(parts)} 元，"
                f"应等于总额 {yuan(line.total_fen)} 元",
                f"line {number}: the parts sum to {yuan(parts)} yuan, "
                f"the total is {yuan(line.total_fen)}",
            )
        )
    if line.catalogue == FeeLine.Catalogue.C and line.full_own_fen != line.total_fen:
        faults.append(
            (f"第{number}行：目录外（C类）应全部自费", f"line {number}: class C is all own")
        )
    return faults


def priced_line(
    *,
    item: str,
    catalogue: str,
    quantity_thousandths: int,
    unit_price_fen: int,
    full_own_fen: int = 0,
    over_limit_fen: int = 0,
    first_own_fen: int = 0,
    replaces: int | None = None,
) -> FeeInput:
    """A line as a clerk types it: the total and the part within the policy's scope follow.

    What lies outside the catalogue (class C) is all the person's own. Refused when the person's
    parts exceed the total.
    """
    total = exact_total(quantity_thousandths, unit_price_fen)
    if catalogue == FeeLine.Catalogue.C:
        full_own_fen, over_limit_fen, first_own_fen = total, 0, 0
    in_scope = total - full_own_fen - over_limit_fen - first_own_fen
    if in_scope < 0:
        raise Refused(
            f"全自费、超限价、先行自付合计超过了总额 {yuan(total)} 元",
            f"the own parts exceed the total of {yuan(total)} yuan",
        )
    return FeeInput(
        item=item,
        catalogue=catalogue,
        quantity_thousandths=quantity_thousandths,
        unit_price_fen=unit_price_fen,
        total_fen=total,
        full_own_fen=full_own_fen,
        over_limit_fen=over_limit_fen,
        first_own_fen=first_own_fen,
        in_scope_fen=in_scope,
        replaces=replaces,
    )


def exact_total(quantity_thousandths: int, unit_price_fen: int) -> int:
    """Quantity times price, rounded half up to the fen; no cents are cut off."""
    return (quantity_thousandths * unit_price_fen + _THOUSAND // 2) // _THOUSAND


def fee_line(
    admission: Admission, number: int, line: FeeInput, replaces: FeeLine | None = None
) -> FeeLine:
    """The row of a checked line."""
    return FeeLine(admission=admission, number=number, **line.to_dict() | {"replaces": replaces})
