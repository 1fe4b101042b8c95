"""What holds for every address of the site, whoever wrote the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from tests.office.web.addresses import EXAMPLES, all_addresses, names_and_pages, parts_of
from tests.office.web.conftest import logged_in
from tests.office.web.people_and_places import (
    HERE,
    THERE,
    account,
    household_member,
    make_place,
)

import doudi.office.web
from doudi.office.accounts.models import User
from doudi.office.accounts.roles import OF_AN_INSTITUTION, Role

WEB = Path(doudi.office.web.__file__).parent
TEMPLATES = WEB / "templates"
ABOVE = (Role.LEAGUE, Role.AUDITOR, Role.ADMINISTRATOR)
"""Roles that may work for the whole league, so that no district is strange to them."""

SECRET = "绝密甲乙"
OUTSIDE = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//""")


def test_every_view_says_who_may_open_it() -> None:
    silent = [name for name, _pattern, page in names_and_pages() if page is None]
    assert silent == []


def test_every_part_of_an_address_has_an_example_and_no_example_is_left_over() -> None:
    parts = {part for _name, pattern, _page in names_and_pages() for part in parts_of(pattern)}
    assert parts == set(EXAMPLES)


@pytest.mark.django_db
def test_nobody_sees_a_page_of_the_staff_without_a_login(client: Client) -> None:
    for address in all_addresses():
        if address.page.public:
            continue
        for method in (client.get, client.post):
            answer = method(address.path)
            refused = answer.status_code == 405
            to_login = answer.status_code == 302 and answer["Location"].startswith("/login?")
            assert refused or to_login, address


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_a_role_opens_the_pages_of_its_permissions_and_no_other(
    role: str, as_role: Callable[..., Client]
) -> None:
    client = as_role(role, HERE)
    for address in all_addresses():
        page = address.page
        answer = client.get(address.path)
        if page.public or answer.status_code == 405:
            continue
        if not User(role=role).may(page.permission):
            assert answer.status_code == 403, address
            assert client.post(address.path).status_code in (403, 405), address
        else:
            # 404: the example lies within the district, but not within every role's part of it.
            assert answer.status_code in (200, 302, 404), address


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if role not in ABOVE])
def test_a_stranger_of_any_role_never_gets_anything_of_another_district(
    role: str, as_role: Callable[..., Client]
) -> None:
    person = household_member(HERE, name=SECRET)
    make_place(THERE)
    client = as_role(role, THERE)
    for address in all_addresses():
        for method in (client.get, client.post):
            answer = method(address.path)
            if address.parts and not address.page.public:
                assert answer.status_code in (403, 404, 405), (address, answer.status_code)
            # Its own address, which holds what was asked for, may come back in a page.
            text = b"" if answer.streaming else answer.content.replace(address.path.encode(), b"")
            for mark in (SECRET, person.public_id, HERE.gacha, HERE.hospital):
                assert mark.encode() not in text, (address, mark)


@pytest.mark.django_db
def test_an_administrator_of_one_banner_has_no_say_over_another() -> None:
    stranger = account("administrator", THERE)
    stranger.division_id = THERE.banner
    stranger.save()
    client = logged_in(stranger)
    theirs = account("village", HERE)
    assert client.get(f"/desk/accounts/{theirs.username}").status_code == 404
    assert theirs.username not in client.get("/desk/accounts/").content.decode()
    given = {"username": "mole", "display_name": "甲", "role": "village", "reason": "试"}
    answer = client.post("/desk/accounts/new", given | {"place": HERE.gacha})
    assert "不归您管" in answer.content.decode()


@pytest.mark.django_db
def test_every_answer_carries_the_headers_that_protect_it(
    client: Client, as_role: Callable[..., Client]
) -> None:
    visitors = [client, *(as_role(role) for role in Role.values)]
    for address in all_addresses():
        for visitor in visitors:
            answer = visitor.get(address.path)
            policy = answer["Content-Security-Policy"]
            assert "default-src 'none'" in policy, address
            assert "script-src 'self'" in policy, address
            assert "style-src 'self'" in policy, address
            assert "unsafe" not in policy and "nonce" not in policy, address
            assert answer["X-Content-Type-Options"] == "nosniff", address
            assert answer["X-Frame-Options"] == "DENY", address
            assert answer["Referrer-Policy"] == "same-origin", address
            assert answer["Cross-Origin-Opener-Policy"] == "same-origin", address
            assert answer["Cross-Origin-Resource-Policy"] == "same-origin", address
            assert "camera=()" in answer["Permissions-Policy"], address
            if not address.page.public and answer.status_code == 200:
                assert "no-store" in answer["Cache-Control"], address


@pytest.mark.django_db
def test_no_page_names_another_host_or_carries_script_or_style(
    client: Client, as_role: Callable[..., Client]
) -> None:
    visitors = [client, *(as_role(role) for role in Role.values)]
    for address in all_addresses():
        for visitor in visitors:
            answer = visitor.get(address.path)
            if "html" not in answer.get("Content-Type", ""):
                continue
            text = answer.content.decode()
            assert not OUTSIDE.search(text), address
            assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", text), address


# --- Nothing left lying about ---


def test_every_template_is_used() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in WEB.parent.rglob("*.py"))
    code += "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
    names = [str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")]
    assert len(names) > 15
    assert [name for name in names if f'"{name}"' not in code] == []


def test_every_static_file_is_used_and_every_one_that_is_used_exists() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for kind in ("*.html", "*.py", "*.css")
        for path in WEB.rglob(kind)
    )
    ours = [str(path.relative_to(WEB / "static")) for path in WEB.glob("static/**/*.*")]
    assert [name for name in ours if name.partition("/")[2] not in code] == []
    for name in re.findall(r"{% static ['\"](.+?)['\"] %}", code):
        assert finders.find(name), name


def test_every_template_has_one_heading_and_a_title() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if '{% extends "layouts/staff.html" %}' in text or "layouts/public.html" in text[:60]:
            assert "{% block title %}" in text, path
            assert "{% block heading %}" in text, path
            assert "<h1" not in text, path


def test_the_roles_of_an_institution_and_of_the_league_are_told_apart() -> None:
    assert not set(OF_AN_INSTITUTION) & set(ABOVE)
