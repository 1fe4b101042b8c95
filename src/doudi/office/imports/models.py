"""One row for every file about people that was ever sent, and its rows while they wait."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_noop as _

from doudi.office.registry.identity import new_public_id
from doudi.office.registry.models import (
    Cause,
    DiseaseListing,
    Division,
    Enrolment,
    Health,
    Person,
    Relation,
)


class PeopleImport(models.Model):
    """A file about people: who sent it, what was found in it, and what became of it.

    ``content`` says whether it brings people, or puts those who are registered already on disease
    lists. ``division`` is where its people must live. ``done`` of ``total`` steps of reading are
    done, two for each row of the file. ``columns`` gives the letter of each column by its name.
    """

    class State(models.TextChoices):
        READING = "reading", _("正在读取")
        FAILED = "failed", _("读不了")
        STAGED = "staged", _("待核对")
        COMMITTED = "committed", _("已入库")
        DISCARDED = "discarded", _("已放弃")
        UNDONE = "undone", _("已撤销")

    class Content(models.TextChoices):
        PEOPLE = "people", _("人员")
        LISTINGS = "listings", _("病种名单")

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id)
    content = models.CharField(max_length=10, choices=Content, default=Content.PEOPLE)
    division = models.ForeignKey(Division, on_delete=models.PROTECT)
    file_name = models.CharField(max_length=200)
    file_bytes = models.PositiveBigIntegerField()
    file_sha256 = models.CharField(max_length=64, db_index=True)
    note = models.CharField(max_length=200)
    synthetic = models.BooleanField(default=False)
    uploaded_by = models.CharField(max_length=60)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    state = models.CharField(max_length=10, choices=State, default=State.READING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField(auto_now_add=True)
    columns = models.JSONField(default=dict)
    fault_counts = models.JSONField(default=dict)
    failure_zh = models.CharField(max_length=300, blank=True)
    failure_en = models.CharField(max_length=300, blank=True)
    good_rows = models.PositiveIntegerField(default=0)
    held_rows = models.PositiveIntegerField(default=0)
    faulty_rows = models.PositiveIntegerField(default=0)
    warned_rows = models.PositiveIntegerField(default=0)

    decided_by = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True)
    committed_rows = models.PositiveIntegerField(default=0)
    undo_asked_by = models.CharField(max_length=60, blank=True)
    undo_reason = models.CharField(max_length=200, blank=True)
    undone_by = models.CharField(max_length=60, blank=True)
    undone_at = models.DateTimeField(null=True)
    withdrawn_rows = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=("division", "uploaded_at")),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(state__in=("committed", "undone")) | ~Q(decided_by=F("uploaded_by")),
                name="who_sent_a_file_does_not_record_it",
            ),
            models.CheckConstraint(
                condition=Q(undone_by="") | ~Q(undone_by=F("undo_asked_by")),
                name="who_asks_to_undo_an_import_does_not_do_it",
            ),
        )

    def __str__(self) -> str:
        return self.public_id


class StagedRow(models.Model):
    """One row of a file, read and checked; of what could not be read the field is empty.

    ``person`` is the public id that the person gets, to which the ciphertexts are bound already;
    in a file of listings whose it is, and no number is kept.
    ``diseases`` are the lists the person is put on, each ``[list, disease]``.
    ``faults`` and ``warnings`` are lists of ``{cell, heading, value, zh, en}``. A row is held when
    only somebody else of its household is at fault: a household goes in whole or not at all.
    """

    class State(models.TextChoices):
        GOOD = "good", _("可入库")
        HELD = "held", _("同户有错")
        FAULTY = "faulty", _("有错")

    people_import = models.ForeignKey(PeopleImport, on_delete=models.CASCADE, related_name="staged")
    row = models.PositiveIntegerField()
    state = models.CharField(max_length=6, choices=State)
    warned = models.BooleanField(default=False)
    faults = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    person = models.CharField(max_length=26)
    name = models.CharField(max_length=60, blank=True)
    initials = models.CharField(max_length=60, blank=True)
    id_masked = models.CharField(max_length=40, blank=True)
    id_cipher = models.BinaryField(null=True)
    id_index = models.CharField(max_length=64, blank=True)
    born = models.DateField(null=True)
    sex = models.CharField(max_length=1, choices=Person.Sex, blank=True)
    card_index = models.CharField(max_length=64, null=True)
    phone_cipher = models.BinaryField(null=True)
    household = models.CharField(max_length=20, blank=True)
    relation = models.CharField(max_length=2, choices=Relation, blank=True)
    division = models.CharField(max_length=12, blank=True)
    health = models.CharField(max_length=8, choices=Health, blank=True)
    diseases = models.JSONField(default=list)
    listed_from = models.DateField(null=True)
    listed_to = models.DateField(null=True)
    registered_from = models.DateField(null=True)
    registered_to = models.DateField(null=True)
    cause = models.CharField(max_length=2, choices=Cause, blank=True)
    enrolled_years = models.JSONField(default=list)
    premium_own_fen = models.PositiveBigIntegerField(null=True)
    paid_by = models.CharField(max_length=10, choices=Enrolment.PaidBy, blank=True)
    document = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("people_import", "row"), name="a_row_is_staged_once"),
        )
        indexes = (
            models.Index(fields=("people_import", "state", "row")),
            models.Index(fields=("people_import", "household")),
        )


class ImportedListing(models.Model):
    """A listing that a file of listings brought, so that undoing it finds it again."""

    staged = models.OneToOneField(StagedRow, on_delete=models.PROTECT, related_name="imported")
    listing = models.OneToOneField(
        DiseaseListing, on_delete=models.PROTECT, related_name="imported"
    )

    def __str__(self) -> str:
        return str(self.listing_id)
