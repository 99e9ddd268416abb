"""``citytools ci comment``, ``nightly`` and ``form``: what is answered to people, by the half of a check that is trusted."""

import json
from pathlib import Path
from typing import Annotated

import typer

from citytools.cli import opening, options, output
from citytools.errors import CitytoolsError


def comment(
    event: Annotated[Path, typer.Option("--event", metavar="FILE", help="The workflow_run event, as the site sent it.")],
    head: Annotated[str, typer.Option("--head", metavar="SHA", help="The newest commit of the change, as the site knows it.")],
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="What the check handed on: report.json, or the archive with it.")
    ] = None,
    changed: Annotated[
        Path | None,
        typer.Option("--changed", metavar="FILE", help="The files that the change touches, as the site's interface lists them (JSON)."),
    ] = None,
    status: Annotated[
        Path | None,
        typer.Option("--status", metavar="FILE", help="Write the commit's status to this file, as the site's interface takes it."),
    ] = None,
    output_file: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write to this file, and not to the screen.")] = None,
) -> None:
    """Write the comment that answers a proposed change, from what its check handed on and what the site itself says of it.

    Nothing of the change is relied on: a report that is not as it must be is refused, and said to be.
    """
    from citytools.ci import comment as commenting
    from citytools.ci import event as events
    from citytools.ci.report import SIZE, loads, unpacked

    about = events.run(_read(event, events.SIZE))
    touched = events.changed(_read(changed, events.SIZE)) if changed else None
    found, why = None, "the check did not come to an end, and handed on no report"
    if report and report.is_file():
        try:
            found = loads(unpacked(_read(report, SIZE)))
        except CitytoolsError as error:
            why = str(error)
    answered = commenting.answer(found, why, about, head, touched)
    if status:
        facts = {"state": answered.state, "description": answered.description, "context": commenting.CONTEXT}
        facts |= {"target_url": about.page} if about.page else {}
        output.emit(json.dumps(facts) + "\n", status)
    output.emit(answered.comment, output_file)


def nightly(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A new folder, or an empty one.")],
    issues: Annotated[
        Path | None,
        typer.Option(
            "--issues", metavar="FILE", help="The issues there are, as the site's interface lists them: then what to send is written too."
        ),
    ] = None,
    edit_at: Annotated[
        str, typer.Option("--edit-at", metavar="ADDRESS", help="Where files are edited, as https://github.com/ORGANISATION/NAME/edit/main.")
    ] = "",
    as_of: options.AsOf = None,
    root: options.Root = None,
) -> None:
    """Write an issue for each borough: how fresh its entries are, what would help most for least work, and what the check finds.

    index.json lists them. With --issues, each file in create/ is a new issue and each in update/ what its number is to become.
    """
    from citytools import validate as checks
    from citytools.ci import event as events
    from citytools.ci import nightly as nights
    from citytools.files import write_folder
    from citytools.index import build

    day = opening.day_of(as_of)
    _, read = opening.load(context, root)
    existing = nights.standing(_read(issues, events.SIZE)) if issues else None
    whole, unsound = checks.for_reports(read, day)
    index = build(whole, day)
    found = nights.issues(index, checks.validate(read, day), unsound, edit_at.rstrip("/"))
    files = nights.written(found, index, existing)
    write_folder(out, files)
    standing = sum(each.open for each in found)
    sent = f"; to send: {sum(name.startswith(('create/', 'update/')) for name in files)}" if issues else ""
    output.emit(f"{len(found)} issues, of which {standing} are to stand open{sent}. They are in {out}.\n")


def form(
    context: typer.Context,
    event: Annotated[Path, typer.Argument(metavar="EVENT", help="The issues event, or the issue as the site's interface gives it (JSON).")],
    write_files: Annotated[
        Path | None,
        typer.Option("--write-files", metavar="DIR", help="Write the files that change below this folder, unless something is wrong."),
    ] = None,
    as_of: options.AsOf = None,
    output_file: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write to this file, and not to the screen.")] = None,
    root: options.Root = None,
) -> None:
    """Say what an issue opened with the form "Add or change a system" would do: the record, its lines, and what is wrong with them.

    Exit code 1 if a person has to settle something first.
    """
    from citytools.ci import event as events
    from citytools.ci import form as forms
    from citytools.files import write_atomically
    from citytools.planned import opened

    register = opened(opening.root_of(context, root))
    try:
        found = forms.plan(register, forms.answers(_read(event, events.SIZE)), opening.day_of(as_of))
    except CitytoolsError as error:
        # Who opened the issue reads the answer, and no log.
        output.emit(forms.unreadable(str(error)), output_file)
        raise typer.Exit(output.FOUND) from None
    if write_files:
        for path, data in found.files.items():
            (write_files / path).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(write_files / path, data)
    output.emit(forms.comment(found), output_file)
    raise typer.Exit(output.FOUND if found.refused else output.FINE)


def workbooks(
    base: Annotated[str, typer.Option("--base", metavar="REF", help="The commit or branch that the change is proposed for.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A new folder, or an empty one.")],
    head: Annotated[str, typer.Option("--head", metavar="REF", help="The newest commit of the change.")] = "HEAD",
    repo: Annotated[Path, typer.Option("--repo", metavar="DIR", help="The repository, which may be a bare one.")] = Path(),
) -> None:
    """Take the workbooks that a proposed change hands in out of git, into a folder for each borough; name them."""
    from citytools.ci.handed import workbooks as handed_in
    from citytools.files import write_folder

    found = handed_in(repo, base, head)
    write_folder(out, found)
    output.emit("".join(f"{out / name}\n" for name in found))


def _read(path: Path, most: int) -> bytes:
    """A file's content, or so much of it that it is seen to be too long."""
    with path.open("rb") as stream:
        return stream.read(most + 1)
