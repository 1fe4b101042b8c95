"""What the approvals refuse."""

from __future__ import annotations


class ApprovalRefused(Exception):
    """Refused, with the reason in Chinese (``zh``) and English (``en``); nothing was changed."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en
