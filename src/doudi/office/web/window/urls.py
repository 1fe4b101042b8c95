"""Addresses of the window; whoever may settle starts at the first."""

from __future__ import annotations

from django.urls import URLPattern, path

from doudi.office.web.window import bill, corrections, day, home, own_part, person, settling, slips

app_name = "window"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("find", home.find, name="find"),
    path("day", day.choose, name="choose_day"),
    path("sheet", day.sheet, name="sheet"),
    path("unpaid", day.unpaid, name="unpaid"),
    path("people/<str:person>", person.screen, name="person"),
    path("people/<str:person>/admit", person.admit, name="admit"),
    path("stays/<str:admission>", settling.screen, name="stay"),
    path("stays/<str:admission>/lines", bill.add_line, name="add_line"),
    path("stays/<str:admission>/file", bill.add_file, name="add_file"),
    path("stays/<str:admission>/settle", settling.settle, name="settle"),
    path("stays/<str:admission>/pay", own_part.pay, name="pay"),
    path("stays/<str:admission>/instalments", own_part.instalments, name="instalments"),
    path("stays/<str:admission>/refund", own_part.refund, name="refund"),
    path("claims/<uuid:claim>/reverse", corrections.reverse, name="reverse"),
    path("claims/<uuid:claim>/correct", corrections.correct, name="correct"),
    path("slips/<uuid:claim>", slips.slip, name="slip"),
    path("slips/<uuid:claim>.pdf", slips.pdf, name="slip_pdf"),
]
