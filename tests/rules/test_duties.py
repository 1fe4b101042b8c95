"""Duties: where one stands on a day, and what a duties file may say."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi import policies
from doudi.rules.clauses import ClauseBook, read_clauses
from doudi.rules.duties import Duty, DutyState, Every, duty_state, read_duties
from doudi.rules.errors import BadValue, UnknownClause
from doudi.rules.parameters import Parameter, read_parameter

SPAN = (date(2018, 1, 1), date(2018, 12, 31))
DAYS = st.dates(date(2018, 1, 1), date(2019, 12, 31))
FIRST = date(2018, 3, 1)


def duty(**changes: object) -> Duty:
    values: dict[str, object] = {
        "id": "register",
        "clauses": ("N-18",),
        "zh": "登录指标",
        "en": "Register the allotment",
        "who_zh": "财政局",
        "who_en": "Finance bureau",
        "trigger": "received",
        "done": "registered",
        "within": "registration_days",
        "every": None,
        "prohibition": False,
        "until": None,
    }
    return Duty(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def book() -> ClauseBook:
    return read_clauses(Path(policies.__file__).with_name("clauses.yaml"))


@pytest.fixture
def parameters() -> dict[str, Parameter]:
    raw = {"zh": "天数", "en": "Days", "unit": "days", "status": "not stated", "clauses": ["N-18"]}
    money = {**raw, "unit": "fen"}
    return {
        "registration_days": read_parameter("registration_days", raw, SPAN),
        "some_money": read_parameter("some_money", money, SPAN),
    }


# ---- Where a duty stands -------------------------------------------------------------------------


def test_a_duty_whose_trigger_has_not_happened_binds_nobody() -> None:
    assert duty_state(duty(), {}, 5, FIRST) is DutyState.NOT_TRIGGERED
    later = {"received": FIRST + timedelta(days=1)}
    assert duty_state(duty(), later, 5, FIRST) is DutyState.NOT_TRIGGERED


@pytest.mark.clause("N-18")
def test_the_last_day_of_a_deadline_is_in_time_and_the_next_is_not() -> None:
    received = {"received": FIRST}
    last, after = FIRST + timedelta(days=5), FIRST + timedelta(days=6)
    assert duty_state(duty(), received, 5, last) is DutyState.OPEN
    assert duty_state(duty(), received, 5, after) is DutyState.OVERDUE
    assert duty_state(duty(), {**received, "registered": last}, 5, after) is DutyState.DONE
    assert duty_state(duty(), {**received, "registered": after}, 5, after) is DutyState.DONE_LATE


@pytest.mark.clause("N-06")
def test_a_deadline_that_the_source_does_not_give_never_makes_a_duty_overdue() -> None:
    years_later = FIRST + timedelta(days=4000)
    found = duty_state(duty(), {"received": FIRST}, None, years_later)
    assert found is DutyState.OPEN_NO_DEADLINE
    done = {"received": FIRST, "registered": years_later}
    assert duty_state(duty(), done, None, years_later) is DutyState.DONE


@given(received=DAYS, registered=st.none() | DAYS, days=st.integers(0, 60), today=DAYS)
def test_a_duty_done_once_is_in_exactly_the_state_its_days_say(
    received: date, registered: date | None, days: int, today: date
) -> None:
    events = {"received": received} | ({"registered": registered} if registered else {})
    found = duty_state(duty(), events, days, today)
    last = received + timedelta(days=days)
    done = registered is not None and registered <= today
    if received > today:
        assert found is DutyState.NOT_TRIGGERED
    elif done:
        assert registered is not None
        assert found is (DutyState.DONE_LATE if registered > last else DutyState.DONE)
    else:
        assert found is (DutyState.OVERDUE if today > last else DutyState.OPEN)


@pytest.mark.clause("P-90")
def test_a_yearly_duty_is_open_to_the_end_of_the_year_and_overdue_after_a_year_without_it() -> None:
    yearly = duty(every=Every.YEAR, within=None)
    started = {"received": date(2013, 6, 1)}
    assert duty_state(yearly, started, None, date(2013, 12, 31)) is DutyState.OPEN
    assert duty_state(yearly, started, None, date(2014, 1, 1)) is DutyState.OVERDUE
    reported = {**started, "registered": date(2013, 7, 1)}
    assert duty_state(yearly, reported, None, date(2013, 12, 31)) is DutyState.DONE
    assert duty_state(yearly, reported, None, date(2014, 12, 31)) is DutyState.OPEN
    assert duty_state(yearly, reported, None, date(2015, 1, 1)) is DutyState.OVERDUE


def test_a_yearly_duty_without_a_first_year_is_overdue_only_once_it_was_done_and_left_off() -> None:
    yearly = duty(every=Every.YEAR, within=None, trigger=None)
    assert duty_state(yearly, {}, None, FIRST) is DutyState.OPEN
    assert duty_state(yearly, {"registered": date(2017, 5, 5)}, None, FIRST) is DutyState.OPEN
    assert duty_state(yearly, {"registered": date(2016, 5, 5)}, None, FIRST) is DutyState.OVERDUE


@pytest.mark.clause("N-19")
def test_a_repeated_duty_counts_its_interval_from_the_last_time() -> None:
    monitor = duty(every=Every.INTERVAL)
    events = {"received": FIRST}
    assert duty_state(monitor, events, 30, FIRST + timedelta(days=30)) is DutyState.OPEN
    assert duty_state(monitor, events, 30, FIRST + timedelta(days=31)) is DutyState.OVERDUE
    again = {**events, "registered": FIRST + timedelta(days=31)}
    assert duty_state(monitor, again, 30, FIRST + timedelta(days=61)) is DutyState.DONE
    assert duty_state(monitor, again, 30, FIRST + timedelta(days=62)) is DutyState.OVERDUE
    assert duty_state(monitor, events, None, FIRST) is DutyState.OPEN_NO_DEADLINE
    assert duty_state(monitor, again, None, FIRST + timedelta(days=900)) is DutyState.DONE


@pytest.mark.clause("N-14")
def test_a_prohibition_is_breached_by_its_event_from_the_trigger_on() -> None:
    ban = duty(prohibition=True, within=None)
    assert duty_state(ban, {"registered": FIRST}, None, FIRST) is DutyState.NOT_TRIGGERED
    assert duty_state(ban, {"received": FIRST}, None, FIRST) is DutyState.KEPT
    same_day = {"received": FIRST, "registered": FIRST}
    assert duty_state(ban, same_day, None, FIRST) is DutyState.BREACHED
    before = {"received": FIRST, "registered": FIRST - timedelta(days=1)}
    assert duty_state(ban, before, None, FIRST) is DutyState.KEPT


@pytest.mark.clause("P-79")
def test_a_prohibition_that_ends_with_an_event_is_breached_only_before_it() -> None:
    ban = duty(prohibition=True, within=None, trigger=None, done="paid", until="accepted")
    accepted = {"accepted": FIRST}
    assert duty_state(ban, {"paid": FIRST}, None, FIRST) is DutyState.BREACHED
    assert duty_state(ban, {**accepted, "paid": FIRST}, None, FIRST) is DutyState.KEPT
    earlier = {**accepted, "paid": FIRST - timedelta(days=1)}
    assert duty_state(ban, earlier, None, FIRST) is DutyState.BREACHED


def test_every_state_has_a_label_in_both_languages_and_only_faults_are_wrong() -> None:
    for state in DutyState:
        assert state.zh.strip() and state.en.strip()
    wrong = {state for state in DutyState if state.wrong}
    assert wrong == {DutyState.DONE_LATE, DutyState.OVERDUE, DutyState.BREACHED}


# ---- What a file may say -------------------------------------------------------------------------

GOOD = """
register:
  clauses: [N-18]
  zh: 登录指标
  en: Register the allotment
  who: {zh: 财政局, en: Finance bureau}
  trigger: received
  done: registered
"""


def test_a_pack_without_a_duties_file_has_no_duties(tmp_path: Path, book: ClauseBook) -> None:
    assert read_duties(tmp_path, book, {}) == ()


def test_a_duty_is_read_as_it_is_written(
    tmp_path: Path, book: ClauseBook, parameters: dict[str, Parameter]
) -> None:
    (tmp_path / "duties.yaml").write_text(GOOD + "  within: registration_days\n", encoding="utf-8")
    assert read_duties(tmp_path, book, parameters) == (
        duty(id="register", who_zh="财政局", who_en="Finance bureau"),
    )


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("  deadline: 5\n", "unknown keys"),
        ("  within: no_such_days\n", "no parameter 'no_such_days' in days"),
        ("  within: some_money\n", "no parameter 'some_money' in days"),
        ("  every: month\n", "'every' is year or interval"),
        ("  every: interval\n", "names the parameter with its days"),
        ("  every: year\n  within: registration_days\n", "counted from a trigger"),
        ("  prohibition: soon\n", "true or false"),
        ("  prohibition: true\n  every: year\n", "does not come back"),
        ("  until: accepted\n", "only a prohibition"),
        ("  until: not a name\n", "is a name such as"),
    ],
)
def test_a_duty_of_another_shape_is_refused_by_name(
    tmp_path: Path, book: ClauseBook, parameters: dict[str, Parameter], more: str, fault: str
) -> None:
    (tmp_path / "duties.yaml").write_text(GOOD + more, encoding="utf-8")
    with pytest.raises(BadValue, match=f"duty register.*{fault}"):
        read_duties(tmp_path, book, parameters)


@pytest.mark.parametrize(
    "line", ["  zh: 登录指标\n", "  done: registered\n", "  clauses: [N-18]\n"]
)
def test_a_duty_that_lacks_a_part_is_refused_by_name(
    tmp_path: Path, book: ClauseBook, line: str
) -> None:
    (tmp_path / "duties.yaml").write_text(GOOD.replace(line, ""), encoding="utf-8")
    with pytest.raises(BadValue, match="duty register"):
        read_duties(tmp_path, book, {})


def test_a_duty_of_an_unknown_clause_is_refused_by_name(tmp_path: Path, book: ClauseBook) -> None:
    (tmp_path / "duties.yaml").write_text(GOOD.replace("N-18", "N-99"), encoding="utf-8")
    with pytest.raises(UnknownClause, match=r"duty register.*N-99"):
        read_duties(tmp_path, book, {})
