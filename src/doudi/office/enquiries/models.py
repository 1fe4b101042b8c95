"""Saved enquiries, which only their code opens, and disputes, which the staff reads."""

from __future__ import annotations

from django.db import models


class SavedEnquiry(models.Model):
    """The replies of an enquiry that somebody asked to keep; deleted after ``expires_at``.

    ``locator`` is a hash of the code and ``sealed`` the replies, encrypted under a key made of the
    code. The code itself is nowhere, so that nobody who reads this table learns anything.
    """

    locator = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)


class Dispute(models.Model):
    """An answer that somebody thinks is wrong, with what was asked; nobody is named in it.

    ``own_paid`` is what the person really paid (fen), ``entitlement`` the id of what was wrongly
    granted or refused, ``policy_version`` the version that gave the answer.
    """

    class Wrong(models.TextChoices):
        """What is wrong with it."""

        AMOUNT = "amount", "金额和实际付的不一样"
        GRANTED = "granted", "说能给，实际没给"
        REFUSED = "refused", "说不能给，实际给了"
        WORDS = "words", "看不明白，或写得不对"

    public_id = models.CharField(max_length=26, unique=True)
    filed_at = models.DateTimeField(auto_now_add=True, db_index=True)
    wrong = models.CharField(max_length=10, choices=Wrong)
    own_paid = models.BigIntegerField(null=True)
    entitlement = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=300, blank=True)
    replies = models.JSONField()
    policy_version = models.CharField(max_length=60)
