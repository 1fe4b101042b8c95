"""Whose changes an account sees."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from doudi.office.accounts.models import User
from doudi.office.accounts.scope import codes_within, institutions_in_scope
from doudi.office.approvals.kinds import KINDS
from doudi.office.approvals.models import Proposal


def proposals_in_scope(user: User) -> QuerySet[Proposal]:
    """The changes that the account made, and those of its place that its role approves.

    What concerns no place, such as a bureau's own figures, is everybody's who may approve it.
    """
    kinds = [name for name, kind in KINDS.items() if user.may(kind.approve)]
    nowhere = Q(division=None, institution=None)
    return Proposal.objects.filter(
        Q(maker=user.username) | (Q(kind__in=kinds) & (nowhere | _at_place(user)))
    )


def _at_place(user: User) -> Q:
    if user.division is None:
        return Q(institution=user.institution_id)
    inside = Q(division__code__range=codes_within(user.division))
    return inside | Q(institution__in=institutions_in_scope(user))
