"""``citytools merge``: what somebody handed in, folded into the dataset."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from citytools.cli import opening, options, output
from citytools.cli.options import Taken
from citytools.errors import CitytoolsError


def merge(
    context: typer.Context,
    submissions: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[SUBMISSION]...", help="A workbook (.xlsx), a borough's folder, a file of it (YAML or JSON), or a whole dataset."
        ),
    ] = None,
    branch: Annotated[
        str | None,
        typer.Option("--branch", metavar="REF", help="Merge this branch instead, with a merge commit, which no hosting site's button can."),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option("--base", metavar="REF", help="The commit that it was made from. Otherwise taken to be what is here now."),
    ] = None,
    borough: Annotated[
        str | None, typer.Option("--borough", "-b", metavar="B", help="Whose files they are, where their folder is not called so.")
    ] = None,
    take: Annotated[
        Taken | None,
        typer.Option("--take", help="Where both changed the same: what is here (mine) or what was sent (theirs)."),
    ] = None,
    allow_removals: Annotated[
        bool, typer.Option("--allow-removals", help="Remove records that are missing in it. Otherwise they are kept, and named.")
    ] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Leave out records with faults or conflicts, and merge the others.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write what the plan says; otherwise it is only shown.")] = False,
    as_of: options.AsOf = None,
    format: options.Format = options.TableFormat.text,
    output_file: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write to this file, and not to the screen.")] = None,
    root: options.Root = None,
) -> None:
    """Fold a submission into the dataset, record by record: what was changed since in other records and fields stays.

    First shows what would change, what is changed on both sides, and what is wrong; --write does it, all files or none.

    With --branch the same is done to whole branches, and the merge is made at once; exit code 1 if a person has to decide, the merge
    is then left to be finished.

    Example: citytools merge ~/Downloads/camden --base main --write
    """
    if branch is not None:
        if submissions:
            raise CitytoolsError("--branch merges a branch, so that there is nothing else to hand in. Leave out one of them")
        if take or base or borough or allow_removals or partial:
            raise CitytoolsError("--branch leaves what is in conflict to a person, in the files, and goes with no other option but --root")
        _merge_branch(opening.root_of(context, root), branch)
    if not submissions:
        raise CitytoolsError("what is to be merged? Name a borough's folder or a file of it, or a branch with --branch REF")
    from citytools import dataset
    from citytools import merge as merging
    from citytools.planned import opened
    from citytools.threeway import Side
    from citytools.writing import write_together

    folder = opening.root_of(context, root)
    register = opened(folder)
    before = dict(dataset.committed(folder, base)[0]) if base else None
    sent, made_from = _sent(submissions, register, before, borough or "", allow_removals)
    side = {None: None, Taken.mine: Side.OURS, Taken.theirs: Side.THEIRS}[take]
    asked = merging.Asked(side, allow_removals, partial)
    plan = merging.plan(register.files, register.unread, sent, asked, opening.day_of(as_of), now=register.dataset)
    writing = write and bool(plan.files) and not plan.blocked
    if writing:
        write_together(folder, plan.files)
    source = ", ".join(str(path) for path in submissions)
    tables = merging.tables(plan, source, base or made_from or "what is here now", written=writing)
    output.answer(tables, format, output_file, found=not plan.refused)


def _sent(paths: Sequence[Path], register: Any, base: Any, borough: str, removals: bool) -> tuple[Any, str]:
    """What was handed in, and what it was made from where it says so itself."""
    from citytools import merge, revisions, submission

    books = [path for path in paths if path.suffix.lower() in submission.WORKBOOKS]
    files = [path for path in paths if path not in books]
    sent, names = [], []
    for path in books:
        one, _, origin = submission.from_workbook(path, register, holder=borough, base=base, removals=removals)
        sent.append(one)
        names += [origin.name] if origin.files else []
    if files:
        theirs = merge.in_place(revisions.handed_in(files, borough), register.files)
        sent.append(submission.of_files(theirs, register.files if base is None else base))
    return submission.together(sent), ", ".join(dict.fromkeys(names))


def _merge_branch(folder: Path, ref: str) -> NoReturn:
    from citytools.driver import command, merge_branch

    done = merge_branch(folder, ref, command(sys.executable))
    listed = "".join(f"  {path}\n" for path in done.conflicts or done.files)
    if done.conflicts:
        output.emit(
            f"Not everything can be merged. Someone has to decide between the lines of <<<<<<< ours and >>>>>>> theirs in:\n{listed}"
            "Then: git add these files, git commit. To give the merge up instead: git merge --abort\n"
        )
        raise typer.Exit(output.FOUND)
    merged = f"Merged {ref} as commit {done.commit[:12]}:\n{listed}"
    output.emit(merged if done.commit else f"{ref} was merged before. Nothing was changed.\n")
    raise typer.Exit(output.FINE)
