"""Loading a pack from its folder, with every fault of it found now and named."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

from doudi.rules.check import check_policy
from doudi.rules.clauses import ClauseBook, read_clauses
from doudi.rules.declare import CARD, Card, Role
from doudi.rules.duties import read_duties
from doudi.rules.entitlements import read_entitlements
from doudi.rules.errors import BadValue, OverlappingRules, UnreadableRule
from doudi.rules.facts import Input
from doudi.rules.files import read_yaml
from doudi.rules.graph import Rule
from doudi.rules.language import Signature, read_signature
from doudi.rules.modules import Source, import_sources, read_sources
from doudi.rules.pack_file import FILE, read_pack_file
from doudi.rules.parameters import Parameter, read_parameter
from doudi.rules.policy import KIND, Family, Policy
from doudi.rules.shape import read_mapping
from doudi.rules.targets import read_targets
from doudi.rules.units import Unit

PARAMETERS_FILE = "parameters.yaml"

_MEMBER = re.compile(r"^(\w+)\[(\w+)\]$")


def load_policy(folder: Path) -> Policy:
    """The pack in ``folder`` (its ``pack.yaml``, ``parameters.yaml`` and Python files).

    Errors: every PolicyError, each naming the file and the rule, parameter or entry.
    """
    pack = read_pack_file(folder)
    book = read_clauses((folder / pack.clauses).resolve())
    for item in pack.interpretations.values():
        book.check(item.clauses, f"{FILE}: interpretation {item.name}")
    parameters = _read_parameters(folder, (pack.valid_from, pack.valid_to), book)
    sources = read_sources(folder)
    modules = import_sources(folder, sources)
    declared = [
        rule
        for source, module in zip(sources, modules, strict=True)
        for rule in declared_rules(source, module, book)
    ]
    policy = Policy(
        name=pack.name,
        zh=pack.zh,
        en=pack.en,
        folder=folder,
        clauses=book,
        valid_from=pack.valid_from,
        valid_to=pack.valid_to,
        inputs=pack.inputs,
        outputs=pack.outputs,
        interpretations=pack.interpretations,
        parameters=parameters,
        families=_read_families(pack.families, parameters, pack.inputs),
        all_rules=_of_role(declared, Role.RULE),
        promises=_of_role(declared, Role.PROMISE),
        guarantees=_of_role(declared, Role.GUARANTEE),
        findings=_of_role(declared, Role.FINDING),
        source_hash=_hash(folder, sources),
        own_so_far=pack.own_so_far,
        targets=read_targets(folder, book),
        duties=read_duties(folder, book, parameters),
        entitlements=read_entitlements(
            folder,
            book,
            pack.inputs,
            parameters,
            {rule.name: rule for rule in declared if rule.card.role is Role.RULE},
            {str(kind) for kind in pack.inputs[KIND].options},
        ),
    )
    check_policy(policy)
    return policy


def _of_role(declared: Iterable[Rule], role: Role) -> tuple[Rule, ...]:
    return tuple(rule for rule in declared if rule.card.role is role)


def declared_rules(source: Source, module: ModuleType, book: ClauseBook) -> Iterator[Rule]:
    """The declared functions of one file, each with the syntax tree that it was made from."""
    trees = _function_trees(source)
    _check_all_stand_by_themselves(source, module, trees)
    for name, tree in trees.items():
        function = vars(module).get(name)
        card = getattr(function, CARD, None)
        if not isinstance(card, Card) or function is None:
            continue
        place = f"{source.path.name}:{tree.lineno}"
        book.check(card.clauses, f"{place}: {card.name}")
        signature = (
            Signature({}, Unit.FLAG, tree, place)
            if card.role is Role.FINDING
            else read_signature(function, tree, place)
        )
        yield Rule(card, function, signature)


def _function_trees(source: Source) -> dict[str, ast.FunctionDef]:
    trees: dict[str, ast.FunctionDef] = {}
    for node in source.tree.body:
        if not isinstance(node, ast.FunctionDef):
            continue
        if node.name in trees:
            raise OverlappingRules(
                f"{source.path.name}:{node.lineno}: a second function {node.name!r}, for which "
                "Python forgets the first; call it otherwise, and write name= in @rule"
            )
        trees[node.name] = node
    return trees


def _check_all_stand_by_themselves(
    source: Source, module: ModuleType, trees: Collection[str]
) -> None:
    """A function that was declared in another way has no text that could be read."""
    for function in vars(module).values():
        card = getattr(function, CARD, None)
        if not isinstance(card, Card) or function.__module__ != module.__name__:
            continue
        if function.__name__ not in trees or vars(module).get(function.__name__) is not function:
            raise UnreadableRule(
                f"{source.path.name}: {card.name}: write every rule as a def "
                "at the beginning of a line, under @rule"
            )


def _read_parameters(
    folder: Path, span: tuple[date, date], book: ClauseBook
) -> dict[str, Parameter]:
    raw = read_mapping(read_yaml(folder / PARAMETERS_FILE), PARAMETERS_FILE)
    parameters = {}
    for name, entry in raw.items():
        what = f"{PARAMETERS_FILE}: {name}"
        parameter = read_parameter(str(name), entry, span, what)
        for value in parameter.values:
            book.check(value.clauses, what)
        parameters[parameter.name] = parameter
    return parameters


def _read_families(
    raw: Mapping[str, Any], parameters: Mapping[str, Parameter], inputs: Mapping[str, Input]
) -> dict[str, Family]:
    found = {
        name: _read_family(name, index, parameters, inputs, f"{FILE}: family {name}")
        for name, index in raw.items()
    }
    for parameter in parameters:
        match = _MEMBER.match(parameter)
        if match and match[1] not in found:
            raise BadValue(f"{PARAMETERS_FILE}: {parameter}: {FILE} has no family {match[1]!r}")
    return found


def _read_family(
    name: str,
    index: Any,
    parameters: Mapping[str, Parameter],
    inputs: Mapping[str, Input],
    what: str,
) -> Family:
    if index not in inputs or not inputs[index].options:
        raise BadValue(f"{what}: {index!r} is not an input with options")
    members = {option: f"{name}[{option}]" for option in inputs[index].options}
    for member in members.values():
        if member not in parameters:
            raise BadValue(f"{what}: parameter {member} is missing")
    units = {parameters[member].unit for member in members.values()}
    if len(units) > 1:
        raise BadValue(f"{what}: its parameters have one unit, not {', '.join(sorted(units))}")
    return Family(name, index, members)


def _hash(folder: Path, sources: Iterable[Source]) -> str:
    """A digest of everything in the pack that can change a result."""
    contents = {source.path: source.content for source in sources}
    contents |= {path: path.read_bytes() for path in folder.glob("*.yaml")}
    digest = hashlib.sha256()
    for path in sorted(contents):
        digest.update(path.name.encode() + b"\0" + contents[path] + b"\0")
    return digest.hexdigest()
