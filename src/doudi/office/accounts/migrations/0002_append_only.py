"""Whom a window looked up stays recorded."""

from __future__ import annotations

from django.db import migrations

from doudi.office.append_only import append_only


class Migration(migrations.Migration):
    dependencies = (("accounts", "0001_initial"),)

    operations = (append_only("accounts_lookup"),)
