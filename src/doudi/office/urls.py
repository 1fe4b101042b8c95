"""Every address of the site.

``/`` the public's pages, ``/account/`` one's own account, ``/window/`` the one-stop window,
``/desk/`` registry, figures and accounts, ``/api/`` for programs, ``/healthz`` for monitors,
``/csp-reports`` for browsers.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from doudi.office.api.urls import api
from doudi.office.web import csp_reports, health, preferences

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("doudi.office.web.public.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("csp-reports", csp_reports.report, name="csp_reports"),
    path("preferences", preferences.choose, name="preferences"),
    path("", include("doudi.office.web.account.urls")),
    path("desk/", include("doudi.office.web.desk.urls")),
    path("window/", include("doudi.office.web.window.urls")),
    path("api/", api.urls),
]

handler400 = "doudi.office.web.errors.bad_request"
handler403 = "doudi.office.web.errors.forbidden"
handler404 = "doudi.office.no_such_address.not_found"
handler500 = "doudi.office.web.errors.failed"
