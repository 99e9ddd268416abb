"""The answer to whoever proposed a change: one comment, and the state that the site shows beside the commit.

All that comes from the change is text between backticks or plain words. Addresses are made of what the site itself says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from citytools.ci.event import Run, borough_data
from citytools.ci.report import Fault, Report, Section, shortened
from citytools.render.escape import code, prose
from citytools.rules import levels

MARKER = "<!-- citytools: check -->"
LENGTH = 65_536
CONTEXT = "citytools"
_ROOM = 60_000  # for all but headings, and the lines that say how much more there is
_SENTENCE = 600
_FILES_NAMED = 5
_CHANGE = {"edit": "change it in the browser", "blob": "open it in your copy, and press the pencil"}
_INSTEAD = {"": "Did you mean {}?", "value": "Type instead: {}", "key": "Type instead: {}", "field": "In its place type: {}"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A comment in Markdown; ``state`` is success, failure or pending, and ``description`` says why in a line."""

    comment: str
    state: str
    description: str


@dataclass(frozen=True, slots=True)
class _Part:
    """Items under a heading, each below a line of its own where it has another than the one before; ``total`` is how many there are."""

    heading: str
    items: Sequence[tuple[str, str]]
    total: int
    most: int
    name: str
    closing: str = ""


def answer(found: Report | None, why: str, about: Run, head: str, changed: Sequence[str] | None) -> Answer:
    """What is said of a change whose newest commit is ``head``, of which the site lists the changed files (None: not known).

    ``found`` is what the check handed on; None where it handed on nothing that can be used, which ``why`` says.
    """
    if found is None:
        return _unusable(f"{_upper(why)}.", about, head)
    if not found.head == head == about.head:
        return _unusable("The check was of another state of this change than the one that stands here now.", about, head)
    parts = list(_parts(found, about))
    if not found.passed:
        title, description = _wrong(found)
        return Answer(_comment(title, prose(found.summary), parts, about, head), "failure", description)
    others = None if changed is None else [path for path in changed if not borough_data(path)]
    if others is not None and not others and changed:
        summary = "What the workbook would change is listed below." if found.submissions else prose(found.summary)
        said = f"{summary} Nothing more has to be done: a maintainer takes it in.".lstrip()
        return Answer(_comment("In order", said, parts, about, head), "success", "In order: only borough data is touched")
    said = f"{prose(found.summary)} {_for_a_maintainer(others)}".lstrip()
    return Answer(
        _comment("Nothing wrong; a maintainer decides", said, parts, about, head),
        "pending",
        "Nothing wrong; a maintainer has to look at it",
    )


def _unusable(why: str, about: Run, head: str) -> Answer:
    said = f"{why} Nothing needs to be typed anew: a maintainer looks at the check, and starts it again."
    return Answer(_comment("This change could not be checked", said, (), about, head), "failure", "It could not be checked")


def _wrong(found: Report) -> tuple[str, str]:
    """The heading and the line beside the commit for a change that cannot be taken in as it is."""
    wrong = found.errors + len(_unfit(found))
    if not wrong:
        return "Not yet: a maintainer has to agree", "It touches what needs a maintainer"
    number = "one thing" if wrong == 1 else f"{wrong:,} things"
    return f"Not yet: {number} to put right", f"{number[:1].upper()}{number[1:]} to put right"


def _for_a_maintainer(others: Sequence[str] | None) -> str:
    if others is None:
        return "It touches so many files that the site does not list them all: a maintainer has to look at it."
    if not others:
        return "No file is changed by it: a maintainer has to look at it."
    named = ", ".join(code(shortened(path, _SENTENCE)) for path in others[:_FILES_NAMED])
    more = f" and {len(others) - _FILES_NAMED:,} more" if len(others) > _FILES_NAMED else ""
    return f"It touches more than the data of boroughs, so a maintainer has to look at it: {named}{more}."


def _parts(found: Report, about: Run) -> Iterator[_Part]:
    errors, others = ([each for each in found.faults if (each.severity == "error") is wanted] for wanted in (True, False))
    unfit = [("", f"- {_said(each)}") for each in _unfit(found)]
    put_right = [*unfit, *(_fault(each, about) for each in errors)]
    total = found.errors + len(unfit)
    yield _Part("Put right", put_right, total, 40, "things to put right", _again(about, workbooks=bool(found.submissions)))
    refusals = [("", f"- {_said(each)}") for each in found.refusals if each not in _unfit(found)]
    yield _Part("What needs a maintainer", refusals, len(refusals), 30, "such", _MAINTAINERS)
    worth = [_fault(each, about) for each in others]
    yield _Part("Worth a look, though it stops nothing", worth, max(found.warnings, len(worth)), 15, "such")
    for heading, sections in (("What the change means", found.impact), ("Workbooks", found.submissions)):
        listed = list(_lines(sections))
        yield _Part(heading, listed, len(listed), 80, "lines")


_MAINTAINERS = (
    "Leave that out of this change, or ask for it here. Maintainers: where it is meant, give the change the label of each borough "
    "that agrees, such as `borough:camden`, or `maintainer-approved`; the check then runs again."
)


def _unfit(found: Report) -> list[str]:
    """The refusals that no label takes away: of files that cannot stand where they are."""
    return [each for each in found.refusals if "label" not in each]


def _again(about: Run, *, workbooks: bool) -> str:
    own = about.head_repository == about.repository
    return (
        ("Upload the corrected workbook under the same name" if workbooks else "Commit the corrected lines to the same branch")
        + ("" if own else " of your copy")
        + ": the check runs again by itself, and this comment is renewed."
    )


def _fault(fault: Fault, about: Run) -> tuple[str, str]:
    """The line that names a file with its address, and the item below it on what is wrong there."""
    address, place = about.file(fault.path, fault.line)
    file = f"**{code(shortened(fault.path, _SENTENCE))}**" + (f" ([{_CHANGE[place]}]({address}))" if address else "")
    spot = code(shortened(fault.cell, 100)) if fault.cell else f"Line {fault.line}" if fault.line else "The file"
    told = [
        _said(f"{fault.where}: {fault.message}" if fault.where else fault.message),
        "" if fault.replaces else _said(_upper(fault.advice)),
    ]
    if fault.suggestion:
        told.append(_INSTEAD[fault.replaces].format(code(shortened(fault.suggestion, _SENTENCE))))
    known = levels().get(fault.rule)
    page = about.rule(fault.rule, str(known[0])) if known else ""
    if page:
        told.append(f"([why]({page}))")
    return file, f"- **{spot}**: {' '.join(filter(None, told))}"


def _lines(sections: Iterable[Section]) -> Iterator[tuple[str, str]]:
    for section in sections:
        named = shortened(section.title, _SENTENCE)
        plain = prose(named)
        title = f"**{code(named) if '`' in plain or not plain else plain}**"
        yield from ((title, f"- {_said(line)}") for line in section.lines if line.strip())


def _said(text: str) -> str:
    """A sentence; empty for none."""
    words = prose(shortened(" ".join(text.split()), _SENTENCE))
    return words if not words or words.endswith((".", "?", "…", ":")) else f"{words}."


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _comment(title: str, said: str, parts: Iterable[_Part], about: Run, head: str) -> str:
    room = _ROOM - len(said)
    blocks = [MARKER, f"### {title}", said]
    for part in parts:
        told = _fitting(part, room, about)
        room -= sum(map(_units, told))
        blocks += told
    page = f" [All that the check said]({about.page})." if about.page else ""
    blocks.append(f"<sub>Of commit {code(head[:12])}.{page}</sub>")
    return "\n\n".join(filter(None, blocks)) + "\n"


def _fitting(part: _Part, room: int, about: Run) -> list[str]:
    """The blocks of a part, as many of its items as there is room for, and how many more there are."""
    blocks: list[str] = []
    lines: list[str] = []
    last, shown = "", 0
    for above, item in part.items[: part.most]:
        room -= _units(item) + (_units(above) if above != last else 0) + 4
        if room < 0:
            break
        if above != last:
            blocks += ["\n".join(lines), above]
            lines, last = [], above
        lines.append(item)
        shown += 1
    blocks.append("\n".join(lines))
    more = part.total - shown
    if more > 0:
        where = f"[the check]({about.page})" if about.page else "the check"
        blocks.append(f"… and {more:,} more {part.name}: {where} lists them.")
    told = [each for each in blocks if each]
    return [f"#### {part.heading}", *told, *filter(None, [part.closing])] if told else []


def _units(text: str) -> int:
    """The length of a text as the site counts it at most."""
    return len(text.encode("utf-16-le")) // 2
