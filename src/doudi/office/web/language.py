"""The language of a page: Chinese, or English for whoever chose it."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO

from django.utils import translation
from django.utils.translation import trans_real

from doudi.i18n import LANGUAGES, english, speaking

COOKIE = "doudi_language"
_NAMES = {"zh": "zh-hans", "en": "en"}


@contextmanager
def shown_in(language: str | None) -> Iterator[None]:
    """Templates, forms and our own texts inside are in ``zh`` or ``en``; otherwise in Chinese."""
    chosen = language if language in LANGUAGES else "zh"
    if chosen == "en":
        _teach_django_english()
    with speaking(chosen), translation.override(_NAMES[chosen]):
        yield


@lru_cache(maxsize=1)
def _teach_django_english() -> None:
    """Add our texts to Django's English, in memory: no compiled file is made or kept."""
    from babel.messages.catalog import Catalog  # noqa: PLC0415
    from babel.messages.mofile import write_mo  # noqa: PLC0415

    catalogue = Catalog(locale="en")
    for zh, en in english().items():
        catalogue.add(zh, en)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    trans_real.translation("en").merge(gettext.GNUTranslations(compiled))
