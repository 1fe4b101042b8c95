"""Addresses of the public pages. None holds anything about anybody: what was answered travels in
an encrypted cookie, and the code of a saved answer says nothing by itself."""

from __future__ import annotations

from django.urls import path

from doudi.office.web.public import answering, asking, disputing, keeping, views

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("ask/", asking.following, name="ask"),
    path("ask/<int:number>", asking.one, name="question"),
    path("ask/check", asking.check, name="check"),
    path("ask/clear", asking.clear, name="clear"),
    path("answer/", answering.show, name="answer"),
    path("answer/save", keeping.save, name="save"),
    path("answer/dispute", disputing.file, name="dispute"),
    path("saved/", keeping.enter_code, name="enter_code"),
    path("saved/<str:code>", keeping.saved, name="saved"),
]
