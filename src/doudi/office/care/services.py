"""Changing the care records: each function is one transaction and says who, and why."""

from __future__ import annotations

from doudi.office.care.check_ups import (
    call_to_check_up,
    record_check_up,
    withdraw_call,
    withdraw_check_up,
)
from doudi.office.care.contracts import (
    change_team,
    end_contract,
    sign,
    sign_household,
    withdraw_contract,
)
from doudi.office.care.rendered import record_service, withdraw_service
from doudi.office.care.teams import close_package, close_team, name_package, open_team
from doudi.office.care.treatments import (
    plan_treatment,
    record_treatment,
    withdraw_plan,
    withdraw_treatment,
)

__all__ = [
    "call_to_check_up",
    "change_team",
    "close_package",
    "close_team",
    "end_contract",
    "name_package",
    "open_team",
    "plan_treatment",
    "record_check_up",
    "record_service",
    "record_treatment",
    "sign",
    "sign_household",
    "withdraw_call",
    "withdraw_check_up",
    "withdraw_contract",
    "withdraw_plan",
    "withdraw_service",
    "withdraw_treatment",
]
