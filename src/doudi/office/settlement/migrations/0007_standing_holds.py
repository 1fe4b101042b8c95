"""On PostgreSQL a stay's first claim says of its person what the registry says when it is written.

A settlement reads the registry before it holds anything, and holds the person before it writes.
Whoever changes a person's standing holds that person while what is settled already follows
(`doudi.office.settlement.registry_effects`). So a claim is either seen by them, or waits, and is
refused here when it was worked out by what no longer holds. SQLite has one writer at a time.
"""

from __future__ import annotations

from django.db import migrations

from doudi.office.append_only import by_vendor

# What is looked up is written so that an index is used, however small the tables were when
# PostgreSQL planned it.
_BILL = """
(SELECT coalesce(sum(line.total_fen), 0) = (added.facts ->> 'bill')::bigint
    AND coalesce(sum(line.in_scope_fen), 0) = (added.facts ->> 'catalogue')::bigint
 FROM settlement_feeline AS line
 WHERE line.admission_id = added.admission_id AND NOT EXISTS (
    SELECT 1 FROM settlement_feeline AS later WHERE later.replaces_id = line.id)) IS TRUE
"""
_BELONGS = """
(SELECT stay.person_id = year.person_id AND stay.institution_id = added.institution_id
    AND year.year = extract(year FROM added.date)
 FROM settlement_admission AS stay, settlement_personyear AS year
 WHERE stay.id = added.admission_id AND year.id = added.year_id) IS TRUE
"""
# A claim that replaces another may rest on what the other one was settled by.
_STANDING = """
(added.replaces_id IS NOT NULL OR (
 SELECT EXISTS (SELECT 1 FROM registry_enrolment AS enrolment
        WHERE enrolment.person_id = stay.person_id AND enrolment.withdrawn_at IS NULL
          AND enrolment.year = extract(year FROM added.date))
    AND (added.facts ->> 'registered')::boolean = EXISTS (
        SELECT 1 FROM registry_registrationperiod AS period
        WHERE period.person_id = stay.person_id AND period.withdrawn_at IS NULL
          AND period.valid_from <= added.date
          AND (period.valid_to IS NULL OR period.valid_to >= added.date))
    AND (added.facts ->> 'serious')::boolean = (institution.serious_designated AND EXISTS (
        SELECT 1 FROM registry_diseaselisting AS listing
        WHERE listing.person_id = stay.person_id AND listing.list = 'serious'
          AND listing.valid_from <= added.date
          AND (listing.valid_to IS NULL OR listing.valid_to >= added.date)))
 FROM settlement_admission AS stay, settlement_institution AS institution
 WHERE stay.id = added.admission_id AND institution.code = stay.institution_id)) IS TRUE
"""

_POSTGRES = f"""
CREATE OR REPLACE FUNCTION doudi_claim_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Waits for whoever is entering fee lines at this moment, and then sees them. In order, so
    -- that two who settle several stays at once do not wait for each other.
    PERFORM 1 FROM settlement_admission
        WHERE id = ANY (ARRAY(SELECT admission_id FROM added)) ORDER BY id FOR UPDATE;
    -- All is well with each claim: one look, and only else one that says what is not.
    IF (SELECT bool_and({_BILL} AND {_BELONGS} AND {_STANDING}) FROM added) IS NOT FALSE THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT 1 FROM added WHERE NOT {_BILL}) THEN
        RAISE EXCEPTION 'the claim is not for the whole bill' USING ERRCODE = 'DD005';
    END IF;
    IF EXISTS (SELECT 1 FROM added WHERE NOT {_BELONGS}) THEN
        RAISE EXCEPTION 'the claim is not of this stay and year' USING ERRCODE = 'DD006';
    END IF;
    RAISE EXCEPTION 'the registry says something else of the person' USING ERRCODE = 'DD007';
END $$
"""


class Migration(migrations.Migration):
    dependencies = (
        ("settlement", "0006_unpaid_own_parts"),
        ("registry", "0004_withdrawn_enrolments"),
    )

    operations = (by_vendor(lambda vendor: [_POSTGRES] if vendor == "postgresql" else []),)
