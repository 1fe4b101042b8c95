"""Django's settings, all of them from the environment.

- ``DOUDI_DATA``: the folder of the database and of the development keys; ``var/`` by default.
- ``DATABASE_URL``: ``postgres://…``; without it ``office.sqlite3`` in the folder above.
- ``DOUDI_PRODUCTION=1``: nothing made for development is used (see `doudi.office.keys`).
- ``DOUDI_HOSTS``: the names this server is called by, with commas between them.
- ``DOUDI_DEBUG=1``: Django's error pages; refused in production.
- ``DOUDI_LOG``: ``INFO`` (in production) logs every request, ``WARNING`` only what fails.
- ``DOUDI_SECOND_FACTOR=1``: the second factor is required outside production too.
- ``DOUDI_BEHIND_PROXY=1``: a proxy in front ends HTTPS and sets ``X-Forwarded-Proto`` itself.
- ``DOUDI_PLAIN_HTTP=1``: no HTTPS in production; for a trial on one machine only.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from doudi.office.databases import from_url, sqlite
from doudi.office.keys import load_keys
from doudi.office.logs import logging_settings
from doudi.office.web_settings import web_settings


def _is_on(name: str) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value not in ("", "0", "1", "false", "true", "no", "yes"):
        raise ImproperlyConfigured(f"{name} 应为 1 或 0 | {name} must be 1 or 0")
    return value in ("1", "true", "yes")


def _data_folder() -> Path:
    given = os.environ.get("DOUDI_DATA")
    if given:
        return Path(given).expanduser().resolve()
    root = Path(__file__).resolve().parents[3]
    # Installed from a wheel there is no checkout around this file.
    return root / "var" if (root / "pyproject.toml").exists() else Path.home() / ".doudi"


PRODUCTION = _is_on("DOUDI_PRODUCTION")
DEBUG = _is_on("DOUDI_DEBUG")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured(
        "正式运行时不能打开 DOUDI_DEBUG | DOUDI_DEBUG is refused in production"
    )

DATA = _data_folder()
_KEYS = load_keys(os.environ, DATA, production=PRODUCTION)
SECRET_KEY = _KEYS.secret_key
ID_KEYS = _KEYS.id_keys
INDEX_KEYS = _KEYS.index_keys

if os.environ.get("DATABASE_URL"):
    DATABASES = {"default": from_url(os.environ["DATABASE_URL"])}
else:
    DATA.mkdir(parents=True, exist_ok=True)
    DATABASES = {"default": sqlite(DATA / "office.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django_otp",
    # Only for installations whose devices the accounts' migration takes over.
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_htmx",
    "csp",
    "doudi.office.registry",
    "doudi.office.ledger",
    "doudi.office.settlement",
    "doudi.office.audit",
    "doudi.office.accounts",
    "doudi.office.approvals",
    "doudi.office.care",
    "doudi.office.tokens",
    "doudi.office.web",
    "doudi.office.imports",
    "doudi.office.enquiries",
    "doudi.office.limits",
    "doudi.office.csp_reports",
]
AUTH_USER_MODEL = "accounts.User"
ROOT_URLCONF = "doudi.office.urls"
ALLOWED_HOSTS = [
    name.strip()
    for name in os.environ.get("DOUDI_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
    if name.strip()
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# In production always; elsewhere only where somebody wants to see it work.
SECOND_FACTOR_REQUIRED = PRODUCTION or _is_on("DOUDI_SECOND_FACTOR")
HTTPS = PRODUCTION and not _is_on("DOUDI_PLAIN_HTTP")
vars().update(web_settings(DATA, https=HTTPS, behind_proxy=_is_on("DOUDI_BEHIND_PROXY")))

LOGGING = logging_settings(os.environ.get("DOUDI_LOG", "INFO" if PRODUCTION else "WARNING").upper())
