"""The policy packs: one folder for each set of documents, and the clauses they carry."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from doudi.rules import Policy, load_policy
from doudi.rules.errors import BadInput

FOLDER = Path(__file__).parent


def policy_names() -> tuple[str, ...]:
    """The names of the packs that come with Doudi."""
    folders = sorted(path.parent.name for path in FOLDER.glob("*/pack.yaml"))
    return tuple(name.replace("_", "-") for name in folders)


@lru_cache(maxsize=8)
def policy(name: str) -> Policy:
    """The pack called ``name``, such as ``hinggan-2018``; BadInput for any other name."""
    if name not in policy_names():
        known = "、".join(policy_names())
        raise BadInput("policy", name, f"没有这个政策包；可选：{known}", f"known: {known}")
    folder = name.replace("-", "_")
    return load_policy(FOLDER / folder, f"doudi.policies.{folder}")
