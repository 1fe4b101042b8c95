"""Coded values (a relation, a cause, a state) in the words of the page's language."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy


def label(choice: TextChoices) -> str:
    """What a coded value is called; the models name it in Chinese, as files and slips do."""
    return gettext(str(choice.label))


def label_of(row: Model, field: str) -> str:
    """What the value of a field is called."""
    return gettext(str(getattr(row, f"get_{field}_display")()))


def choices_of(of: type[TextChoices]) -> list[tuple[Any, str | Promise]]:
    """The choices of a form."""
    return [(one.value, gettext_lazy(str(one.label))) for one in of]
