"""One rule's syntax tree as terms of the solver: the fourth use of the rules.

The loader has checked every rule against the language already. What this module cannot follow
all the same - a construct that came into the language later, say - is an error that names it, its
file and its line; nothing is left out in silence.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import z3

from doudi.rules.errors import UnreadableRule
from doudi.rules.graph import Rule
from doudi.rules.language import statements
from doudi.rules.prove.arithmetic import Exact
from doudi.rules.prove.values import (
    Chosen,
    Value,
    both,
    choose,
    is_known,
    least,
    most,
    negate,
    one_of,
)

_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
_ORDER: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def term_of(rule: Rule, given: Mapping[str, Value], words: Exact) -> Value:
    """What ``rule`` gives for the values ``given`` to its arguments.

    ``words`` says what the words of the language mean. UnreadableRule names a construct that
    cannot be read, with its file and line.
    """
    return _Reader(rule, words).block(statements(rule.signature.tree), dict(given))


class _Reader:
    """Reads one rule."""

    def __init__(self, rule: Rule, words: Exact) -> None:
        self.rule = rule
        self.words = words

    def refuse(self, node: ast.AST) -> UnreadableRule:
        place = self.rule.signature.at(getattr(node, "lineno", 0))
        return UnreadableRule(
            f"{place}: {self.rule.name}: the prover cannot read `{ast.unparse(node)}`"
        )

    def block(self, body: Sequence[ast.stmt], known: dict[str, Value]) -> Value:
        """The result of the statements; every way through them returns."""
        for at, statement in enumerate(body):
            match statement:
                case ast.Return(value=ast.expr() as value):
                    return self.read(value, known)
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    known[name] = self.read(value, known)
                case ast.If(test=test, body=then, orelse=other):
                    return self._if(test, then, [*other, *body[at + 1 :]], known)
                case _:
                    raise self.refuse(statement)
        raise self.refuse(self.rule.signature.tree)

    def _if(
        self,
        test: ast.expr,
        then: Sequence[ast.stmt],
        other: Sequence[ast.stmt],
        known: dict[str, Value],
    ) -> Value:
        flag = self.read(test, known)
        if isinstance(flag, bool):
            return self.block(then if flag else other, dict(known))
        return choose(flag, self.block(then, dict(known)), self.block(other, dict(known)))

    def read(self, node: ast.expr, known: Mapping[str, Value]) -> Value:  # noqa: PLR0911
        match node:
            case ast.Constant(value=bool() | int() as figure):
                return figure
            case ast.Name(id=name) if name in known:
                return known[name]
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _ARITHMETIC:
                return _ARITHMETIC[type(sign)](self.read(left, known), self.read(right, known))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return negate(self.read(operand, known))
            case ast.BoolOp(op=ast.And(), values=values):
                return both([self.read(value, known) for value in values])
            case ast.BoolOp(op=ast.Or(), values=values):
                return one_of([self.read(value, known) for value in values])
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return self._compare(node, left, sign, right, known)
            case ast.IfExp(test=test, body=then, orelse=other):
                return choose(
                    self.read(test, known), self.read(then, known), self.read(other, known)
                )
            case ast.Call(func=ast.Name(id=word), args=arguments, keywords=[]):
                return self._word(node, word, [self.read(item, known) for item in arguments])
        raise self.refuse(node)

    def _compare(
        self,
        node: ast.expr,
        left: ast.expr,
        sign: ast.cmpop,
        right: ast.expr,
        known: Mapping[str, Value],
    ) -> Value:
        if type(sign) not in _ORDER:
            raise self.refuse(node)
        first = self.read(left, known)
        if isinstance(right, ast.Constant) and isinstance(right.value, str):
            second: Value = right.value
            if isinstance(first, Chosen):
                first, second = first.place, first.options.index(right.value)
        else:
            second = self.read(right, known)
        return _ORDER[type(sign)](first, second)

    def _word(self, node: ast.expr, word: str, given: Sequence[Value]) -> Value:  # noqa: PLR0911
        words = self.words
        match word, given:
            case "min", _:
                return least(given)
            case "max", _:
                return most(given)
            case "share", [amount, rate]:
                return words.share(amount, rate)
            case "share_down", [amount, rate]:
                return words.share_down(amount, rate)
            case "between", [low, high, schedule]:
                return words.between(low, high, schedule)
            case "up_to", [amount, schedule]:
                return words.between(0, amount, schedule)
            case "raise_rate", [rate, rise]:
                return words.raise_rate(rate, rise)
            case "raise_rate_relative", [rate, rise]:
                return words.raise_rate_relative(rate, rise)
            case "raised" | "raised_relative", [schedule, rise]:
                return words.raised(schedule, rise, relative=word == "raised_relative")
        raise self.refuse(node)


def as_flag(value: Value) -> Any:
    """A flag as a term, whether it is known or not."""
    return z3.BoolVal(value) if is_known(value) else value
