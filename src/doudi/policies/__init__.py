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
        zh, en = "、".join(policy_names()), ", ".join(policy_names())
        raise BadInput(
            "policy",
            name,
            f"没有这个政策包；可选：{zh}，或写政策包的文件夹",
            f"known: {en}, or the folder of a pack",
        )
    return load_policy(FOLDER / name.replace("-", "_"))


def find_policy(name_or_folder: str) -> Policy:
    """The pack of that name, or else the pack in the folder at that path.

    A pack that comes with Doudi goes before a folder of the same name; ``./name`` is the folder.
    Errors: BadInput when there is neither, every PolicyError of a pack that is being written.
    """
    folder = Path(name_or_folder)
    if name_or_folder not in policy_names() and folder.is_dir():
        return load_policy(folder)
    return policy(name_or_folder)
