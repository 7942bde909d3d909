"""What is said of what went wrong: what, and where in the program; never about whom.

Messages of libraries and of unforeseen errors may quote a value, and a value may be a person's. So of errors that
are not ours neither the log nor the terminal repeats a word.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType

WORDS_OF_OURS = "virtaama"
"""Loggers whose messages we write ourselves. All others may quote an address, a header or a value."""


class LineWithoutPersons(logging.Formatter):
    """One line for each event. What people typed, and what an exception says of values, is left out.

    A message of a library stays as it is written in its code, without what it would fill in; of an
    exception the kind and the places in the program stay.
    """

    default_msec_format = "%s.%03d"

    def format(self, record: logging.LogRecord) -> str:
        ours = record.name.split(".")[0] == WORDS_OF_OURS
        said = record.getMessage() if ours else _unfilled(record)
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {said}"
        if record.exc_info and record.exc_info[1] is not None:
            line += f" [{where(record.exc_info[1], record.exc_info[2])}]"
        # Nobody writes a line of their own into the log.
        return "".join(c if c.isprintable() else "·" for c in line)


def _unfilled(record: logging.LogRecord) -> str:
    status = getattr(record, "status_code", None)
    told = record.msg if isinstance(record.msg, str) and record.args else type(record.msg).__name__
    if isinstance(record.msg, str) and not record.args:
        # Written whole: by the library or with a value already in it, and nobody can tell which.
        told = "(message left out)"
    return f"{told} (status {status})" if status else told


def where(error: BaseException, trace: TracebackType | None) -> str:
    """The kind of an error and the last places in the program it came through, the nearest first."""
    frames = traceback.extract_tb(trace)[-6:]
    places = " < ".join(f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno} {f.name}" for f in reversed(frames))
    return f"{type(error).__name__} at {places}" if places else type(error).__name__


def keep_words_back() -> None:
    """From here on this process writes of warnings and unforeseen errors what, and where, and nothing else."""
    handler = logging.StreamHandler()
    handler.setFormatter(LineWithoutPersons())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.captureWarnings(True)
    sys.excepthook = _say
    threading.excepthook = lambda of: _say(of.exc_type, of.exc_value, of.exc_traceback)
    sys.unraisablehook = lambda of: _say(of.exc_type, of.exc_value, of.exc_traceback)


def _say(kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
    told = where(error, trace) if error is not None else getattr(kind, "__name__", "")
    sys.stderr.write(
        f"Something unforeseen: {told}.\n"
        "  Its own words are kept back: they may quote what was read. VIRTAAMA_DEBUG=1 shows them.\n"
    )
