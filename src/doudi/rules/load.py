"""Loading a pack from its folder, with every fault of it found now and named."""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.util
import re
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

from doudi.rules.clauses import ClauseBook, read_clauses
from doudi.rules.declare import CARD, Card, Role
from doudi.rules.duties import read_duties
from doudi.rules.entitlements import read_entitlements
from doudi.rules.errors import BadValue, UnknownArgument, UnsureGuarantee
from doudi.rules.facts import Fact, IfUnknown, Input
from doudi.rules.files import read_yaml
from doudi.rules.graph import Rule, check_arguments
from doudi.rules.language import Signature, read_signature
from doudi.rules.parameters import Parameter, read_parameter
from doudi.rules.policy import KIND, Family, Interpretation, Policy
from doudi.rules.targets import read_targets
from doudi.rules.units import Unit

_MEMBER = re.compile(r"^(\w+)\[(\w+)\]$")


def load_policy(folder: Path, package: str | None = None) -> Policy:
    """The pack in ``folder`` (its ``pack.yaml``, ``parameters.yaml`` and Python files).

    ``package`` is the import name of the folder when it is part of an installed package.
    Errors: every PolicyError, each naming the file, rule or parameter.
    """
    raw = read_yaml(folder / "pack.yaml")
    span = (raw["valid_from"], raw["valid_to"])
    book = read_clauses((folder / raw["clauses"]).resolve())
    parameters = _read_parameters(folder, span, book)
    inputs = {name: _read_input(name, entry) for name, entry in raw["inputs"].items()}
    declared = [
        item for module in _import_modules(folder, package) for item in _declared(module, book)
    ]
    policy = Policy(
        name=raw["name"],
        zh=raw["zh"],
        en=raw["en"],
        folder=folder,
        clauses=book,
        valid_from=span[0],
        valid_to=span[1],
        inputs=inputs,
        outputs=tuple(raw.get("outputs") or ()),
        interpretations=_read_interpretations(raw.get("interpretations") or {}, book),
        parameters=parameters,
        families=_read_families(raw.get("families") or {}, parameters, inputs),
        all_rules=_of_role(declared, Role.RULE),
        promises=_of_role(declared, Role.PROMISE),
        guarantees=_of_role(declared, Role.GUARANTEE),
        findings=_of_role(declared, Role.FINDING),
        source_hash=_hash(folder),
        own_so_far=raw.get("own_so_far"),
        targets=read_targets(folder, book),
        duties=read_duties(folder, book, parameters),
        entitlements=read_entitlements(
            folder,
            book,
            inputs,
            parameters,
            {rule.name: rule for rule in declared if rule.card.role is Role.RULE},
            {str(kind) for kind in inputs[KIND].options},
        ),
    )
    check_policy(policy)
    return policy


def check_policy(policy: Policy) -> None:
    """Raise the first fault of a pack that only shows when its parts are joined."""
    _check_names(policy)
    for era in policy.eras:
        for statement in policy.promises:
            names = [variant.name for variant in statement.card.variants]
            check_arguments(statement, policy.names, era.graph.by_name, names)
        for statement in policy.guarantees:
            check_arguments(statement, policy.names, era.graph.by_name)
            _check_sure(policy, statement, era.graph.by_name)


def _check_names(policy: Policy) -> None:
    groups = {
        "input": set(policy.inputs),
        "parameter": set(policy.parameters) | set(policy.families),
        "interpretation": set(policy.interpretations),
        "rule": {rule.name for rule in policy.all_rules},
    }
    seen: dict[str, str] = {}
    for group, names in groups.items():
        for name in names:
            if name in seen:
                raise UnknownArgument(f"{name!r} is both {seen[name]} and {group}")
            seen[name] = group
    kinds = {str(kind) for kind in policy.kinds}
    for rule in (*policy.all_rules, *policy.promises, *policy.guarantees):
        unknown = set(rule.card.applies_to or ()) - kinds
        if unknown:
            raise UnknownArgument(f"{rule.signature.place}: unknown kinds {sorted(unknown)}")


def _check_sure(policy: Policy, statement: Rule, by_name: Mapping[str, Rule]) -> None:
    """A guarantee may read confirmed values only, however many rules lie between."""
    missing = list(statement.signature.arguments)
    seen: set[str] = set()
    while missing:
        argument = missing.pop()
        if argument in seen:
            continue
        seen.add(argument)
        for member in policy.members(argument):
            for value in policy.parameters[member].values:
                if not value.status.sure:
                    raise UnsureGuarantee(
                        f"{statement.signature.place}: {statement.name} reads {member}, "
                        f"which is {value.status.value}"
                    )
        if argument in by_name:
            missing.extend(by_name[argument].signature.arguments)


def _of_role(declared: list[Rule], role: Role) -> tuple[Rule, ...]:
    return tuple(rule for rule in declared if rule.card.role is role)


def _import_modules(folder: Path, package: str | None) -> list[ModuleType]:
    files = sorted(path for path in folder.glob("*.py") if path.stem != "__init__")
    if package is not None:
        return [importlib.import_module(f"{package}.{path.stem}") for path in files]
    return [_import_file(path) for path in files]


def _import_file(path: Path) -> ModuleType:
    name = f"doudi_pack_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise BadValue(f"{path}: cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _declared(module: ModuleType, book: ClauseBook) -> list[Rule]:
    path = Path(str(module.__file__))
    trees = {
        node.name: node
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    found = []
    for name, function in vars(module).items():
        card = getattr(function, CARD, None)
        if not isinstance(card, Card) or function.__module__ != module.__name__:
            continue
        tree = trees[name]
        place = f"{path.name}:{tree.lineno}"
        book.check(card.clauses, f"{place}: {card.name}")
        signature = (
            Signature({}, Unit.FLAG, tree, place)
            if card.role is Role.FINDING
            else read_signature(function, tree, place)
        )
        found.append(Rule(card, function, signature))
    return found


def _read_parameters(
    folder: Path, span: tuple[date, date], book: ClauseBook
) -> dict[str, Parameter]:
    raw = read_yaml(folder / "parameters.yaml") or {}
    parameters = {name: read_parameter(name, entry, span) for name, entry in raw.items()}
    for parameter in parameters.values():
        for value in parameter.values:
            book.check(value.clauses, f"parameter {parameter.name}")
    return parameters


def _read_input(name: str, raw: Mapping[str, Any]) -> Input:
    options: dict[Fact, tuple[str, str]] = {
        option: (text["zh"], text["en"]) for option, text in (raw.get("options") or {}).items()
    }
    unknown = raw.get("if_unknown")
    if isinstance(unknown, dict):
        if_unknown: IfUnknown | None = IfUnknown(share=unknown["share"], of=unknown["of"])
    else:
        if_unknown = None if unknown is None else IfUnknown(value=unknown)
    return Input(
        name,
        Unit(raw["unit"]),
        raw["zh"],
        raw["en"],
        options,
        raw.get("at_most"),
        if_unknown,
        raw["of"],
        raw.get("zh_no", ""),
        raw.get("en_no", ""),
    )


def _read_interpretations(raw: Mapping[str, Any], book: ClauseBook) -> dict[str, Interpretation]:
    found = {}
    for name, entry in raw.items():
        clauses = tuple(entry["clauses"])
        book.check(clauses, f"interpretation {name}")
        readings = {key: (text["zh"], text["en"]) for key, text in entry["readings"].items()}
        if entry["default"] not in readings:
            raise BadValue(f"interpretation {name}: its default is not one of its readings")
        found[name] = Interpretation(
            name, entry["zh"], entry["en"], clauses, entry["default"], readings
        )
    return found


def _read_families(
    raw: Mapping[str, str], parameters: Mapping[str, Parameter], inputs: Mapping[str, Input]
) -> dict[str, Family]:
    found = {}
    for name, index in raw.items():
        if index not in inputs or not inputs[index].options:
            raise BadValue(f"family {name}: {index!r} is not an input with options")
        members = {option: f"{name}[{option}]" for option in inputs[index].options}
        for member in members.values():
            if member not in parameters:
                raise BadValue(f"family {name}: parameter {member} is missing")
        found[name] = Family(name, index, members)
    for parameter in parameters:
        match = _MEMBER.match(parameter)
        if match and match[1] not in found:
            raise BadValue(f"parameter {parameter}: pack.yaml has no family {match[1]!r}")
    return found


def _hash(folder: Path) -> str:
    """A digest of everything in the pack that can change a result."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.py"), *folder.glob("*.yaml")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
