"""What was proposed stays, a decision is made once, and nothing is deleted."""

from __future__ import annotations

from django.db import migrations

from doudi.office.append_only import by_vendor

_TABLE = "approvals_proposal"
_PROPOSED = ("public_id", "kind", "subject", "reason", "maker", "made_at")
_DECIDED = "OLD.state <> 'waiting'"


def _changed(distinct: str) -> str:
    return " OR ".join(f"OLD.{name} {distinct} NEW.{name}" for name in _PROPOSED)


def _postgres() -> list[str]:
    given = "OLD.given::text IS DISTINCT FROM NEW.given::text"
    return [
        f"CREATE TRIGGER {_TABLE}_is_decided_once BEFORE UPDATE ON {_TABLE} FOR EACH ROW "
        f"WHEN ({_DECIDED} OR {given} OR {_changed('IS DISTINCT FROM')}) "
        "EXECUTE FUNCTION doudi_append_only()",
        f"CREATE TRIGGER {_TABLE}_stays BEFORE DELETE ON {_TABLE} FOR EACH ROW "
        "EXECUTE FUNCTION doudi_append_only()",
    ]


def _sqlite() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'rows of {_TABLE} are decided once and stay'); END"
    return [
        f"CREATE TRIGGER {_TABLE}_is_decided_once BEFORE UPDATE ON {_TABLE} FOR EACH ROW "
        f"WHEN {_DECIDED} OR OLD.given IS NOT NEW.given OR {_changed('IS NOT')} {refuse}",
        f"CREATE TRIGGER {_TABLE}_stays BEFORE DELETE ON {_TABLE} {refuse}",
    ]


def _statements(vendor: str) -> list[str]:
    return _postgres() if vendor == "postgresql" else _sqlite()


class Migration(migrations.Migration):
    dependencies = (("approvals", "0001_initial"), ("audit", "0002_append_only"))

    operations = (by_vendor(_statements),)
