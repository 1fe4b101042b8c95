"""A bureau's own figures, proposed by one of the league and approved by another."""

from __future__ import annotations

from tests.office.web.people_and_places import account

from doudi.office.approvals.services import approve, propose

ADOPTION = """\
policy: hinggan-2018
bureau: 示例医保局（虚构）
values:
  - {parameter: assistance_cap, value: 60000 yuan, document: 示例〔2018〕0号（虚构）}
"""


def approve_figures(text: str = ADOPTION) -> None:
    """Have two people of the league approve a file, which is then in force."""
    proposal = propose(
        kind="adopt",
        subject="adoption",
        given={"text": text},
        reason="医保局文件",
        by=account("league"),
    )
    approve(proposal=proposal, by=account("league"))


def cap_of(yuan: int) -> str:
    """The same file with another cap of medical assistance."""
    return ADOPTION.replace("60000", str(yuan))
