"""An example for every part of an address, taken from the district a test is about.

A page with a new part gets a line in `EXAMPLES`. An example belongs to `HERE`, so that a stranger
from `THERE` must not see it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.office.web.imported import staged_import
from tests.office.web.people_and_places import HERE, account, household_member, make_place
from tests.office.web.stays import settled_stay

from doudi.office.approvals.services import propose
from doudi.office.enquiries.codes import in_groups
from doudi.office.enquiries.services import save_enquiry
from doudi.office.tokens.services import issue_token
from doudi.office.web.pages import Page, every_view


def _proposal() -> str:
    person = household_member(HERE, name="绝密丙丁", since=None)
    proposal = propose(
        kind="add_registration",
        subject=f"person:{person.public_id}",
        given={
            "person_id": person.pk,
            "valid_from": "2018-01-01",
            "cause": "01",
            "document": "绝密〔2018〕1号",
        },
        reason="绝密",
        by=account("village", HERE),
        division=HERE.gacha,
    )
    return proposal.public_id


def _token() -> str:
    token, _text = issue_token(
        account=account("clerk", HERE), name="绝密接口", scopes=["read"], days=1, reason="绝密"
    )
    return token.public_id


EXAMPLES: dict[str, Callable[[], str]] = {
    "proposal": _proposal,
    "household": lambda: str(household_member(HERE, name="绝密庚辛").household_id),
    "place": lambda: make_place(HERE).gacha,
    "kind": lambda: "enrol",
    "number": lambda: "1",
    "step": lambda: "sign",
    "code": lambda: in_groups(save_enquiry(replies={"way": "bill"})),
    "account": lambda: account("village", HERE).username,
    "admission": lambda: settled_stay(HERE, "绝密壬癸").admission.public_id,
    "claim": lambda: str(settled_stay(HERE, "绝密子丑").pk),
    "token": _token,
    "people_import": lambda: staged_import(HERE).public_id,
    "person": lambda: settled_stay(HERE, "绝密戊己").admission.person.public_id,
}
"""By the name of the part: makes a row of this district and gives its name in an address."""

NOT_OURS = ("api",)
"""Namespaces whose views are guarded by tokens, each with tests of its own."""

LOGOUT = "account:logout"
"""Left out, since everything after it would be asked by nobody; tested in `test_login.py`."""

_PART = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """One address of the site, with examples in place of its parts."""

    name: str
    path: str
    page: Page
    parts: bool


def parts_of(pattern: str) -> list[str]:
    """The names of the parts of an address."""
    return _PART.findall(pattern)


def names_and_pages() -> list[tuple[str, str, Page | None]]:
    """Every name and pattern with what the view demands; None when it says nothing."""
    return [
        (name, pattern, getattr(item.callback, "page", None))
        for pattern, name, item in every_view()
        if name.partition(":")[0] not in NOT_OURS and name != LOGOUT
    ]


def all_addresses() -> list[Address]:
    """Every address; examples are made in the database when an address needs some."""
    made: dict[str, str] = {}
    found: list[Address] = []
    for name, pattern, page in names_and_pages():
        assert page is not None, f"{name} carries neither public_page nor staff_page"
        parts = parts_of(pattern)
        for part in parts:
            if part not in made:
                made[part] = EXAMPLES[part]()
        path = _PART.sub(lambda match: made[match[1]], pattern)
        found.append(Address(name, f"/{path}", page, bool(parts)))
    return found
