"""The jobs of the staff, in the order of the menu; each shown to those who may do it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doudi.office.accounts.models import User
from doudi.office.accounts.permissions import MAKERS_AND_CHECKERS, Needed, Permission


@dataclass(frozen=True)
class Job:
    """One entry: what it is called, the name of its URL, and the permissions of that page."""

    label: str | Promise
    url: str
    permission: Needed


JOBS = (
    Job(_("找人"), "desk:people", Permission.SEE_PEOPLE),
    Job(_("户"), "desk:own_place", Permission.SEE_PEOPLE),
    Job(_("登记看板"), "desk:registry_figures", Permission.SEE_PEOPLE),
    Job(_("导入人员和名单"), "desk:imports", Permission.IMPORT_PEOPLE),
    Job(_("变更复核"), "desk:approvals", MAKERS_AND_CHECKERS),
    Job(_("一站式窗口"), "window:home", Permission.SETTLE),
    Job(_("未付清的自付"), "window:unpaid", Permission.SETTLE),
    Job(_("健康扶贫"), "desk:care", Permission.SEE_CARE),
    Job(_("数据看板"), "desk:figures", Permission.SEE_FIGURES),
    Job(_("公众异议"), "desk:disputes", Permission.READ_CASES),
    Job(_("查阅记录"), "desk:reads", Permission.SEE_READS),
    Job(_("账号"), "desk:accounts", Permission.MANAGE_ACCOUNTS),
    Job(_("接口令牌"), "desk:tokens", Permission.MANAGE_ACCOUNTS),
    Job(_("登录与安全"), "desk:security", Permission.MANAGE_ACCOUNTS),
)


def menu_of(user: User) -> list[Job]:
    """The jobs that an account may do."""
    return [job for job in JOBS if user.may(job.permission)]
