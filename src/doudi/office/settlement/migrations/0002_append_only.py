"""Bills, claims and entries are added and never changed; a claim is for the whole bill."""

from __future__ import annotations

from django.db import migrations

from doudi.office.append_only import append_only, by_vendor

# The lines that no other line replaces.
_IN_FORCE = (
    "line.admission_id = NEW.admission_id AND NOT EXISTS "
    "(SELECT 1 FROM settlement_feeline AS later WHERE later.replaces_id = line.id)"
)

_POSTGRES = [
    f"""
CREATE FUNCTION doudi_claim_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bill bigint; catalogue bigint;
BEGIN
    -- Waits for whoever is entering fee lines at this moment, and then sees them.
    PERFORM 1 FROM settlement_admission WHERE id = NEW.admission_id FOR UPDATE;
    SELECT coalesce(sum(line.total_fen), 0), coalesce(sum(line.in_scope_fen), 0)
        INTO bill, catalogue FROM settlement_feeline AS line WHERE {_IN_FORCE};
    IF bill <> (NEW.facts ->> 'bill')::bigint
       OR catalogue <> (NEW.facts ->> 'catalogue')::bigint THEN
        RAISE EXCEPTION 'the claim is not for the whole bill' USING ERRCODE = 'DD005';
    END IF;
    RETURN NULL;
END $$
""",
    "CREATE TRIGGER settlement_claim_added AFTER INSERT ON settlement_claim "
    "FOR EACH ROW EXECUTE FUNCTION doudi_claim_added()",
]

_SQLITE = [
    f"""
CREATE TRIGGER settlement_claim_added AFTER INSERT ON settlement_claim
WHEN (SELECT coalesce(sum(line.total_fen), 0) = json_extract(NEW.facts, '$.bill')
         AND coalesce(sum(line.in_scope_fen), 0) = json_extract(NEW.facts, '$.catalogue')
      FROM settlement_feeline AS line WHERE {_IN_FORCE}) IS NOT 1
BEGIN SELECT RAISE(ABORT, 'the claim is not for the whole bill'); END
""",
]


class Migration(migrations.Migration):
    dependencies = (("settlement", "0001_initial"), ("ledger", "0002_append_only"))

    operations = (
        append_only(
            "settlement_admission",
            "settlement_feeline",
            "settlement_claim",
            "settlement_entry",
            "settlement_instalmentplan",
            "settlement_instalment",
        ),
        by_vendor(lambda vendor: _POSTGRES if vendor == "postgresql" else _SQLITE),
    )
