"""The command line: parse, load, call one function, render, exit. The one place that prints and exits.

Annotations are evaluated as they stand: as text, typer would compile each of them again at every start.
"""

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from citytools import __version__
from citytools.cli import beginning, checking, ci, editing, formatting, merging, report, workbooks
from citytools.cli.opening import day_of, index_of, indexes_of, load, repository_of, root_of
from citytools.cli.options import AsOf, At, ChangeFormat, FindingFormat, Format, GlobalRoot, GuideFormat, Output, Root, TableFormat
from citytools.cli.output import BUG, CANNOT, FINE, FOUND, ReaderGoneError, answer, drop_output, emit, finish, say, screen
from citytools.errors import CitytoolsError

app = typer.Typer(
    name="citytools",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="What London's 33 local authorities run, know and have contracted: check it, ask it.",
    epilog="Exit codes: 0 fine, 1 something was found, 2 it cannot be done as asked, 3 a bug in citytools.",
)
app.add_typer(report.app, name="report")
app.command()(merging.merge)


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
        return say(f"citytools: {error}" + ("" if str(error).endswith("?") else "."), CANNOT)
    except KeyboardInterrupt:
        return say("citytools: stopped.", 130)
    except ReaderGoneError:
        drop_output()
        return 141
    except OSError as error:
        drop_output()
        return say(f"citytools: {error.strerror or error}{f': {error.filename}' if error.filename else ''}.", CANNOT)
    except Exception as error:
        if os.environ.get("CITYTOOLS_DEBUG"):
            raise
        return say(
            f"citytools: a bug in citytools ({type(error).__name__}: {error}). Please report it with the command that you typed; "
            "CITYTOOLS_DEBUG=1 shows where it happened.",
            BUG,
        )


def _version(asked: bool) -> None:
    if asked:
        emit(f"citytools {__version__}\n")
        raise typer.Exit(FINE)


def run() -> None:
    """The ``citytools`` command: exit with what ``main`` returns."""
    code = main()
    gc.freeze()  # else Python looks for garbage once more in all that goes with the process, which takes as long as its start
    sys.exit(code)


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
        typer.Option(
            "--changed-since",
            metavar="REF",
            help="Only what a change since it left this commit or branch has to answer for: faults in its files, and what it brings about "
            "in others.",
        ),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="FILE", help="Only what is new: the faults in this file, of --format json, are known."),
    ] = None,
    as_of: AsOf = None,
    at: At = None,
    output: Output = None,
    root: Root = None,
) -> None:
    """Say everything that is wrong with the dataset: where, what, and what to write instead."""
    from citytools import validate as checks
    from citytools.render import FINDING_FORMATS, Checked

    folder, dataset = load(context, root, at)
    day = day_of(as_of)
    concerned = checks.within(folder, paths or (), None if at is None else {document.path for document in dataset.documents})
    findings = tuple(finding for finding in checks.validate(dataset, day) if concerned(finding.location.path))
    apart = checking.Apart(findings)
    if baseline:
        apart &= checking.but_known(findings, baseline, concerned)
    if changed_since is not None:
        apart &= checking.but_old(findings, folder, changed_since, at, day)
    checked = Checked(
        apart.findings,
        checks.counts(dataset),
        _lines_of(folder, at),
        apart.changed,
        each,
        [str(path) for path in paths or ()],
        apart.said,
        apart.facts,
        screen(output),
    )
    emit(FINDING_FORMATS[format](checked), output)
    raise typer.Exit(FOUND if checks.failed(apart.findings, strict=strict) else FINE)


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

    folder = root_of(context, root)
    files, unread = dataset.on_disk(folder)
    fixed = fix(files, unread, day_of(as_of), checks.within(folder, paths or ()))
    for path, data in fixed.files.items() if not dry_run else ():
        write_atomically(folder / path, data)
    answer([table(fixed, written=not dry_run)], format, output, found=not checks.failed(fixed.left))


app.command(name="fmt")(formatting.fmt)
editing.add_to(app)
workbooks.add_to(app)
app.add_typer(beginning.app, name="new")
app.add_typer(ci.app, name="ci")


@app.command()
def rules(format: Format = TableFormat.text, output: Output = None, root: Root = None) -> None:
    """List the rules that 'citytools validate' applies, with their severity."""
    from citytools import validate as checks

    answer([checks.rules()], format, output)


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

    emit(GUIDE_FORMATS[format](guide(rule), screen(output)), output)


@app.command(name="diff")
def diff_command(
    context: typer.Context,
    old: Annotated[str | None, typer.Argument(metavar="[OLD]", help="A commit, branch or tag, a folder or a file. Otherwise HEAD.")] = None,
    new: Annotated[str | None, typer.Argument(metavar="[NEW]", help="The same. Otherwise the files as they are now.")] = None,
    borough: Annotated[
        list[str] | None,
        typer.Option("--borough", "-b", metavar="B", help="Only this borough's or body's records. Can be repeated: any of them."),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="K", help="Only records of this kind, such as contract. Can be repeated: any of them."),
    ] = None,
    stat: Annotated[bool, typer.Option("--stat", help="Only how many records of each kind, holder by holder.")] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 where anything differs.")] = False,
    impact: Annotated[
        bool,
        typer.Option(
            "--impact", help="Say what the changes mean instead: overlaps, joint purchases, decide-by days, coverage before and after."
        ),
    ] = False,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="With --impact: the day to look from. Otherwise today.")
    ] = None,
    format: Annotated[ChangeFormat, typer.Option("--format", help="How to write the answer.")] = ChangeFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """Which records were added, removed, changed, moved or renamed, field by field; layout, comments and order do not count.

    Example: citytools diff main --borough camden
    """
    from citytools import diff, revisions
    from citytools.render import CHANGE_FORMATS, Compared

    before, after = revisions.compared(repository_of(context, root), old, new)
    if impact:
        if stat or kind:
            raise CitytoolsError("--impact looks at all records: leave out --stat and --kind")
        _say_impact(before, after, borough or (), as_of, exit_code, format, output)
    holders = revisions.holders(before, after, borough or ())
    found = diff.diff(*revisions.both(before, after))
    changes = diff.only(found.changes, holders, kind or ())
    compared = Compared(before.name, after.name, changes, found.unread, stat, screen(output))
    emit(CHANGE_FORMATS[format](compared), output)
    raise typer.Exit(FOUND if exit_code and (changes or found.unread) else FINE)


def _say_impact(
    before: Any, after: Any, boroughs: Sequence[str], as_of: str | None, exit_code: bool, format: str, output: Path | None
) -> NoReturn:
    """What the change from one state to another means; the number of records that differ stands first."""
    from dataclasses import replace

    from citytools import diff, revisions
    from citytools.dataset import DATASET_FILE
    from citytools.impact import changed, impact
    from citytools.render import Compared, render, summary
    from citytools.reports.select import holders

    for state in (before, after):
        if DATASET_FILE not in state.hashes:
            raise CitytoolsError(f"--impact compares two whole registers, and {state.name} has no {DATASET_FILE}")
    sides = revisions.both(before, after, whole=True)
    old, new, banner = indexes_of((before.name, sides[0]), (after.name, sides[1]), as_of)
    chosen = holders(new.catalogue, boroughs)
    found = diff.diff(*sides)
    changes = diff.only(found.changes, chosen, ())
    first, *others = impact(old, new, chosen)
    said = [banner, summary(Compared(before.name, after.name, changes)), *first.coverage]
    tables = [replace(first, coverage=tuple(filter(None, said))), *others]
    content = render(tables if format == "json" else changed(tables), format, screen(output))
    finish(content, format, output, banner, found=not (exit_code and (changes or found.unread)))


@app.command()
def history(
    context: typer.Context,
    record: Annotated[
        str, typer.Argument(help="holder/id, such as sutton/unit4-erp-2025, or the id of a product, supplier, function or borough.")
    ],
    at: At = None,
    format: Format = TableFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """Say how a record came to be: what each commit did to it, newest first, through new ids and other holders.

    Example: citytools history sutton/unit4-erp-2025
    """
    from citytools import gitrepo
    from citytools.history import history

    folder = repository_of(context, root)
    answer(history(folder, gitrepo.commit_of(folder, "HEAD" if at is None else at), record), format, output, at=at)


@app.command()
def sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="One SELECT over the tables that 'citytools tables' lists.")],
    as_of: AsOf = None,
    at: At = None,
    format: Format = TableFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """Ask anything in SQL. Nothing can be changed.

    Example: citytools sql "select holder, count(*) from systems group by holder"
    """
    from citytools.lookup.tables import query as ask

    index, banner = index_of(context, root, as_of, at)
    answer([ask(index, query)], format, output, banner, at=at)


@app.command()
def tables(
    name: Annotated[str | None, typer.Argument(help="Only this table, with its columns.")] = None,
    format: Format = TableFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """List the tables for 'citytools sql', or the columns of one, with what they mean."""
    from citytools.lookup.tables import table_columns, table_list

    answer([table_columns(name) if name else table_list()], format, output)


@app.command()
def find(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="Any part of a name, alias or id.")],
    as_of: AsOf = None,
    at: At = None,
    format: Format = TableFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """Find anything by name: products, suppliers, functions, boroughs, systems, contracts. Exit code 1 when there is none."""
    from citytools.lookup.find import find

    index, banner = index_of(context, root, as_of, at)
    found = find(index, text)
    answer([found], format, output, banner, found=bool(found.rows), at=at)


@app.command()
def show(
    context: typer.Context,
    ref: Annotated[
        str, typer.Argument(help="holder/id, such as sutton/unit4-erp-2025, or the id of a product, supplier, function or borough.")
    ],
    as_of: AsOf = None,
    at: At = None,
    format: Format = TableFormat.text,
    output: Output = None,
    root: Root = None,
) -> None:
    """Show one record: its fields, what follows from them and why (→), its sources, its place in its file."""
    from citytools.lookup.show import show
    from citytools.reports.select import nothing_named

    index, banner = index_of(context, root, as_of, at)
    found = show(index, ref)
    if not found:
        raise nothing_named(index, ref)
    answer(found, format, output, banner, at=at)


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

    counts = write(folder, root_of(context, root), authorities, seed)
    made = ", ".join(counted(number, kind) for kind, number in {"boroughs": authorities, **counts}.items())
    command = f"citytools --root {shlex.quote(str(folder))}"
    emit(f"Synthetic data in {folder}: {made}.\nNow try: {command} report overlaps\n         {command} validate\n")


@app.command(name="merge-driver")
def merge_driver(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="The file that both sides began with: %O.")],
    ours: Annotated[Path, typer.Argument(metavar="OURS", help="The file as it is here, which the merged one replaces: %A.")],
    theirs: Annotated[Path, typer.Argument(metavar="THEIRS", help="The file as it is there: %B.")],
    path: Annotated[str, typer.Argument(metavar="PATH", help="Where the file stands in the repository: %P.")],
    root: Root = None,
) -> None:
    """Merge one file record by record: git calls this once 'citytools setup-git' has been run.

    Exit code 0 if everything is merged, 1 if markers stand where a person has to decide.
    """
    from citytools.driver import drive

    raise typer.Exit(FINE if drive(Path.cwd(), base, ours, theirs, path) else FOUND)


@app.command(name="setup-git")
def setup_git(
    context: typer.Context,
    undo: Annotated[bool, typer.Option("--undo", help="Take back what setup-git did in this clone.")] = False,
    root: Root = None,
) -> None:
    """Have git merge, rebase and cherry-pick the dataset's files of this clone record by record instead of line by line."""
    from citytools.driver import command, set_up, take_down

    folder = root_of(context, root)
    emit("".join(f"{line}\n" for line in (take_down(folder) if undo else set_up(folder, command(sys.executable)))))


def _lines_of(folder: Path, at: str | None) -> Any:
    """A file's lines by its path from the root, for showing them again; none where it cannot be read as text."""
    from citytools import dataset

    committed = dataset.reader_at(folder, at) if at is not None else None

    def lines(path: str) -> list[str]:
        try:
            data = committed(path) if committed else (folder / path).read_bytes()
            return data.decode("utf-8-sig", "replace").splitlines()
        except OSError:
            return []

    return lines
