"""Indexes of waiting people begin with the tag of their key, as those of the registry do."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.db import migrations

_registry = import_module("doudi.office.registry.migrations.0011_index_keys")


def _tag(apps: Any, schema_editor: Any) -> None:
    del apps
    _registry.tag(schema_editor.connection, "imports_stagedrow", "id_index", "card_index")


class Migration(migrations.Migration):
    dependencies = (("imports", "0004_listings"), ("registry", "0011_index_keys"))

    operations = (migrations.RunPython(_tag, migrations.RunPython.noop),)
