"""Reading a household file: who asks, on which date, and what is known about them.

::

    date: 2018-06-01
    kind: household          # household, gacha, banner or league
    place: 152221            # optional: national area code
    facts: {relocation_listed: true}    # of the household, gacha, banner or league
    members:                 # of a household only
      - label: 户主          # a pseudonym, never a name
        facts: {registered: true}
        bills:               # optional
          - {kind: inpatient, hospital_level: 3, bill: 12000, catalogue: 10800}

A fact that is absent or null is unknown. Amounts stand in yuan with at most two decimals; they
are read as exact decimals and never as floats. All faults of a file are reported together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

from doudi.estimate.household import GROUPS, Bill, Household, Member, Questions, questions
from doudi.estimate.household_faults import Fault, HouseholdError
from doudi.estimate.located_yaml import NUMBER, At, date_or_text, load_located
from doudi.rules.amounts import LARGEST_AMOUNT
from doudi.rules.entitlements import Recipient
from doudi.rules.errors import BadInput
from doudi.rules.facts import Fact, Input, read_fact
from doudi.rules.policy import KIND, Policy
from doudi.rules.units import Unit

LARGEST_FILE = 1_000_000
"""Bytes; a household is far smaller, and a larger file is a mistake."""

_PLACE = re.compile(r"[1-9]\d{3}(\d{2}(\d{3}(\d{3})?)?)?")
# Eleven digits are a telephone number, fifteen or more an identity or card number.
_PRIVATE = re.compile(r"\d{11}|\d{15,}")
_LONGEST_LABEL = 30
_FEW = 12
_FEN_IN_YUAN = 100
_KEYS = ("date", "kind", "place", "facts", "members")
_MEMBER_KEYS = ("label", "facts", "bills")
_KINDS = {one.value: one for one in GROUPS}


def read_household(path: Path, policies: Sequence[Policy]) -> Household:
    """The household in the YAML file at ``path``. Errors: HouseholdError with every fault."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise HouseholdError(
            [Fault(1, "", str(path), f"打不开文件：{error.strerror}", f"cannot open: {error}")]
        ) from error
    if len(content) > LARGEST_FILE:
        raise HouseholdError(
            [Fault(1, "", None, "文件太大，应小于1MB", f"larger than {LARGEST_FILE} bytes")]
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise HouseholdError(
            [Fault(1, "", None, "文件不是UTF-8编码，请另存为UTF-8", f"not UTF-8: {error}")]
        ) from error
    return parse_household(text, policies)


def parse_household(text: str, policies: Sequence[Policy]) -> Household:
    """The household that ``text`` (YAML) describes. Errors: HouseholdError with every fault."""
    reader = _Reader(questions(policies))
    household = reader.household(load_located(text))
    if reader.faults or household is None:
        raise HouseholdError(reader.faults)
    return household


def _close(key: str, known: Sequence[str]) -> Sequence[str]:
    """The known words that may have been meant: all when they are few, else the nearest."""
    return known if len(known) <= _FEW else get_close_matches(key, known)


class _Reader:
    """Turns the located YAML into a household, gathering faults instead of stopping at one."""

    def __init__(self, asked: Questions) -> None:
        self.asked = asked
        self.faults: list[Fault] = []

    def fault(self, at: At, zh: str, en: str, *, hide: bool = False) -> None:
        """``hide`` keeps out of the message what may be private: it may end up in a log."""
        shown = None if hide or isinstance(at.value, dict | list) else at.value
        self.faults.append(Fault(at.line, at.path, shown, zh, en))

    def household(self, at: At) -> Household | None:
        raw = self.mapping(at, _KEYS)
        if raw is None:
            return None
        day = self.day(at, raw)
        kind = self.kind(at, raw)
        place = self.place(raw.get("place"))
        facts = self.facts(raw.get("facts"))
        members = self.members(raw.get("members"), kind, facts, day)
        if day is None or kind is None:
            return None
        return Household(day, kind, place, facts, members)

    def mapping(self, at: At, known: Sequence[str]) -> dict[str, At] | None:
        if not isinstance(at.value, dict):
            self.fault(at, "应写成“项目: 内容”", "must be a mapping, written as 'name: value'")
            return None
        for key in at.twice:
            self.fault(at, f"“{key}”写了两次，只留一个", f"{key!r} stands twice; keep one")
        for key, item in at.value.items():
            if key not in known:
                close = _close(key, known)
                self.fault(
                    item,
                    f"没有“{key}”这一项" + (f"；可写：{'、'.join(close)}" if close else ""),
                    "unknown" + (f"; known: {', '.join(close)}" if close else ""),
                    hide=True,
                )
        return dict(at.value)

    def day(self, at: At, raw: Mapping[str, At]) -> date | None:
        if "date" not in raw:
            self.fault(
                At(None, at.line, "date"), "缺少日期，例如 2018-06-01", "is missing: 2018-06-01"
            )
            return None
        return self.one_day(raw["date"])

    def one_day(self, at: At) -> date | None:
        found = date_or_text(at.value) if isinstance(at.value, str) else at.value
        if isinstance(found, date):
            return found
        self.fault(at, "应为日期，写成 2018-06-01", "must be a date, written 2018-06-01")
        return None

    def kind(self, at: At, raw: Mapping[str, At]) -> Recipient | None:
        item = raw.get("kind", At(None, at.line, "kind"))
        if isinstance(item.value, str) and item.value in _KINDS:
            return _KINDS[item.value]
        listed = ", ".join(_KINDS)
        self.fault(item, f"只能是 {listed}", f"must be one of {listed}")
        return None

    def place(self, at: At | None) -> str:
        if at is None or at.value is None:
            return ""
        text = str(at.value)
        if _PLACE.fullmatch(text):
            return text
        self.fault(
            at,
            "应为行政区划代码：4、6、9或12位数字，例如 152221",
            "must be an area code of 4, 6, 9 or 12 digits, such as 152221",
        )
        return ""

    def facts(self, at: At | None) -> dict[str, Fact]:
        if at is None or at.value is None:
            return {}
        raw = self.mapping(at, tuple(self.asked.facts))
        found: dict[str, Fact] = {}
        for name, item in (raw or {}).items():
            if name in self.asked.facts:
                value = self.fact(item, self.asked.facts[name])
                if value is not None:
                    found[name] = value
        self.check_limits(at, raw or {}, found, self.asked.facts)
        return found

    def fact(self, at: At, declared: Sequence[Input]) -> Fact | None:
        """A value as one of the packs declares it under this name; None when unknown."""
        if at.value is None:
            return None
        if declared[0].unit is Unit.FEN:
            return self.fen(at)
        value = at.value
        if isinstance(value, Decimal) and value == value.to_integral_value():
            value = int(value)
        first: BadInput | None = None
        for item in declared:
            try:
                return read_fact(item, value)
            except BadInput as error:
                first = first or error
        if first is not None:
            self.fault(at, first.zh, first.en)
        return None

    def fen(self, at: At) -> int | None:
        """An amount in yuan, exactly, as fen."""
        value = at.value
        if isinstance(value, str) and NUMBER.fullmatch(value):
            value = Decimal(value)
        if not isinstance(value, Decimal):
            self.fault(
                at,
                "应为以元计的数字，例如 12000 或 12000.50",
                "must be an amount in yuan, such as 12000 or 12000.50",
            )
            return None
        fen = value * _FEN_IN_YUAN
        if fen != fen.to_integral_value():
            self.fault(at, "金额最多两位小数（到分）", "an amount has at most two decimals")
            return None
        if not 0 <= fen <= LARGEST_AMOUNT:
            most = LARGEST_AMOUNT // _FEN_IN_YUAN
            self.fault(at, f"应在 0 和 {most:,} 元之间", f"must be from 0 to {most:,} yuan")
            return None
        return int(fen)

    def members(
        self, at: At | None, kind: Recipient | None, facts: Mapping[str, Fact], day: date | None
    ) -> tuple[Member, ...]:
        if at is None or at.value is None:
            return ()
        if kind is not None and kind is not Recipient.HOUSEHOLD:
            self.fault(
                at,
                f"只有家庭（kind: household）才写成员，这里是 {kind.value}",
                f"only a household has members, not a {kind.value}",
            )
        if not isinstance(at.value, list):
            self.fault(at, "成员应写成列表，每人一项", "must be a list with one entry a person")
            return ()
        seen: set[str] = set()
        found = [self.member(item, facts, day, seen) for item in at.value]
        return tuple(member for member in found if member is not None)

    def member(
        self, at: At, of_all: Mapping[str, Fact], day: date | None, seen: set[str]
    ) -> Member | None:
        raw = self.mapping(at, _MEMBER_KEYS)
        if raw is None:
            return None
        label = self.label(raw.get("label", At(None, at.line, f"{at.path}.label")), seen)
        facts = self.facts(raw.get("facts"))
        bills = self.bills(raw.get("bills"), {**of_all, **facts}, day)
        return None if label is None else Member(label, facts, bills)

    def label(self, at: At, seen: set[str]) -> str | None:
        label = str(at.value) if isinstance(at.value, Decimal) else at.value
        if not isinstance(label, str) or not label.strip() or not label.isprintable():
            self.fault(at, "缺少称呼，例如 户主、老人（不写姓名）", "needs a pseudonym, no name")
            return None
        if _PRIVATE.search(label):
            self.fault(
                at,
                "称呼里不要写证件号码或电话，例如写 户主",
                "no identity or telephone number in a pseudonym",
                hide=True,
            )
            return None
        if len(label) > _LONGEST_LABEL:
            self.fault(
                at, f"称呼最多{_LONGEST_LABEL}个字", f"has at most {_LONGEST_LABEL} characters"
            )
            return None
        if label in seen:
            self.fault(at, "这个称呼已经用过，请换一个", "is used already; choose another")
            return None
        seen.add(label)
        return label

    def bills(
        self, at: At | None, of_member: Mapping[str, Fact], day: date | None
    ) -> tuple[Bill, ...]:
        if at is None or at.value is None:
            return ()
        if not isinstance(at.value, list):
            self.fault(at, "账单应写成列表，每张一项", "must be a list with one entry a bill")
            return ()
        found = [self.bill(item, of_member, day) for item in at.value]
        return tuple(bill for bill in found if bill is not None)

    def bill(self, at: At, of_member: Mapping[str, Fact], day: date | None) -> Bill | None:
        raw = self.mapping(at, (*self.asked.bill, "date"))
        if raw is None:
            return None
        known = {name: item for name, item in raw.items() if name in self.asked.bill}
        facts = {name: value for name, value in of_member.items() if name in self.asked.bill}
        for name, item in known.items():
            value = self.fact(item, self.asked.bill[name])
            if value is None:
                facts.pop(name, None)
            else:
                facts[name] = value
        self.check_bill(at, known, facts)
        own_day = self.one_day(raw["date"]) if "date" in raw else day
        return None if own_day is None else Bill(facts, own_day)

    def check_bill(self, at: At, raw: Mapping[str, At], facts: Mapping[str, Fact]) -> None:
        kinds = ", ".join(self.asked.bill_kinds)
        if KIND not in raw or raw[KIND].value is None:
            self.fault(
                At(None, at.line, f"{at.path}.{KIND}"),
                f"缺少就医类别，只能是 {kinds}",
                f"is missing: one of {kinds}",
            )
        elif KIND in facts and facts[KIND] not in self.asked.bill_kinds:
            self.fault(raw[KIND], f"这一类没有账单，只能是 {kinds}", f"must be one of {kinds}")
        if "bill" not in raw or raw["bill"].value is None:
            self.fault(
                At(None, at.line, f"{at.path}.bill"), "缺少总费用（元）", "is missing, in yuan"
            )
        self.check_limits(at, raw, facts, self.asked.bill)

    def check_limits(
        self,
        at: At,
        raw: Mapping[str, At],
        facts: Mapping[str, Fact],
        asked: Mapping[str, tuple[Input, ...]],
    ) -> None:
        """No amount is larger than the one it is a part of."""
        for name, value in facts.items():
            limit = asked[name][0].at_most
            bound = facts.get(limit) if limit is not None else None
            if isinstance(bound, int) and isinstance(value, int) and value > bound:
                self.fault(raw.get(name, at), f"不能大于 {limit}", f"must not exceed {limit}")
