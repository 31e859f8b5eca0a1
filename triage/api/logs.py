"""Logs in JSON lines: ids, codes, counts and lengths; never a ticket's text, nor an error's, which may hold one."""

import logging
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson
import structlog


def set_up(level: str = "info") -> None:
    """All logs of this process to standard error, a JSON object a line; those of libraries without their arguments."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_line),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.root.handlers = [_Forwarded()]
    logging.root.setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.INFO)


def fault_of(error: BaseException) -> dict[str, Any]:
    """What kind of error it was and where, to be logged: without its text, which may hold a ticket's."""
    return {"error": type(error).__name__, "at": _places(error.__traceback__)}


def note(event: str, **said: object) -> None:
    """Logs one event with its ids, codes and counts."""
    structlog.get_logger().info(event, **said)


def failure(error: BaseException, **said: object) -> None:
    """Logs an error by its kind and place."""
    structlog.get_logger().error("failed", **said, **fault_of(error))


class _Forwarded(logging.Handler):
    """What libraries log: of our server its words, of all others who spoke and the kind of error."""

    def emit(self, record: logging.LogRecord) -> None:
        said: dict[str, Any] = {"logger": record.name}
        if record.name.startswith("uvicorn"):
            said["message"] = record.getMessage().splitlines()[0] if record.getMessage() else ""
        if record.exc_info and record.exc_info[1]:
            said |= fault_of(record.exc_info[1])
        structlog.get_logger().log(record.levelno, "library", **said)


def _places(trace: TracebackType | None) -> list[str]:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    # The last tell where it broke, the first how it came there.
    return places[-12:]


def _line(event: dict[str, Any], **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()
