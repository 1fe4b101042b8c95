"""Divisions, households, people, and what was true of a person from when to when.

The rows about a person are history: none is deleted, and of a written row only ``valid_to`` and
``withdrawn_at`` are ever set, once, by the services. Days are whole days in Asia/Shanghai, and
``valid_to`` is the last day on which something holds.

People and households that came by an import which was undone are withdrawn: ``objects`` leaves
them out, ``with_withdrawn`` has them all, and their ID number and household number are free again.
"""

from __future__ import annotations

from typing import TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_noop as _

from doudi.office.registry.identity import new_public_id

_Row = TypeVar("_Row", bound=models.Model)


class InForce(models.Manager[_Row]):
    """Rows that are not withdrawn."""

    def get_queryset(self) -> models.QuerySet[_Row]:
        """All of them; the base of every query that starts at ``objects``."""
        return super().get_queryset().filter(withdrawn_at=None)


class Division(models.Model):
    """A place by its national area code of 12 digits; the codes above a village end in zeros."""

    class Level(models.TextChoices):
        LEAGUE = "league", _("盟")
        BANNER = "banner", _("旗县市")
        SUMU = "sumu", _("苏木乡镇街道")
        GACHA = "gacha", _("嘎查村社区")

    code = models.CharField(primary_key=True, max_length=12)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=6, choices=Level)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Household(models.Model):
    """A household by the number the registry of poor households gave it."""

    number = models.CharField(max_length=20)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="households")
    synthetic = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InForce()
    with_withdrawn = models.Manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("number",),
                condition=Q(withdrawn_at=None),
                name="a_household_number_is_used_once",
            ),
        )

    def __str__(self) -> str:
        return self.number


class Relation(models.TextChoices):
    """Relation to the head of the household.

    Background (g) has 01 only; the others as two public programs of other regions list them.
    """

    HEAD = "01", _("户主")
    SPOUSE = "02", _("配偶")
    SON = "03", _("之子")
    DAUGHTER = "04", _("之女")
    SONS_WIFE = "05", _("之儿媳")
    DAUGHTERS_HUSBAND = "06", _("之女婿")
    SONS_SON = "07", _("之孙子")
    SONS_DAUGHTER = "08", _("之孙女")
    DAUGHTERS_SON = "09", _("之外孙子")
    DAUGHTERS_DAUGHTER = "10", _("之外孙女")
    FATHER = "11", _("之父")
    MOTHER = "12", _("之母")
    WIFES_FATHER = "13", _("之岳父")
    WIFES_MOTHER = "14", _("之岳母")
    HUSBANDS_FATHER = "15", _("之公公")
    HUSBANDS_MOTHER = "16", _("之婆婆")
    FATHERS_FATHER = "17", _("之祖父")
    FATHERS_MOTHER = "18", _("之祖母")
    MOTHERS_FATHER = "19", _("之外祖父")
    MOTHERS_MOTHER = "20", _("之外祖母")
    OTHER = "99", _("其他")


class Cause(models.TextChoices):
    """Why a household is poor. The numbers 01-11 for this order are our match (background (g))."""

    ILLNESS = "01", _("因病")
    DISABILITY = "02", _("因残")
    SCHOOLING = "03", _("因学")
    DISASTER = "04", _("因灾")
    LACK_OF_LAND = "05", _("缺土地")
    LACK_OF_WATER = "06", _("缺水")
    LACK_OF_TECHNOLOGY = "07", _("缺技术")
    LACK_OF_LABOUR = "08", _("缺劳力")
    LACK_OF_FUNDS = "09", _("缺资金")
    BACKWARD_TRANSPORT = "10", _("交通条件落后")
    WEAK_OWN_DRIVE = "11", _("自身发展动力不足")


class Health(models.TextChoices):
    """How a person's health was last reported (background (g): AB01 field AAB017).

    That there is such a field is known; its list of values is not, and these are ours.
    """

    HEALTHY = "healthy", _("健康")
    CHRONIC = "chronic", _("长期慢性病")
    SERIOUS = "serious", _("患有大病")
    DISABLED = "disabled", _("残疾")


class Person(models.Model):
    """A person. ``public_id`` is the only name that goes into addresses, files and the ledger.

    ``initials`` are those of the name's pinyin (`doudi.office.registry.names`).
    """

    class Sex(models.TextChoices):
        MALE = "1", _("男")
        FEMALE = "2", _("女")

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, null=True, related_name="people"
    )
    public_id = models.CharField(max_length=26, unique=True, default=new_public_id)
    name = models.CharField(max_length=60, db_index=True)
    initials = models.CharField(max_length=60, blank=True, db_index=True)
    relation = models.CharField(max_length=2, choices=Relation)
    born = models.DateField(null=True)
    sex = models.CharField(max_length=1, choices=Sex)
    id_cipher = models.BinaryField()
    id_index = models.CharField(max_length=64)
    card_index = models.CharField(max_length=64, null=True, db_index=True)
    phone_cipher = models.BinaryField(null=True)
    health = models.CharField(max_length=8, choices=Health, blank=True)
    synthetic = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InForce()
    with_withdrawn = models.Manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("id_index",),
                condition=Q(withdrawn_at=None),
                name="an_id_number_is_registered_once",
            ),
        )

    def __str__(self) -> str:
        return self.public_id


class NameReading(models.Model):
    """Another way to read a person's name, by the initials of its pinyin."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="readings")
    initials = models.CharField(max_length=60, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("initials", "person"), name="a_reading_of_a_name_is_kept_once"
            ),
        )


class KeptCount(models.Model):
    """How many of a place were registered at the end of a year for a cause, and also insured.

    ``place`` is the area code of a division, for all who live in it; counted on ``counted_on``.
    """

    place = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=2, choices=Cause)
    registered = models.PositiveIntegerField()
    enrolled = models.PositiveIntegerField()
    counted_on = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("place", "year", "cause"), name="a_cause_of_a_place_is_counted_once"
            ),
        )


class Move(models.Model):
    """Somebody went to another household, or with ``person`` empty the whole household elsewhere.

    ``moved_on`` is the first day there. Rows are only ever added.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="moves")
    from_household = models.ForeignKey(
        Household, on_delete=models.PROTECT, null=True, related_name="moves_out"
    )
    to_household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="moves_in")
    from_division = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, related_name="+"
    )
    to_division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+")
    moved_on = models.DateField()
    reason = models.CharField(max_length=200)
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    person=None, from_household__isnull=False, from_household=F("to_household")
                )
                | (
                    Q(person__isnull=False)
                    & (Q(from_household=None) | ~Q(from_household=F("to_household")))
                ),
                name="a_move_leads_elsewhere",
            ),
        )


class SealedNumber(models.Model):
    """A number that waits to become a person's or once was: encrypted, for this row only.

    A proposal names the row in place of the number, so that what is proposed, which stays for
    ever, tells nobody's phone or ID number. ``former`` numbers were the person's own. The number
    of a proposal that was not approved is deleted, and ``cipher`` empty then; the row stays.
    """

    class Use(models.TextChoices):
        PHONE = "phone", _("联系电话")
        ID_NUMBER = "id_number", _("身份证号")

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sealed_numbers")
    use = models.CharField(max_length=10, choices=Use)
    cipher = models.BinaryField(null=True)
    former = models.BooleanField(default=False)
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.public_id


class RegistrationPeriod(models.Model):
    """Registered as poor (建档立卡) from ``valid_from`` to ``valid_to``, both days included.

    Periods of one person that are not withdrawn never overlap: the services see to it.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="registrations")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    cause = models.CharField(max_length=2, choices=Cause)
    document = models.CharField(max_length=120)
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="a_registration_ends_after_it_begins",
            ),
        )


class Enrolment(models.Model):
    """Insured in the resident scheme for a calendar year; the premium is the person's own part."""

    class PaidBy(models.TextChoices):
        PERSON = "person", _("本人")
        GOVERNMENT = "government", _("政府")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    year = models.PositiveSmallIntegerField()
    premium_own_fen = models.PositiveBigIntegerField()
    paid_by = models.CharField(max_length=10, choices=PaidBy)
    document = models.CharField(max_length=120)
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InForce()
    with_withdrawn = models.Manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person", "year"),
                condition=Q(withdrawn_at=None),
                name="enrolled_once_a_year",
            ),
        )


class DiseaseListing(models.Model):
    """On a list of the health offices for a disease, from one day to another, both included."""

    class List(models.TextChoices):
        SERIOUS = "serious", _("大病")
        CHRONIC = "chronic", _("慢性病")
        SPECIAL_CHRONIC = "special_chronic", _("特殊慢性病")
        DRUG_PURCHASE = "drug_purchase", _("购药")
        SEVERE_BACKSTOP = "severe_backstop", _("重病兜底")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="listings")
    list = models.CharField(max_length=16, choices=List)
    disease = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    document = models.CharField(max_length=120)
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InForce()
    with_withdrawn = models.Manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="a_listing_ends_after_it_begins",
            ),
        )


class IndexKey(models.Model):
    """A key that blind indexes of ID numbers are made with, by what those begin with.

    One is ``current``: whoever writes an index writes it with that one. ``in_use`` are those that
    somebody's ID number may still be found by only. `doudi.office.registry.index_keys` changes
    them.
    """

    tag = models.CharField(max_length=8, unique=True)
    current = models.BooleanField()
    in_use = models.BooleanField(default=True)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("current",), condition=Q(current=True), name="one_key_makes_indexes"
            ),
            models.CheckConstraint(
                condition=Q(current=False) | Q(in_use=True), name="the_current_key_is_in_use"
            ),
        )
