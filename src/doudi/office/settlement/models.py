"""Stays and visits, the person's year, claims, and entries that are only ever added to."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_noop as _

from doudi.office.ledger.models import Posting
from doudi.office.registry.models import Division, Person


class Institution(models.Model):
    """A hospital or health centre; ``code`` is its national institution code."""

    code = models.CharField(primary_key=True, max_length=12)
    name = models.CharField(max_length=80)
    level = models.PositiveSmallIntegerField()
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True)
    designated = models.BooleanField()
    inside_league = models.BooleanField()
    serious_designated = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(level__in=(1, 2, 3)), name="hospital_level_is_1_to_3"
            ),
        )


class Admission(models.Model):
    """A stay or a visit: treated first, paid later (H-53, H-56).

    ``deposit_fen`` is what the institution took in advance: 0 for the registered, whom the
    agreement ``agreement`` binds instead.
    """

    public_id = models.CharField(max_length=32, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    # Found by the index below, which tells who stayed there without looking at the stays.
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=20)
    admitted_on = models.DateField()
    agreement = models.CharField(max_length=60, blank=True)
    deposit_fen = models.PositiveBigIntegerField(default=0)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (
            models.Index(fields=("institution", "person"), name="stays_of_a_hospital_by_person"),
        )


class FeeLine(models.Model):
    """One line of a bill; its four parts add up to its total.

    ``quantity_thousandths`` × ``unit_price_fen`` is the total, rounded half up to the fen.
    ``in_scope_fen`` is what lies inside the policy's scope (政策范围内), the catalogue part.
    A line is never changed: a corrected one names the line it ``replaces``, which stays.
    """

    class Catalogue(models.TextChoices):
        A = "A", _("甲类")
        B = "B", _("乙类")
        C = "C", _("丙类（目录外）")

    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="fee_lines")
    number = models.PositiveIntegerField()
    item = models.CharField(max_length=120)
    catalogue = models.CharField(max_length=1, choices=Catalogue)
    quantity_thousandths = models.PositiveBigIntegerField()
    unit_price_fen = models.PositiveBigIntegerField()
    total_fen = models.PositiveBigIntegerField()
    full_own_fen = models.PositiveBigIntegerField()
    over_limit_fen = models.PositiveBigIntegerField()
    first_own_fen = models.PositiveBigIntegerField()
    in_scope_fen = models.PositiveBigIntegerField()
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("admission", "number"), name="a_fee_line_comes_once"),
            models.CheckConstraint(
                condition=Q(
                    total_fen=F("full_own_fen")
                    + F("over_limit_fen")
                    + F("first_own_fen")
                    + F("in_scope_fen")
                ),
                name="the_parts_of_a_fee_line_add_up",
            ),
        )


class PersonYear(models.Model):
    """The running totals of one person's year: the row that a settlement locks.

    ``totals`` are the policy's running totals in fen, by rule; always the fold of the claims in
    force. ``sequence`` counts entries; ``position`` is the last place in the order of claims.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveBigIntegerField(default=0)
    position = models.PositiveBigIntegerField(default=0)
    totals = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "year"), name="one_row_for_a_persons_year"),
        )


class Claim(models.Model):
    """One claim with its frozen facts; never changed, only replaced or reversed by entries.

    ``position`` orders the claims of a year; ``evidence`` says which rows of the registry the
    facts rest on; ``replaces`` is the claim that this one corrects, or the reversed one of a stay
    that is settled again. So the claims of a stay are a chain, and only its last can be in force.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    year = models.ForeignKey(PersonYear, on_delete=models.PROTECT, related_name="claims")
    position = models.PositiveBigIntegerField()
    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="claims")
    # Claims are found by their year, stay or date: an index here would only be written.
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, db_index=False)
    date = models.DateField(db_index=True)
    facts = models.JSONField()
    evidence = models.JSONField()
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("admission",),
                condition=Q(replaces__isnull=True),
                name="an_admission_is_settled_once",
            ),
        )


class PolicyVersion(models.Model):
    """What a version of a policy was made of: a pack, and the text of the adoption file, if any.

    ``version`` is a digest of both, so a version is written once and never changed. With it a
    claim can be settled again under the policy of then (`doudi.office.settlement.versions`).
    """

    version = models.CharField(primary_key=True, max_length=12)
    pack = models.CharField(max_length=60)
    adoption = models.TextField(blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)


class PolicyText(models.Model):
    """The words and values of one version of a pack, as `doudi.rules.frozen` takes them down.

    Entries say what they were worked out by; with this and their numbers the whole working can be
    printed again, whatever the pack becomes. ``id`` is made from ``content``, so the same text is
    kept once.
    """

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=60)
    version = models.CharField(max_length=12)
    content = models.JSONField()
    recorded_at = models.DateTimeField(auto_now_add=True)


class Entry(models.Model):
    """What one claim was given, or by how much that changed, and why.

    ``outputs`` are the amounts in force after this entry, ``changes`` the difference to before;
    both in fen by output. ``cause`` is the entry that made this one necessary. ``numbers`` are the
    results of every step of the working, frozen; None when nothing was worked out.
    """

    class Sort(models.TextChoices):
        SETTLE = "settle", _("结算")
        DIFFERENCE = "difference", _("差额")
        REVERSE = "reverse", _("冲销")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    # Found by (year, number) and by claim; causes and texts are followed from the entry only.
    year = models.ForeignKey(
        PersonYear, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    number = models.PositiveBigIntegerField()
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="entries")
    sort = models.CharField(max_length=10, choices=Sort)
    cause = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_index=False)
    outputs = models.JSONField()
    changes = models.JSONField()
    opening = models.JSONField()
    closing = models.JSONField()
    numbers = models.JSONField(null=True)
    text = models.ForeignKey(PolicyText, on_delete=models.PROTECT, db_index=False)
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, null=True)
    actor = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("year", "number"), name="entries_of_a_year_are_counted"
            ),
            models.UniqueConstraint(
                fields=("claim",), condition=Q(sort="reverse"), name="a_claim_is_reversed_once"
            ),
            models.UniqueConstraint(
                fields=("claim",), condition=Q(sort="settle"), name="a_claim_is_settled_once"
            ),
        )
        indexes = (models.Index(fields=("recorded_at",)),)


class InstalmentPlan(models.Model):
    """When the own part of a stay is paid, as agreed or as a correction left it; never changed.

    ``number`` counts the plans of a stay and the last one holds: its parts come to what was owed
    when it was made. ``cause`` is the entry that changed what is owed; None for an agreement.
    """

    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="plans")
    number = models.PositiveSmallIntegerField()
    cause = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("admission", "number"), name="the_plans_of_a_stay_are_counted"
            ),
        )


class Instalment(models.Model):
    """A part of the own payment that is to be paid by a day."""

    plan = models.ForeignKey(InstalmentPlan, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount_fen = models.PositiveBigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("plan", "number"), name="an_instalment_comes_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="an_instalment_is_money"),
        )


class KeptSums(models.Model):
    """Up to when the sums of figures are kept; one row. Entries recorded later are read live.

    ``own_total`` is the running total that `KeptYear` rows hold; ``transfer`` is the last
    transfer of the ledger that `KeptUnpaid` rows count in.
    """

    until = models.DateTimeField()
    own_total = models.CharField(max_length=60, blank=True)
    transfer = models.BigIntegerField(default=0)


class KeptSum(models.Model):
    """What settlements of one sort come to, for a place; money in fen.

    ``place`` is the area code of a division, for all who live in it, or the code of an
    institution. ``own`` and ``share`` are bands as `doudi.office.settlement.figures` has them.
    """

    place = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    institution = models.CharField(max_length=12)
    own = models.PositiveSmallIntegerField()
    share = models.PositiveSmallIntegerField()
    claims = models.BigIntegerField()
    basic_fen = models.BigIntegerField()
    critical_fen = models.BigIntegerField()
    commercial_fen = models.BigIntegerField()
    assistance_fen = models.BigIntegerField()
    backstop_fen = models.BigIntegerField()
    own_fen = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("place", "year", "month", "institution", "own", "share"),
                name="settlements_of_a_sort_are_summed_once",
            ),
        )


class KeptOwed(models.Model):
    """What claims made payers owe an institution in a month of the ledger, in fen."""

    institution = models.CharField(max_length=12)
    period = models.CharField(max_length=6)
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("institution", "period"), name="what_is_owed_of_a_month_is_summed_once"
            ),
        )


class KeptYear(models.Model):
    """What a person has paid in a year, in fen, so that the highest are found by index.

    ``division`` is the gacha the person lives in, empty for who has no household.
    """

    person_year = models.OneToOneField(PersonYear, on_delete=models.PROTECT, primary_key=True)
    year = models.PositiveSmallIntegerField()
    division = models.CharField(max_length=12)
    own_fen = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=("year", "own_fen", "division")),)


class KeptUnpaid(models.Model):
    """What a person owes for a stay, in fen; below 0 so much is to be given back; never 0.

    ``period`` is the month (``YYYYMM``) in which the stay was settled first.
    """

    admission = models.OneToOneField(Admission, on_delete=models.PROTECT, primary_key=True)
    institution = models.CharField(max_length=12)
    period = models.CharField(max_length=6)
    owed_fen = models.BigIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=("period", "admission")),
            models.Index(fields=("institution", "period", "admission")),
        )


class KeptUnpaidMonth(models.Model):
    """How many stays of a month owe an institution something, and how much in fen."""

    institution = models.CharField(max_length=12)
    period = models.CharField(max_length=6)
    stays = models.BigIntegerField()
    owed_fen = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("institution", "period"), name="what_people_owe_of_a_month_is_summed_once"
            ),
        )
