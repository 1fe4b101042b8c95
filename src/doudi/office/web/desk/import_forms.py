"""The forms of importing people and disease lists."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from doudi.office.imports.models import PeopleImport
from doudi.office.web.labels import choices_of

_LONGEST_REASON = 200


class UploadForm(forms.Form):
    """A file about people, and what it is."""

    content = forms.ChoiceField(
        label=_("内容类别"),
        choices=choices_of(PeopleImport.Content),
        initial=PeopleImport.Content.PEOPLE,
    )
    file = forms.FileField(
        label=_("文件"),
        help_text=_("按模板填写的 .xlsx，或 .csv；不超过 30 MB、200,000 行"),
        widget=forms.FileInput({"accept": ".xlsx,.csv"}),
    )
    note = forms.CharField(
        label=_("说明"),
        help_text=_("例如：2018 年动态调整新识别户"),
        max_length=_LONGEST_REASON,
    )


class DecisionForm(forms.Form):
    """What to do with an import, and why; which of them can be is decided by the service."""

    DECISIONS = ("commit", "commit_good", "discard", "ask_undo", "undo", "decline_undo", "retry")

    decision = forms.ChoiceField(choices=[(name, name) for name in DECISIONS])
    reason = forms.CharField(label=_("原因"), max_length=_LONGEST_REASON)
