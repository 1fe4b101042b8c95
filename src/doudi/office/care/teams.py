"""The teams, and the kinds of service package that the bureau has named (H-42, H-45)."""

from __future__ import annotations

from django.utils import timezone

from doudi.office.audit.services import note
from doudi.office.care.errors import CareRefused
from doudi.office.care.models import ServicePackage, Team
from doudi.office.registry.changes import check_text, existing, one_change
from doudi.office.settlement.models import Institution
from doudi.office.settlement.policy import active_policy

_LONGEST = 60
_LONGEST_CONTENT = 200


def open_team(
    *, actor: str, reason: str, name: str, institution: str, synthetic: bool = False
) -> Team:
    """A new team of an institution; CareRefused for a name that is taken there."""
    check_text("团队名称", "name", name, _LONGEST)
    with one_change(actor, reason):
        place = existing(Institution.objects.filter(code=institution).first())
        if Team.objects.filter(institution=place, name=name).exists():
            raise CareRefused(f"{place.name}已有{name}", "the institution has a team of that name")
        team = Team.objects.create(
            name=name, institution=place, synthetic=synthetic, recorded_by=actor
        )
        detail = {"name": name, "institution": place.code}
        note(
            actor=actor,
            reason=reason,
            service="open_team",
            subject=f"team:{team.public_id}",
            detail=detail,
        )
    return team


def close_team(*, actor: str, reason: str, team: str) -> Team:
    """A team is dissolved today; CareRefused while people still have it."""
    with one_change(actor, reason):
        found = existing(Team.objects.select_for_update().filter(public_id=team).first())
        if found.closed_on is not None:
            raise CareRefused(f"{found.name}早已撤销", "the team is closed already")
        people = found.contracts.filter(withdrawn_at=None, valid_to=None).count()
        if people:
            raise CareRefused(
                f"{found.name}还有 {people} 人签约，请先给他们换团队或结束签约",
                f"{people} people still have the team",
            )
        found.closed_on = timezone.localdate()
        found.save(update_fields=["closed_on"])
        note(
            actor=actor,
            reason=reason,
            service="close_team",
            subject=f"team:{found.public_id}",
            detail={"name": found.name, "institution": found.institution_id},
        )
    return found


def name_package(
    *,
    actor: str,
    reason: str,
    name: str,
    disease: str,
    content: str = "",
    synthetic: bool = False,
) -> ServicePackage:
    """A kind of package under the name that the bureau gave it, for a disease.

    The source counts ten kinds and names none (H-45); CareRefused for one more than the pack's
    ``service_packages``.
    """
    check_text("服务包名称", "name", name, _LONGEST)
    check_text("病种", "disease", disease, _LONGEST)
    if content:
        check_text("内容", "content", content, _LONGEST_CONTENT)
    policy = active_policy()
    most = policy.value_on("service_packages", policy.valid_to).value
    with one_change(actor, reason):
        in_use = list(
            ServicePackage.objects.select_for_update().filter(closed_on=None).order_by("pk")
        )
        if any(package.name == name for package in in_use):
            raise CareRefused(f"已有{name}", "there is a package of that name")
        if isinstance(most, int) and len(in_use) >= most:
            raise CareRefused(
                f"服务包共 {most} 种，已经满了；先停用一种再加", f"there are {most} kinds already"
            )
        package = ServicePackage.objects.create(
            name=name, disease=disease, content=content, synthetic=synthetic, recorded_by=actor
        )
        _note_package(actor, reason, "name_package", package)
    return package


def close_package(*, actor: str, reason: str, package_id: int) -> ServicePackage:
    """A package is no longer chosen; contracts that have it keep it."""
    with one_change(actor, reason):
        package = existing(ServicePackage.objects.select_for_update().filter(pk=package_id).first())
        if package.closed_on is not None:
            raise CareRefused(f"{package.name}早已停用", "the package is closed already")
        package.closed_on = timezone.localdate()
        package.save(update_fields=["closed_on"])
        _note_package(actor, reason, "close_package", package)
    return package


def _note_package(actor: str, reason: str, service: str, package: ServicePackage) -> None:
    note(
        actor=actor,
        reason=reason,
        service=service,
        subject=f"package:{package.pk}",
        detail={"name": package.name, "disease": package.disease},
    )
