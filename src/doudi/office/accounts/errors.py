"""What the accounts' services refuse."""

from __future__ import annotations


class AccountRefused(Exception):
    """Refused, with the reason in Chinese (``zh``) and English; nothing was changed."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
