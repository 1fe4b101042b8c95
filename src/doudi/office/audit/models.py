"""One row for every call of a service that changed something, and the sealed chain of days."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Call(models.Model):
    """A service call that changed something: who, when, why, and what it answered.

    ``key`` is the caller's own, so that the same request has one effect however often it comes;
    ``body_hash`` tells a repeated request from another one under the same key.
    """

    key = models.CharField(max_length=100, null=True)
    body_hash = models.CharField(max_length=64)
    service = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    actor = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    detail = models.JSONField()
    answer = models.JSONField(null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("key",), condition=Q(key__isnull=False), name="one_effect_for_a_key"
            ),
        )
        indexes = (models.Index(fields=("subject",)),)


class Seal(models.Model):
    """The end of a sealed day: ``head`` is the last link of the chain, printed on the day sheet."""

    number = models.PositiveIntegerField(unique=True)
    day = models.DateField()
    rows = models.PositiveIntegerField()
    head = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(auto_now_add=True)


class SealedRow(models.Model):
    """One sealed row: its own hash, and the chain up to and including it."""

    position = models.PositiveBigIntegerField(unique=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT)
    table = models.CharField(max_length=60)
    row = models.CharField(max_length=40)
    row_hash = models.CharField(max_length=64)
    link = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("table", "row"), name="a_row_is_sealed_once"),
        )
