"""Treatment of serious disease, contracts with family-doctor teams, their services, check-ups.

Every row stays. Of a written row only the columns that say how it ended are ever set, once, and
`migrations/0002_rows_stay.py` makes the database refuse anything else. Days are whole days in
Asia/Shanghai. Who needs what is not kept here: it follows from the registry's disease lists.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from doudi.office.registry.identity import new_public_id
from doudi.office.registry.models import DiseaseListing, Household, Person
from doudi.office.settlement.models import Institution


class Recorded(models.Model):
    """Who wrote a row, when, and when it was withdrawn as a mistake."""

    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class TreatmentPlan(Recorded):
    """When and in which designated hospital a patient will be treated (H-41); the newest counts."""

    listing = models.ForeignKey(DiseaseListing, on_delete=models.PROTECT, related_name="plans")
    planned_on = models.DateField()
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    note = models.CharField(max_length=200, blank=True)


class Treatment(Recorded):
    """A patient of the serious list has been treated; in the batch when ``designated`` (H-35).

    ``designated`` is what the institution was when this was recorded.
    """

    listing = models.ForeignKey(DiseaseListing, on_delete=models.PROTECT, related_name="treatments")
    treated_on = models.DateField()
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    designated = models.BooleanField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("listing",),
                condition=Q(withdrawn_at=None),
                name="a_serious_disease_is_treated_once",
            ),
        )


class Team(models.Model):
    """A family-doctor team of a health centre or hospital (H-42)."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id)
    name = models.CharField(max_length=60)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    synthetic = models.BooleanField(default=False)
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField(auto_now_add=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("institution", "name"), name="a_team_has_one_name_in_its_institution"
            ),
        )

    def __str__(self) -> str:
        return self.name


class ServicePackage(models.Model):
    """One kind of contract service package (H-45), for a disease; the bureau names them."""

    name = models.CharField(max_length=60)
    disease = models.CharField(max_length=60)
    content = models.CharField(max_length=200, blank=True)
    synthetic = models.BooleanField(default=False)
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField(auto_now_add=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("name",), condition=Q(closed_on=None), name="a_package_has_one_name"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Contract(Recorded):
    """A person has chosen a team, alone or with the family (H-42), from a day to a day.

    ``household`` is set where the family signed together; ``agreed_by`` says who agreed.
    """

    class AgreedBy(models.TextChoices):
        PERSON = "person", _("本人")
        HEAD = "head", _("户主")
        GUARDIAN = "guardian", _("监护人")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contracts")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="contracts")
    package = models.ForeignKey(ServicePackage, on_delete=models.PROTECT, null=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True)
    agreed_by = models.CharField(max_length=8, choices=AgreedBy)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person",),
                condition=Q(valid_to=None, withdrawn_at=None),
                name="one_family_doctor_team_for_a_person",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="a_contract_ends_after_it_begins",
            ),
        )
        indexes = (
            # With the days in it, so that whether somebody is signed is seen without the row.
            models.Index(
                fields=("person", "valid_from", "valid_to"),
                condition=Q(withdrawn_at=None),
                name="contracts_of_a_person_by_day",
            ),
        )


class Service(Recorded):
    """What a team did for somebody under a contract, on a day (H-43, H-46).

    One of a sort a day: a form that is sent twice is paid once. What the source says of several
    on one day is nothing, so this is ours.
    """

    class Sort(models.TextChoices):
        HOME_TREATMENT = "home_treatment", _("上门诊疗")
        DRUG_DELIVERY = "drug_delivery", _("代购药品并送到")
        FAMILY_BED_VISIT = "family_bed_visit", _("家庭病床出诊")
        REFERRAL = "referral", _("转诊")
        COMMON_ILLNESS = "common_illness", _("常见病诊治")
        RATIONAL_DRUGS = "rational_drugs", _("合理用药指导")
        PUBLIC_HEALTH = "public_health", _("基本公共卫生服务")
        ASSESSMENT = "assessment", _("健康评估")
        REHABILITATION = "rehabilitation", _("康复指导")
        HOME_NURSING = "home_nursing", _("家庭护理")
        PREVENTIVE_CARE = "preventive_care", _("蒙中医调养")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="services")
    sort = models.CharField(max_length=16, choices=Sort)
    day = models.DateField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("contract", "sort", "day"),
                condition=Q(withdrawn_at=None),
                name="one_service_of_a_sort_a_day",
            ),
        )
        indexes = (models.Index(fields=("day", "sort")),)


class CheckUpCall(Recorded):
    """Somebody is to have the free check-up of a year: who wishes, or a key person (H-60)."""

    class Why(models.TextChoices):
        WISHES = "wishes", _("自愿")
        KEY_PERSON = "key_person", _("重点人群")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="check_up_calls")
    year = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=10, choices=Why)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person", "year"),
                condition=Q(withdrawn_at=None),
                name="called_to_a_check_up_once_a_year",
            ),
        )


class CheckUp(Recorded):
    """A check-up that was done, and what was found (H-61)."""

    class Treated(models.TextChoices):
        NOT_ILL = "not_ill", _("没有发现疾病")
        UNTREATED = "untreated", _("发现疾病，未治疗")
        IN_TREATMENT = "in_treatment", _("发现疾病，正在治疗")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="check_ups")
    day = models.DateField()
    year = models.PositiveSmallIntegerField()
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, null=True)
    finding = models.CharField(max_length=12, choices=Treated)
    disease = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person", "day"),
                condition=Q(withdrawn_at=None),
                name="one_check_up_a_day",
            ),
            models.CheckConstraint(
                condition=Q(finding="not_ill", disease="")
                | (~Q(finding="not_ill") & ~Q(disease="")),
                name="an_illness_that_was_found_has_a_name",
            ),
        )
