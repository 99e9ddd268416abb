"""Everything that is wrong with a dataset, in file order."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from citytools import worker
from citytools.catalogue import Catalogue
from citytools.dataset import DATASET_FILE, faulty, sound, without
from citytools.errors import CitytoolsError
from citytools.model import Column, Dataset, FieldPath, Finding, Severity, Table
from citytools.packing import packed_findings, unpacked_findings
from citytools.rules import RULES, Rule, Subject, levels


def rules() -> Table:
    """Every rule that ``validate`` applies: id, severity and what it asks for."""
    columns = (Column("rule", "Rule", "id"), Column("severity", "Severity", "id"), Column("summary", "What it asks for"))
    return Table(
        "What citytools validate checks",
        columns,
        tuple((name, str(severity), summary) for name, (severity, summary) in levels().items()),
        notes=("An error fails validation; a warning fails it with --strict; a notice never does. 'citytools explain RULE' says more.",),
    )


WORTH_A_WORKER = 5_000

_COUNTED = {
    "boroughs": ("borough",),
    "bodies": ("body",),
    "systems": ("system",),
    "contracts": ("contract",),
    "skills": ("skill",),
    "catalogue entries": ("function", "supplier", "product", "skill-name", "framework"),
}


def validate(dataset: Dataset, as_of: datetime.date) -> tuple[Finding, ...]:
    """All findings: of reading, of the schemas and of the rules; one for a place that the schemas already object to."""
    departures = [finding for document in dataset.documents for finding in document.departures]
    subject = Subject(dataset, Catalogue(dataset), as_of)
    explained = _explained(departures)
    found = [finding for rule, findings in _run(subject) for finding in findings if not explained(rule, finding)]
    told = _without_withheld(dataset, [*dataset.findings, *departures, *found])
    return tuple(sorted(told, key=lambda f: (f.location, f.rule, f.message)))


def added(before: Dataset, after: Dataset, as_of: datetime.date) -> tuple[Finding, ...]:
    """The findings that an edit brings: those of a rule in a file of which there are then more than before."""
    # Places and words may change with the edit although the fault is the old one: its number does not.
    known = Counter((finding.location.path, finding.rule) for finding in validate(before, as_of))
    found = validate(after, as_of)
    more = Counter((finding.location.path, finding.rule) for finding in found) - known
    return tuple(finding for finding in found if (finding.location.path, finding.rule) in more)


def of_change(before: Iterable[Finding], after: Iterable[Finding], changed: Collection[str]) -> tuple[tuple[Finding, ...], int]:
    """What a change to these files has to answer for: what is wrong in them, and what it brought about elsewhere; how much is left out.

    A file that did not change has every value where it was, so that a fault is an old one where its rule found one at its place before.
    """
    known = Counter(map(_spot, before))
    kept = []
    left_out = 0
    for finding in after:
        spot = _spot(finding)
        if finding.location.path not in changed and known[spot]:
            known[spot] -= 1
            left_out += 1
        else:
            kept.append(finding)
    return tuple(kept), left_out


def _spot(finding: Finding) -> tuple[str, str, FieldPath, str]:
    return finding.location.path, finding.rule, finding.path, finding.where


def _without_withheld(dataset: Dataset, findings: list[Finding]) -> Iterator[Finding]:
    """Nothing is said of a value that is withheld, but that it must not be in the file: a message would publish it."""
    secret = {
        (record.document.path, (*record.path, *path))
        for kind in dataset.records
        for record in dataset.of(kind)
        for path in record.withheld()
    }
    for finding in findings:
        inside = (
            any((finding.location.path, finding.path[:length]) in secret for length in range(1, len(finding.path) + 1)) if secret else False
        )
        if not inside or finding.rule == "withheld-given":
            yield finding


def _run(subject: Subject) -> Iterable[tuple[Rule, list[Finding]]]:
    """Each rule with its findings, by two processes where there is much to look at."""
    rules = list(RULES.values())
    much = sum(map(len, subject.dataset.records.values())) > WORTH_A_WORKER
    if not much or not worker.possible():
        return [(rule, list(rule.run(subject))) for rule in rules]
    found = worker.shared(rules, lambda rule: list(rule.run(subject)), packed_findings, unpacked_findings)
    return zip(rules, found, strict=True)


def _explained(departures: Iterable[Finding]) -> Callable[[Rule, Finding], bool]:
    """Whether the schemas' findings say the same of a place or, of what is missing, that its name is misspelt."""
    taken = {(finding.location, finding.where) for finding in departures}
    misspelt = {
        (finding.location.path, finding.path[:2]) for finding in departures if finding.rule == "unknown-field" and finding.suggestion
    }
    return lambda rule, finding: (
        (finding.location, finding.where) in taken or (rule.misses and (finding.location.path, finding.path[:2]) in misspelt)
    )


# Faults that can make an answer wrong although every file can be read.
_MISLEADING = ("circular-reference", "duplicate-id", "holder-not-described", "product-or-name", "unknown-holder", "unknown-reference")


def for_reports(dataset: Dataset, as_of: datetime.date) -> tuple[Dataset, str]:
    """What reports may rest on, and in words what they may not: files left out, and files with misleading faults.

    Raises CitytoolsError where dataset.yaml is among them: which authorities count, and how long a purchase takes, stand nowhere else.
    """
    whole, errors = sound(dataset)
    if whole.document("dataset") is None:
        raise CitytoolsError(f"{DATASET_FILE} cannot be relied on, and without it no report is right. Run: citytools validate")
    subject = Subject(whole, Catalogue(whole), as_of)
    faults = [finding for name in _MISLEADING for finding in RULES[name].run(subject)]
    unique = {
        kind: tuple({record.ref: record.published() for record in reversed(records)}.values())[::-1]
        for kind, records in whole.records.items()
    }
    left_out, misleading = ({finding.location.path for finding in found} for found in (errors, faults))
    said = [
        f"{_listed(left_out)} cannot be relied on: left out of this answer." if left_out else "",
        f"{_listed(misleading - left_out)}: faults there may make this answer wrong." if misleading - left_out else "",
    ]
    banner = " ".join(sentence for sentence in said if sentence)
    return replace(whole, records=unique), f"{banner} Run: citytools validate" if banner else ""


def both_for_reports(sides: Iterable[tuple[str, Dataset]], as_of: datetime.date) -> tuple[list[Dataset], str]:
    """What reports that compare may rest on in each of two states, and in words, by their names, what they may not. Raises CitytoolsError.

    What cannot be relied on in one is left out of both: else its records would seem to have come or gone.
    """
    known = [(name, read, faulty(read)) for name, read in sides]
    out = frozenset().union(*(paths for _, _, paths in known))
    found = [(name, *for_reports(without(read, out - paths), as_of)) for name, read, paths in known]
    names: dict[str, list[str]] = {}
    for name, _, banner in found:
        names.setdefault(banner, []).append(name)
    said = [f"In {' and '.join(having)}: {banner}." for banner, having in names.items() if banner]
    both = ["What is left out of one state is left out of both."] if said and out and len(names) > 1 else []
    return [whole for _, whole, _ in found], " ".join([*said, *both])


def _listed(paths: set[str]) -> str:
    first = ", ".join(sorted(paths)[:3])
    return f"{first} and {len(paths) - 3} more" if len(paths) > 3 else first


def within(root: Path, paths: Iterable[Path], known: Collection[str] | None = None) -> Callable[[str], bool]:
    """Whether a file of the dataset is in or below one of these paths; every file is where there are none.

    ``known`` are the files where these are not on disk. Raises CitytoolsError for a path that is missing or not in the dataset.
    """
    wanted = [_inside(root, path, known) for path in paths]
    return lambda path: not wanted or any(each in (".", path) or path.startswith(f"{each}/") for each in wanted)


def _among(root: Path, path: Path, known: Collection[str]) -> bool:
    """Whether one of the known files is at this path or below it."""
    found = path.resolve()
    return any(found in ((root / each), *(root / each).parents) for each in known)


def failed(findings: Iterable[Finding], *, strict: bool = False) -> bool:
    """Whether validation fails: on any error, and with ``strict`` on any warning."""
    grave = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return any(finding.severity in grave for finding in findings)


def counts(dataset: Dataset) -> dict[str, int]:
    """How many of each kind of record were read, named for people."""
    return {name: sum(1 for _ in dataset.of(*kinds)) for name, kinds in _COUNTED.items()}


def counted(number: int, names: str) -> str:
    """A number with its noun, given in the plural: ``1 borough``, ``2 bodies``."""
    one = f"{names[:-3]}y" if names.endswith("ies") else names.removesuffix("s")
    return f"{number:,} {one if number == 1 else names}"


def _inside(root: Path, path: Path, known: Collection[str] | None) -> str:
    if not (path.exists() if known is None else _among(root, path, known)):
        raise CitytoolsError(f"there is no file or folder {path}" + ("" if known is None else " in that commit"))
    resolved = path.resolve()
    if not resolved.is_relative_to(root):
        raise CitytoolsError(f"{path} is not part of the dataset in {root}. To check another dataset, name its folder with --root DIR")
    inside = resolved.relative_to(root)
    if inside.parts[:1] not in ((), ("data",)):
        raise CitytoolsError(f"{path} is not data: what is checked stands in {root / 'data'}")
    return inside.as_posix()
