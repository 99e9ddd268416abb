"""``citytools template``, ``check`` and ``export``: the register as workbooks, and workbooks as submissions.

Annotations are evaluated as they stand: as text, typer would compile each of them again at every start.
"""

from pathlib import Path
from typing import Annotated, Any

import typer

from citytools.cli import opening, options, output
from citytools.errors import CitytoolsError

export = typer.Typer(no_args_is_help=True, help="The register for use elsewhere: as a workbook, as CSV tables, as JSON.")
Kind = Annotated[
    list[str] | None,
    typer.Option("--kind", metavar="K", help="Only sheets of this kind of file: technology, contracts, skills, borough … Can be repeated."),
]
Boroughs = Annotated[
    list[str] | None, typer.Option("--borough", "-b", metavar="B", help="Only this borough or body. Can be repeated: any of them.")
]


def template(
    context: typer.Context,
    borough: Annotated[
        str | None, typer.Option("--borough", "-b", metavar="B", help="With what the register has of it, to be corrected. Otherwise blank.")
    ] = None,
    kind: Kind = None,
    as_of: options.AsOf = None,
    output_file: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Otherwise <borough>.xlsx here, if there is none.")
    ] = None,
    root: options.Root = None,
) -> None:
    """Make an Excel workbook for an officer to fill in: guidance, a sheet for each kind of record, lists to choose from.

    What comes back goes to 'citytools check' and 'citytools merge'.

    Example: citytools template --borough camden
    """
    from citytools import export as exporting
    from citytools.planned import opened
    from citytools.reports.select import holders

    folder = opening.root_of(context, root)
    register = opened(folder)
    holder = _of(register, holders, [borough])[0] if borough else ""
    data = exporting.template(folder, register, holder, _kinds(kind), opening.day_of(as_of))
    place = output_file or Path(f"{holder or 'citytools'}.xlsx")
    if output_file is None and place.exists():
        raise CitytoolsError(f"{place} is there already, and may have been filled in. Name another with --output FILE")
    _written(data, place, "Send it to who fills it in; then: citytools check, citytools merge.")


def check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The workbook that came back (.xlsx).")],
    annotate: Annotated[
        Path | None, typer.Option("--annotate", metavar="OUT", help="Hand it back here with a note in each cell that needs another look.")
    ] = None,
    borough: Annotated[
        str | None, typer.Option("--borough", "-b", metavar="B", help="Whose it is, where the workbook does not say.")
    ] = None,
    base: Annotated[
        str | None, typer.Option("--base", metavar="REF", help="The commit that it was made from, where the workbook does not know.")
    ] = None,
    as_of: options.AsOf = None,
    format: options.Format = options.TableFormat.text,
    output_file: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write to this file, and not to the screen.")] = None,
    root: options.Root = None,
) -> None:
    """Say what is wrong in a workbook that came back, cell by cell, and what to type instead. Nothing is changed.

    Example: citytools check camden.xlsx --annotate camden-checked.xlsx
    """
    from citytools import dataset
    from citytools import merge as merging
    from citytools.files import write_atomically
    from citytools.planned import opened
    from citytools.submission import annotated, from_workbook

    folder = opening.root_of(context, root)
    register = opened(folder)
    before = dict(dataset.committed(folder, base)[0]) if base else None
    sent, data, _ = from_workbook(file, register, holder=borough or "", base=before)
    plan = merging.plan(register.files, register.unread, sent, merging.Asked(texts=False), opening.day_of(as_of), now=register.dataset)
    lost: tuple[str, ...] = ()
    if annotate is not None:
        if annotate.exists() and annotate.samefile(file):
            raise CitytoolsError("the workbook is not written over what came back. Name another file with --annotate")
        handed, lost = annotated(file.name, data, [*plan.faults, *plan.remarks])
        write_atomically(annotate, handed)
    output.answer(merging.checked(plan, str(file), str(annotate or ""), lost), format, output_file, found=not plan.refused)


@export.command()
def xlsx(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The workbook to write.")],
    borough: Boroughs = None,
    kind: Kind = None,
    as_of: options.AsOf = None,
    root: options.Root = None,
) -> None:
    """One workbook of everything, or of what is asked for; changed lines can be merged again with 'citytools merge'.

    Example: citytools export xlsx register.xlsx --borough camden --borough islington
    """
    from citytools import export as exporting
    from citytools.planned import opened
    from citytools.reports.select import holders

    folder = opening.root_of(context, root)
    register = opened(folder)
    chosen = _of(register, holders, borough) if borough else None
    _written(exporting.as_workbook(folder, register, chosen, _kinds(kind), opening.day_of(as_of)), out)


@export.command()
def csv(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or an empty one.")],
    as_of: options.AsOf = None,
    at: options.At = None,
    root: options.Root = None,
) -> None:
    """Every table of 'citytools sql' as a CSV file.

    Example: citytools export csv tables
    """
    from citytools import export as exporting
    from citytools.files import write_folder

    index, banner = opening.index_of(context, root, as_of, at)
    files = exporting.as_csv(index)
    write_folder(out, files)
    output.finish(f"Written: {len(files)} tables in {out}.\n", "text", None, banner, found=True)


@export.command(name="json")
def json_command(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write.")],
    at: options.At = None,
    root: options.Root = None,
) -> None:
    """Every file of the register as JSON, by its path.

    Example: citytools export json register.json
    """
    from citytools import export as exporting

    _, whole = opening.load(context, root, at)
    _written(exporting.as_json(whole), out)


def _of(register: Any, holders: Any, names: list[str]) -> Any:
    from citytools.catalogue import Catalogue

    return holders(Catalogue(register.dataset), names)


def _kinds(names: list[str] | None) -> tuple[str, ...]:
    """The kinds of file that were asked for, in the order of the sheets; none for all. Raises CitytoolsError."""
    from citytools.reports.select import words
    from citytools.sheets.layout import KINDS

    chosen = words("kind", KINDS, names or [])
    return tuple(kind for kind in KINDS if kind in chosen)


def _written(data: bytes, place: Path, then: str = "") -> None:
    from citytools.files import write_atomically

    write_atomically(place, data)
    output.emit(f"Written: {place}. {then}".rstrip() + "\n")


def add_to(app: typer.Typer) -> None:
    """Make these commands of the command line."""
    app.command()(template)
    app.command()(check)
    app.add_typer(export, name="export")
