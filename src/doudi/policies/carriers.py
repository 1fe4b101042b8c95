"""Which object of which pack, and which test, carries each clause of the source page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from doudi.policies import FOLDER, policy, policy_names
from doudi.rules.clauses import Clause, ClauseBook, read_clauses
from doudi.rules.files import read_yaml
from doudi.rules.policy import Policy

_MARK = re.compile(r"clause\(([^)]*)\)")
_ID = re.compile(r"\"([A-Z]-\d+)\"")
TESTS = Path(__file__).parents[3] / "tests"


@dataclass(frozen=True)
class Carrier:
    """``sort`` is rule, parameter, promise …; ``place`` the pack or the test file."""

    sort: str
    name: str
    place: str


@dataclass(frozen=True)
class Carried:
    """One clause with all that carries it."""

    clause: Clause
    objects: tuple[Carrier, ...]
    tests: tuple[Carrier, ...]

    @property
    def state(self) -> str:
        """``carried``, ``planned``, ``reason``, or ``missing`` when nothing answers for it."""
        if self.clause.planned:
            return "planned"
        if self.clause.reason:
            return "reason"
        return "carried" if self.objects else "missing"

    def is_carried_in(self, pack: str) -> bool:
        """Whether some object of the pack of that name carries it."""
        return any(carrier.place == pack for carrier in self.objects)


def clause_book() -> ClauseBook:
    """The clauses of the source page."""
    return read_clauses((FOLDER / "clauses.yaml").resolve())


def carried_clauses(tests: Path = TESTS) -> tuple[Carried, ...]:
    """Every clause of the source page in the order of the file, with its carriers."""
    return carried_by([policy(name) for name in policy_names()], clause_book(), tests)


def carried_by(packs: Iterable[Policy], book: ClauseBook, tests: Path) -> tuple[Carried, ...]:
    """Every clause of ``book`` in its order, with what carries it in ``packs`` and ``tests``."""
    objects: dict[str, list[Carrier]] = {}
    for pack in packs:
        for carrier, clauses in _objects(pack):
            for name in clauses:
                _add(objects, name, carrier)
    for clause in book.clauses.values():
        if clause.code:
            _add(objects, clause.id, Carrier("code", clause.code, ""))
    marked: dict[str, list[Carrier]] = {}
    for carrier, name in _marks(tests):
        _add(marked, name, carrier)
    return tuple(
        Carried(clause, tuple(objects.get(clause.id, ())), tuple(marked.get(clause.id, ())))
        for clause in book.clauses.values()
    )


def _add(into: dict[str, list[Carrier]], clause: str, carrier: Carrier) -> None:
    carriers = into.setdefault(clause, [])
    if carrier not in carriers:
        carriers.append(carrier)


def _objects(pack: Policy) -> Iterator[tuple[Carrier, Iterable[str]]]:
    for parameter in pack.parameters.values():
        for value in parameter.values:
            yield Carrier("parameter", parameter.name, pack.name), value.clauses
    for interpretation in pack.interpretations.values():
        yield (
            Carrier("interpretation", interpretation.name, pack.name),
            interpretation.clauses,
        )
    declared = {
        "rule": pack.all_rules,
        "promise": pack.promises,
        "guarantee": pack.guarantees,
        "finding": pack.findings,
    }
    for sort, rules in declared.items():
        for rule in rules:
            yield Carrier(sort, rule.name, pack.name), rule.card.clauses
    for target in pack.targets:
        yield Carrier("target", target.id, pack.name), target.clauses
    for duty in pack.duties:
        yield Carrier("duty", duty.id, pack.name), duty.clauses
    for entitlement in pack.entitlements:
        yield Carrier("entitlement", entitlement.id, pack.name), entitlement.all_clauses
    yield from _files(pack)


def _files(pack: Policy) -> Iterator[tuple[Carrier, Iterable[str]]]:
    """Cases and records: any further YAML file of the pack that names clauses."""
    for path in sorted(pack.folder.glob("cases/*.yaml")):
        yield Carrier("case", read_yaml(path)["id"], pack.name), _named(read_yaml(path))
    record = pack.folder / "allotment.yaml"
    if record.exists():
        yield Carrier("record", "allotment", pack.name), _named(read_yaml(record))


def _named(data: object) -> list[str]:
    """Every clause id under a key ``clause`` or ``clauses``, however deep."""
    if isinstance(data, list):
        return [name for item in data for name in _named(item)]
    if not isinstance(data, Mapping):
        return []
    found: list[str] = []
    for key, value in data.items():
        if key == "clauses" and isinstance(value, list):
            found += [str(item) for item in value]
        elif key == "clause":
            found.append(str(value))
        else:
            found += _named(value)
    return found


def _marks(tests: Path) -> Iterator[tuple[Carrier, str]]:
    for path in sorted(tests.rglob("test_*.py")):
        for mark in _MARK.finditer(path.read_text(encoding="utf-8")):
            for clause in _ID.findall(mark[1]):
                yield Carrier("test", path.stem, path.relative_to(tests).as_posix()), clause
