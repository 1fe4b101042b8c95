"""Bills, claims and entries are added and never changed; a claim is for the whole bill."""

from __future__ import annotations

from django.db import migrations

from doudi.office.append_only import append_only, by_vendor

_POSTGRES = [
    """
CREATE FUNCTION doudi_claim_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Waits for whoever is entering fee lines at this moment, and then sees them.
    PERFORM 1 FROM settlement_admission WHERE id = NEW.admission_id FOR UPDATE;
    IF (SELECT coalesce(sum(total_fen), 0) FROM settlement_feeline
            WHERE admission_id = NEW.admission_id) <> (NEW.facts ->> 'bill')::bigint THEN
        RAISE EXCEPTION 'the claim is not for the whole bill' USING ERRCODE = 'DD005';
    END IF;
    RETURN NULL;
END $$
""",
    "CREATE TRIGGER settlement_claim_added AFTER INSERT ON settlement_claim "
    "FOR EACH ROW WHEN (NEW.replaces_id IS NULL) EXECUTE FUNCTION doudi_claim_added()",
]

_SQLITE = [
    """
CREATE TRIGGER settlement_claim_added AFTER INSERT ON settlement_claim
WHEN NEW.replaces_id IS NULL
 AND (SELECT coalesce(sum(total_fen), 0) FROM settlement_feeline
        WHERE admission_id = NEW.admission_id) <> json_extract(NEW.facts, '$.bill')
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
            "settlement_instalment",
        ),
        by_vendor(lambda vendor: _POSTGRES if vendor == "postgresql" else _SQLITE),
    )
