"""Made-up claims: always the same ones, in order or not, and marked as made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from doudi.cli import main
from doudi.policies import policy
from doudi.population import simulate
from doudi.population.order import is_in_order
from doudi.population.synthetic import KINDS, MARK, synthetic_claims


def table(people: int = 2_000, seed: int = 2018, shuffled: bool = False) -> pa.Table:
    return pa.Table.from_batches(synthetic_claims(people, seed=seed, shuffled=shuffled))


def in_turn(found: pa.Table) -> Any:
    return found.sort_by([("person", "ascending"), ("date", "ascending")]).to_pylist()


def test_the_same_seed_gives_the_same_claims_and_another_one_gives_others() -> None:
    assert table(seed=1).equals(table(seed=1))
    assert not table(seed=1).equals(table(seed=2))


@pytest.mark.parametrize("people", [1, 2, 97, 2_000])
def test_shuffled_claims_are_the_same_claims_in_no_order(people: int) -> None:
    ordered, shuffled = table(people), table(people, shuffled=True)
    assert is_in_order(ordered["person"].to_numpy(), ordered["date"].cast("int32").to_numpy())
    assert in_turn(shuffled) == in_turn(ordered)
    if people > 2:
        assert not is_in_order(shuffled["person"].to_numpy(), shuffled["date"].to_numpy())


def test_they_can_all_be_settled_and_meet_every_kind_cap_and_ceiling() -> None:
    made = table(20_000)
    settled = simulate(made, policy("hinggan-2018")).to_pydict()
    assert set(settled["kind"]) == set(KINDS)
    assert max(settled["bill"]) > 30_000_000
    for amount in ("basic_pay", "critical_pay", "commercial_pay", "assistance_pay"):
        assert max(settled[amount]) > 0
    years: dict[int, int] = {}
    for person, own, poor in zip(
        settled["person"], settled["own_pay"], settled["registered"], strict=True
    ):
        years[person] = years.get(person, 0) + own * poor
    assert max(years.values()) == 500_000


def test_a_file_of_them_says_that_nobody_in_it_exists(tmp_path: Path) -> None:
    target = tmp_path / "claims.parquet"
    arguments = ["synthetic-claims", str(target), "--people", "50", "--claims-each", "3"]
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, "150 条虚构的记录" in result.stdout) == (0, True)
    written = pq.read_table(target)
    assert len(written) == 150
    assert written.schema.metadata[b"doudi"] == MARK[b"doudi"]
    again = CliRunner().invoke(main, arguments)
    assert (again.exit_code, "--overwrite" in again.stderr) == (2, True)
