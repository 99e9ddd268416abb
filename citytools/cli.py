"""The command line: parse, load, call one function, render, exit. The one place that prints and exits.

Annotations are evaluated as they stand: as text, typer would compile each of them again at every start.
"""

import datetime
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from citytools import __version__
from citytools.errors import CitytoolsError

FINE, FOUND, CANNOT, BUG = 0, 1, 2, 3


class FindingFormat(StrEnum):
    """Formats of ``validate``."""

    text = "text"
    json = "json"
    github = "github"
    csv = "csv"
    markdown = "markdown"


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


class Common(StrEnum):
    """What those who could buy together have in common."""

    product = "product"
    function = "function"
    supplier = "supplier"


class DayFormat(StrEnum):
    """Formats of what has days: those of every table, and a calendar."""

    text = "text"
    markdown = "markdown"
    csv = "csv"
    json = "json"
    ics = "ics"


class Side(StrEnum):
    """What technologies are listed by."""

    technology = "technology"
    function = "function"
    borough = "borough"


class Facet(StrEnum):
    """What overlaps are counted by."""

    product = "product"
    supplier = "supplier"
    contracted_supplier = "contracted-supplier"
    function = "function"


_ROOT_HELP = "The folder that holds data/. Otherwise the nearest one from here upwards."
GlobalRoot = Annotated[str | None, typer.Option("--root", metavar="DIR", envvar="CITYTOOLS_ROOT", show_envvar=True, help=_ROOT_HELP)]
Root = Annotated[str | None, typer.Option("--root", metavar="DIR", help=_ROOT_HELP)]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The day to look from, as 2026-11-23. Otherwise today.")]
Format = Annotated[TableFormat, typer.Option("--format", help="How to write the answer.")]
Output = Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write to this file, and not to the screen.")]

app = typer.Typer(
    name="citytools",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="What London's 33 local authorities run, know and have contracted: check it, ask it.",
    epilog="Exit codes: 0 fine, 1 something was found, 2 it cannot be done as asked, 3 a bug in citytools.",
)
report_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Answer a question about the whole register.")
app.add_typer(report_app, name="report")


class _ReaderGoneError(Exception):
    """Whoever read standard output has stopped; not an OSError, which the library would turn into exit code 1."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; the only way from an exception to a code."""
    try:
        # Under a locale that is not UTF-8 Python smuggles bytes into arguments as half characters.
        plain = [os.fsencode(each).decode("utf-8", "replace") for each in (sys.argv[1:] if arguments is None else arguments)]
        app(plain, prog_name="citytools", standalone_mode=True)
        return FINE
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else CANNOT
    except CitytoolsError as error:
        return _say(f"citytools: {error}" + ("" if str(error).endswith("?") else "."), CANNOT)
    except KeyboardInterrupt:
        return _say("citytools: stopped.", 130)
    except _ReaderGoneError:
        _drop_output()
        return 141
    except OSError as error:
        _drop_output()
        return _say(f"citytools: {error.strerror or error}{f': {error.filename}' if error.filename else ''}.", CANNOT)
    except Exception as error:
        if os.environ.get("CITYTOOLS_DEBUG"):
            raise
        return _say(
            f"citytools: a bug in citytools ({type(error).__name__}: {error}). Please report it with the command that you typed; "
            "CITYTOOLS_DEBUG=1 shows where it happened.",
            BUG,
        )


def _version(asked: bool) -> None:
    if asked:
        _emit(f"citytools {__version__}\n")
        raise typer.Exit(FINE)


def run() -> None:
    """The ``citytools`` command: exit with what ``main`` returns."""
    sys.exit(main())


@app.callback()
def _global(
    context: typer.Context,
    root: GlobalRoot = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")] = False,
) -> None:
    context.obj = root


@app.command()
def validate(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Report only what is in these files and folders; rules still look at everything."),
    ] = None,
    format: Annotated[FindingFormat, typer.Option("--format", help="How to write the findings.")] = FindingFormat.text,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    each: Annotated[bool, typer.Option("--all", help="List each of many like findings in a file.")] = False,
    changed_since: Annotated[
        str | None,
        typer.Option("--changed-since", metavar="REF", help="With --format github, put files changed since this commit or branch first."),
    ] = None,
    as_of: AsOf = None,
    output: Output = None,
    root: Root = None,
) -> None:
    """Say everything that is wrong with the dataset: where, what, and what to write instead."""
    from citytools import gitrepo
    from citytools import validate as checks
    from citytools.render import FINDING_FORMATS, Checked

    folder, dataset = _load(context, root)
    concerned = checks.within(folder, paths or ())
    findings = tuple(finding for finding in checks.validate(dataset, _day(as_of)) if concerned(finding.location.path))
    changed = gitrepo.changed_since(folder, changed_since) if changed_since else frozenset()
    checked = Checked(
        findings, checks.counts(dataset), _lines_of(folder), changed, each, [str(path) for path in paths or ()], _screen(output)
    )
    _emit(FINDING_FORMATS[format](checked), output)
    raise typer.Exit(FOUND if checks.failed(findings, strict=strict) else FINE)


@app.command()
def fix(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Put right only what is in these files and folders.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and change nothing.")] = False,
    as_of: AsOf = None,
    format: Format = TableFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """Put right what can only be meant in one way, such as 31/03/2027 or a name in place of its id; list every line.

    Nothing but those words is touched. What needs a person is left; exit code 1 if errors are among it.
    """
    from citytools import dataset
    from citytools import validate as checks
    from citytools.files import write_atomically
    from citytools.fix import fix, table

    folder = _root(context, root)
    files, unread = dataset.on_disk(folder)
    fixed = fix(files, unread, _day(as_of), checks.within(folder, paths or ()))
    for path, data in fixed.files.items() if not dry_run else ():
        write_atomically(folder / path, data)
    _answer([table(fixed, written=not dry_run)], format, output, found=not checks.failed(fixed.left))


@app.command()
def rules(format: Format = TableFormat.text, output: Output = None, root: Root = None) -> None:
    """List the rules that 'citytools validate' applies, with their severity."""
    from citytools import validate as checks

    _answer([checks.rules()], format, output)


@app.command()
def explain(
    rule: Annotated[str, typer.Argument(help="The rule's id, which stands in [brackets] after a finding.")],
    format: Annotated[GuideFormat, typer.Option("--format", help="How to write the page.")] = GuideFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """Say of a rule why it is there, what is wrong and what is right by it, and how to mend it."""
    from citytools.render import GUIDE_FORMATS
    from citytools.rules import guide

    _emit(GUIDE_FORMATS[format](guide(rule), _screen(output)), output)


@report_app.command()
def overlaps(
    context: typer.Context,
    by: Annotated[
        Facet, typer.Option("--by", help="What to count by: the product, who makes it, who holds the contract, or what it is for.")
    ] = Facet.product,
    group: Annotated[bool, typer.Option("--group", help="Count suppliers under their ultimate owner.")] = False,
    min_boroughs: Annotated[int, typer.Option("--min-boroughs", min=1, metavar="N", help="Leave out what fewer boroughs have.")] = 2,
    borough: Annotated[
        list[str] | None,
        typer.Option("--borough", "-b", metavar="B", help="Only what this borough shares with others. Can be repeated: all of them."),
    ] = None,
    function: Annotated[
        list[str] | None, typer.Option("--function", "-f", metavar="F", help="Only systems for this function or area. Can be repeated.")
    ] = None,
    supplier: Annotated[
        list[str] | None,
        typer.Option("--supplier", "-s", metavar="S", help="Only systems or contracts of this supplier and what it owns. Can be repeated."),
    ] = None,
    product: Annotated[list[str] | None, typer.Option("--product", "-p", metavar="P", help="Only this product. Can be repeated.")] = None,
    as_of: AsOf = None,
    format: Format = TableFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """Which boroughs have the same product, maker, contracting supplier or function in common.

    Example: citytools report overlaps --by product --function planning --borough camden
    """
    from citytools.reports.overlaps import Filters, overlaps
    from citytools.reports.select import functions, holders, one_of

    index, banner = _index(context, root, as_of)
    filters = Filters(
        boroughs=holders(index.catalogue, borough or ()),
        functions=functions(index.catalogue, function or ()),
        suppliers=one_of(index.catalogue, "supplier", supplier or ()),
        products=one_of(index.catalogue, "product", product or ()),
        min_boroughs=min_boroughs,
    )
    _answer([overlaps(index, by, filters, group=group)], format, output, banner)


@report_app.command()
def renewals(
    context: typer.Context,
    months: Annotated[int, typer.Option("--months", min=0, max=1200, metavar="N", help="How far ahead to look for decide-by dates.")] = 24,
    borough: Annotated[
        list[str] | None,
        typer.Option("--borough", "-b", metavar="B", help="Only contracts that this borough has a part in. Can be repeated."),
    ] = None,
    function: Annotated[
        list[str] | None, typer.Option("--function", "-f", metavar="F", help="Only contracts for this function or area. Can be repeated.")
    ] = None,
    supplier: Annotated[
        list[str] | None,
        typer.Option("--supplier", "-s", metavar="S", help="Only contracts with this supplier, or for what it makes. Can be repeated."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="List contracts without a known end too.")] = False,
    as_of: AsOf = None,
    format: Annotated[
        DayFormat, typer.Option("--format", help="How to write the answer; ics is a calendar to subscribe to or import.")
    ] = DayFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """Which contracts have to be decided on, by when; late ones first.

    Example: citytools report renewals --months 12 --function revenues --format ics --output decide.ics
    """
    from citytools.reports.renewals import Filters, decision_days, renewals
    from citytools.reports.select import functions, holders, one_of

    index, banner = _index(context, root, as_of)
    filters = Filters(
        boroughs=holders(index.catalogue, borough or ()),
        functions=functions(index.catalogue, function or ()),
        suppliers=one_of(index.catalogue, "supplier", supplier or ()),
        months=months,
        everything=everything,
    )
    if format is DayFormat.ics:
        _answer_in_days(decision_days(index, filters), output, banner)
    _answer([renewals(index, filters)], TableFormat(format), output, banner)


@report_app.command()
def opportunities(
    context: typer.Context,
    by: Annotated[
        Common, typer.Option("--by", help="What they have in common: the product, what it is for whatever the product, or who signed.")
    ] = Common.product,
    tolerance: Annotated[
        int, typer.Option("--tolerance", min=0, max=60, metavar="N", help="How many months after its start a joint contract may be joined.")
    ] = 6,
    within: Annotated[
        int, typer.Option("--within", min=0, max=240, metavar="N", help="Joint contracts that start within so many months.")
    ] = 36,
    min_boroughs: Annotated[int, typer.Option("--min-boroughs", min=1, metavar="N", help="Leave out what fewer boroughs could join.")] = 2,
    in_time: Annotated[bool, typer.Option("--in-time", help="Leave out what any member is too late for.")] = False,
    borough: Annotated[
        list[str] | None,
        typer.Option("--borough", "-b", metavar="B", help="Only what this borough could join. Can be repeated: all of them."),
    ] = None,
    function: Annotated[
        list[str] | None, typer.Option("--function", "-f", metavar="F", help="Only contracts for this function or area. Can be repeated.")
    ] = None,
    as_of: AsOf = None,
    format: Format = TableFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """Who could buy together, from when, and by when the first of them must decide.

    Example: citytools report opportunities --by function --borough sutton --within 48
    """
    from citytools.reports.opportunities import Filters, opportunities
    from citytools.reports.select import functions, holders

    index, banner = _index(context, root, as_of)
    filters = Filters(
        boroughs=holders(index.catalogue, borough or ()),
        functions=functions(index.catalogue, function or ()),
        min_boroughs=min_boroughs,
        tolerance=tolerance,
        within=within,
        in_time=in_time,
    )
    _answer([opportunities(index, by, filters)], format, output, banner)


@report_app.command()
def duplicates(
    context: typer.Context,
    borough: Annotated[list[str] | None, typer.Option("--borough", "-b", metavar="B", help="Only this borough. Can be repeated.")] = None,
    function: Annotated[
        list[str] | None, typer.Option("--function", "-f", metavar="F", help="Only systems for this function or area. Can be repeated.")
    ] = None,
    as_of: AsOf = None,
    format: Format = TableFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """Where one borough has several live systems for one function, or runs one product twice.

    Example: citytools report duplicates --function planning
    """
    from citytools.reports.duplicates import duplicates
    from citytools.reports.select import functions, one_of

    index, banner = _index(context, root, as_of)
    boroughs = one_of(index.catalogue, "borough", borough or ())
    _answer([duplicates(index, boroughs, functions(index.catalogue, function or ()))], format, output, banner)


@report_app.command()
def technologies(
    context: typer.Context,
    by: Annotated[Side, typer.Option("--by", help="What to list by.")] = Side.technology,
    technology: Annotated[
        list[str] | None, typer.Option("--technology", "-t", metavar="T", help="Only this technology, such as ai. Can be repeated.")
    ] = None,
    borough: Annotated[list[str] | None, typer.Option("--borough", "-b", metavar="B", help="Only this borough. Can be repeated.")] = None,
    function: Annotated[
        list[str] | None, typer.Option("--function", "-f", metavar="F", help="Only systems for this function or area. Can be repeated.")
    ] = None,
    as_of: AsOf = None,
    format: Format = TableFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """Which boroughs use, try out or plan which cutting-edge technologies, and for what.

    Example: citytools report technologies --by function --technology generative-ai
    """
    from citytools.reports import select
    from citytools.reports.technologies import Filters, known, technologies

    index, banner = _index(context, root, as_of)
    filters = Filters(
        boroughs=select.one_of(index.catalogue, "borough", borough or ()),
        functions=select.functions(index.catalogue, function or ()),
        technologies=select.words("technology", known(), technology or ()),
    )
    _answer([technologies(index, by, filters)], format, output, banner)


@report_app.command()
def coverage(
    context: typer.Context,
    borough: Annotated[list[str] | None, typer.Option("--borough", "-b", metavar="B", help="Only this borough. Can be repeated.")] = None,
    as_of: AsOf = None,
    format: Format = TableFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """How complete and how fresh the register is for each borough, and the gaps that would cost least to close.

    Example: citytools report coverage --borough camden
    """
    from citytools.reports.coverage import coverage
    from citytools.reports.select import one_of

    index, banner = _index(context, root, as_of)
    _answer([coverage(index, one_of(index.catalogue, "borough", borough or ()))], format, output, banner)


@app.command()
def sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="One SELECT over the tables that 'citytools tables' lists.")],
    as_of: AsOf = None,
    format: Format = TableFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """Ask anything in SQL. Nothing can be changed.

    Example: citytools sql "select holder, count(*) from systems group by holder"
    """
    from citytools.reports.tables import query as ask

    index, banner = _index(context, root, as_of)
    _answer([ask(index, query)], format, output, banner)


@app.command()
def tables(
    name: Annotated[str | None, typer.Argument(help="Only this table, with its columns.")] = None,
    format: Format = TableFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """List the tables for 'citytools sql', or the columns of one, with what they mean."""
    from citytools.reports.tables import table_columns, table_list

    _answer([table_columns(name) if name else table_list()], format, output)


@app.command()
def find(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="Any part of a name, alias or id.")],
    as_of: AsOf = None,
    format: Format = TableFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """Find anything by name: products, suppliers, functions, boroughs, systems, contracts. Exit code 1 when there is none."""
    from citytools.reports.find import find

    index, banner = _index(context, root, as_of)
    found = find(index, text)
    _answer([found], format, output, banner, found=bool(found.rows))


@app.command()
def show(
    context: typer.Context,
    ref: Annotated[
        str, typer.Argument(help="holder/id, such as sutton/unit4-erp-2025, or the id of a product, supplier, function or borough.")
    ],
    as_of: AsOf = None,
    format: Format = TableFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """Show one record: its fields, what follows from them and why (→), its sources, its place in its file."""
    from citytools.reports.select import nothing_named
    from citytools.reports.show import show

    index, banner = _index(context, root, as_of)
    found = show(index, ref)
    if not found:
        raise nothing_named(index, ref)
    _answer(found, format, output, banner)


@app.command()
def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or an empty one.")],
    authorities: Annotated[int, typer.Option("--authorities", min=1, max=999, metavar="N", help="How many boroughs to make up.")] = 33,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="S", help="Another seed makes other data; the same one, the same.")] = 1,
    root: Root = None,
) -> None:
    """Write a SYNTHETIC register of full size to try things on: made-up boroughs over a copy of the real catalogue."""
    import shlex

    from citytools.demo import write
    from citytools.validate import counted

    counts = write(folder, _root(context, root), authorities, seed)
    made = ", ".join(counted(number, kind) for kind, number in {"boroughs": authorities, **counts}.items())
    command = f"citytools --root {shlex.quote(str(folder))}"
    _emit(f"Synthetic data in {folder}: {made}.\nNow try: {command} report overlaps\n         {command} validate\n")


def _root(context: typer.Context, root: str | None) -> Path:
    from citytools.dataset import find_root

    return find_root(root or context.obj, Path.cwd())


def _load(context: typer.Context, root: str | None) -> tuple[Path, Any]:
    from citytools.dataset import load

    folder = _root(context, root)
    return folder, load(folder)


def _lines_of(folder: Path) -> Any:
    """A file's lines by its path from the root, for showing them again; none where it cannot be read as text."""

    def lines(path: str) -> list[str]:
        try:
            return (folder / path).read_text("utf-8-sig", "replace").splitlines()
        except OSError:
            return []

    return lines


def _index(context: typer.Context, root: str | None, as_of: str | None) -> tuple[Any, str]:
    """The index of what can be relied on, and a banner that says what cannot; empty where all can."""
    from citytools.index import build
    from citytools.validate import for_reports

    day = _day(as_of)
    _, read = _load(context, root)
    whole, banner = for_reports(read, day)
    return build(whole, day), banner


def _day(text: str | None) -> datetime.date:
    if text is None:
        return datetime.date.today()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise CitytoolsError(f'"{text}" is not a date. Write the day as year-month-day: 2026-11-23') from None


def _answer(answers: list[Any], format: TableFormat, output: Path | None, banner: str = "", *, found: bool = True) -> None:
    """Write the answers, the banner above each; a CSV file has no place for it, so there it goes to stderr."""
    from citytools.render import render

    if banner and (output or format is TableFormat.csv):
        print(f"citytools: {banner}", file=sys.stderr)
    if banner:
        answers = [replace(answer, coverage=(banner, *answer.coverage)) for answer in answers]
    _emit(render(answers, format, _screen(output)), output)
    raise typer.Exit(FOUND if banner or not found else FINE)


def _answer_in_days(days: Any, output: Path | None, banner: str) -> NoReturn:
    """Write a calendar; its banner goes to stderr, as a calendar's own description is seldom read."""
    from citytools.render import calendar

    if banner:
        print(f"citytools: {banner}", file=sys.stderr)
        days = replace(days, coverage=(banner, *days.coverage))
    _emit(calendar(days), output)
    raise typer.Exit(FOUND if banner else FINE)


def _screen(output: Path | None) -> Any:
    import shutil

    from citytools.render import Screen

    terminal = output is None and sys.stdout is not None and sys.stdout.isatty()
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Screen(max(shutil.get_terminal_size().columns, 40), colour, terminal)


def _emit(text: str, output: Path | None = None) -> None:
    if output is not None and str(output) != "-":
        from citytools.files import write_atomically

        write_atomically(output, text.encode())
        return
    if sys.stdout is None:
        raise OSError("there is no standard output to write to")
    encoding = sys.stdout.encoding or "utf-8"
    if not encoding.lower().replace("-", "").startswith("utf"):
        text = text.translate({ord("·"): "-", ord("→"): "->", ord("…"): "...", ord("£"): "GBP "})
    # With PYTHONUNBUFFERED the stream may take only part of what it is given.
    rest = memoryview(text.encode(encoding, "backslashreplace"))
    try:
        while rest:
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.buffer.flush()
    except BrokenPipeError as error:
        raise _ReaderGoneError from error


def _say(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


def _drop_output() -> None:
    """What is still buffered cannot be written; without this, closing stdout would fail once more."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 1)
