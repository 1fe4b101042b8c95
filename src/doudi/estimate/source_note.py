"""What an answer is based on: the documents whose clauses the applied rules cite, by their rank."""

from __future__ import annotations

from collections.abc import Iterable

from doudi.i18n import either
from doudi.i18n import gettext as _
from doudi.rules.clauses import Document
from doudi.rules.explain import Explanation
from doudi.rules.policy import Policy

_NO_LAW = ("article", "instruction", "plan")
"""Ranks of texts that are known to be no law; of any other text we do not say what it is."""


def source_note(policy: Policy, explanations: Iterable[Explanation]) -> str:
    """One line: on what kinds of text the amounts rest, and which version gave them."""
    cited = {
        clause
        for explanation in explanations
        for step in explanation.steps
        for clause in step.rule.card.clauses
    }
    version = _("{name} 版本 {version}").format(name=policy.name, version=policy.version)
    return f"{note_on(policy, cited)}{either('', ' ')}{version}"


def note_on(policy: Policy, clauses: Iterable[str]) -> str:
    """One sentence: on what kinds of text amounts rest that come from these clauses."""
    documents = _documents(policy, clauses)
    bases = _("、").join(dict.fromkeys(_basis(document) for document in documents))
    if not documents:
        return _("以经办机构为准。")
    if all(document.rank in _NO_LAW for document in documents):
        return _("依据是{bases}，不是法律文本，以经办机构为准。").format(bases=bases)
    return _("依据是{bases}，以经办机构为准。").format(bases=bases)


def _documents(policy: Policy, clauses: Iterable[str]) -> tuple[Document, ...]:
    """In the order of the clause file."""
    used = {policy.clauses.clauses[clause].document.name for clause in clauses}
    return tuple(item for name, item in policy.clauses.documents.items() if name in used)


def _basis(document: Document) -> str:
    if document.rank == "article":
        return _("新闻报道所述的政策")
    if document.rank == "instruction":
        return _("行政通知")
    if document.rank == "plan":
        return _("规划") + _validity(document)
    return _("《{name}》").format(name=either(document.zh, document.en))


def _validity(document: Document) -> str:
    """A plan says less, the longer it is over; so it says until when it was valid."""
    if document.valid_from is None or document.valid_to is None:
        return ""
    return _("（{first} 至 {last} 有效）").format(
        first=document.valid_from.isoformat(), last=document.valid_to.isoformat()
    )
