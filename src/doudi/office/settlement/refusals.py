"""What the window does not do, in words for the clerk."""

from __future__ import annotations

from collections.abc import Sequence


class Refused(Exception):
    """A request that is wrong as it stands; nothing was changed. ``zh`` is for the clerk.

    ``faults`` are all its faults, each in Chinese and in English; one unless they are given.
    """

    def __init__(self, zh: str, en: str, faults: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(en)
        self.zh = zh
        self.faults = tuple(faults) or ((zh, en),)


class NotEnrolled(Refused):
    """No fund pays for who is not insured in the year of the claim (H-20, H-66)."""

    def __init__(self, year: int, registered: bool) -> None:
        self.year = year
        if registered:
            zh = (
                f"这个人是建档立卡贫困人口，但没有登记 {year} 年参保，不能结算。"
                "建档立卡人口应全部参保，个人缴费由政府代缴："
                f"请先凭参保凭证补登 {year} 年参保，再结算"
            )
        else:
            zh = (
                f"这个人没有登记 {year} 年参保，不能结算。"
                f"请先凭参保凭证补登 {year} 年参保，再结算；"
                "确实没有参保的，费用由本人全部承担，不在一站式窗口结算"
            )
        super().__init__(
            zh,
            f"the person is not enrolled for {year}: record the enrolment with its document first",
        )


class RegistryChanged(Refused):
    """The registry changed between reading it and writing the claim; asked again, it is seen."""

    def __init__(self) -> None:
        super().__init__(
            "登记或参保刚刚变更，请重新预览再结算",
            "the registry was changed meanwhile; settle again",
        )
