"""The small part of Python that a rule may use, and the check that its units fit.

A rule is read as a syntax tree so that it can be explained, fused into one loop and proved. What
none of the three could follow is refused at load time, with the file and line.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from doudi.rules import amounts
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

_OWN: Mapping[str, Any] = {
    **{word: getattr(amounts, word) for word in WORDS},
    "min": builtins.min,
    "max": builtins.max,
}
"""What each word has to mean in the file of a rule, for a rule to mean the same in every use."""

_ORDERED = (Unit.FEN, Unit.RATE, Unit.COUNT, Unit.LEVEL)
_PLAIN_FIGURES = (0, 1)

_UNIT_NAMES = ", ".join(unit.value.capitalize() for unit in Unit)

_SIGNS: Mapping[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.BitAnd: "&",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_INSTEAD_OF_SIGN = {
    "/": "share(amount, rate) divides, and rounds as the law does",
    "//": "share_down(amount, rate) divides, and rounds down",
    "&": "write and",
    "|": "write or",
    "is": "write ==",
    "is not": "write !=",
}
_INSTEAD_OF_STATEMENT = {
    "for": "it computes one result, and a sum over the year is x_to_date",
    "while": "it computes one result, and a sum over the year is x_to_date",
    "import": "import at the head of the file",
    "from": "import at the head of the file",
    "def": "a rule stands by itself, at the head level of its file",
    "raise": "what cannot be right is refused before a rule runs",
    "assert": "what must hold is a promise",
}


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

    def at(self, line: int) -> str:
        """The file and a line of it, for messages."""
        return f"{self.place.rsplit(':', 1)[0]}:{line}"


def read_signature(function: Callable[..., Any], tree: ast.FunctionDef, place: str) -> Signature:
    """Units of ``function`` and its checked tree; ``place`` is file:line for messages."""
    plain = tree.args
    if plain.posonlyargs or plain.vararg or plain.kwarg or plain.kwonlyargs or plain.defaults:
        raise UnreadableRule(f"{place}: a rule takes plain arguments without defaults")
    hints = _hints(function, place)
    arguments = {
        argument.arg: _unit_of(hints.get(argument.arg), f"{place}: argument {argument.arg!r}")
        for argument in plain.args
    }
    returns = _unit_of(hints.get("return"), f"{place}: the result")
    signature = Signature(arguments, returns, tree, place)
    _check_body(signature, function.__globals__)
    return signature


def _hints(function: Callable[..., Any], place: str) -> Mapping[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except NameError as error:
        raise UnreadableRule(f"{place}: {error}; import it from doudi.rules") from None


def _unit_of(hint: Any, what: str) -> Unit:
    for extra in getattr(hint, "__metadata__", ()):
        if isinstance(extra, Unit):
            return extra
    raise UnitMismatch(f"{what} needs one of the units {_UNIT_NAMES}")


def statements(tree: ast.FunctionDef) -> list[ast.stmt]:
    """The body without its docstring."""
    body = tree.body
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        return body[1:]
    return body


def _check_body(signature: Signature, space: Mapping[str, Any]) -> None:
    for argument in signature.arguments:
        _check_free(argument, signature.place)
    checker = _Checker(signature, space)
    if not checker.block(statements(signature.tree), dict(signature.arguments)):
        raise UnreadableRule(f"{signature.place}: not every way through ends in a return")


def _check_free(name: str, place: str) -> None:
    """A name that hid a word would mean one thing in the rule and another in the loop."""
    if name in _OWN:
        raise UnreadableRule(f"{place}: {name!r} is a word of the rule language; use another name")


class _Checker:
    """Checks one rule; ``space`` holds the names of the file in which it stands."""

    def __init__(self, signature: Signature, space: Mapping[str, Any]) -> None:
        self.signature = signature
        self.space = space

    def at(self, node: ast.AST) -> str:
        return self.signature.at(getattr(node, "lineno", 0))

    def block(self, body: list[ast.stmt], known: dict[str, Inferred]) -> bool:
        """Check the statements in order; True when every way through returns."""
        for statement in body:
            if isinstance(statement, ast.Return):
                self._return(statement, known)
                return True
            if isinstance(statement, ast.If):
                if self._if(statement, known):
                    return True
                continue
            if isinstance(statement, ast.Assign):
                self._assign(statement, known)
                continue
            raise UnreadableRule(f"{self.at(statement)}: {_refusal(statement)}")
        return False

    def _return(self, statement: ast.Return, known: Mapping[str, Inferred]) -> None:
        if statement.value is None:
            raise UnreadableRule(f"{self.at(statement)}: return needs a result")
        found = self.infer(statement.value, known)
        self._fits(found, self.signature.returns, statement)
        if found is Unit.SCHEDULE:
            self._followed(statement.value)

    def _if(self, statement: ast.If, known: Mapping[str, Inferred]) -> bool:
        """Check both branches; True when both return."""
        self._flag(statement.test, known)
        then = self.block(statement.body, dict(known))
        other = self.block(statement.orelse, dict(known))
        if then and other:
            return True
        if other or not then or statement.orelse:
            raise UnreadableRule(f"{self.at(statement)}: an if without else must return early")
        return False

    def _assign(self, statement: ast.Assign, known: dict[str, Inferred]) -> None:
        target = statement.targets[0]
        if len(statement.targets) != 1 or not isinstance(target, ast.Name):
            raise UnreadableRule(f"{self.at(statement)}: set one name at a time")
        if target.id in known:
            raise UnreadableRule(
                f"{self.at(statement)}: {target.id!r} already has a value; use a second name"
            )
        _check_free(target.id, self.at(statement))
        unit = self.infer(statement.value, known)
        if unit is Unit.SCHEDULE:
            raise UnreadableRule(
                f"{self.at(statement)}: a schedule takes no second name; use it where it is needed"
            )
        known[target.id] = unit

    def infer(self, node: ast.expr, known: Mapping[str, Inferred]) -> Inferred:  # noqa: PLR0911
        match node:
            case ast.Constant():
                return self._constant(node)
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
        raise UnreadableRule(f"{self.at(node)}: a rule cannot use `{ast.unparse(node)}`")

    def _constant(self, node: ast.Constant) -> Inferred:
        match node.value:
            case bool():
                return Unit.FLAG
            case int() as figure if figure in _PLAIN_FIGURES:
                return LITERAL
            case int() as figure:
                raise BareFigure(
                    f"{self.at(node)}: {figure} stands in the rule; make it a parameter"
                )
            case float() as figure:
                raise BareFigure(
                    f"{self.at(node)}: {figure} is no whole number; make it a parameter"
                )
            case str() as name:
                raise UnreadableRule(
                    f"{self.at(node)}: {name!r} in quotes stands only after == or != of a Choice"
                )
        raise UnreadableRule(f"{self.at(node)}: a rule cannot use `{ast.unparse(node)}`")

    def _arithmetic(self, node: ast.BinOp, known: Mapping[str, Inferred]) -> Inferred:
        if not isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
            raise UnreadableRule(f"{self.at(node)}: {_refused_sign(node.op)}")
        left, right = self.infer(node.left, known), self.infer(node.right, known)
        if isinstance(node.op, ast.Mult):
            return self._product(left, right, node)
        unit = self._same(left, right, node)
        self._ordered(unit, node)
        return unit

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
        sign, left, right = node.ops[0], node.left, node.comparators[0]
        if not isinstance(sign, _COMPARISONS):
            raise UnreadableRule(f"{self.at(node)}: {_refused_sign(sign)}")
        unit = self.infer(left, known)
        if isinstance(right, ast.Constant) and isinstance(right.value, str):
            self._named(unit, left, sign, node)
            return Unit.FLAG
        other = self.infer(right, known)
        if Unit.FLAG in (unit, other):
            raise UnitMismatch(f"{self.at(node)}: {_flag_compared(left, sign, right)}")
        self._ordered(self._same(unit, other, node), node)
        return Unit.FLAG

    def _named(self, unit: Inferred, left: ast.expr, sign: ast.cmpop, node: ast.AST) -> None:
        """A name in quotes is looked up among the options of the very argument beside it."""
        if unit is not Unit.CHOICE or not isinstance(sign, ast.Eq | ast.NotEq):
            raise UnitMismatch(f"{self.at(node)}: only a Choice is compared with a name")
        if not (isinstance(left, ast.Name) and left.id in self.signature.arguments):
            raise UnreadableRule(f"{self.at(node)}: compare the argument itself with a name")

    def _call(
        self, node: ast.Call, word: str, arguments: list[ast.expr], known: Mapping[str, Inferred]
    ) -> Inferred:
        if word not in _OWN:
            raise UnreadableRule(f"{self.at(node)}: {word}() is not a word of the rule language")
        self._means_itself(node, word)
        found = [self.infer(argument, known) for argument in arguments]
        if word in ("min", "max"):
            return self._least_or_most(node, word, found)
        wanted, result = WORDS[word]
        if len(found) != len(wanted):
            raise UnreadableRule(
                f"{self.at(node)}: {word}() takes {len(wanted)} arguments, not {len(found)}"
            )
        for unit, want in zip(found, wanted, strict=True):
            self._fits(unit, want, node)
        if result is Unit.SCHEDULE:
            self._followed(node)
        elif Unit.SCHEDULE in wanted:
            self._followed(arguments[wanted.index(Unit.SCHEDULE)])
        return result

    def _means_itself(self, node: ast.Call, word: str) -> None:
        """A word is the language's own function in the file of the rule.

        The loop writes what a word means by itself, so a word that is missing or stands for
        something else would only show when a case is explained, or never.
        """
        found = self.space.get(word, getattr(builtins, word, None))
        if found is None:
            raise UnreadableRule(
                f"{self.at(node)}: {word} is not imported; write: from doudi.rules import {word}"
            )
        if found is not _OWN[word]:
            raise UnreadableRule(
                f"{self.at(node)}: {word} is not the language's own word in this file; "
                "give yours another name"
            )

    def _least_or_most(self, node: ast.Call, word: str, found: list[Inferred]) -> Inferred:
        if len(found) < 2:  # noqa: PLR2004
            raise UnreadableRule(f"{self.at(node)}: {word} compares at least two amounts")
        unit = found[0]
        for other in found[1:]:
            unit = self._same(unit, other, node)
        self._ordered(unit, node)
        return unit

    def _followed(self, node: ast.expr) -> bool:
        """Check that the loop can follow a schedule; True when it is raised already.

        The loop knows a schedule by its place in the table and by how much it is raised: first by
        a share of itself, then by points.
        """
        if isinstance(node, ast.Name):
            return False
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            raise UnreadableRule(
                f"{self.at(node)}: a schedule is not chosen inside an expression; "
                "write a rule that returns the one or the other"
            )
        if self._followed(node.args[0]) and node.func.id == "raised_relative":
            raise UnreadableRule(
                f"{self.at(node)}: a schedule is raised by a share of itself before anything else, "
                "and once"
            )
        return True

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


def _refusal(statement: ast.stmt) -> str:
    """Why a statement is outside the language, in the words in which it was typed."""
    typed = ast.unparse(statement)
    if isinstance(statement, ast.AugAssign):
        return f"a rule has no {_SIGNS[type(statement.op)]}=; a name is set once: use a second name"
    if isinstance(statement, ast.AnnAssign):
        return f"a name takes its unit from its value; leave the unit out of `{typed}`"
    if isinstance(statement, ast.Expr):
        return f"nothing uses the result of `{typed}`"
    word = typed.split(maxsplit=1)[0].rstrip(":")
    instead = _INSTEAD_OF_STATEMENT.get(word, "it has names that are set once, if and return")
    return f"a rule has no {word}: {instead}"


def _refused_sign(sign: ast.AST) -> str:
    typed = _SIGNS[type(sign)]
    instead = _INSTEAD_OF_SIGN.get(typed)
    return f"a rule has no {typed}" + (f"; {instead}" if instead else "")


def _flag_compared(left: ast.expr, sign: ast.cmpop, right: ast.expr) -> str:
    """What to write instead of ``registered == False``."""
    if isinstance(right, ast.Constant) and isinstance(sign, ast.Eq | ast.NotEq):
        wants_yes = bool(right.value) == isinstance(sign, ast.Eq)
        return f"a flag is not compared; write `{'' if wants_yes else 'not '}{ast.unparse(left)}`"
    return "a flag is not compared; join flags with and, or, not"


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
