"""The search for the least and the most, over whole numbers only.

`doudi.estimate.searching` writes these functions behind the fused rules and runs the text as it is
or compiled, so they keep to what plain Python and numba both understand: numbers and arrays of
them. `settle_one`, which the rules' text brings along, settles the one claim that stands in
``table``, ``numbers`` and ``flags``, and leaves its amounts in ``out``; 0 means it could.

An axis is ``(sort, target, low, high)``: an input (its number), a parameter (its place in the
table) or a schedule (where it starts in the table; the position is added to each rate).
``boxes`` has for each box its claim's ``numbers`` and ``flags``; ``members`` which axes it has.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import Any

from doudi.rules.amounts import MOST_BANDS, WHOLE

Numbers = Sequence[int]
Rows = Sequence[MutableSequence[Any]]


def settle_one(table: Any, numbers: Any, flags: Any, out: Any, fixed: Any) -> int:
    """Settle the claim as it stands; 0 if it could be. The rules' text has it, written out."""
    raise NotImplementedError


INPUT = 0  # from here on the text stands behind the rules
PARAMETER = 1
SCHEDULE = 2
_WORD = 32


def move(
    axes: Sequence[Numbers], axis: int, to: int, usual: Numbers, table: Any, numbers: Rows
) -> None:
    """Put the claim at a position of one axis."""
    sort, target = axes[axis][0], axes[axis][1]
    if sort == INPUT:
        numbers[target][0] = to
    elif sort == PARAMETER:
        table[target] = to
    elif sort == SCHEDULE:
        first = target + 1 + MOST_BANDS
        for place in range(first, first + usual[target]):
            table[place] = min(WHOLE, max(0, usual[place] + to))


def place(
    box: int,
    positions: Numbers,
    axes: Sequence[Numbers],
    members: Sequence[Numbers],
    boxes: Any,
    usual: Numbers,
    state: Any,
) -> None:
    """Put the claim into a box, at a position of each of its axes."""
    table, numbers, flags = state[0], state[1], state[2]
    for at in range(len(usual)):
        table[at] = usual[at]
    for at in range(len(numbers)):
        numbers[at][0] = boxes[0][box][at]
    for at in range(len(flags)):
        flags[at][0] = boxes[1][box][at]
    for axis in members[box]:
        if axis >= 0:
            move(axes, axis, positions[axis], usual, table, numbers)


def settle_all(
    count: int,
    case_box: Numbers,
    case_positions: Sequence[Numbers],
    problem: Any,
    found: Rows,
) -> int:
    """Settle ``count`` cases into ``found`` (one row for each amount); 0 if all could be."""
    axes, members, boxes, usual, state, fixed = problem
    table, numbers, flags, out = state
    before = -1
    for case in range(count):
        box = case_box[case]
        here = case_positions[case]
        if box != before:
            place(box, here, axes, members, boxes, usual, state)
            before = box
        else:
            for axis in members[box]:
                if axis >= 0 and here[axis] != case_positions[case - 1][axis]:
                    move(axes, axis, here[axis], usual, table, numbers)
        if settle_one(table, numbers, flags, out, fixed):
            return 1
        for name in range(len(out)):
            found[name][case] = out[name][0]
    return 0


def below(words: Numbers, cursor: MutableSequence[int], limit: int) -> int:
    """A number from 0 to below ``limit``, as `random.Random` draws it from the same words."""
    bits = 0
    while limit >> bits:
        bits += 1
    while True:
        word = words[cursor[0] % len(words)]
        if bits <= _WORD:
            drawn = word >> (_WORD - bits)
            cursor[0] += 1
        else:
            high = words[(cursor[0] + 1) % len(words)] >> (2 * _WORD - bits)
            drawn = word | (high << _WORD)
            cursor[0] += 2
        if drawn < limit:
            return drawn


def pieces_of(here: Numbers, axis: int, low: int, high: int, most: int, points: Rows) -> int:
    """Points from ``low`` to ``high`` on one axis in equal pieces; how many there are."""
    pieces = min(most, high - low)
    for number in range(pieces + 1):
        for one in range(len(here) - 1):
            points[number][one] = here[one]
        points[number][axis] = low + (high - low) * number // pieces
    return pieces + 1


def near(here: Numbers, axis: int, low: int, high: int, steps: int, points: Rows) -> int:
    """Every point close by on one axis, where rounding can still give or take a fen."""
    first, last = max(low, here[axis] - steps), min(high, here[axis] + steps)
    for number in range(last - first + 1):
        for one in range(len(here) - 1):
            points[number][one] = here[one]
        points[number][axis] = first + number
    return last - first + 1


def around(
    here: Numbers,
    axes: Sequence[Numbers],
    own: Numbers,
    reach: int,
    count: int,
    words: Numbers,
    cursor: MutableSequence[int],
    points: Rows,
) -> int:
    """Points around the best one on all axes at once, within a part of each axis.

    A most or least can lie on a ridge, where only moving along two axes together leads on.
    """
    for number in range(count):
        for axis in own:
            if axis >= 0:
                low, high = axes[axis][2], axes[axis][3]
                way = below(words, cursor, 3) - 1
                far = below(words, cursor, max(1, (high - low) // reach) + 1)
                points[number][axis] = min(high, max(low, here[axis] + way * far))
    return count


def ahead(
    here: Numbers, before: Numbers, axes: Sequence[Numbers], own: Numbers, points: Rows
) -> int:
    """Points further on in the direction that the last round went; none if it went nowhere."""
    moved = False
    for axis in own:
        if axis >= 0 and here[axis] != before[axis]:
            moved = True
    if not moved:
        return 0
    for number in range(4):
        for axis in own:
            if axis >= 0:
                at = here[axis] + (1 << number) * (here[axis] - before[axis])
                points[number][axis] = min(axes[axis][3], max(axes[axis][2], at))
    return 4


def take(
    here: MutableSequence[int], sign: int, count: int, points: Sequence[Numbers], amounts: Numbers
) -> int:
    """Keep the best of the points if it is better; its place among them."""
    top = 0
    for number in range(count):
        if sign * amounts[number] > sign * amounts[top]:
            top = number
    last = len(here) - 1
    if count > 0 and sign * amounts[top] > sign * here[last]:
        for axis in range(last):
            here[axis] = points[top][axis]
        here[last] = amounts[top]
    return top


def has(own: Numbers, axis: int) -> bool:
    """Whether a box has that axis."""
    for one in own:  # noqa: SIM110 - numba knows no generators
        if one == axis:
            return True
    return False


def follow(  # noqa: PLR0912 - the steps of a round, one after the other
    searches: Sequence[Numbers],
    best: Rows,
    before: Rows,
    problem: Any,
    trial: Any,
    words: Numbers,
    sizes: Numbers,
    reaches: Numbers,
) -> int:
    """Improve every search until a round improves none, or the rounds end; 0 if all went well.

    A search is (number of the amount, -1 for the least or 1 for the most, box); its row of
    ``best`` has the best positions so far and behind them the amount reached there.
    """
    axes, members = problem[0], problem[1]
    box_of, points, found, cursor = trial
    last = len(axes)
    failed = 0
    for _ in range(sizes[3]):
        improved = False
        for number in range(len(searches)):
            name, sign, box = searches[number][0], searches[number][1], searches[number][2]
            here = best[number]
            for one in range(last + 1):
                before[number][one] = here[one]
            for one in range(len(box_of)):
                box_of[one] = box
            for axis in range(last):
                if not has(members[box], axis):
                    continue
                low, high = axes[axis][2], axes[axis][3]
                wide = high > low
                while wide:
                    count = pieces_of(here, axis, low, high, sizes[0], points)
                    failed += settle_all(count, box_of, points, problem, found)
                    top = take(here, sign, count, points, found[name])
                    wide = high - low > sizes[0]
                    low, high = (
                        points[max(0, top - 1)][axis],
                        points[min(count - 1, top + 1)][axis],
                    )
                count = near(here, axis, axes[axis][2], axes[axis][3], sizes[1], points)
                failed += settle_all(count, box_of, points, problem, found)
                take(here, sign, count, points, found[name])
        for reach in reaches:
            for number in range(len(searches)):
                name, sign, box = searches[number][0], searches[number][1], searches[number][2]
                here, own = best[number], members[box]
                for one in range(len(box_of)):
                    box_of[one] = box
                around(here, axes, own, reach, sizes[2], words, cursor, points)
                failed += settle_all(sizes[2], box_of, points, problem, found)
                take(here, sign, sizes[2], points, found[name])
        for number in range(len(searches)):
            name, sign, box = searches[number][0], searches[number][1], searches[number][2]
            here = best[number]
            for one in range(len(box_of)):
                box_of[one] = box
            count = ahead(here, before[number], axes, members[box], points)
            failed += settle_all(count, box_of, points, problem, found)
            take(here, sign, count, points, found[name])
            improved = improved or here[last] != before[number][last]
        if failed or not improved:
            return failed
    return failed
