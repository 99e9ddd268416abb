"""The commands that edit the dataset's files: all that one command changes is written together or not at all.

Annotations are evaluated as they stand: as text, typer would compile each of them again at every start.
"""

import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from citytools.cli.opening import day_of, root_of
from citytools.cli.options import Root
from citytools.cli.output import emit

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the lines that would change, and change nothing.")]


def add_to(app: typer.Typer) -> None:
    """Give the program the commands of this module."""
    app.command()(confirm)


def confirm(
    context: typer.Context,
    borough: Annotated[str, typer.Option("--borough", "-b", metavar="B", help="The borough or body that confirms.")],
    by: Annotated[str, typer.Option("--by", metavar="ROLE", help='The role that confirms, such as "Head of Digital"; never a name.')],
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="K", help="Only this file: technology, skills or contracts. Can be repeated. Otherwise all it has."),
    ] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day of the confirmation. Otherwise today.")] = None,
    dry_run: DryRun = False,
    root: Root = None,
) -> None:
    """Say that nothing changed: what a borough reports still holds, as of a day. That is as good as a correction.

    Example: citytools confirm --borough camden --by "Head of Digital"
    """
    from citytools.confirming import confirm
    from citytools.planned import opened

    folder = root_of(context, root)
    register = opened(folder)
    _carry_out(folder, register, confirm(register, borough, kind or (), day_of(on), by, datetime.date.today()), dry_run)


def _carry_out(folder: Path, register: Any, plan: Any, dry_run: bool) -> None:
    """Write what is planned, or only show it, and say what was done."""
    from citytools.planned import lines
    from citytools.writing import write_together

    if dry_run:
        emit("".join(f"{line}\n" for line in (*plan.said, *lines(register.files, plan.files), "Nothing was changed: this is a dry run.")))
        return
    write_together(folder, plan.files)
    done = f"Written to {', '.join(sorted(plan.files))}. To make it known, commit it." if plan.files else "Nothing was to be changed."
    emit("".join(f"{line}\n" for line in (*plan.said, done)))
