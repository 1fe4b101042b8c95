"""Rows that somebody with all rights over the database has changed are named by verifying."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.office.databases import KINDS
from tests.office.faults.processes import Processes

from doudi.office.audit.chain import SEALED

VERIFY = ["audit", "verify", "--json"]


def sealed(processes: Processes, url: str) -> None:
    processes.run(url, "a_full_year")
    number, checked, fault = processes.run(url, "seal_and_verify", day="2018-12-05")
    assert (number, fault) == (1, None)
    assert checked > 50


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_to_any_column_of_any_sealed_table_is_named(
    kind: str, fresh_database: Callable[[str], str], processes: Processes
) -> None:
    url = fresh_database(kind)
    sealed(processes, url)
    found = processes.run(url, "tamper_with_every_column")
    assert {label for label, *_rest in found} == set(SEALED)
    named = [item for item in found if isinstance(item[3], list)]
    for label, row, column, answer in found:
        if isinstance(answer, str):
            # A constraint did not let the change happen at all; never for a whole row.
            assert "constraint" in answer.lower() and column != "all of it", answer
        else:
            assert answer == [label, row], f"{label}.{column}"
    assert len(named) > 0.8 * len(found)
    assert processes.run(url, "seal_and_verify", day="2018-12-05")[2] is None, "not put back"


@pytest.mark.parametrize(
    ("label", "changes"),
    [
        ("settlement.Entry", {"outputs": {"own_pay": 0}}),
        ("ledger.Transfer", {"amount_fen": 1}),
        ("settlement.Claim", {"date": "2018-05-08"}),
        ("audit.Call", {"actor": "别人"}),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_doudi_audit_verify_names_a_tampered_row(
    kind: str,
    label: str,
    changes: dict[str, Any],
    fresh_database: Callable[[str], str],
    processes: Processes,
) -> None:
    url = fresh_database(kind)
    sealed(processes, url)
    assert processes.run(url, "doudi", arguments=VERIFY)[0] == 0
    row = processes.run(url, "change_a_row", label=label, changes=changes)
    status, said, complaint = processes.run(url, "doudi", arguments=VERIFY)
    assert (status, complaint) == (1, "")
    tampered = json.loads(said)["tampered"]
    assert (tampered["seal"], tampered["table"], tampered["row"]) == (1, label, row)
    status, said, _complaint = processes.run(url, "doudi", arguments=VERIFY[:-1])
    assert status == 1
    assert label in said and row in said


@pytest.mark.parametrize("kind", KINDS)
def test_a_forged_hash_breaks_the_chain_after_it(
    kind: str, fresh_database: Callable[[str], str], processes: Processes
) -> None:
    url = fresh_database(kind)
    sealed(processes, url)
    processes.run(url, "change_a_row", label="audit.SealedRow", changes={"link": "0" * 64})
    status, said, _complaint = processes.run(url, "doudi", arguments=VERIFY)
    assert status == 1
    assert "chain" in json.loads(said)["tampered"]["en"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_forged_head_is_named(
    kind: str, fresh_database: Callable[[str], str], processes: Processes
) -> None:
    url = fresh_database(kind)
    sealed(processes, url)
    processes.run(url, "change_a_row", label="audit.Seal", changes={"head": "0" * 64})
    status, said, _complaint = processes.run(url, "doudi", arguments=VERIFY)
    assert status == 1
    assert json.loads(said)["tampered"]["table"] == "audit.Seal"
