"""A saved answer: kept only when asked for, opened by its code only, gone when its time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from doudi.office.enquiries.codes import ALPHABET, LENGTH, in_groups, new_code, read_code
from doudi.office.enquiries.models import SavedEnquiry
from doudi.office.enquiries.services import (
    DAYS_KEPT,
    delete_expired,
    open_enquiry,
    save_enquiry,
)

REPLIES = {"way": "bill", "kind": "inpatient", "bill": 1_200_000, "registered": True, "x": None}


@pytest.mark.django_db
def test_the_code_opens_what_was_saved() -> None:
    assert open_enquiry(code=save_enquiry(replies=REPLIES)) == REPLIES


@pytest.mark.django_db
def test_the_table_tells_nothing_without_the_code() -> None:
    code = save_enquiry(replies=REPLIES)
    with connection.cursor() as cursor:
        cursor.execute("SELECT locator, sealed FROM enquiries_savedenquiry")
        ((locator, sealed),) = cursor.fetchall()
    for told in (code, "inpatient", "1200000", "registered"):
        assert told not in locator
        assert told.encode() not in bytes(sealed)


@pytest.mark.django_db
def test_another_code_opens_nothing_even_where_its_row_is_put() -> None:
    code, other = save_enquiry(replies=REPLIES), save_enquiry(replies={"way": "bill"})
    mine, theirs = SavedEnquiry.objects.order_by("pk")
    theirs.sealed = mine.sealed
    theirs.save()
    assert open_enquiry(code=other) is None
    assert open_enquiry(code=new_code()) is None
    assert open_enquiry(code=code) == REPLIES


@pytest.mark.django_db
def test_after_its_time_it_is_neither_opened_nor_kept() -> None:
    code = save_enquiry(replies=REPLIES)
    row = SavedEnquiry.objects.get()
    assert timedelta(DAYS_KEPT - 1) < row.expires_at - timezone.now() <= timedelta(DAYS_KEPT)
    row.expires_at = timezone.now() - timedelta(seconds=1)
    row.save()
    assert open_enquiry(code=code) is None
    save_enquiry(replies={"way": "bill"})
    assert list(SavedEnquiry.objects.filter(pk=row.pk)) == []
    assert delete_expired() == 0


def test_a_code_is_long_random_and_read_as_people_write_it() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        assert len(code) == LENGTH
        assert set(code) <= set(ALPHABET)
        assert read_code(f" {in_groups(code).lower()} ") == code
    assert 32**LENGTH >= 2**100
    assert read_code("OIL" + "0" * 17) == "011" + "0" * 17
    for wrong in ("", "0" * 19, "0" * 21, "U" * 20, "字" * 20):
        assert read_code(wrong) is None
