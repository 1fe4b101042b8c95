"""On PostgreSQL a claim rests on no listing that is withdrawn; else as 0007 has it."""

from __future__ import annotations

from importlib import import_module

from django.db import migrations

from doudi.office.append_only import by_vendor

_BEFORE = import_module("doudi.office.settlement.migrations.0007_standing_holds")._POSTGRES
_LISTED = "listing.list = 'serious'"
_AFTER = _BEFORE.replace(_LISTED, f"{_LISTED} AND listing.withdrawn_at IS NULL")


class Migration(migrations.Migration):
    dependencies = (
        ("settlement", "0008_stays_by_person"),
        ("registry", "0010_withdrawn_listings"),
    )

    operations = (by_vendor(lambda vendor: [_AFTER] if vendor == "postgresql" else []),)
