"""The numbers of proposals that were refused or taken back are deleted, as they now are at once."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def _forget(apps: Any, schema_editor: Any) -> None:
    del schema_editor
    proposals = apps.get_model("approvals", "Proposal").objects.filter(
        state__in=("refused", "taken_back"), given__has_key="sealed"
    )
    numbers = apps.get_model("registry", "SealedNumber").objects.filter(former=False)
    for given in proposals.values_list("given", flat=True).iterator():
        numbers.filter(public_id=given["sealed"]).update(cipher=None)


class Migration(migrations.Migration):
    dependencies = (
        ("approvals", "0002_decided_once"),
        ("registry", "0012_numbers_that_are_deleted"),
    )

    operations = (migrations.RunPython(_forget, migrations.RunPython.noop),)
