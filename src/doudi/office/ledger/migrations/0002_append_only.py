"""What the database itself holds: postings are whole, rows stay, closed months are closed."""

from __future__ import annotations

from django.db import migrations

from doudi.office.append_only import append_only, by_vendor, referenced_by_trigger

# A posting and its transfers come in one statement (see `doudi.office.rows`): at its end all of
# them are there, or it is refused. What is looked up is written so that an index is used, however
# small the tables were when PostgreSQL planned it.
_POSTGRES = [
    """
CREATE FUNCTION doudi_transfer_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    -- Shared with other transfers; closing a month takes it alone, so none slips in between.
    PERFORM pg_advisory_xact_lock_shared(hashtext('doudi closed months'));
    -- All is well with each posting: one look, and only else one that says what is not.
    IF (SELECT bool_and(
            moved.open AND moved.known
            AND (SELECT p.legs = moved.legs AND p.legs = moved.last AND p.total_fen = moved.total
                        AND p.period = moved.period AND p.period = moved.period_too
                 FROM ledger_posting AS p WHERE p.id = moved.posting_id) IS TRUE)
        FROM (
            SELECT posting_id, count(*) AS legs, max(number) AS last, sum(amount_fen) AS total,
                   min(period) AS period, max(period) AS period_too,
                   (SELECT max(period) FROM ledger_closedmonth) < min(period) IS NOT FALSE AS open,
                   bool_and((SELECT true FROM ledger_account WHERE code = debit_id) IS TRUE
                        AND (SELECT true FROM ledger_account WHERE code = credit_id) IS TRUE)
                       AS known
            FROM added GROUP BY posting_id
        ) AS moved) IS NOT FALSE THEN
        RETURN NULL;
    END IF;
    SELECT added.period INTO wrong FROM added
        WHERE added.period <= (SELECT max(period) FROM ledger_closedmonth) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'month % is closed', wrong.period USING ERRCODE = 'DD003';
    END IF;
    SELECT added.debit_id, added.credit_id INTO wrong FROM added
        WHERE (SELECT true FROM ledger_account WHERE code = added.debit_id) IS NULL
           OR (SELECT true FROM ledger_account WHERE code = added.credit_id) IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'no account % or %', wrong.debit_id, wrong.credit_id
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    SELECT added.posting_id INTO wrong FROM added GROUP BY posting_id
        HAVING count(*) < (SELECT count(*) FROM ledger_transfer AS there
                           WHERE there.posting_id = added.posting_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a posting that stands takes no further transfer' USING ERRCODE = 'DD002';
    END IF;
    RAISE EXCEPTION 'a posting is not whole' USING ERRCODE = 'DD004';
END $$
""",
    "CREATE TRIGGER ledger_transfer_added AFTER INSERT ON ledger_transfer "
    "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION doudi_transfer_added()",
    """
CREATE FUNCTION doudi_posting_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    -- A transfer is only taken together with all of its posting: the first tells of the others.
    SELECT added.id INTO wrong FROM added
        WHERE (SELECT true FROM ledger_transfer WHERE posting_id = added.id AND number = 1) IS NULL
        LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting % is not whole', wrong.id USING ERRCODE = 'DD004';
    END IF;
    RETURN NULL;
END $$
""",
    "CREATE TRIGGER ledger_posting_added AFTER INSERT ON ledger_posting "
    "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION doudi_posting_added()",
]

# Here the transfers come first, and their reference to the posting is checked at the commit.
_SQLITE = [
    """
CREATE TRIGGER ledger_transfer_added BEFORE INSERT ON ledger_transfer
WHEN EXISTS (SELECT 1 FROM ledger_posting WHERE id = NEW.posting_id)
BEGIN SELECT RAISE(ABORT, 'a posting that stands takes no further transfer'); END
""",
    """
CREATE TRIGGER ledger_transfer_month BEFORE INSERT ON ledger_transfer
WHEN EXISTS (SELECT 1 FROM ledger_closedmonth WHERE period >= NEW.period)
BEGIN SELECT RAISE(ABORT, 'the month is closed'); END
""",
    """
CREATE TRIGGER ledger_posting_added AFTER INSERT ON ledger_posting
WHEN (SELECT count(*) FROM ledger_transfer
        WHERE posting_id = NEW.id AND period = NEW.period) <> NEW.legs
  OR (SELECT coalesce(sum(amount_fen), 0) FROM ledger_transfer WHERE posting_id = NEW.id)
        <> NEW.total_fen
BEGIN SELECT RAISE(ABORT, 'a posting is not whole'); END
""",
]


class Migration(migrations.Migration):
    dependencies = (("ledger", "0001_initial"),)

    operations = (
        append_only(
            "ledger_account",
            "ledger_posting",
            "ledger_transfer",
            "ledger_closedmonth",
            "ledger_statement",
            "ledger_statementstep",
        ),
        by_vendor(lambda vendor: _POSTGRES if vendor == "postgresql" else _SQLITE),
        referenced_by_trigger("ledger_transfer", "posting_id", "debit_id", "credit_id"),
    )
