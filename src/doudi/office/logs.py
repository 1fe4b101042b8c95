"""Logs as one JSON object a line, without anything personal in them.

A request is logged by the name of its route and never by its path or its fields. Of an exception
are logged its class and where it was raised, not its message: a database quotes values in it.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from traceback import extract_tb
from typing import Any

import structlog

Event = MutableMapping[str, Any]


def logging_settings(level: str) -> dict[str, Any]:
    """Django's ``LOGGING``: everything to standard error at ``level``."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    where_it_failed,
                    structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
                ],
            }
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json"},
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django has handlers of its own, which print a path with every refusal.
            "django": {"handlers": [], "propagate": True, "level": level},
            # Without any handler Python itself would print the path and the exception's words.
            "django.request": {"level": "ERROR", "propagate": False, "handlers": ["nowhere"]},
            "django.server": {"handlers": [], "propagate": True, "level": "ERROR"},
        },
    }


def set_up_structlog() -> None:
    """Send what `structlog` is told through the same handlers as everything else."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def where_it_failed(_logger: Any, _method: str, event: Event) -> Event:
    """In place of a traceback, the class of the exception and the lines that led to it."""
    found = event.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["exception"] = type(error).__name__
        event["where"] = [
            f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in extract_tb(error.__traceback__)
        ]
    event.pop("stack_info", None)
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
