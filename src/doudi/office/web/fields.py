"""Form fields for days and amounts as people write them; amounts are cleaned to whole fen."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from doudi.money import read_yuan, yuan

_QUANTITY = re.compile(r"^[0-9]{1,9}(\.[0-9]{1,3})?$")
_THOUSAND = 1000


class DayField(forms.DateField):
    """A day, chosen in a calendar where the browser has one."""

    def __init__(self, **named: Any) -> None:
        # Browsers read and send this one format, whatever the language of the page.
        widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **named)


class YuanField(forms.CharField):
    """An amount in yuan, such as ``12,000`` or ``155.25``; cleaned to fen, blank to 0."""

    def __init__(self, **named: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off", "class": "amount"}
        super().__init__(max_length=20, widget=forms.TextInput(attributes), **named)

    def clean(self, value: Any) -> Any:
        """Fen; a message that shows how an amount is written otherwise."""
        text = super().clean(value)
        if not text:
            return 0
        try:
            return read_yuan(text)
        except ValueError:
            raise ValidationError(
                _("%(label)s：“%(text)s”不是金额，应写成 12000 或 155.25，最多两位小数"),
                params={"label": self.label, "text": text},
            ) from None

    def prepare_value(self, value: Any) -> Any:
        """Fen as yuan where the form is filled in for somebody."""
        return yuan(value) if isinstance(value, int) else value


class QuantityField(forms.CharField):
    """A quantity with up to three decimals; cleaned to thousandths."""

    def __init__(self, **named: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off", "class": "amount"}
        super().__init__(max_length=14, widget=forms.TextInput(attributes), **named)

    def clean(self, value: Any) -> Any:
        """Thousandths."""
        text = super().clean(value)
        if not _QUANTITY.match(text):
            raise ValidationError(
                _("%(label)s：“%(text)s”不是数量，应写成 1 或 1.5，最多三位小数"),
                params={"label": self.label, "text": text},
            )
        whole, _dot, rest = text.partition(".")
        return int(whole + rest.ljust(3, "0"))

    def prepare_value(self, value: Any) -> Any:
        """Thousandths as a number."""
        if not isinstance(value, int):
            return value
        whole, rest = divmod(value, _THOUSAND)
        return str(whole) if rest == 0 else f"{whole}.{rest:03d}".rstrip("0")
