"""What a page demands of whoever opens it, said by one decorator on its view.

Every view of the site carries `public_page` or `staff_page`; a test walks the URLs and finds any
that does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from doudi.office.accounts.models import User
from doudi.office.accounts.permissions import Needed

P = ParamSpec("P")
SAFE = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
HAS_DEVICE = "has_device"
"""In the session since the login, so that no page has to look for devices again."""


class StaffRequest(HttpRequest):
    """A request of somebody who is logged in and may see the page."""

    user: User


class Step(IntEnum):
    """How far somebody has come in showing who they are."""

    PASSWORD = 1
    SECOND_FACTOR = 2
    READY = 3
    """With a password of their own, too."""


@dataclass(frozen=True)
class Page:
    """What a view demands."""

    public: bool
    permission: Needed = None
    after: Step = Step.READY


PublicView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
StaffView = Callable[Concatenate[StaffRequest, P], HttpResponseBase]


def public_page(
    methods: Sequence[str] = SAFE,
) -> Callable[[PublicView[P]], PublicView[P]]:
    """A page for everybody: ``@public_page()``, or ``@public_page(FORM)`` with a form in it."""

    def decorate(view: PublicView[P]) -> PublicView[P]:
        marked: PublicView[P] = _marked(
            require_http_methods(list(methods))(view), Page(public=True)
        )
        return marked

    return decorate


def staff_page(
    permission: Needed,
    methods: Sequence[str] = SAFE,
    *,
    after: Step = Step.READY,
) -> Callable[[StaffView[P]], Callable[..., HttpResponseBase]]:
    """A page for accounts with a permission, after the login and whatever that still lacks.

    Of several permissions one is enough; None means any account.
    The view still has to take what it shows from `accounts.scope`: a row that is out of the
    account's scope is not found (404), whoever guesses its name.
    """
    page = Page(public=False, permission=permission, after=after)

    def decorate(view: StaffView[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            elsewhere = _first(request, page)
            if elsewhere is not None:
                return _go(request, elsewhere)
            assert isinstance(request.user, User)
            if not request.user.may(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)  # type: ignore[arg-type] # it is one now

        marked: Callable[..., HttpResponseBase] = _marked(
            never_cache(require_http_methods(list(methods))(guarded)), page
        )
        return marked

    return decorate


def _marked(view: Any, page: Page) -> Any:
    view.page = page
    return view


def _first(request: HttpRequest, page: Page) -> str | None:
    """Where somebody has to go before this page; None when nowhere."""
    user = request.user
    if not isinstance(user, User):
        return f"{reverse('account:login')}?{urlencode({'next': _here(request)})}"
    if page.after >= Step.SECOND_FACTOR and (lacking := _second_factor_lacking(request, user)):
        return lacking
    if page.after >= Step.READY and user.must_change_password:
        return reverse("account:password")
    return None


def _second_factor_lacking(request: HttpRequest, user: User) -> str | None:
    """The page that asks for the second factor or sets it up, where that is still to be done."""
    if request.user.is_verified():  # type: ignore[union-attr] # by django_otp's middleware
        return None
    if request.session.get(HAS_DEVICE):
        return f"{reverse('account:second_factor')}?{urlencode({'next': _here(request)})}"
    if settings.SECOND_FACTOR_REQUIRED and user.needs_second_factor:
        return reverse("account:enrol")
    return None


def _here(request: HttpRequest) -> str:
    # A form that was sent is not sent again after the login; its page is opened.
    return request.get_full_path() if request.method in SAFE else request.path


def _go(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # htmx would put the login page into a corner of this one.
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def every_view(
    resolver: URLResolver | None = None, path: str = "", names: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, URLPattern]]:
    """The path, the name with its namespaces, and the pattern of every URL of the site."""
    for item in (resolver or get_resolver()).url_patterns:
        here = f"{path}{item.pattern}"
        if isinstance(item, URLResolver):
            inside = (*names, item.namespace) if item.namespace else names
            yield from every_view(item, here, inside)
        else:
            yield here, ":".join((*names, item.name or "")), item
