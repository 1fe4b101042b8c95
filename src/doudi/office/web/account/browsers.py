"""Which kind of browser somebody logs in with: enough to recognise it by, and no more."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# In this order: most of them also call themselves by the names of those that follow.
_BROWSERS: tuple[tuple[str, str, str | Promise], ...] = (
    ("wechat", "MicroMessenger", _("微信")),
    ("qq", "QQBrowser", _("QQ 浏览器")),
    ("uc", "UCBrowser", _("UC 浏览器")),
    ("huawei", "HuaweiBrowser", _("华为浏览器")),
    ("edge", "Edg", "Edge"),
    ("firefox", "Firefox", "Firefox"),
    ("chrome", "Chrome", "Chrome"),
    ("safari", "Safari", "Safari"),
)
_SYSTEMS: tuple[tuple[str, str, str | Promise], ...] = (
    ("harmony", "HarmonyOS", _("鸿蒙")),
    ("harmony", "OpenHarmony", _("鸿蒙")),
    ("android", "Android", _("安卓手机")),
    ("ios", "iPhone", _("苹果手机")),
    ("ipad", "iPad", _("苹果平板")),
    ("windows", "Windows", "Windows"),
    ("mac", "Macintosh", _("苹果电脑")),
    ("linux", "Linux", "Linux"),
)
_UNKNOWN = _("不明")


def kind_of_browser(user_agent: str) -> str:
    """``firefox/windows``: of what a browser says of itself, only this is kept."""
    return f"{_first(_BROWSERS, user_agent)}/{_first(_SYSTEMS, user_agent)}"


def browser_in_words(kind: str) -> str:
    """``Firefox · Windows``."""
    browser, _bar, system = kind.partition("/")
    return f"{_word(_BROWSERS, browser)} · {_word(_SYSTEMS, system)}"


def _first(known: tuple[tuple[str, str, str | Promise], ...], user_agent: str) -> str:
    return next((code for code, mark, _word in known if mark in user_agent), "")


def _word(known: tuple[tuple[str, str, str | Promise], ...], code: str) -> str:
    return str(next((word for name, _mark, word in known if name == code), _UNKNOWN))
