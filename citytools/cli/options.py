"""Options that several commands share.

Annotations are evaluated as they stand: as text, typer would compile each of them again at every start.
"""

import inspect
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


class FindingFormat(StrEnum):
    """Formats of ``validate``."""

    text = "text"
    json = "json"
    github = "github"
    csv = "csv"
    markdown = "markdown"
    sarif = "sarif"


class GuideFormat(StrEnum):
    """Formats of ``explain``."""

    text = "text"
    markdown = "markdown"


class TableFormat(StrEnum):
    """Formats of everything that answers with a table."""

    text = "text"
    markdown = "markdown"
    csv = "csv"
    json = "json"
    xlsx = "xlsx"
    html = "html"


class ChangeFormat(StrEnum):
    """Formats of ``diff``."""

    text = "text"
    markdown = "markdown"
    csv = "csv"
    json = "json"
    html = "html"


class Taken(StrEnum):
    """Whose value stands where both sides changed the same."""

    mine = "mine"
    theirs = "theirs"


_ROOT_HELP = "The folder that holds data/. Otherwise the nearest one from here upwards."
GlobalRoot = Annotated[str | None, typer.Option("--root", metavar="DIR", envvar="CITYTOOLS_ROOT", show_envvar=True, help=_ROOT_HELP)]
Root = Annotated[str | None, typer.Option("--root", metavar="DIR", help=_ROOT_HELP)]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The day to look from, as 2026-11-23. Otherwise today.")]
At = Annotated[
    str | None, typer.Option("--at", metavar="REF", help="The register as this commit, branch or tag has it. Otherwise as it is now.")
]
Format = Annotated[TableFormat, typer.Option("--format", help="How to write the answer.")]
Output = Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write to this file, and not to the screen.")]


def keyword(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    """A parameter of a command that is made when it is asked for; without a default it must be given."""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
