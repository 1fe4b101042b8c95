"""From one Parquet file to another: streamed, in the order of the rows, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.population.histories import as_table
from tests.population.test_settle import READINGS, STAY, many

from doudi.policies import policy
from doudi.population import AlreadyThere, BadTable, Packs, parquet, simulate, simulate_file, spill
from doudi.population.pipeline import in_order, one_ahead
from doudi.rules.amounts import LARGEST_AMOUNT

PACKS = Packs.of({"today": READINGS[0], "other": READINGS[-1]})
OUTPUTS = list(PACKS.outputs)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """So small that a person's claims, and a part's, spread over many of them."""
    monkeypatch.setattr(parquet, "ROWS_AT_A_TIME", 170)
    monkeypatch.setattr(spill, "ROWS_IN_A_PART", 400)


def claims(count: int = 3_000, people: int = 250) -> pa.Table:
    table = many(count, people)
    names = np.array(["today", "other", None])[np.arange(count) % 3]
    table = table.append_column("policy", pa.array(names, pa.string()))
    return table.append_column("banner", pa.array([f"旗{number % 7}" for number in range(count)]))


def by_person(table: pa.Table) -> pa.Table:
    return table.sort_by("person")


def with_texts(table: pa.Table) -> pa.Table:
    texts = [f"人{person:05}" for person in table["person"].to_pylist()]
    return table.set_column(0, "person", pa.array(texts))


def with_few_words(table: pa.Table) -> pa.Table:
    return with_texts(table).set_column(
        0, "person", with_texts(table)["person"].dictionary_encode()
    )


def as_it_is(table: pa.Table) -> pa.Table:
    return table


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("order", [by_person, as_it_is])
@pytest.mark.parametrize("change", [as_it_is, with_texts, with_few_words])
def test_a_file_comes_out_as_its_table_does_whatever_its_order(
    tmp_path: Path,
    order: Callable[[pa.Table], pa.Table],
    change: Callable[[pa.Table], pa.Table],
    workers: int,
) -> None:
    table = change(order(claims()))
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(table, source, row_group_size=777)
    settled = simulate_file(source, target, PACKS, workers=workers)
    expected = simulate(table, PACKS)
    found = pq.read_table(target)
    assert found.schema.names == expected.schema.names
    assert found.to_pydict() == expected.to_pydict()
    assert settled.claims == len(table)
    assert settled.totals == {name: sum(expected[name].to_pylist()) for name in OUTPUTS}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.parquet", "out.parquet"]


def test_one_person_of_very_many_claims_is_never_cut(tmp_path: Path) -> None:
    table = claims(2_000, 1)
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=300)
    simulate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", PACKS)
    found = pq.read_table(tmp_path / "out.parquet").select(OUTPUTS)
    assert found.equals(simulate(table, PACKS).select(OUTPUTS))


def test_a_file_without_claims_gives_a_file_without_claims(tmp_path: Path) -> None:
    pq.write_table(claims().slice(0, 0), tmp_path / "in.parquet")
    settled = simulate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", PACKS)
    assert (settled.claims, settled.totals["own_pay"]) == (0, 0)
    written = pq.read_table(tmp_path / "out.parquet")
    assert written.schema.names[-6:] == OUTPUTS
    assert len(written) == 0


@pytest.mark.parametrize("order", [by_person, as_it_is])
def test_faults_anywhere_in_a_file_are_all_named_and_nothing_is_written(
    tmp_path: Path, order: Callable[[pa.Table], pa.Table]
) -> None:
    table = order(claims())
    level = table["hospital_level"].to_pylist()
    level[0], level[1_234], level[2_999] = 4, 0, 9
    person = table["person"].to_pylist()
    person[1_500] = None
    table = table.set_column(3, "hospital_level", pa.array(level)).set_column(
        0, "person", pa.array(person)
    )
    pq.write_table(table, tmp_path / "in.parquet")
    with pytest.raises(BadTable) as caught:
        simulate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", PACKS)
    assert [(fault.row, fault.field) for fault in caught.value.faults] == [
        (1, "hospital_level"),
        (1_235, "hospital_level"),
        (1_501, "person"),
        (3_000, "hospital_level"),
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


@pytest.mark.parametrize("order", [by_person, as_it_is])
def test_a_year_too_large_to_compute_is_named_by_its_row_in_the_file(
    tmp_path: Path, order: Callable[[pa.Table], pa.Table]
) -> None:
    most = {**STAY, "bill": LARGEST_AMOUNT, "catalogue": LARGEST_AMOUNT}
    table = order(as_table([{**most, "person": 1 + number % 3} for number in range(3_200)]))
    pq.write_table(table, tmp_path / "in.parquet")
    with pytest.raises(BadTable) as caught:
        simulate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", policy("hinggan-2018"))
    [fault] = caught.value.faults
    before = table["person"].slice(0, fault.row).to_pylist()
    # What is left after basic insurance nears 10^12 fen a claim: some 900 of them are too much.
    assert before.count(before[-1]) > 900
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


def test_what_stands_at_the_target_is_kept_unless_it_may_be_written_over(tmp_path: Path) -> None:
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(claims(), source)
    target.write_text("mine")
    with pytest.raises(AlreadyThere):
        simulate_file(source, target, PACKS)
    assert target.read_text() == "mine"
    simulate_file(source, target, PACKS, overwrite=True)
    assert len(pq.read_table(target)) == 3_000
    mask = os.umask(0)
    os.umask(mask)
    assert target.stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_file_that_comes_to_the_target_meanwhile_is_kept(tmp_path: Path) -> None:
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(claims(), source)

    def meanwhile(*told: object) -> None:
        if "write" in told:
            target.write_text("mine")

    with pytest.raises(AlreadyThere):
        simulate_file(source, target, PACKS, progress=meanwhile)
    assert target.read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_file_may_replace_the_one_it_was_read_from(tmp_path: Path) -> None:
    path = tmp_path / "claims.parquet"
    pq.write_table(claims(), path)
    simulate_file(path, path, PACKS, overwrite=True)
    assert pq.read_table(path).schema.names[-1] == "own_pay"


def test_progress_counts_every_row_of_every_step(tmp_path: Path) -> None:
    told: dict[str, list[int]] = {}

    def progress(step: str, done: int, rows: int) -> None:
        assert rows == 3_000
        told.setdefault(step, []).append(done)

    pq.write_table(claims(), tmp_path / "in.parquet")
    simulate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", PACKS, progress=progress)
    assert list(told) == ["part", "settle", "write"]
    assert all(counts == sorted(counts) and counts[-1] == 3_000 for counts in told.values())


def test_what_is_no_parquet_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in.parquet").write_text("person,date\n")
    with pytest.raises(pa.ArrowInvalid):
        simulate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", PACKS)
    with pytest.raises(FileNotFoundError):
        simulate_file(tmp_path / "none.parquet", tmp_path / "out.parquet", PACKS)
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


def test_work_on_a_stream_never_runs_far_ahead_and_keeps_its_order() -> None:
    drawn: list[int] = []

    def items() -> Any:
        for number in range(100):
            drawn.append(number)
            yield number

    for place, result in enumerate(in_order(lambda number: number * 2, items(), 3)):
        assert result == place * 2
        assert len(drawn) <= place + 5


def test_reading_ahead_keeps_the_order_and_passes_on_what_goes_wrong() -> None:
    def items() -> Any:
        yield from range(50)
        raise OSError("gone")

    read = one_ahead(items())
    assert [next(read) for _ in range(50)] == list(range(50))
    with pytest.raises(OSError, match="gone"):
        next(read)
    assert list(one_ahead([])) == []
    begun = one_ahead(iter(range(10)))
    next(begun)
    del begun
