"""The figures that a pack claims to have read on the source page."""

from __future__ import annotations

from collections.abc import Iterator

from doudi.policies.sources import CitedFigure
from doudi.rules.amounts import WHOLE
from doudi.rules.clauses import ClauseBook
from doudi.rules.parameters import Parameter
from doudi.rules.policy import Policy

_UNITS = {"rate": "basis_points", "days": "count"}


def cited_figures(pack: Policy) -> Iterator[CitedFigure]:
    """Every parameter value and target that names the fragment in which its figure stands."""
    for parameter in pack.parameters.values():
        yield from _of_parameter(parameter, pack.clauses)
    for target in pack.targets:
        if target.figure is not None and target.value is not None and target.unit is not None:
            yield _figure(
                pack.clauses, target.id, target.clauses, target.figure, target.value, target.unit
            )


def _of_parameter(parameter: Parameter, book: ClauseBook) -> Iterator[CitedFigure]:
    for value in parameter.values:
        if value.figure is None or not isinstance(value.value, int):
            continue
        number = WHOLE - value.value if value.complement else value.value
        yield _figure(book, parameter.name, value.clauses, value.figure, number, parameter.unit)


def _figure(
    book: ClauseBook, name: str, clauses: tuple[str, ...], figure: str, value: int, unit: str
) -> CitedFigure:
    lines = sorted({line for clause in clauses for line in book.clauses[clause].lines})
    return CitedFigure(name, clauses, tuple(lines), figure, value, _UNITS.get(unit, unit))


def uncited_figures(pack: Policy) -> tuple[str, ...]:
    """Parameters with a cited clause and a number but no fragment to find it by."""
    return tuple(
        parameter.name
        for parameter in pack.parameters.values()
        for value in parameter.values
        if value.status.value == "cited"
        and value.clauses
        and value.figure is None
        and isinstance(value.value, int)
    )


__all__ = ["cited_figures", "uncited_figures"]
