"""Rows stay, and only how they ended is set, once."""

from __future__ import annotations

from django.db import migrations

from doudi.office.append_only import by_vendor

_ENDED_BY = {
    "care_treatmentplan": ("withdrawn_at",),
    "care_treatment": ("withdrawn_at",),
    "care_team": ("closed_on",),
    "care_servicepackage": ("closed_on",),
    "care_contract": ("valid_to", "withdrawn_at"),
    "care_service": ("withdrawn_at",),
    "care_checkupcall": ("withdrawn_at",),
    "care_checkup": ("withdrawn_at",),
}
_KEPT = {
    "care_treatmentplan": ("listing_id", "planned_on", "institution_id", "note"),
    "care_treatment": ("listing_id", "treated_on", "institution_id", "designated"),
    "care_team": ("public_id", "name", "institution_id", "synthetic"),
    "care_servicepackage": ("name", "disease", "content", "synthetic"),
    "care_contract": (
        "person_id",
        "team_id",
        "package_id",
        "household_id",
        "agreed_by",
        "valid_from",
    ),
    "care_service": ("contract_id", "sort", "day", "note"),
    "care_checkupcall": ("person_id", "year", "why"),
    "care_checkup": ("person_id", "day", "year", "institution_id", "finding", "disease"),
}
_EVERYWHERE = ("id", "recorded_by", "recorded_at")


def _changed(table: str, distinct: str) -> str:
    kept = [f"OLD.{name} {distinct} NEW.{name}" for name in (*_EVERYWHERE, *_KEPT[table])]
    ended = [
        f"(OLD.{name} IS NOT NULL AND OLD.{name} {distinct} NEW.{name})"
        for name in _ENDED_BY[table]
    ]
    return " OR ".join([*kept, *ended])


def _postgres(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_rows_stay BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN ({_changed(table, 'IS DISTINCT FROM')}) EXECUTE FUNCTION doudi_append_only()",
        f"CREATE TRIGGER {table}_rows_remain BEFORE DELETE ON {table} FOR EACH ROW "
        "EXECUTE FUNCTION doudi_append_only()",
        f"CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION doudi_append_only()",
    ]


def _sqlite(table: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'rows of {table} stay as they are'); END"
    return [
        f"CREATE TRIGGER {table}_rows_stay BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN {_changed(table, 'IS NOT')} {refuse}",
        f"CREATE TRIGGER {table}_rows_remain BEFORE DELETE ON {table} {refuse}",
    ]


def _statements(vendor: str) -> list[str]:
    make = _postgres if vendor == "postgresql" else _sqlite
    return [line for table in _KEPT for line in make(table)]


class Migration(migrations.Migration):
    dependencies = (("care", "0001_initial"), ("audit", "0002_append_only"))

    operations = (by_vendor(_statements),)
