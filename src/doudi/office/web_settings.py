"""Django's settings of the pages: middleware, templates, static files, cookies, headers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_MIDDLEWARE = [
    "doudi.office.web.middleware.ClientAddress",
    "django.middleware.security.SecurityMiddleware",
    "doudi.office.web.middleware.RequestLog",
    "doudi.office.web.middleware.UnusableFigures",
    "doudi.office.web.middleware.ResponseHeaders",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "doudi.office.web.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "doudi.office.web.middleware.SessionExpiry",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "doudi.office.web.person_reads.PersonReads",
]

_TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "doudi.office.web.context.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "doudi.office.web.templatetags.doudi",
            ],
        },
    }
]

# Nothing from anywhere else, and no script or style inside a page.
_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        # The newer report-to is sent minutes later, and not by every browser.
        "report-uri": ["/csp-reports"],
    }
}

_FAILURES_BEFORE_LOCK = 5
_LOCK_HOURS = 0.25
_SESSION_HOURS = 12
_YEAR_SECONDS = 365 * 24 * 3600
_HOUR_SECONDS = 3600


def web_settings(data: Path, *, https: bool, behind_proxy: bool) -> dict[str, Any]:
    """The settings by name; ``data`` is the folder in which static files are collected."""
    return {
        "MIDDLEWARE": _MIDDLEWARE,
        "TEMPLATES": _TEMPLATES,
        "CONTENT_SECURITY_POLICY": _POLICY,
        "FILE_UPLOAD_HANDLERS": [
            "doudi.office.web.uploads.BoundedUpload",
            "django.core.files.uploadhandler.MemoryFileUploadHandler",
            "django.core.files.uploadhandler.TemporaryFileUploadHandler",
        ],
        **_static_files(data),
        **_logging_in(),
        **_cookies_and_https(https=https, behind_proxy=behind_proxy),
    }


def _static_files(data: Path) -> dict[str, Any]:
    return {
        "STATIC_URL": "/static/",
        "STATIC_ROOT": data / "static",
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {
                "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
            },
        },
        "WHITENOISE_KEEP_ONLY_HASHED_FILES": True,
        "WHITENOISE_ALLOW_ALL_ORIGINS": False,
    }


def _logging_in() -> dict[str, Any]:
    rules = "django.contrib.auth.password_validation."
    return {
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend",
            "doudi.office.accounts.backend.AccountBackend",
        ],
        # Scrypt, as OWASP advises where Argon2 would be one more dependency.
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.ScryptPasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"{rules}MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
            {"NAME": f"{rules}CommonPasswordValidator"},
            {"NAME": f"{rules}NumericPasswordValidator"},
            {
                "NAME": f"{rules}UserAttributeSimilarityValidator",
                "OPTIONS": {"user_attributes": ("username", "display_name")},
            },
        ],
        "LOGIN_URL": "account:login",
        "LOGIN_REDIRECT_URL": "desk:home",
        "AXES_FAILURE_LIMIT": _FAILURES_BEFORE_LOCK,
        "AXES_COOLOFF_TIME": _LOCK_HOURS,
        # By name, not by address: a whole hospital may share one address.
        "AXES_LOCKOUT_PARAMETERS": ["username"],
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_ENABLE_ACCESS_FAILURE_LOG": False,
        # It would keep the address and browser of every login for ever.
        "AXES_DISABLE_ACCESS_LOG": True,
        "AXES_LOCKOUT_CALLABLE": "doudi.office.web.account.views.locked_out",
        "AXES_SENSITIVE_PARAMETERS": ["username", "ip_address"],
        "AXES_VERBOSE": False,
        # It warns that the address is not looked at, which is meant (see above).
        "SILENCED_SYSTEM_CHECKS": ["axes.W006"],
    }


def _cookies_and_https(*, https: bool, behind_proxy: bool) -> dict[str, Any]:
    # A __Host- cookie is the server's own: no other host of the domain can set it.
    prefix = "__Host-" if https else ""
    return {
        "SESSION_ENGINE": "doudi.office.accounts.session_store",
        "SESSION_COOKIE_NAME": f"{prefix}doudi_session",
        "SESSION_COOKIE_AGE": _SESSION_HOURS * _HOUR_SECONDS,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": https,
        "CSRF_COOKIE_NAME": f"{prefix}doudi_csrf",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": https,
        "CSRF_FAILURE_VIEW": "doudi.office.web.errors.form_expired",
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        "SECURE_SSL_REDIRECT": https,
        # A monitor on the machine itself asks without a certificate.
        "SECURE_REDIRECT_EXEMPT": ["^healthz$"],
        "SECURE_HSTS_SECONDS": _YEAR_SECONDS if https else 0,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if behind_proxy else None,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
    }
