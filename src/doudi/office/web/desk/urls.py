"""Addresses of the desks: each desk's own file, below one path."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from doudi.office.web.desk import (
    accounts,
    approvals,
    changes,
    disputes,
    figure_lists,
    figures,
    home,
    households,
    imports,
    people,
    people_export,
    tokens,
)

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("approvals/", approvals.listing, name="approvals"),
    path("approvals/<str:proposal>", approvals.one, name="approval"),
    path("accounts/", accounts.listing, name="accounts"),
    path("accounts/new", accounts.create, name="account_new"),
    path("accounts/<str:account>", accounts.one, name="account"),
    path("tokens/", tokens.listing, name="tokens"),
    path("tokens/new", tokens.create, name="token_new"),
    path("tokens/<str:token>", tokens.one, name="token"),
    path("people/", people.find, name="people"),
    path("people/export", people_export.found, name="people_export"),
    path("people/<str:person>", people.one, name="person"),
    path("people/<str:person>/changes/<str:kind>", changes.propose_one, name="change"),
    path("households/", households.own_place, name="own_place"),
    path("households/<int:household>", households.one, name="household"),
    path("places/<str:place>", households.place, name="place"),
    path("places/<str:place>/export", people_export.of_place, name="place_export"),
    path("enrolments/village", changes.enrol_village, name="enrol_village"),
    path("disputes/", disputes.listing, name="disputes"),
    path("disputes/case", disputes.download, name="dispute_case"),
    path("figures/", figures.home, name="figures"),
    path("figures/settlements", figure_lists.settled, name="figures_settlements"),
    path("figures/near-ceiling", figure_lists.near, name="figures_near"),
    path("figures/advances", figure_lists.advances, name="figures_advances"),
    path("imports/", imports.listing, name="imports"),
    path("imports/template", imports.template, name="import_template"),
    path("imports/<str:people_import>", imports.one, name="import"),
    path("imports/<str:people_import>/faults", imports.faults, name="import_faults"),
]
