"""The small part of Python that a rule may use, and the check that its units fit.

A rule is read as a syntax tree so that it can be explained, fused into one loop and proved. What
none of the three could follow is refused at load time, with the file and line.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from doudi.rules.errors import BareFigure, UnitMismatch, UnknownArgument, UnreadableRule
from doudi.rules.units import Unit

WORDS: Mapping[str, tuple[tuple[Unit, ...], Unit]] = {
    "share": ((Unit.FEN, Unit.RATE), Unit.FEN),
    "share_down": ((Unit.FEN, Unit.RATE), Unit.FEN),
    "between": ((Unit.FEN, Unit.FEN, Unit.SCHEDULE), Unit.FEN),
    "up_to": ((Unit.FEN, Unit.SCHEDULE), Unit.FEN),
    "raised": ((Unit.SCHEDULE, Unit.RATE), Unit.SCHEDULE),
    "raised_relative": ((Unit.SCHEDULE, Unit.RATE), Unit.SCHEDULE),
    "raise_rate": ((Unit.RATE, Unit.RATE), Unit.RATE),
    "raise_rate_relative": ((Unit.RATE, Unit.RATE), Unit.RATE),
}
"""The functions of the language: units in, unit out."""

_ORDERED = (Unit.FEN, Unit.RATE, Unit.COUNT, Unit.LEVEL)
_PLAIN_FIGURES = (0, 1)


class _Literal:
    """The unit of 0 and 1, which fit any number."""


LITERAL = _Literal()
Inferred = Unit | _Literal


@dataclass(frozen=True)
class Signature:
    """What a declared function asks for and gives, in units, with its syntax tree."""

    arguments: Mapping[str, Unit]
    returns: Unit
    tree: ast.FunctionDef
    place: str


def read_signature(function: Callable[..., Any], tree: ast.FunctionDef, place: str) -> Signature:
    """Units of ``function`` and its checked tree; ``place`` is file:line for messages."""
    hints = get_type_hints(function, include_extras=True)
    arguments = {
        argument.arg: _unit_of(hints.get(argument.arg), f"{place}: argument {argument.arg!r}")
        for argument in tree.args.args
    }
    if tree.args.vararg or tree.args.kwarg or tree.args.kwonlyargs or tree.args.defaults:
        raise UnreadableRule(f"{place}: a rule takes plain arguments without defaults")
    returns = _unit_of(hints.get("return"), f"{place}: the result")
    signature = Signature(arguments, returns, tree, place)
    _check_body(signature)
    return signature


def _unit_of(hint: Any, what: str) -> Unit:
    for extra in getattr(hint, "__metadata__", ()):
        if isinstance(extra, Unit):
            return extra
    raise UnitMismatch(f"{what} needs one of the units Fen, Rate, Count, Schedule, Flag, Choice")


def statements(tree: ast.FunctionDef) -> list[ast.stmt]:
    """The body without its docstring."""
    body = tree.body
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        return body[1:]
    return body


def _check_body(signature: Signature) -> None:
    checker = _Checker(signature)
    if not checker.block(statements(signature.tree), dict(signature.arguments)):
        raise UnreadableRule(f"{signature.place}: not every way through ends in a return")


class _Checker:
    def __init__(self, signature: Signature) -> None:
        self.signature = signature

    def at(self, node: ast.AST) -> str:
        path = self.signature.place.rsplit(":", 1)[0]
        return f"{path}:{getattr(node, 'lineno', 0)}"

    def block(self, body: list[ast.stmt], known: dict[str, Inferred]) -> bool:
        """Check the statements in order; True when every way through returns."""
        for statement in body:
            if isinstance(statement, ast.Return) and statement.value is not None:
                self._fits(self.infer(statement.value, known), self.signature.returns, statement)
                return True
            if isinstance(statement, ast.If):
                self._flag(statement.test, known)
                then = self.block(statement.body, dict(known))
                other = self.block(statement.orelse, dict(known))
                if then and other:
                    return True
                if other or not then or statement.orelse:
                    raise UnreadableRule(
                        f"{self.at(statement)}: an if without else must return early"
                    )
                continue
            if (
                isinstance(statement, ast.Assign)
                and len(statement.targets) == 1
                and isinstance(statement.targets[0], ast.Name)
            ):
                name = statement.targets[0].id
                if name in known:
                    raise UnreadableRule(f"{self.at(statement)}: {name!r} already has a value")
                known[name] = self.infer(statement.value, known)
                continue
            raise UnreadableRule(
                f"{self.at(statement)}: a rule has no {type(statement).__name__} statement"
            )
        return False

    def infer(self, node: ast.expr, known: Mapping[str, Inferred]) -> Inferred:  # noqa: PLR0911
        match node:
            case ast.Constant(value=bool()):
                return Unit.FLAG
            case ast.Constant(value=int() as figure):
                if figure not in _PLAIN_FIGURES:
                    raise BareFigure(
                        f"{self.at(node)}: {figure} stands in the rule; make it a parameter"
                    )
                return LITERAL
            case ast.Name(id=name):
                if name not in known:
                    raise UnknownArgument(f"{self.at(node)}: {name!r} is not an argument")
                return known[name]
            case ast.BinOp():
                return self._arithmetic(node, known)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._flag(operand, known)
            case ast.BoolOp(values=values):
                for value in values:
                    self._flag(value, known)
                return Unit.FLAG
            case ast.Compare():
                return self._compare(node, known)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self._flag(test, known)
                return self._same(self.infer(body, known), self.infer(orelse, known), node)
            case ast.Call(func=ast.Name(id=word), args=arguments, keywords=[]):
                return self._call(node, word, arguments, known)
        raise UnreadableRule(f"{self.at(node)}: a rule cannot use {type(node).__name__}")

    def _arithmetic(self, node: ast.BinOp, known: Mapping[str, Inferred]) -> Inferred:
        left, right = self.infer(node.left, known), self.infer(node.right, known)
        if isinstance(node.op, ast.Add | ast.Sub):
            unit = self._same(left, right, node)
            self._ordered(unit, node)
            return unit
        if isinstance(node.op, ast.Mult):
            return self._product(left, right, node)
        raise UnreadableRule(f"{self.at(node)}: a rule has no {type(node.op).__name__}")

    def _product(self, left: Inferred, right: Inferred, node: ast.AST) -> Inferred:
        units = {left, right}
        if Unit.RATE in units and Unit.FEN in units:
            raise UnitMismatch(f"{self.at(node)}: multiply fen by a rate with share()")
        if units <= {Unit.COUNT, LITERAL}:
            return Unit.COUNT if Unit.COUNT in units else LITERAL
        if units == {Unit.FEN, Unit.COUNT}:
            return Unit.FEN
        raise UnitMismatch(f"{self.at(node)}: cannot multiply {_say(left)} by {_say(right)}")

    def _compare(self, node: ast.Compare, known: Mapping[str, Inferred]) -> Unit:
        if len(node.ops) != 1:
            raise UnreadableRule(f"{self.at(node)}: compare two things at a time")
        left, right = node.left, node.comparators[0]
        unit = self.infer(left, known)
        if isinstance(right, ast.Constant) and isinstance(right.value, str):
            if unit is not Unit.CHOICE or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
                raise UnitMismatch(f"{self.at(node)}: only a Choice is compared with a name")
            return Unit.FLAG
        self._ordered(self._same(unit, self.infer(right, known), node), node)
        return Unit.FLAG

    def _call(
        self, node: ast.Call, word: str, arguments: list[ast.expr], known: Mapping[str, Inferred]
    ) -> Inferred:
        found = [self.infer(argument, known) for argument in arguments]
        if word in ("min", "max"):
            if len(found) < 2:  # noqa: PLR2004
                raise UnreadableRule(f"{self.at(node)}: {word} compares at least two amounts")
            unit = found[0]
            for other in found[1:]:
                unit = self._same(unit, other, node)
            self._ordered(unit, node)
            return unit
        if word not in WORDS:
            raise UnreadableRule(f"{self.at(node)}: {word}() is not a word of the rule language")
        wanted, result = WORDS[word]
        if len(found) != len(wanted):
            raise UnreadableRule(f"{self.at(node)}: {word}() takes {len(wanted)} arguments")
        for unit, want in zip(found, wanted, strict=True):
            self._fits(unit, want, node)
        return result

    def _flag(self, node: ast.expr, known: Mapping[str, Inferred]) -> Unit:
        self._fits(self.infer(node, known), Unit.FLAG, node)
        return Unit.FLAG

    def _fits(self, found: Inferred, wanted: Unit, node: ast.AST) -> None:
        if found is wanted or (found is LITERAL and wanted in _ORDERED):
            return
        raise UnitMismatch(f"{self.at(node)}: {_say(found)} where {_say(wanted)} is needed")

    def _same(self, left: Inferred, right: Inferred, node: ast.AST) -> Inferred:
        if left is LITERAL:
            return right
        if right is LITERAL or left is right:
            return left
        raise UnitMismatch(f"{self.at(node)}: {_say(left)} together with {_say(right)}")

    def _ordered(self, unit: Inferred, node: ast.AST) -> None:
        if unit is not LITERAL and unit not in _ORDERED:
            raise UnitMismatch(f"{self.at(node)}: {_say(unit)} is not a number")


def _say(unit: Inferred) -> str:
    return unit.value if isinstance(unit, Unit) else "a plain figure"


def compared_names(tree: ast.FunctionDef) -> list[tuple[str, str, int]]:
    """(argument, option, line) for every comparison of a choice with a named option."""
    return [
        (node.left.id, node.comparators[0].value, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Name)
        and isinstance(node.comparators[0], ast.Constant)
        and isinstance(node.comparators[0].value, str)
    ]
