"""Accounts of staff, and the people whom a window looked up by their number or card."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doudi.office.accounts.devices import Authenticator
from doudi.office.accounts.permissions import Needed, Permission, allowed
from doudi.office.accounts.roles import OF_AN_INSTITUTION, SECOND_FACTOR, Role
from doudi.office.accounts.session_store import SessionStore
from doudi.office.registry.models import Division, Person
from doudi.office.settlement.models import Institution

__all__ = [
    "Authenticator",
    "ListRead",
    "LoginFailures",
    "LookUp",
    "PersonRead",
    "Session",
    "User",
    "Users",
]


class Users(BaseUserManager["User"]):
    """Accounts by name; they are made by `services.create_account` only."""


class User(AbstractBaseUser):
    """An account of one person on the staff, for one division or one institution.

    ``username`` is what the records call whoever did something, so it is never used again for
    somebody else: accounts are disabled, not deleted.
    """

    username = models.CharField(max_length=30, unique=True)
    display_name = models.CharField(max_length=60)
    role = models.CharField(max_length=20, choices=Role)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, blank=True)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=True)
    demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Users] = Users()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(role__in=Role.values), name="a_role_that_exists"),
            models.CheckConstraint(
                condition=(
                    Q(role__in=OF_AN_INSTITUTION, institution__isnull=False, division__isnull=True)
                    | (
                        ~Q(role__in=OF_AN_INSTITUTION)
                        & Q(institution__isnull=True, division__isnull=False)
                    )
                ),
                name="an_account_has_its_one_place",
            ),
        )

    def __str__(self) -> str:
        return self.username

    def may(self, permission: Needed) -> bool:
        """Whether the account's role allows it; one of several is enough, None needs nothing."""
        if permission is None:
            return True
        # A permission is a text, and would be taken apart.
        several = (permission,) if isinstance(permission, Permission) else permission
        return bool(allowed(self.role) & set(several))

    @property
    def needs_second_factor(self) -> bool:
        """Whether a password alone is too little for this role."""
        return self.role in SECOND_FACTOR

    @property
    def place(self) -> str:
        """The name of the division or institution that the account works for."""
        place = self.institution if self.role in OF_AN_INSTITUTION else self.division
        assert place is not None
        return place.name


class Session(AbstractBaseSession):
    """A login, and by what its account recognises it; see `session_store`.

    ``seen_at`` is noted once a minute at most. ``browser`` is a kind, such as ``firefox/windows``.
    """

    account = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    browser = models.CharField(max_length=20)

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        """What reads and writes it."""
        return SessionStore


class LoginFailures(models.Model):
    """How often logging in failed on a day under a name; see `login_failures`.

    ``passwords`` and ``tokens`` are wrong ones, ``locks`` how often the name was locked.
    """

    day = models.DateField()
    username = models.CharField(max_length=30)
    passwords = models.PositiveIntegerField()
    tokens = models.PositiveIntegerField()
    locks = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("day", "username"), name="failures_of_a_day_and_name"),
        )


class LookUp(models.Model):
    """A person whom somebody at a window found by the whole ID number, card or name.

    For the rest of that day the person is in the finder's scope, wherever the person is
    registered. Rows are only ever added, and sealed.
    """

    class By(models.TextChoices):
        ID_NUMBER = "id_number", _("身份证号")
        CARD = "card", _("医保卡号")
        NAME = "name", _("姓名全名")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="look_ups")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="look_ups")
    by = models.CharField(max_length=10, choices=By)
    day = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=("user", "day")),)


class PersonRead(models.Model):
    """A page or a call that showed a person to somebody; ``page`` is its route, ``desk:person``.

    Neither people nor accounts are ever deleted, so the database need not lock their rows to be
    sure of them while somebody settles.
    """

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    reader = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    page = models.CharField(max_length=40)
    read_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = (
            models.Index(fields=("person", "read_at"), name="accounts_reads_of_person"),
            models.Index(fields=("reader", "read_at"), name="accounts_reads_by_reader"),
        )


class ListRead(models.Model):
    """A list that named people to somebody: ``rows`` of them, on the page with this route.

    ``asked`` is what picked them, such as ``year=2018&state=unplanned``: codes and words of ours,
    never what somebody typed about a person.
    """

    reader = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    page = models.CharField(max_length=40)
    asked = models.CharField(max_length=200, blank=True)
    rows = models.PositiveIntegerField()
    read_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = (models.Index(fields=("reader", "read_at"), name="accounts_lists_by_reader"),)
