"""The same population settled by Doudi and by its peers, in one run, correctness first.

Run with ``./doudi bench peers``. The peers are installed apart, into ``var/peers``, from
``bench/peer_programs/requirements.txt``. Each program is a process of its own and gets the same
Parquet file and the same values of the pack. What it hands in is compared to the fen, claim by
claim, with Doudi's amounts, and those with the explained rules for a sample of people.

    a     one stay in the year for each of a million people
    b     twelve stays for each of a million people, with the year's running totals; asked for
          is what each payer and the person paid in the year
    c     four claims of mixed kinds for each of 2.66 million people, Parquet to Parquet
    case  one stay with its explanation
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PROGRAMS = Path(__file__).parent / "peer_programs"
ENVIRONMENT = ROOT / "var" / "peers"
PACK = "hinggan-2018"
DAY = date(2018, 5, 1)
OUTPUTS = (
    "basic_pay",
    "critical_pay",
    "commercial_pay",
    "assistance_pay",
    "backstop_pay",
    "own_pay",
)
LONGEST_SECONDS = 1200


@dataclass(frozen=True)
class Task:
    """``people`` with ``each`` claims; ``mode`` is as in `measured.run_with`."""

    people: int
    each: int
    mixed: bool
    mode: str


TASKS = {
    "a": Task(1_000_000, 1, mixed=False, mode="claims"),
    "b": Task(1_000_000, 12, mixed=False, mode="years"),
    "c": Task(2_660_000, 4, mixed=True, mode="file"),
}


@dataclass(frozen=True)
class Program:
    """A program of ``peer_programs`` and the name under which it hands in its result."""

    name: str
    file: str
    arguments: tuple[str, ...] = ()
    own_environment: bool = True


DOUDI = Program("doudi", "doudi_simulate.py", own_environment=False)
PEERS = (
    Program("numba", "numba_loop.py"),
    Program("numpy", "numpy_columns.py"),
    Program("polars", "polars_frames.py"),
    Program("openfisca_fen", "openfisca_model.py", ("openfisca", "fen")),
    Program("openfisca_yuan", "openfisca_model.py", ("openfisca", "yuan")),
    Program("policyengine_fen", "openfisca_model.py", ("policyengine", "fen")),
    Program("policyengine_yuan", "openfisca_model.py", ("policyengine", "yuan")),
)


@dataclass
class Result:
    """Medians over the runs; ``wrong_people`` differ from Doudi by a fen or more."""

    program: str
    seconds: float = 0.0
    ready: float = 0.0
    peak_bytes: float = 0.0
    claims_a_second: float = 0.0
    wrong_people: int = 0
    largest_fen: int = 0
    failure: str = ""
    runs: list[float] = field(default_factory=list)


def install() -> Path:
    """The peers' environment, made once for a state of its requirements; its Python."""
    wanted = (PROGRAMS / "requirements.txt").read_text("utf-8")
    stamp, python = ENVIRONMENT / "stamp", ENVIRONMENT / "bin" / "python"
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return python
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    print("installing the peers …", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "-r", str(PROGRAMS / "requirements.txt")],
        check=True,
    )
    stamp.write_text(wanted, "utf-8")
    return python


def write_claims(path: Path, task: Task) -> None:
    """The task's claims, synthetic, by person and date."""
    import pyarrow.parquet as pq

    from doudi.population.synthetic import SCHEMA, synthetic_claims

    with pq.ParquetWriter(path, SCHEMA) as file:
        for batch in synthetic_claims(task.people, task.each, inpatient_only=not task.mixed):
            file.write_batch(batch)


def values_of(policy: Any) -> dict[str, Any]:
    """The pack's values as plain numbers: fen, basis points, or (upper bound, rate) bands."""
    plain: dict[str, Any] = {}
    for name, value in policy.era_on(DAY).values.items():
        found = value.value
        is_schedule = hasattr(found, "bands")
        plain[name] = [[band.upper, band.rate] for band in found.bands] if is_schedule else found
    return plain


def run_once(program: Program, mode: str, folder: Path, python: Path) -> dict[str, float]:
    """One process; what it reports, or RuntimeError with the end of its complaint."""
    interpreter = str(python) if program.own_environment else sys.executable
    done = subprocess.run(
        [interpreter, str(PROGRAMS / program.file), mode, str(folder), *program.arguments],
        env={**os.environ, "STARTED": repr(time.time())},
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        raise RuntimeError(lines[-1])
    found: dict[str, float] = json.loads((folder / f"{program.name}.json").read_text("utf-8"))
    return found


def measure(program: Program, task: Task, folder: Path, python: Path, runs: int) -> Result:
    """The medians of several runs, or why there are none."""
    result = Result(program.name)
    try:
        reports = [run_once(program, task.mode, folder, python) for _ in range(runs)]
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        result.failure = str(error)
        return result
    result.runs = [report["seconds"] for report in reports]
    result.seconds = statistics.median(result.runs)
    result.ready = statistics.median(report["ready"] for report in reports)
    result.peak_bytes = statistics.median(report["peak_bytes"] for report in reports)
    result.claims_a_second = task.people * task.each / result.seconds
    return result


def compare(result: Result, task: Task, folder: Path) -> None:
    """How many people a program gets wrong by a fen or more."""
    import numpy as np
    import pyarrow.parquet as pq

    if result.failure:
        return
    ours = pq.read_table(folder / "doudi.parquet")
    theirs = pq.read_table(folder / f"{result.program}.parquet")
    wrong = np.zeros(len(ours), dtype=bool)
    for name in OUTPUTS:
        off = np.abs(theirs[name].to_numpy() - ours[name].to_numpy())
        result.largest_fen = max(result.largest_fen, int(off.max()))
        wrong |= off > 0
    people = np.arange(len(ours)) // (1 if task.mode == "years" else task.each)
    result.wrong_people = len(np.unique(people[wrong]))


def check_doudi(policy: Any, task: Task, folder: Path, people: int) -> None:
    """The first people's amounts against the rules, explained one by one; SystemExit if not."""
    import pyarrow.parquet as pq

    claims = pq.read_table(folder / "claims.parquet").slice(0, people * task.each).to_pylist()
    amounts = (
        pq.read_table(folder / "doudi.parquet", columns=list(OUTPUTS))
        .slice(0, len(claims))
        .to_pylist()
    )
    for person in range(people):
        totals: dict[str, int] = {}
        year = dict.fromkeys(OUTPUTS, 0)
        for number in range(person * task.each, (person + 1) * task.each):
            claims[number].pop("banner")
            explained = policy.explain(claims[number], totals)
            totals = dict(explained.closing)
            year = {name: year[name] + explained.outputs[name] for name in OUTPUTS}
            if task.mode != "years" and amounts[number] != explained.outputs:
                raise SystemExit(f"claim {number}: {amounts[number]}, {explained.outputs}")
        if task.mode == "years" and amounts[person] != year:
            raise SystemExit(f"person {person}: {amounts[person]}, explained {year}")


def settle_populations(names: list[str], scale: float, runs: int, python: Path) -> dict[str, Any]:
    """The results of every program for the named tasks."""
    from doudi.policies import policy as load

    policy, found = load(PACK), {}
    for name in names:
        task = TASKS[name]
        task = Task(max(1000, int(task.people * scale)), task.each, task.mixed, task.mode)
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            write_claims(folder / "claims.parquet", task)
            (folder / "values.json").write_text(json.dumps(values_of(policy)), "utf-8")
            results = [measure(DOUDI, task, folder, python, runs)]
            if results[0].failure:
                raise SystemExit(f"doudi: {results[0].failure}")
            check_doudi(policy, task, folder, 500)
            for program in PEERS:
                result = measure(program, task, folder, python, runs)
                compare(result, task, folder)
                results.append(result)
                print(f"{name}: {program.name} {result.seconds:.2f} s", file=sys.stderr)
            found[name] = {"people": task.people, "each": task.each, "results": results}
    return found


def explain_one_case(python: Path, runs: int) -> list[dict[str, Any]]:
    """One stay with its working: Doudi, and the two engines that can trace one."""
    from doudi.policies import policy as load

    rows = []
    programs = (
        Program("doudi", "doudi_case.py", own_environment=False),
        Program("openfisca_fen", "openfisca_model.py", ("openfisca", "fen")),
        Program("policyengine_fen", "openfisca_model.py", ("policyengine", "fen")),
    )
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "values.json").write_text(json.dumps(values_of(load(PACK))), "utf-8")
        for program in programs:
            reports = [run_once(program, "case", folder, python) for _ in range(runs)]
            medians = {
                key: statistics.median(report[key] for report in reports) for key in reports[0]
            }
            rows.append({"program": program.name, **medians})
    if len({row["own_fen"] for row in rows}) != 1:
        raise SystemExit(f"the case has several answers: {rows}")
    return rows


def table(found: dict[str, Any]) -> str:
    """The results of the populations as Markdown."""
    lines = []
    for name, task in found.items():
        claims = task["people"] * task["each"]
        lines += [
            f"### {name}: {task['people']:,} people, {claims:,} claims",
            "",
            "| program | seconds | million claims a second | ready after, s "
            "| peak above inputs, MB | people wrong by a fen or more | largest error, fen |",
            "|---|---:|---:|---:|---:|---:|---:|",
        ]
        for r in task["results"]:
            figures = (
                f"{r.seconds:.2f} | {r.claims_a_second / 1e6:.2f} | {r.ready:.1f} "
                f"| {r.peak_bytes / 1e6:,.0f} | {r.wrong_people:,} | {r.largest_fen:,}"
            )
            lines.append(f"| {r.program} | {r.failure or figures} |")
        lines.append("")
    return "\n".join(lines)


def case_table(rows: list[dict[str, Any]]) -> str:
    """The explained case as Markdown."""
    lines = [
        "### case: one stay, explained",
        "",
        "| program | milliseconds | ready after, s | lines of working |",
        "|---|---:|---:|---:|",
    ]
    for row in rows:
        lines.append(
            f"| {row['program']} | {1000 * row['seconds']:.3f} | {row['ready']:.2f} "
            f"| {row['lines']:.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print Markdown tables, or JSON with --json."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tasks", default="a,b,c,case", help="which of a, b, c, case")
    parser.add_argument("--scale", type=float, default=1.0, help="part of the people")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    python = install()
    names = options.tasks.split(",")
    found = settle_populations(
        [name for name in names if name in TASKS], options.scale, options.runs, python
    )
    case = explain_one_case(python, options.runs) if "case" in names else []
    if options.json:
        plain = {
            name: {**task, "results": [vars(result) for result in task["results"]]}
            for name, task in found.items()
        }
        print(json.dumps({**plain, "case": case}, indent=2))
        return
    print(f"{os.cpu_count()} processors, medians of {options.runs} runs, whole processes\n")
    print(table(found))
    if case:
        print(case_table(case))


if __name__ == "__main__":
    main()
