"""What the database itself holds: postings are whole, rows stay, closed months are closed."""

from __future__ import annotations

from django.db import migrations

from doudi.office.append_only import append_only, by_vendor

_POSTGRES = [
    """
CREATE FUNCTION doudi_transfer_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE month text;
BEGIN
    -- Shared with other transfers; closing a month takes it alone, so none slips in between.
    PERFORM pg_advisory_xact_lock_shared(hashtext('doudi closed months'));
    IF EXISTS (SELECT 1 FROM added JOIN ledger_posting ON ledger_posting.id = added.posting_id) THEN
        RAISE EXCEPTION 'a posting that stands takes no further transfer' USING ERRCODE = 'DD002';
    END IF;
    SELECT added.period INTO month FROM added
        WHERE EXISTS (SELECT 1 FROM ledger_closedmonth WHERE period >= added.period) LIMIT 1;
    IF month IS NOT NULL THEN
        RAISE EXCEPTION 'month % is closed', month USING ERRCODE = 'DD003';
    END IF;
    RETURN NULL;
END $$
""",
    "CREATE TRIGGER ledger_transfer_added AFTER INSERT ON ledger_transfer "
    "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION doudi_transfer_added()",
    """
CREATE FUNCTION doudi_posting_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM ledger_transfer
            WHERE posting_id = NEW.id AND period = NEW.period) <> NEW.legs
       OR (SELECT coalesce(sum(amount_fen), 0) FROM ledger_transfer WHERE posting_id = NEW.id)
            <> NEW.total_fen THEN
        RAISE EXCEPTION 'posting % is not whole', NEW.id USING ERRCODE = 'DD004';
    END IF;
    RETURN NULL;
END $$
""",
    "CREATE TRIGGER ledger_posting_added AFTER INSERT ON ledger_posting "
    "FOR EACH ROW EXECUTE FUNCTION doudi_posting_added()",
]

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
    )
