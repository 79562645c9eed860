"""How the log looks: lines for a person (`console`) or one JSON object a line (`json`).

Structlog and the standard library end in the same format, so that a library's warning carries the
request id, too.
"""

from __future__ import annotations

import re
import sys
from logging import DEBUG as DETAIL
from logging import WARNING, LogRecord
from typing import Any

import structlog
from structlog.typing import EventDict

__all__ = ["DETAIL", "configuration"]

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.ExtraAdder(),
]
# Loggers that tell at INFO what nobody asked for.
QUIET = (
    "asyncio",
    "celery",
    "django_celery_beat",
    "httpx",
    "kombu",
    "urllib3",
    "uvicorn.access",
    "uvicorn.error",
    "websockets",
)


# Addresses of mails: whoever reads the log must not get in by a link that waits to be opened.
LONGEST_TOLD = 300
LINK = re.compile(r"(/(?:password/new/[^/\s]+|invitation|email)/)[^/\s'\"]+")


def without_links(logger: Any, name: str, event: EventDict) -> EventDict:
    """Takes the secret part out of every text of a line, and of the request it is about.

    A request's query stays out, too: people search for names.
    """
    for key, value in event.items():
        if key == "request" or isinstance(value, str):
            text = str(value).partition("?")[0] if key == "request" else value
            event[key] = LINK.sub(r"\1…", text)
    return event


def as_warning(record: LogRecord) -> LogRecord:
    """A refusal of what strangers send, in one line: at error level, with a trace, anybody could
    fill the log, and wake whoever is on call.
    """
    record.levelno, record.levelname = WARNING, "WARNING"
    record.msg, record.args = shortened(record.getMessage()), ()
    record.exc_info = record.exc_text = None
    return record


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]}…"


def configuration(form: str) -> dict[str, Any]:
    """Django's LOGGING for this form; sets up structlog to end in the same place."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.UnicodeDecoder(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": _formatter(form)},
        "filters": {"as_warning": {"()": lambda: as_warning}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            **{name: {"level": "WARNING"} for name in QUIET},
            # Django's own handlers would write a second, differently shaped line.
            "django": {"handlers": [], "propagate": True, "level": "INFO"},
            "django.security.DisallowedHost": {"filters": ["as_warning"]},
            # The request's own line says the status already.
            "django.request": {"level": "ERROR"},
            "django.channels.server": {"level": "WARNING"},
        },
    }


def _formatter(form: str) -> dict[str, Any]:
    tail: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if form == "json"
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            without_links,
            *tail,
        ],
    }
