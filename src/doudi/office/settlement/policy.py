"""The policy that the office settles by, and the guard that keeps stand-ins out of production."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from time import monotonic

import structlog
from django.conf import settings

from doudi.policies import policy as load
from doudi.rules.adoption import RefusedAdoption, adopt
from doudi.rules.errors import PolicyError
from doudi.rules.parameters import Status
from doudi.rules.policy import Policy

POLICY_VARIABLE = "DOUDI_POLICY"
ADOPTION_VARIABLE = "DOUDI_ADOPTION"
PRODUCTION_VARIABLE = "DOUDI_PRODUCTION"
ADOPTIONS = "adoptions"
CURRENT = "current"
"""The folder of approved files in the data folder, and what names the last of them in it."""
_SECONDS = 1.0
_log = structlog.get_logger("doudi.policy")


class UnconfirmedPolicy(Exception):
    """Production settles by confirmed values only; ``names`` are those that are not."""

    def __init__(self, names: list[tuple[str, Status]]) -> None:
        self.names = names
        listed = ", ".join(f"{name} ({status.value})" for name, status in names)
        super().__init__(f"the policy rests on unconfirmed values: {listed}")
        shown = "、".join(f"{name}（{status.zh}）" for name, status in names)
        self.zh = f"正式环境不能用未经确认的数字结算，请用采用文件补上：{shown}"


class UnusableAdoption(RefusedAdoption):
    """The bureau's own figures cannot be used as they lie there, so nothing is worked out.

    To fall back on the pack's own figures would answer with what the bureau stated otherwise.
    """

    zh = (
        "本单位的数字（采用文件）与复核通过的不一样，或读不出来。为免算错，已停止计算和结算；"
        "其他页面照常使用。请管理员在服务器上运行 ./doudi manage put-back-adoption，"
        "把复核通过的文件放回去；或由盟里一人重新提出、另一人复核（变更复核 → 采用本单位的数字）。"
        "放好后一秒内恢复，不必重启。"
    )
    en = (
        "The bureau's own figures (the adoption file) are not what was approved, or cannot be "
        "read. Lest anything be worked out wrongly, nothing is computed or settled; all other "
        "pages work. An administrator has to run ./doudi manage put-back-adoption on the server, "
        "which puts the approved file back; or one of the league proposes the figures anew and "
        "another approves them (Changes to check → Adopt the bureau's own figures). It goes on "
        "within a second, without a restart."
    )


def active_policy() -> Policy:
    """The pack named by ``DOUDI_POLICY`` with the bureau's own values, if any.

    They are those of ``DOUDI_ADOPTION``, or else of the file that two people approved last.
    UnusableAdoption when that file cannot be used; it is logged once, and once that it can again.
    """
    try:
        adoption = os.environ.get(ADOPTION_VARIABLE) or current_adoption()
        adopted = _loaded(pack_name(), adoption) if adoption else None
    except RefusedAdoption as refused:
        raise _unusable(refused.faults) from refused
    except (OSError, UnicodeError, PolicyError) as error:
        raise _unusable([(str(error), str(error))]) from error
    if _seen.said:
        _seen.said = ""
        _log.warning("adoption_usable_again")
    return pack() if adopted is None else adopted


def _unusable(faults: list[tuple[str, str]]) -> UnusableAdoption:
    refused = UnusableAdoption(faults)
    if _seen.said != str(refused):
        _seen.said = str(refused)
        # What is wrong stands in the file or its path; neither holds anybody's data.
        _log.error("adoption_unusable", fault=str(refused))
    return refused


def pack_name() -> str:
    """The name of the pack that the office settles by."""
    return os.environ.get(POLICY_VARIABLE, "hinggan-2018")


def pack() -> Policy:
    """That pack as it is, without anybody's own values."""
    return load(pack_name())


@lru_cache(maxsize=8)
def _loaded(name: str, adoption: str) -> Policy:
    adopted = adopt(load(name), Path(adoption))[0]
    _adoptions[adopted.version] = Path(adoption).read_bytes()
    return adopted


def current_adoption() -> str:
    """The path of the file that was approved last, or ""; looked up once a second at most.

    So every process of the server takes an approved file up within a second, and an amount costs
    no look at the disk. RefusedAdoption for a file that was changed since it was approved.
    """
    if monotonic() >= _seen.again:
        _seen.path = _approved_file(Path(settings.DATA, ADOPTIONS))
        _seen.again = monotonic() + _SECONDS
    return _seen.path


@dataclass
class _Seen:
    again: float = 0
    path: str = ""
    said: str = ""
    """What was logged last as being wrong with the file."""


_seen = _Seen()


def _approved_file(folder: Path) -> str:
    try:
        digest = Path(folder, CURRENT).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
    path = Path(folder, adoption_name(digest))
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        zh, en = f"{path}：与复核通过的不一样", f"{path}: is not what was approved"
        raise RefusedAdoption([(zh, en)])
    return str(path)


def adoption_name(digest: str) -> str:
    """The name of the file with the approved figures of that digest."""
    return f"{digest[:16]}.yaml"


_adoptions: dict[str, bytes] = {}
"""The adoption files that were loaded, by the version they made."""


def adoption_of(policy: Policy) -> str:
    """The text of the adoption file that a policy was loaded with, or ""."""
    return _adoptions.get(policy.version, b"").decode("utf-8")


def kinds_of_care(policy: Policy) -> tuple[str, ...]:
    """The kinds that come with a bill: those for which the pack gives out its amounts."""
    outputs = [rule for rule in policy.all_rules if rule.name in policy.outputs]
    kinds = [str(kind) for kind in policy.kinds]
    return tuple(kind for kind in kinds if any(rule.runs_for(kind) for rule in outputs))


def guard(policy: Policy, day: date) -> None:
    """In production, refuse a policy that settles by anything unconfirmed on ``day``."""
    # As the settings read it.
    if os.environ.get(PRODUCTION_VARIABLE, "").strip().lower() not in ("1", "true", "yes"):
        return
    unsure = unconfirmed(policy, day)
    if unsure:
        raise UnconfirmedPolicy(unsure)


def unconfirmed(policy: Policy, day: date) -> list[tuple[str, Status]]:
    """The values that the rules read on ``day`` and that no source or bureau confirms."""
    values = policy.era_on(day).values
    return [(name, value.status) for name, value in values.items() if not value.status.sure]
