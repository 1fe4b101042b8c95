"""What the registry does not do, and why."""

from __future__ import annotations


class RegistryRefused(Exception):
    """A change that the registry does not take; nothing was changed. ``zh`` is for people."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en
