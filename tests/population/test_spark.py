"""On a Spark cluster as on one machine, to the byte, also when a worker is killed on the way.

The cluster is a real one on this machine: workers with executors in processes of their own, which
start Python processes of their own. One executor is killed while it settles.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.population.histories import as_table
from tests.population.test_settle import STAY

from doudi.policies import policy
from doudi.population import AlreadyThere, BadTable, Packs, simulate_file
from doudi.population.spark import simulate_on_spark
from doudi.population.synthetic import synthetic_claims
from doudi.rules.amounts import LARGEST_AMOUNT

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

HINGGAN = policy("hinggan-2018")
PACKS = Packs.of({"today": HINGGAN, "bill": HINGGAN.with_readings({"commercial_base": "bill"})})
CLUSTER = "local-cluster[2,1,1024]"


@pytest.fixture(autouse=True)
def a_java_that_starts_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")


def claims() -> pa.Table:
    """Many people with a few claims, and two with more than fit into a batch of Spark's."""
    few = pa.Table.from_batches(synthetic_claims(3_000, 4, shuffled=True))
    many = pa.Table.from_batches(synthetic_claims(2, 12_000, seed=1, shuffled=True))
    table = pa.concat_tables([many.slice(0, 9_000), few, many.slice(9_000)])
    names = pa.array([("today", "bill", None)[number % 3] for number in range(len(table))])
    persons = [f"人{person:04}" for person in table["person"].to_pylist()]
    return table.set_column(0, "person", pa.array(persons)).append_column("policy", names)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("claims") / "in.parquet"
    pq.write_table(claims(), path, row_group_size=7_000)
    return path


def test_a_cluster_whose_worker_is_killed_writes_what_one_machine_writes(
    source: Path, tmp_path: Path
) -> None:
    simulate_file(source, tmp_path / "local.parquet", PACKS)
    killer = Killer(tmp_path)
    killer.start()
    settled = simulate_on_spark(source, tmp_path / "spark.parquet", PACKS, CLUSTER)
    killer.join()
    assert killer.killed, "nothing was killed, so this test has shown nothing"
    assert settled.claims == 36_000
    assert (tmp_path / "spark.parquet").read_bytes() == (tmp_path / "local.parquet").read_bytes()
    assert names_in(tmp_path) == ["local.parquet", "spark.parquet"]


def test_a_cluster_names_the_faults_that_one_machine_names(source: Path, tmp_path: Path) -> None:
    table = pq.read_table(source)
    level = table["hospital_level"].to_pylist()
    for row in (0, 11_111, 35_999):
        level[row] = 7
    many = ["nobody" if number % 90 == 0 else "today" for number in range(len(table))]
    faulty = table.set_column(3, "hospital_level", pa.array(level, pa.int8()))
    faulty = faulty.set_column(faulty.schema.get_field_index("policy"), "policy", pa.array(many))
    path = tmp_path / "in.parquet"
    pq.write_table(faulty, path, row_group_size=7_000)
    with pytest.raises(BadTable) as expected:
        simulate_file(path, tmp_path / "out.parquet", PACKS)
    with pytest.raises(BadTable) as found:
        simulate_on_spark(path, tmp_path / "out.parquet", PACKS, "local[2]")
    assert len(found.value.faults) == 100
    assert found.value.faults == expected.value.faults
    assert found.value.more == expected.value.more == 403 - 100
    assert names_in(tmp_path) == ["in.parquet"]


def test_a_cluster_names_the_year_that_is_too_large_to_compute(tmp_path: Path) -> None:
    most = {**STAY, "bill": LARGEST_AMOUNT, "catalogue": LARGEST_AMOUNT}
    path = tmp_path / "in.parquet"
    pq.write_table(as_table([STAY, *[{**most, "person": 2}] * 1_100]), path)
    with pytest.raises(BadTable) as expected:
        simulate_file(path, tmp_path / "out.parquet", HINGGAN)
    with pytest.raises(BadTable) as found:
        simulate_on_spark(path, tmp_path / "out.parquet", HINGGAN, "local[2]")
    assert found.value.faults == expected.value.faults
    assert found.value.faults[0].row > 900
    assert names_in(tmp_path) == ["in.parquet"]


def test_no_cluster_is_started_for_a_result_that_may_not_be_written(
    source: Path, tmp_path: Path
) -> None:
    (tmp_path / "out.parquet").write_text("mine")
    with pytest.raises(AlreadyThere):
        simulate_on_spark(source, tmp_path / "out.parquet", PACKS, "spark://127.0.0.1:1")


def test_without_the_extra_the_command_says_what_to_install(source: Path, tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['pyspark'] = None; from doudi.cli import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", hidden, "simulate", source, tmp_path / "out", "--spark", "local"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.strip() == "--spark 需要另装：pip install 'doudi[spark]'"
    assert names_in(tmp_path) == []


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# ---- Killing a worker ----------------------------------------------------------------------------


class Killer(threading.Thread):
    """Kills an executor of the cluster that this process started, while its Python settles."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder = folder
        self.killed = 0

    def run(self) -> None:
        end = time.monotonic() + 600
        while time.monotonic() < end and not any(self.folder.glob("spark.parquet")):
            settling = any(self.folder.glob(".doudi-*/settled/_temporary"))
            executor = next(busy_executors(), 0) if settling else 0
            if executor:
                os.kill(executor, signal.SIGKILL)
                self.killed = executor
                return
            time.sleep(0.02)


def busy_executors() -> Iterator[int]:
    """Executors below this process that have a Python worker of their own."""
    parents = {}
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if folder.name.isdigit():
            parents[int(folder.name)] = (int(fields[1]), words)
    for process, (_, words) in parents.items():
        executor = b"org.apache.spark.executor.CoarseGrainedExecutorBackend" in words
        if executor and _descends(process, os.getpid(), parents):
            workers = [one for one in parents if _descends(one, process, parents)]
            if any(b"pyspark.daemon" in parents[one][1] for one in workers):
                yield process


def _descends(process: int, ancestor: int, parents: dict[int, tuple[int, list[bytes]]]) -> bool:
    while process in parents:
        process = parents[process][0]
        if process == ancestor:
            return True
    return False
