"""``citytools ci check`` and ``owners``, and what ``validate`` leaves out: a change, and what it has to answer for."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
