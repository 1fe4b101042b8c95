"""Bills, claims and entries are added and never changed; a claim is for the whole bill of a stay."""

from __future__ import annotations

from django.db import migrations

from doudi.office.append_only import append_only, by_vendor, referenced_by_trigger

_POSTGRES = [
    """
CREATE FUNCTION doudi_claim_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    -- Waits for whoever is entering fee lines at this moment, and then sees them. In order, so
    -- that two who settle several stays at once do not wait for each other.
    PERFORM 1 FROM settlement_admission
        WHERE id = ANY (ARRAY(SELECT admission_id FROM added)) ORDER BY id FOR UPDATE;
    SELECT added.id INTO wrong FROM added
        WHERE (SELECT coalesce(sum(line.total_fen), 0) = (added.facts ->> 'bill')::bigint
                  AND coalesce(sum(line.in_scope_fen), 0) = (added.facts ->> 'catalogue')::bigint
               FROM settlement_feeline AS line
               WHERE line.admission_id = added.admission_id AND NOT EXISTS (
                   SELECT 1 FROM settlement_feeline AS later WHERE later.replaces_id = line.id)
              ) IS NOT TRUE
        LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the claim is not for the whole bill' USING ERRCODE = 'DD005';
    END IF;
    SELECT added.id INTO wrong FROM added
        WHERE (SELECT stay.person_id = year.person_id
                      AND stay.institution_id = added.institution_id
                      AND year.year = extract(year FROM added.date)
               FROM settlement_admission AS stay, settlement_personyear AS year
               WHERE stay.id = added.admission_id AND year.id = added.year_id) IS NOT TRUE
        LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the claim is not of this stay and year' USING ERRCODE = 'DD006';
    END IF;
    RETURN NULL;
END $$
""",
    "CREATE TRIGGER settlement_claim_added AFTER INSERT ON settlement_claim "
    "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION doudi_claim_added()",
    """
CREATE FUNCTION doudi_entry_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    SELECT added.id INTO wrong FROM added
        WHERE (SELECT claim.year_id = added.year_id FROM settlement_claim AS claim
               WHERE claim.id = added.claim_id) IS NOT TRUE
           OR (SELECT true FROM settlement_policytext WHERE id = added.text_id) IS NULL
           OR (added.posting_id IS NOT NULL
               AND (SELECT true FROM ledger_posting WHERE id = added.posting_id) IS NULL)
        LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % has no claim of its year, no text or no posting', wrong.id
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$
""",
    "CREATE TRIGGER settlement_entry_added AFTER INSERT ON settlement_entry "
    "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION doudi_entry_added()",
    # Claims and entries name their year, so it stays, and stays that person's.
    "CREATE TRIGGER settlement_personyear_stays BEFORE UPDATE OF id, person_id, year "
    "ON settlement_personyear FOR EACH ROW "
    "WHEN ((OLD.id, OLD.person_id, OLD.year) <> (NEW.id, NEW.person_id, NEW.year)) "
    "EXECUTE FUNCTION doudi_append_only()",
    "CREATE TRIGGER settlement_personyear_is_not_emptied BEFORE DELETE OR TRUNCATE "
    "ON settlement_personyear FOR EACH STATEMENT EXECUTE FUNCTION doudi_append_only()",
]

_YEARS_STAY = "BEGIN SELECT RAISE(ABORT, 'rows of settlement_personyear are only ever added'); END"

_SQLITE = [
    """
CREATE TRIGGER settlement_claim_added AFTER INSERT ON settlement_claim
WHEN (SELECT coalesce(sum(line.total_fen), 0) = json_extract(NEW.facts, '$.bill')
         AND coalesce(sum(line.in_scope_fen), 0) = json_extract(NEW.facts, '$.catalogue')
      FROM settlement_feeline AS line
      WHERE line.admission_id = NEW.admission_id AND NOT EXISTS (
          SELECT 1 FROM settlement_feeline AS later WHERE later.replaces_id = line.id)
     ) IS NOT 1
BEGIN SELECT RAISE(ABORT, 'the claim is not for the whole bill'); END
""",
    """
CREATE TRIGGER settlement_claim_belongs AFTER INSERT ON settlement_claim
WHEN (SELECT stay.person_id = year.person_id AND stay.institution_id = NEW.institution_id
             AND year.year = CAST(substr(NEW.date, 1, 4) AS integer)
      FROM settlement_admission AS stay, settlement_personyear AS year
      WHERE stay.id = NEW.admission_id AND year.id = NEW.year_id) IS NOT 1
BEGIN SELECT RAISE(ABORT, 'the claim is not of this stay and year'); END
""",
    """
CREATE TRIGGER settlement_entry_added AFTER INSERT ON settlement_entry
WHEN (SELECT year_id FROM settlement_claim WHERE id = NEW.claim_id) IS NOT NEW.year_id
BEGIN SELECT RAISE(ABORT, 'an entry has no claim of its year'); END
""",
    f"""
CREATE TRIGGER settlement_personyear_stays BEFORE UPDATE OF id, person_id, year
ON settlement_personyear
WHEN (OLD.id, OLD.person_id, OLD.year) <> (NEW.id, NEW.person_id, NEW.year) {_YEARS_STAY}
""",
    f"""
CREATE TRIGGER settlement_personyear_is_not_emptied BEFORE DELETE
ON settlement_personyear {_YEARS_STAY}
""",
]


class Migration(migrations.Migration):
    dependencies = (("settlement", "0001_initial"), ("ledger", "0002_append_only"))

    operations = (
        append_only(
            "settlement_admission",
            "settlement_feeline",
            "settlement_claim",
            "settlement_policytext",
            "settlement_entry",
            "settlement_instalmentplan",
            "settlement_instalment",
        ),
        by_vendor(lambda vendor: _POSTGRES if vendor == "postgresql" else _SQLITE),
        referenced_by_trigger("settlement_claim", "year_id", "admission_id", "institution_id"),
        referenced_by_trigger("settlement_entry", "year_id", "claim_id", "text_id", "posting_id"),
    )
