"""Policy versions as they were when something was settled, kept and loaded again."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from doudi.office.settlement.models import PolicyText, PolicyVersion
from doudi.office.settlement.policy import active_policy, adoption_of
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.texts import text_for
from doudi.policies import policy as load
from doudi.rules.adoption import adopt_content
from doudi.rules.errors import BadInput, PolicyError
from doudi.rules.policy import Policy


class GoneVersion(Refused):
    """A version of the policy whose rules are no longer in the program."""

    def __init__(self, version: str) -> None:
        self.version = version
        super().__init__(
            f"有结算是按政策版本 {version} 办理的，现在的程序里已没有这个版本，不能按原政策重算，"
            "未作任何改动。如果应当改按今天的政策，请先用“按今天的政策重新核定全年”"
            "（doudi manage reassess --under-today），这一选择会记录在案",
            f"version {version} of the policy can no longer be loaded; to settle the whole year "
            "under today's instead, reassess it with --under-today, which is recorded",
        )


def keep_version(policy: Policy) -> UUID:
    """The id of the policy's text; that and what it is made of are written down afterwards."""
    text = text_for(policy)
    if not PolicyText.objects.filter(pk=text.id).exists():
        write_version(policy)
    return text.id


def write_version(policy: Policy) -> None:
    """Write down what the policy is made of and what it says, unless another did so just now."""
    row = PolicyVersion(version=policy.version, pack=policy.name, adoption=adoption_of(policy))
    PolicyVersion.objects.bulk_create([row], ignore_conflicts=True)
    text = text_for(policy)
    said = PolicyText(id=text.id, name=policy.name, version=policy.version, content=text.content)
    PolicyText.objects.bulk_create([said], ignore_conflicts=True)


def policy_of(version: str) -> Policy:
    """The policy of a version that something was settled by; GoneVersion."""
    today = active_policy()
    if today.version == version:
        return today
    kept = PolicyVersion.objects.filter(pk=version).first()
    if kept is None:
        raise GoneVersion(version)
    try:
        found = _made_of(kept.pack, kept.adoption)
    except (BadInput, PolicyError) as error:
        raise GoneVersion(version) from error
    if found.version != version:
        raise GoneVersion(version)
    return found


@lru_cache(maxsize=32)
def _made_of(pack: str, adoption: str) -> Policy:
    loaded = load(pack)
    if not adoption:
        return loaded
    return adopt_content(loaded, adoption.encode(), "kept adoption file")[0]
