"""The one place that prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import typer

from citytools.errors import CitytoolsError

FINE, FOUND, CANNOT, BUG = 0, 1, 2, 3
_SILENT = ("csv", "xlsx")  # no place for a banner that a machine would not stumble over


class ReaderGoneError(Exception):
    """Whoever read standard output has stopped; not an OSError, which the library would turn into exit code 1."""


def answer(
    tables: Sequence[Any], format: str, output: Path | None, banner: str = "", *, found: bool = True, at: str | None = None
) -> NoReturn:
    """Write the tables, above each the banner and which commit they are of, and exit."""
    from citytools.render import render

    if at is not None:
        tables = [replace(table, coverage=(f"From the register as {at} has it.", *table.coverage)) for table in tables]
    if banner:
        tables = [replace(table, coverage=(banner, *table.coverage)) for table in tables]
    finish(render(tables, format, screen(output)), format, output, banner, found=found)


def finish(content: str | bytes, format: str, output: Path | None, banner: str, *, found: bool = True) -> NoReturn:
    """Write what was rendered and exit; the banner also to stderr where the reader may not see it in the content."""
    if isinstance(content, bytes) and output is None and sys.stdout is not None and sys.stdout.isatty():
        raise CitytoolsError(f"{format} is not for a screen. Say where to write it with --output answer.{format}")
    if banner and (output or format not in ("text", "markdown", "json")):
        print(f"citytools: {banner}", file=sys.stderr)
    emit(content, output)
    raise typer.Exit(FOUND if banner or not found else FINE)


def screen(output: Path | None) -> Any:
    """What text is written for: the terminal, else a width that a person can read."""
    import shutil

    from citytools.render import Screen

    terminal = output is None and sys.stdout is not None and sys.stdout.isatty()
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Screen(max(shutil.get_terminal_size().columns, 40), colour, terminal)


def emit(content: str | bytes, output: Path | None = None) -> None:
    """Write to a file in one step, or to standard output; raises OSError where it cannot be written whole."""
    if output is not None and str(output) != "-":
        from citytools.files import write_atomically

        write_atomically(output, content.encode() if isinstance(content, str) else content)
        return
    if sys.stdout is None:
        raise OSError("there is no standard output to write to")
    # With PYTHONUNBUFFERED the stream may take only part of what it is given.
    rest = memoryview(_encoded(content) if isinstance(content, str) else content)
    try:
        while rest:
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.buffer.flush()
    except BrokenPipeError as error:
        raise ReaderGoneError from error


def _encoded(text: str) -> bytes:
    encoding = sys.stdout.encoding or "utf-8"
    if not encoding.lower().replace("-", "").startswith("utf"):
        text = text.translate({ord("·"): "-", ord("→"): "->", ord("…"): "...", ord("£"): "GBP "})
    return text.encode(encoding, "backslashreplace")


def say(message: str, code: int) -> int:
    """Say something, on one line of stderr in which nothing steers who reads it, and return the exit code that goes with it."""
    from citytools.render.escape import log

    print(log(message), file=sys.stderr)
    return code


def drop_output() -> None:
    """What is still buffered cannot be written; without this, closing stdout would fail once more."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 1)
