"""What somebody proposed, and what somebody else decided about it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from doudi.office.registry.identity import new_public_id
from doudi.office.registry.models import Division
from doudi.office.settlement.models import Institution


class Proposal(models.Model):
    """A change that waits for a second person, or was decided by one.

    ``maker`` and ``checker`` are user names, as the records call people; the database refuses a
    row in which they are the same. ``given`` is JSON data for the service that `kinds` names.
    ``division`` and ``institution`` say whose pages show it. A row is decided once, and then, as
    what was proposed always, stays as it is: a trigger sees to that.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("待复核")
        APPROVED = "approved", _("已通过")
        REFUSED = "refused", _("未通过")
        TAKEN_BACK = "taken_back", _("已撤回")

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id)
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=120)
    given = models.JSONField()
    reason = models.CharField(max_length=200)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, null=True)
    maker = models.CharField(max_length=60)
    made_at = models.DateTimeField(auto_now_add=True)

    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    checker = models.CharField(max_length=60, blank=True)
    remark = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    answer = models.JSONField(null=True)

    class Meta:
        indexes = (models.Index(fields=("state", "made_at")),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(checker=F("maker")), name="who_checks_is_not_who_made_it"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="waiting", checker="", decided_at=None)
                    | Q(state="taken_back", checker="", decided_at__isnull=False)
                    | (
                        Q(state__in=("approved", "refused"), decided_at__isnull=False)
                        & ~Q(checker="")
                    )
                ),
                name="a_decision_has_somebody_and_a_moment",
            ),
            models.UniqueConstraint(
                fields=("kind", "subject"),
                condition=Q(state="waiting"),
                name="one_of_a_kind_waits_for_a_subject",
            ),
        )

    def __str__(self) -> str:
        return self.public_id
