"""Accounts, and transfers between them that are added and never changed.

A posting is one linked unit of transfers. The database itself keeps it whole: its transfers must
match the number and sum that it states, nothing can be added to a posting that stands, nothing
can be changed or deleted, and a closed month takes no transfer (see the triggers in
``migrations``).
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

PAYERS = ("basic", "critical", "commercial", "assistance", "backstop")
"""The five payers, in the order of payment (H-14)."""


class Account(models.Model):
    """Something that is owed or held; ``party`` is a payer's name or a person's public id."""

    class Kind(models.TextChoices):
        BILLED = "billed", "医院收入"
        CASH = "cash", "医院到账"
        PENDING = "pending", "待付方确认"
        CONFIRMED = "confirmed", "付方已确认未付"
        PATIENT = "patient", "患者自付未付"

    code = models.CharField(primary_key=True, max_length=80)
    kind = models.CharField(max_length=10, choices=Kind)
    institution = models.CharField(max_length=12, db_index=True)
    party = models.CharField(max_length=40, blank=True)


class Posting(models.Model):
    """One linked unit of transfers: all or none. ``total_fen`` is the sum of its transfers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    code = models.CharField(max_length=20)
    business_date = models.DateField()
    period = models.CharField(max_length=6)
    legs = models.PositiveSmallIntegerField()
    total_fen = models.PositiveBigIntegerField()
    memo = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=("period",)),)


class Transfer(models.Model):
    """``amount_fen`` from the credited to the debited account; always above zero.

    ``number`` counts the transfers of the posting from 1: with the posting it names the transfer.
    """

    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, related_name="transfers", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    debit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="debits", db_index=False
    )
    credit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="credits", db_index=False
    )
    amount_fen = models.PositiveBigIntegerField()
    period = models.CharField(max_length=6)

    class Meta:
        # Not the foreign keys' own: PostgreSQL would get a second one for LIKE with each.
        indexes = (models.Index(fields=("debit",)), models.Index(fields=("credit",)))
        constraints = (
            models.UniqueConstraint(fields=("posting", "number"), name="a_transfer_has_one_place"),
            models.CheckConstraint(condition=Q(number__gt=0), name="transfers_count_from_one"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="a_transfer_moves_money"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="a_transfer_has_two_ends"),
        )


class ClosedMonth(models.Model):
    """A month (``YYYYMM``) that takes no further transfer."""

    period = models.CharField(primary_key=True, max_length=6)
    closed_at = models.DateTimeField(auto_now_add=True)


class Statement(models.Model):
    """What one payer owes one institution for a closed month; may be negative after corrections."""

    payer = models.CharField(max_length=12)
    institution = models.CharField(max_length=12)
    period = models.CharField(max_length=6)
    amount_fen = models.BigIntegerField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("payer", "institution", "period"), name="one_statement_a_month"
            ),
        )


class StatementStep(models.Model):
    """A statement confirmed or paid: each at most once."""

    class Step(models.TextChoices):
        CONFIRMED = "confirmed", "已确认"
        PAID = "paid", "已支付"

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10, choices=Step)
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("statement", "step"), name="a_step_is_taken_once"),
        )
