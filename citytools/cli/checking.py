"""``citytools ci check`` and ``owners``, and what ``validate`` leaves out: a change, and what it has to answer for."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from citytools.cli import opening, options, output
from citytools.errors import CitytoolsError

GONE_TOLD = 20


@dataclass(frozen=True, slots=True)
class Apart:
    """The findings that count, what is said of the others, to people and to machines, and which files have changed."""

    findings: tuple[Any, ...]
    said: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()

    def __and__(self, other: "Apart") -> "Apart":
        both = {id(finding) for finding in other.findings}
        kept = tuple(finding for finding in self.findings if id(finding) in both)
        return Apart(kept, self.said + other.said, {**self.facts, **other.facts}, self.changed | other.changed)


def but_known(findings: tuple[Any, ...], baseline: Path, concerned: Callable[[str], bool]) -> Apart:
    """The findings without those that a file lists as known. Raises CitytoolsError for a file that does not."""
    from dataclasses import asdict

    from citytools import baseline as known
    from citytools.validate import counted

    with baseline.open("rb") as stream:
        listed = known.read(str(baseline), stream.read(known.MAX_BYTES + 1))
    told = known.apart(findings, (each for each in listed if concerned(each.file)))
    said = [f"{counted(told.standing, 'known faults')} of {baseline} {'stands' if told.standing == 1 else 'stand'}."]
    if told.gone:
        number = f"{counted(len(told.gone), 'known faults')} {'is' if len(told.gone) == 1 else 'are'} gone"
        said.append(f"{number}. To take note of it: citytools validate --format json --output {baseline}")
        said += [
            f"Gone: {each.file}: {f'{each.where}: ' if each.where else ''}{each.message} [{each.rule}]" for each in told.gone[:GONE_TOLD]
        ]
        said += [f"And {len(told.gone) - GONE_TOLD:,} more are gone."] if len(told.gone) > GONE_TOLD else []
    facts = {"known": {"standing": told.standing, "gone": [asdict(each) for each in told.gone]}}
    return Apart(told.new, tuple(said), facts)


def but_old(findings: tuple[Any, ...], folder: Path, ref: str, at: str | None, day: datetime.date) -> Apart:
    """The findings without those that were there before this branch left ``ref``, in files that have not changed since."""
    from citytools import dataset, gitrepo
    from citytools.validate import counted, of_change, validate

    base = gitrepo.parting(folder, ref, "HEAD" if at is None else at)
    changed = gitrepo.changed_since(folder, ref) if at is None else dataset.differing(folder, base, gitrepo.commit_of(folder, at))
    before = dataset.build(*dataset.committed(folder, base))
    kept, left_out = of_change(validate(before, day), findings, changed)
    verb = "is" if left_out == 1 else "are"
    said = f"{counted(left_out, 'older findings')} in files that have not changed since {ref} {verb} left out."
    return Apart(kept, (said,) if left_out else (), {"left_out": left_out}, changed)


Base = Annotated[str, typer.Option("--base", metavar="REF", help="The branch or commit that the change is for. Its rules count.")]
Head = Annotated[str, typer.Option("--head", metavar="REF", help="The newest commit of the change.")]
Repo = Annotated[Path, typer.Option("--repo", metavar="DIR", help="The repository, a clone or a bare one. Its files are not looked at.")]
Labels = Annotated[
    str,
    typer.Option(
        "--labels", metavar="A,B", help="The labels that the change was given: borough:camden, or maintainer-approved for all it touches."
    ),
]


def check(
    base: Base,
    head: Head = "HEAD",
    repo: Repo = Path(),
    labels: Labels = "",
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write what was found to this file, as JSON to be handed on.")
    ] = None,
    summary: Annotated[
        Path | None, typer.Option("--summary", metavar="FILE", help="Write it to this file as Markdown, for the page of the job.")
    ] = None,
    as_of: options.AsOf = None,
) -> None:
    """Check a proposed change: whose data it touches, what is wrong in it or through it, and what it means.

    All is read from git's objects: nothing of the change is run, and none of its files need be checked out. Exit code 1 rejects it.

    Example: citytools ci check --base main --head camden-technology
    """
    from citytools.ci import check as checks
    from citytools.ci.report import dumps
    from citytools.ci.summary import log, markdown

    found = checks.check(_repository(repo), base, head, _labels(labels), opening.day_of(as_of))
    if report:
        output.emit(dumps(found), report)
    if summary:
        output.emit(markdown(found), summary)
    output.emit("".join(f"{line}\n" for line in log(found)))
    raise typer.Exit(output.FINE if found.passed else output.FOUND)


def owners(base: Base, head: Head = "HEAD", repo: Repo = Path(), labels: Labels = "") -> None:
    """Say whose data a proposed change touches, and what of it may not be touched so. Exit code 1 rejects it.

    A change to one borough's folder alone is fine by itself; more than that needs labels, which only maintainers can give.

    Example: citytools ci owners --base main --head camden-technology
    """
    from citytools.ci.owners import judge
    from citytools.render.escape import log
    from citytools.validate import counted

    verdict = judge(_repository(repo), base, head, _labels(labels))
    touched = f"{counted(len(verdict.files), 'files')} touched, of {', '.join(verdict.boroughs) or 'no borough'}"
    said = [*verdict.refusals, f"{touched}{'' if verdict.data_only else ', and not of boroughs alone'}"]
    output.emit("".join(f"{log(line)}.\n" for line in said))
    raise typer.Exit(output.FOUND if verdict.refusals else output.FINE)


def codeowners(
    context: typer.Context,
    organisation: Annotated[
        str, typer.Option("--organisation", metavar="NAME", help="Whose teams they are. Otherwise every rule is a comment.")
    ] = "",
    output_file: options.Output = None,
    root: options.Root = None,
) -> None:
    """Write .github/CODEOWNERS: whom GitHub asks to review a change, a team for each borough's folder and one of maintainers.

    Example: citytools ci codeowners --output .github/CODEOWNERS
    """
    from citytools.ci.codeowners import codeowners

    _, dataset = opening.load(context, root)
    output.emit(codeowners(dataset.authorities, organisation), output_file)


def _labels(text: str) -> frozenset[str]:
    """The labels in a text that has commas between them."""
    return frozenset(filter(None, (each.strip() for each in text.split(","))))


def _repository(folder: Path) -> Path:
    if not folder.is_dir():
        raise CitytoolsError(f"there is no folder {folder}. Name the repository with --repo DIR")
    return folder
