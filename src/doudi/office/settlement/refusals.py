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
