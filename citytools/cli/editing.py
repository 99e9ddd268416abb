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
from citytools.errors import CitytoolsError

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the lines that would change, and change nothing.")]


_catalogue = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Edit the catalogue that all records refer to.")


def add_to(app: typer.Typer) -> None:
    """Give the program the commands of this module."""
    app.command()(confirm)
    app.command()(rename)
    app.add_typer(_catalogue, name="catalogue")


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
    carry_out(folder, register, confirm(register, borough, kind or (), day_of(on), by, datetime.date.today()), dry_run)


def rename(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="product, supplier, function, skill, framework, system or contract.")],
    old: Annotated[str, typer.Argument(help="Its id, of a system or contract as holder/id.")],
    new: Annotated[str, typer.Argument(help="The id that it is to have.")],
    dry_run: DryRun = False,
    root: Root = None,
) -> None:
    """Give something another id, and rewrite every reference to it; the old id stays as an alias of a catalogue entry.

    Example: citytools rename product uniform idox-uniform
    """
    from citytools.planned import opened
    from citytools.renaming import rename

    folder = root_of(context, root)
    register = opened(folder)
    carry_out(folder, register, rename(register, kind, old, new, datetime.date.today()), dry_run)


@_catalogue.callback()
def _about() -> None:
    """Keeps the name of the one command below it."""


@_catalogue.command()
def merge(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="product, supplier, function, skill or framework.")],
    gone: Annotated[str, typer.Argument(metavar="A", help="The id of the entry that goes.")],
    into: Annotated[str, typer.Argument(metavar="into", help="The word into.")],
    kept: Annotated[str, typer.Argument(metavar="B", help="The id of the entry that stays.")],
    dry_run: DryRun = False,
    root: Root = None,
) -> None:
    """Make two entries one: references to A become references to B, whose aliases A's names become.

    B has what only A says; where both say something, B's stands, and what A said is told.

    Example: citytools catalogue merge supplier northgate into nec
    """
    from citytools.planned import opened
    from citytools.renaming import merge

    if into.casefold() != "into":
        raise CitytoolsError(f"say which entry goes and which stays: citytools catalogue merge {kind} A into B. Nothing was changed")
    folder = root_of(context, root)
    register = opened(folder)
    carry_out(folder, register, merge(register, kind, gone, kept, datetime.date.today()), dry_run)


def carry_out(folder: Path, register: Any, plan: Any, dry_run: bool) -> None:
    """Write what is planned, or only show it, and say what was done."""
    from citytools.planned import lines
    from citytools.writing import write_together

    if dry_run:
        emit("".join(f"{line}\n" for line in (*plan.said, *lines(register.files, plan.files), "Nothing was changed: this is a dry run.")))
        return
    write_together(folder, plan.files)
    done = f"Written to {', '.join(sorted(plan.files))}. To make it known, commit it." if plan.files else "Nothing was to be changed."
    emit("".join(f"{line}\n" for line in (*plan.said, done)))
