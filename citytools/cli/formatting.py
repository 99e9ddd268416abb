"""``citytools fmt``."""

from pathlib import Path
from typing import Annotated

import typer

from citytools.cli.opening import root_of
from citytools.cli.options import Format, Output, Root, TableFormat
from citytools.cli.output import FINE, FOUND, answer, emit, say


def fmt(
    context: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Only these files and folders.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing, and exit with 1 if a file is not in the usual form.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, line by line, and change nothing.")] = False,
    format: Format = TableFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """Put files in the usual form: order of fields and records, quotes, indentation, empty lines. No fact and no comment changes.

    Records stand in the order of their ids; where a list has headings (comments with an empty line below), within each part. A
    file that cannot be read is left as it is and said to be; exit code 1 if there is one.
    """
    from citytools import dataset, formatting
    from citytools import validate as checks
    from citytools.writing import write_together

    folder = root_of(context, root)
    files, unread = dataset.on_disk(folder)
    done = formatting.format_files(files, unread, checks.within(folder, paths or ()))
    if not (check or dry_run):
        write_together(folder, done.files)
    found = bool(done.left or (check and done.files))
    if dry_run:
        emit(formatting.difference(files, done.files), output)
        for path, why in done.left.items():
            say(f"citytools: {path} is left as it is: {why}.", FOUND)
        raise typer.Exit(FOUND if found else FINE)
    answer([formatting.table(done, written=not check)], format, output, found=not found)
