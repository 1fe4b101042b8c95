"""What each role may do, in one table. Whom it may do it to is said in `scope`."""

from __future__ import annotations

from enum import StrEnum

from doudi.office.accounts.roles import Role


class Permission(StrEnum):
    """Something that can be done; a page names the one it needs."""

    SEE_PEOPLE = "see_people"
    CHANGE_PEOPLE = "change_people"
    """Propose a change to a registration, an enrolment or a disease list."""
    APPROVE_PEOPLE = "approve_people"
    """Approve such a change that somebody else has proposed."""
    IMPORT_PEOPLE = "import_people"
    EXPORT_PEOPLE = "export_people"
    UNMASK = "unmask"
    """See an ID number in full, with a reason, which is recorded."""
    SETTLE = "settle"
    """Find a person by number or card, admit, enter the bill, settle, take the own part."""
    SEE_SETTLEMENTS = "see_settlements"
    CORRECT = "correct"
    """Propose to reverse or correct a settlement."""
    APPROVE_CORRECTION = "approve_correction"
    SEE_FIGURES = "see_figures"
    READ_CASES = "read_cases"
    """Read the cases that the public filed because an answer looks wrong."""
    PROPOSE_ADOPTION = "propose_adoption"
    APPROVE_ADOPTION = "approve_adoption"
    SEE_CARE = "see_care"
    """See who needs treatment, a family doctor or a check-up, and what was done."""
    RECORD_CARE = "record_care"
    """Record contracts with family-doctor teams, their services, and check-ups."""
    PLAN_TREATMENT = "plan_treatment"
    """Record plans for serious disease, and that it was treated."""
    SET_UP_CARE = "set_up_care"
    """Open teams and name service packages."""
    SEE_AUDIT = "see_audit"
    SEE_READS = "see_reads"
    """See who opened which person's page."""
    MANAGE_ACCOUNTS = "manage_accounts"
    """Look after accounts, and propose new ones and resets."""
    APPROVE_ACCOUNTS = "approve_accounts"
    """Approve a new account or a reset that somebody else has proposed."""


MAKERS_AND_CHECKERS = (
    Permission.CHANGE_PEOPLE,
    Permission.APPROVE_PEOPLE,
    Permission.CORRECT,
    Permission.APPROVE_CORRECTION,
    Permission.PROPOSE_ADOPTION,
    Permission.APPROVE_ADOPTION,
    Permission.MANAGE_ACCOUNTS,
    Permission.APPROVE_ACCOUNTS,
)
"""With any of them there are changes to look at that wait for a second person."""

Needed = Permission | tuple[Permission, ...] | None
"""What a page or a job needs: a permission, any one of several, or only an account."""

_P = Permission
_TABLE: dict[str, tuple[Permission, ...]] = {
    Role.VILLAGE: (
        _P.SEE_PEOPLE,
        _P.CHANGE_PEOPLE,
        _P.IMPORT_PEOPLE,
        _P.SEE_CARE,
        _P.RECORD_CARE,
    ),
    Role.SUMU: (
        _P.SEE_PEOPLE,
        _P.CHANGE_PEOPLE,
        _P.APPROVE_PEOPLE,
        _P.IMPORT_PEOPLE,
        _P.EXPORT_PEOPLE,
        _P.UNMASK,
        _P.SEE_CARE,
        _P.RECORD_CARE,
        _P.PLAN_TREATMENT,
    ),
    Role.CLERK: (
        _P.SEE_PEOPLE,
        _P.SETTLE,
        _P.SEE_SETTLEMENTS,
        _P.CORRECT,
        _P.UNMASK,
        _P.SEE_CARE,
        _P.PLAN_TREATMENT,
    ),
    Role.HOSPITAL: (
        _P.SEE_PEOPLE,
        _P.SEE_SETTLEMENTS,
        _P.CORRECT,
        _P.APPROVE_CORRECTION,
        _P.SEE_FIGURES,
        _P.SEE_CARE,
        _P.PLAN_TREATMENT,
    ),
    Role.BANNER: (
        _P.SEE_PEOPLE,
        _P.CHANGE_PEOPLE,
        _P.APPROVE_PEOPLE,
        _P.IMPORT_PEOPLE,
        _P.EXPORT_PEOPLE,
        _P.UNMASK,
        _P.SEE_SETTLEMENTS,
        _P.CORRECT,
        _P.APPROVE_CORRECTION,
        _P.SEE_FIGURES,
        _P.READ_CASES,
        _P.SEE_CARE,
        _P.RECORD_CARE,
        _P.PLAN_TREATMENT,
        _P.SET_UP_CARE,
        _P.APPROVE_ACCOUNTS,
    ),
    Role.LEAGUE: (
        _P.SEE_PEOPLE,
        _P.CHANGE_PEOPLE,
        _P.APPROVE_PEOPLE,
        _P.IMPORT_PEOPLE,
        _P.EXPORT_PEOPLE,
        _P.UNMASK,
        _P.SEE_SETTLEMENTS,
        _P.CORRECT,
        _P.APPROVE_CORRECTION,
        _P.SEE_FIGURES,
        _P.READ_CASES,
        _P.PROPOSE_ADOPTION,
        _P.APPROVE_ADOPTION,
        _P.SEE_CARE,
        _P.PLAN_TREATMENT,
        _P.SET_UP_CARE,
        _P.APPROVE_ACCOUNTS,
    ),
    Role.AUDITOR: (
        _P.SEE_PEOPLE,
        _P.SEE_SETTLEMENTS,
        _P.SEE_FIGURES,
        _P.READ_CASES,
        _P.SEE_AUDIT,
        _P.SEE_READS,
        _P.SEE_CARE,
    ),
    Role.ADMINISTRATOR: (_P.MANAGE_ACCOUNTS, _P.APPROVE_ACCOUNTS, _P.SEE_AUDIT),
}


def allowed(role: str) -> frozenset[Permission]:
    """What a role may do."""
    return frozenset(_TABLE[role])


_ONLY_LOOKS = frozenset(
    {
        _P.SEE_PEOPLE,
        _P.SEE_SETTLEMENTS,
        _P.SEE_FIGURES,
        _P.READ_CASES,
        _P.SEE_CARE,
        _P.SEE_AUDIT,
        _P.SEE_READS,
    }
)


def needs_two(role: str) -> bool:
    """Whether making or resetting an account of the role takes two: it changes anything."""
    return role in _TABLE and not allowed(role) <= _ONLY_LOOKS
