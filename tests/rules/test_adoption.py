"""A bureau's own values laid over a pack: each with its document, on its days, or not at all."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from doudi.policies import policy
from doudi.rules.adoption import RefusedAdoption, adopt
from doudi.rules.amounts import Band, Schedule
from doudi.rules.errors import BadValue, NoVersionInForce
from doudi.rules.explain import explain
from doudi.rules.parameters import Status
from doudi.rules.policy import Policy

HINGGAN = policy("hinggan-2018")
FIRST, LAST = date(2018, 1, 1), date(2018, 12, 31)
DOCUMENT = "试〔2018〕1号"


def entry(parameter: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"parameter": parameter, "value": value, "document": DOCUMENT, **more}


def written(folder: Path, *values: Any, **head: Any) -> Path:
    path = folder / "adoption.yaml"
    content = {"policy": "hinggan-2018", "bureau": "某局", "values": list(values), **head}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def adopted(folder: Path, *values: Any) -> Policy:
    return adopt(HINGGAN, written(folder, *values))[0]


def refused(folder: Path, *values: Any, **head: Any) -> list[tuple[str, str]]:
    with pytest.raises(RefusedAdoption) as caught:
        adopt(HINGGAN, written(folder, *values, **head))
    return caught.value.faults


# ---- What is adopted -----------------------------------------------------------------------


def test_an_adopted_value_is_sure_has_no_range_and_names_its_document(tmp_path: Path) -> None:
    value = adopted(tmp_path, entry("basic_cap", "150000 yuan")).parameters["basic_cap"].on(FIRST)
    assert (value.value, value.status, value.document) == (15_000_000, Status.ADOPTED, DOCUMENT)
    assert value.status.sure
    assert (value.low, value.high, value.shift) == (None, None, None)
    assert (value.valid_from, value.valid_to) == (FIRST, LAST)


def test_a_value_is_read_in_the_unit_of_its_parameter(tmp_path: Path) -> None:
    bands = [{"to": "30000 yuan", "rate": "60%"}, {"rate": "72.5%"}]
    after = adopted(
        tmp_path,
        entry("chronic_rate", "70%"),
        entry("basic_schedule[3]", bands),
        entry("supplementary_premium", "30.5 yuan"),
    ).parameters
    assert after["chronic_rate"].on(FIRST).value == 7_000
    assert after["basic_schedule[3]"].on(FIRST).value == Schedule(
        (Band(3_000_000, 6_000), Band(None, 7_250))
    )
    assert after["supplementary_premium"].on(FIRST).value == 3_050


def test_what_a_value_replaces_is_reported(tmp_path: Path) -> None:
    path = written(tmp_path, entry("basic_cap", "1 yuan"), entry("checkup_fee", "50 yuan"))
    _policy, (cap, fee) = adopt(HINGGAN, path)
    assert cap.before is not None
    assert fee.before is not None
    assert (cap.before.value, cap.before.status) == (16_000_000, Status.STAND_IN)
    assert (fee.before.value, fee.before.status) == (None, Status.NOT_STATED)
    assert (cap.after.value, fee.after.value) == (100, 5_000)


def test_the_pack_itself_stays_as_it_was(tmp_path: Path) -> None:
    version = HINGGAN.version
    after = adopted(tmp_path, entry("basic_cap", "1 yuan"))
    assert HINGGAN.parameters["basic_cap"].on(FIRST).value == 16_000_000
    assert HINGGAN.version == version != after.version
    assert set(after.parameters) == set(HINGGAN.parameters)
    assert after.source_hash == HINGGAN.source_hash


def test_every_file_makes_a_version_of_its_own_and_the_same_file_the_same(tmp_path: Path) -> None:
    versions = [
        adopted(tmp_path, entry("basic_cap", f"{amount} yuan")).version for amount in (1, 2, 1)
    ]
    assert versions[0] == versions[2] != versions[1]


def test_an_adopted_value_decides_the_claims_of_its_days(tmp_path: Path) -> None:
    after = adopted(
        tmp_path, entry("outpatient_rate", "60%", **{"from": date(2018, 7, 1), "to": LAST})
    )
    facts = {"kind": "outpatient", "bill": 10_000, "catalogue": 10_000, "registered": False}
    paid = [
        explain(after, facts, day).outputs["basic_pay"]
        for day in (date(2018, 6, 30), date(2018, 7, 1), LAST)
    ]
    assert paid == [5_000, 6_000, 6_000]


def test_dates_left_out_mean_the_whole_validity_of_the_pack(tmp_path: Path) -> None:
    start = date(2018, 4, 1)
    open_end = adopted(tmp_path, entry("basic_cap", "1 yuan", **{"from": start}))
    spans = [
        (value.valid_from, value.valid_to) for value in open_end.parameters["basic_cap"].values
    ]
    assert spans == [(FIRST, date(2018, 3, 31)), (start, LAST)]
    # The values of the years before and after keep their days.
    premium = adopted(tmp_path, entry("premium_own", "200 yuan")).parameters["premium_own"]
    assert [value.value for value in premium.values] == [18_000, 20_000, 25_000]


def test_two_values_of_one_parameter_may_follow_each_other(tmp_path: Path) -> None:
    after = adopted(
        tmp_path,
        entry("basic_cap", "1 yuan", to=date(2018, 6, 30)),
        entry("basic_cap", "2 yuan", **{"from": date(2018, 7, 1)}),
    ).parameters["basic_cap"]
    assert [(value.value, value.status) for value in after.values] == [
        (100, Status.ADOPTED),
        (200, Status.ADOPTED),
    ]


DAYS = st.integers(0, 364).map(lambda days: FIRST + timedelta(days))


@given(st.lists(st.tuples(DAYS, DAYS).map(sorted), max_size=4))
def test_every_day_keeps_exactly_one_value(
    tmp_path_factory: pytest.TempPathFactory, spans: list[list[date]]
) -> None:
    """Whatever pieces of the year are adopted, no day falls between two and none has two."""
    taken: set[date] = set()
    entries = []
    for number, (start, end) in enumerate(spans, start=1):
        days = {start + timedelta(day) for day in range((end - start).days + 1)}
        if not days & taken:
            entries.append(entry("basic_cap", f"{number} yuan", **{"from": start, "to": end}))
            taken |= days
    after = adopted(tmp_path_factory.mktemp("adoption"), *entries).parameters["basic_cap"]
    for number in range(365):
        day = FIRST + timedelta(number)
        [value] = [value for value in after.values if value.in_force(day)]
        assert (value.status is Status.ADOPTED) == (day in taken)
    with pytest.raises(NoVersionInForce):
        after.on(LAST + timedelta(1))


def test_a_second_file_can_be_laid_over_the_first(tmp_path: Path) -> None:
    first = adopted(tmp_path, entry("basic_cap", "1 yuan"))
    second, (change,) = adopt(first, written(tmp_path, entry("basic_cap", "2 yuan")))
    assert change.before is not None
    assert (change.before.value, change.before.status) == (100, Status.ADOPTED)
    assert second.parameters["basic_cap"].on(FIRST).value == 200
    assert len({HINGGAN.version, first.version, second.version}) == 3


# ---- What is refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"parameter": "basic_cap", "value": "1 yuan"}, "names no document"),
        ({"parameter": "basic_cap", "value": "1 yuan", "document": "  "}, "names no document"),
        ({"parameter": "basic_cap", "value": "1 yuan", "document": None}, "names no document"),
        (entry("basic_caps", "1 yuan"), "no parameter 'basic_caps'"),
        (entry("basic_deductible", "1 yuan"), "no parameter 'basic_deductible'"),
        (entry("basic_cap", 1), "1200 yuan"),
        (entry("basic_cap", "1"), "1200 yuan"),
        (entry("basic_cap", "1%"), "1200 yuan"),
        (entry("basic_cap", "-1 yuan"), "out of bounds"),
        (entry("basic_cap", "0.001 yuan"), "finer"),
        (entry("chronic_rate", 0.7), "50%"),
        (entry("chronic_rate", "101%"), "not between"),
        (entry("critical_schedule", "60%"), "schedule"),
        (entry("basic_schedule[3]", [{"to": "1 yuan", "rate": "1%"}]), "open"),
        (entry("basic_cap", None), "value"),
        (entry("basic_cap", "1 yuan", status="cited"), "unknown key 'status'"),
        (entry("basic_cap", "1 yuan", range=["0 yuan", "2 yuan"]), "unknown key 'range'"),
        (entry("basic_cap", "1 yuan", **{"from": LAST, "to": FIRST}), "ends on"),
        (entry("basic_cap", "1 yuan", **{"from": "1 July"}), "is not a date"),
        ("basic_cap: 1 yuan", "write parameter"),
        (None, "write parameter"),
    ],
)
def test_a_value_that_cannot_be_adopted_is_refused_by_its_number(
    tmp_path: Path, value: Any, words: str
) -> None:
    [(zh, en)] = refused(tmp_path, entry("chronic_rate", "70%"), value)
    assert "第2项" in zh
    assert words in en
    assert "value 2" in en


def test_a_file_for_another_pack_or_for_none_is_refused(tmp_path: Path) -> None:
    for name in ("region-plan-2013", None, "hinggan-2019"):
        [(zh, en)] = refused(tmp_path, entry("chronic_rate", "70%"), policy=name)
        assert "hinggan-2018" in zh
        assert "hinggan-2018" in en


def test_all_faults_are_reported_and_nothing_is_adopted(tmp_path: Path) -> None:
    faults = refused(
        tmp_path,
        {"parameter": "basic_cap", "value": "1 yuan"},
        entry("nothing", "1 yuan"),
        entry("chronic_rate", "70%"),
        entry("outpatient_rate", "70 yuan"),
        policy="region-plan-2013",
        comment="x",
        since=2018,
    )
    assert len(faults) == 6
    assert all(zh and en for zh, en in faults)


def test_one_value_may_have_several_faults_of_its_own(tmp_path: Path) -> None:
    faults = refused(tmp_path, {"parameter": "nothing", "value": "1 yuan", "until": 2018})
    assert len(faults) == 3


def test_one_parameter_with_two_values_on_one_day_is_refused(tmp_path: Path) -> None:
    [(zh, en)] = refused(
        tmp_path,
        entry("basic_cap", "1 yuan", to=date(2018, 7, 1)),
        entry("basic_cap", "2 yuan", **{"from": date(2018, 7, 1)}),
    )
    assert "第2项" in zh
    assert "2018-07-01" in en


def test_a_moment_is_no_day(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(
        "policy: hinggan-2018\nvalues:\n"
        "  - {parameter: basic_cap, value: 1 yuan, document: x, from: 2018-07-01 08:00:00}\n",
        encoding="utf-8",
    )
    with pytest.raises(RefusedAdoption, match="date"):
        adopt(HINGGAN, path)


@pytest.mark.parametrize("text", ["", "[]", "just words", "policy: hinggan-2018", "values: {}"])
def test_a_file_without_a_list_of_values_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "adoption.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedAdoption, match="list 'values'"):
        adopt(HINGGAN, path)


@pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2", "\tx"])
def test_a_file_that_is_no_yaml_is_refused_by_its_place(tmp_path: Path, text: str) -> None:
    path = tmp_path / "adoption.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadValue, match=r"adoption\.yaml"):
        adopt(HINGGAN, path)


def test_a_file_that_cannot_be_opened_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match=r"absent\.yaml"):
        adopt(HINGGAN, tmp_path / "absent.yaml")
    with pytest.raises(RefusedAdoption, match="cannot be opened"):
        adopt(HINGGAN, tmp_path)


def test_even_the_meanest_adopted_rates_leave_the_floor_standing(tmp_path: Path) -> None:
    """A guarantee rests on confirmed values only, so no adopted rate can undo it."""
    after = adopted(tmp_path, entry("basic_schedule[3]", [{"rate": "0%"}]))
    facts = {
        "kind": "inpatient", "hospital_level": 3, "outside_league": False, "bill": 1_200_000,
        "catalogue": 1_200_000, "registered": True, "serious": False,
    }  # fmt: skip
    # Rates are raised by ten points from nothing; the floor still leaves a tenth at most.
    outputs = explain(after, facts, LAST).outputs
    assert outputs["basic_pay"] == 114_000
    assert outputs["own_pay"] <= 120_000
