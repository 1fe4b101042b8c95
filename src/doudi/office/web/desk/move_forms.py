"""The forms for people and households that move, and for a number that was wrong."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from doudi.office.registry.models import Person, Relation
from doudi.office.web.desk.people_forms import ChangeForm, day_field
from doudi.office.web.labels import choices_of, label

_MEMBER = "member_"
_STAYS = ("", _("不走"))


class IdNumberForm(ChangeForm):
    """Put somebody's ID number right."""

    id_number = forms.CharField(
        label=_("正确的身份证号"),
        help_text=_("18 位；出生日期和性别跟着改"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    field_order = ("id_number", "reason")


class _MoveForm(ChangeForm):
    moved_on = day_field(_("迁移日期"))


class JoinForm(_MoveForm):
    """Put somebody into another household."""

    household_number = forms.CharField(label=_("迁入的户编号"), max_length=20)
    relation = forms.ChoiceField(label=_("与那一户户主的关系"), choices=choices_of(Relation))
    field_order = ("household_number", "relation", "moved_on", "reason")


class SplitForm(_MoveForm):
    """Make somebody the head of a new household, with those who go along."""

    household_number = forms.CharField(label=_("新户编号"), max_length=20)
    division_code = forms.CharField(
        label=_("新户的村代码"),
        help_text=_("12 位；还在本村就空着"),
        max_length=12,
        required=False,
    )

    def for_person(self, person: Person) -> None:
        """Ask of each housemate whether they go along, and as what."""
        others = (
            []
            if person.household is None
            else list(person.household.people.exclude(pk=person.pk).order_by("relation", "pk"))
        )
        relations = [choice for choice in choices_of(Relation) if choice[0] != Relation.HEAD]
        for other in others:
            self.fields[f"{_MEMBER}{other.pk}"] = forms.ChoiceField(
                label=f"{other.name}（{label(Relation(other.relation))}）",
                help_text=_("随迁的，选与新户主的关系"),
                choices=[_STAYS, *relations],
                required=False,
            )
        names = [name for name in self.fields if name.startswith(_MEMBER)]
        self.order_fields(["household_number", *names, "division_code", "moved_on", "reason"])

    def given(self) -> dict[str, Any]:
        """The keywords of the service, as JSON data."""
        all_given = super().given()
        plain = {name: all_given[name] for name in all_given if not name.startswith(_MEMBER)}
        members = {
            name.removeprefix(_MEMBER): value
            for name, value in all_given.items()
            if name.startswith(_MEMBER) and value
        }
        return {**plain, "division_code": plain["division_code"] or None, "members": members}


class MoveHouseholdForm(_MoveForm):
    """Move a whole household to another village."""

    division_code = forms.CharField(
        label=_("迁往的村代码"), help_text=_("12 位区划代码，嘎查村社区一级"), max_length=12
    )
    field_order = ("division_code", "moved_on", "reason")
