"""What the web server runs."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.office.settings")

application = get_wsgi_application()

from doudi.office.web.public.results import get_ready  # noqa: E402 - Django has to stand first

# Else the first visitor waits while every view is imported.
_ = get_resolver().url_patterns
get_ready()
