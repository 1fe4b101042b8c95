"""What was done, and the sealed chain, stay as they are."""

from __future__ import annotations

from django.db import migrations

from doudi.office.append_only import append_only


class Migration(migrations.Migration):
    dependencies = (("audit", "0001_initial"),)

    operations = (append_only("audit_call", "audit_seal", "audit_sealedrow"),)
