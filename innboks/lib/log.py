"""Logs: one line an event, for people (text) or programs (JSON), without what customers said.

Why it exists: DESIGN §6 says that logs carry no message text, token or address in full. A processor here masks the
values of telling keys wherever they stand, so that no caller has to think of it. `bind` puts facts (request id, job)
on every line of the running task. Read next: nothing; call `get_logger(__name__)`.
"""

import logging
import re
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

_WHOLE = re.compile(
    r"(?:^|_)(?:token|password|passwd|secret|authorization|cookie|api_key|access_key|private_key|signature"
    r"|text|html|body|content|subject|snippet|dsn)$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?:^|_)(?:address|addresses|email|emails|phone|phones|sender|recipient|recipients|mail_from|rcpt_to|reply_to|from|to|cc|bcc|name)$",
    re.IGNORECASE,
)
_MAIL_ADDRESS = re.compile(r"[^\s<>@,;:\"'()\[\]]+@([\w-]+(?:\.[\w-]+)+)")
_URL_PASSWORD = re.compile(r"(://[^/\s:@]*:)[^@\s/]+@")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}")
_CHATTY = ("procrastinate", "asyncio", "aiosmtpd", "mail.log")  # several lines for each job, mail or request
_OWN_NAMES = {"channel_account_name", "channel_name", "task_name", "queue_name", "file_name", "host_name", "role_name"}


def set_up_logging(style: Literal["text", "json"] = "text", *, level: int = logging.INFO, stream: TextIO = sys.stderr) -> None:
    """Configure structlog and the standard library's loggers alike. Call once, at the start of a process."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    render: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    output = logging.StreamHandler(stream)
    output.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [output]
    root.setLevel(level)
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger: `log.info("what_happened", conversation_id=…)`. Events are fixed words; facts are keys."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def bind(**facts: Any) -> AbstractContextManager[Any]:
    """Put facts (say `request_id`) on every line logged inside the `with` block, in this task and those it starts."""
    return structlog.contextvars.bound_contextvars(**facts)


def bound(fact: str) -> str:
    """A fact that `bind` put on the lines of the running task, as text; "" where there is none."""
    return str(structlog.contextvars.get_contextvars().get(fact, ""))


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """structlog processor: masks values by key, and mail addresses and credentials inside any text."""
    for key, value in event.items():
        if key not in ("timestamp", "level", "logger"):
            event[key] = _masked(key, value)
    return event


def _masked(key: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if _WHOLE.search(key):
        return f"[{len(value)}]" if isinstance(value, str | bytes) else "[…]"
    if isinstance(value, Mapping):
        return {inner: _masked(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(key, item) for item in value]
    text = value if isinstance(value, str) else str(value)
    if _ADDRESS.search(key) and key not in _OWN_NAMES:
        return _shortened(text)
    shown = _BEARER.sub(r"\1 […]", _URL_PASSWORD.sub(r"\1…@", _MAIL_ADDRESS.sub(r"…@\1", text)))
    return value if shown == text and not isinstance(value, bytes) else shown


def _shortened(text: str) -> str:
    """`ann@example.com` → `…@example.com`, `+47 900 00 123` → `…123`, a name → its first letter."""
    if _MAIL_ADDRESS.search(text):
        return _MAIL_ADDRESS.sub(r"…@\1", re.sub(r"[^<]*<", "<", text)).strip("<>")
    digits = re.sub(r"\D", "", text)
    if len(digits) >= 6:
        return f"…{digits[-3:]}"
    return f"{text[:1]}…" if text else text
