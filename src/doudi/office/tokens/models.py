"""Tokens of the API."""

from __future__ import annotations

from django.db import models

from doudi.office.accounts.models import User
from doudi.office.registry.identity import new_public_id


class ApiToken(models.Model):
    """A token of an institution's account; what was handed over is kept as a hash only.

    ``first_used_at`` is when a program first showed it: until then its halves can be seen.

    ``scopes`` are names of `scopes.Scope`. It is good through ``expires_on`` and until it is
    revoked, and while its account is in use. The records call whoever uses it by the account.
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id)
    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)
    first_used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.public_id
