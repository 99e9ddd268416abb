"""What a report's ``.sql`` file declares in its head: its question, what may be asked of it, and its sections.

Each line of the head is ``-- word: text``; CONTRIBUTING.md shows the words by example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from citytools.errors import CitytoolsError

PACKAGE = "citytools.reports"
STANDARD = ("option", "list", "argument")

_WORD = re.compile(r"^-- (\w+)(?: (\w+))?: (.+(?:\n--   .+)*)$", re.M)
_RANGE = re.compile(r"(\d+) to (\d+)(?:, default (\d+))?")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What may be asked of a report.

    ``sort`` is option, list (any number of names of one ``kind``, nothing for no limit) or argument (one name, compulsory).
    ``kind`` is flag, number, choice, or what a name must be one of, as ``select`` knows it.
    """

    name: str
    sort: str
    kind: str
    help: str
    default: Any = None
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 0

    @property
    def many(self) -> bool:
        """Whether any number of names may be given."""
        return self.sort == "list"


@dataclass(frozen=True, slots=True)
class Section:
    """A SELECT with its title and how its columns are called (``name`` → title and kind); titles are for plain reports."""

    sql: str
    title: str = ""
    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """A report as its file declares it.

    ``since`` says what the report shows where one asks what changed since a commit; empty where that cannot be asked.
    ``also`` names formats beyond those of every table, ``coverage`` and ``notes`` are sentences in which {names} stand for facts,
    ``tables`` are what sections share, in order.
    """

    name: str
    title: str
    question: str
    example: str
    chapter: str
    since: str
    also: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    coverage: tuple[str, ...]
    notes: tuple[str, ...]
    tables: Mapping[str, str]
    sections: Mapping[str, Section]

    @property
    def lists(self) -> tuple[str, ...]:
        """The names of the list filters and arguments: an argument may name several things, as an area does functions."""
        return tuple(parameter.name for parameter in self.parameters if parameter.sort in ("list", "argument"))


@cache
def question(name: str, package: str = PACKAGE) -> Question:
    """The report of that name, from ``<name>.sql`` in a package. Raises FileNotFoundError where there is none."""
    return parse(name, (files(package) / f"{name}.sql").read_text("utf-8"))


def parse(name: str, text: str) -> Question:
    """A report from its file's text. Raises CitytoolsError for a head that lacks a title or question, or has a line of another form."""
    head, *rest = re.split(r"^-- (section|table): (\w+)\n", text, flags=re.M)
    said = [(word, of, " ".join(line.strip("- ") for line in text.splitlines())) for word, of, text in _WORD.findall(head)]
    single = {word: text for word, _, text in said}
    missing = [word for word in ("title", "question") if word not in single]
    if missing:
        raise CitytoolsError(f"{name}.sql has no line '-- {missing[0]}: …'")
    parts = list(zip(rest[::3], rest[1::3], (sql.strip().rstrip(";") for sql in rest[2::3]), strict=True))
    return Question(
        name=name,
        title=single["title"],
        question=single["question"],
        example=single.get("example", f"citytools report {name}"),
        chapter=single.get("chapter", ""),
        since=single.get("since", ""),
        also={of: text for word, of, text in said if word == "also"},
        parameters=tuple(_parameter(word, of, text) for word, of, text in said if word in STANDARD),
        coverage=tuple(text for word, _, text in said if word == "coverage"),
        notes=tuple(text for word, _, text in said if word == "note"),
        tables={of: sql for what, of, sql in parts if what == "table"},
        sections={of: _section(sql) for what, of, sql in parts if what == "section"},
    )


def _section(text: str) -> Section:
    lines = text.splitlines()
    own = [line for line in lines if re.match(r"-- (title|column)\b", line)]
    sql = "\n".join(line for line in lines if line not in own)
    said = [found.groups() for line in own if (found := _WORD.match(line))]
    title = next((text for word, _, text in said if word == "title"), "")
    return Section(sql, title, {of: _column(text) for word, of, text in said if word == "column"})


def _column(text: str) -> tuple[str, str]:
    """A column's title, and its kind where that follows in brackets."""
    found = re.fullmatch(r"(.+?)(?: \((\w+)\))?", text)
    return (found[1], found[2] or "") if found else (text, "")


def _parameter(sort: str, name: str, text: str) -> Parameter:
    form, _, what = text.partition(". ")
    if not what:
        raise CitytoolsError(f"'-- {sort} {name}: {text}' needs a form, a full stop and what it is for")
    if form == "flag":
        return Parameter(name, sort, "flag", what, default=False)
    if found := _RANGE.fullmatch(form):
        default = int(found[3]) if found[3] else None
        return Parameter(name, sort, "number", what, default, least=int(found[1]), most=int(found[2]))
    if " | " in form:
        choices = tuple(form.split(" | "))
        return Parameter(name, sort, "choice", what, choices[0], choices)
    return Parameter(name, sort, form, what)


def chapters(questions: Mapping[str, Question], order: tuple[str, ...]) -> Iterator[tuple[str, list[Question]]]:
    """Reports under their chapters, those of ``order`` first, by name within each."""
    known = dict.fromkeys((*order, *sorted({each.chapter for each in questions.values()})))
    for chapter in known:
        found = sorted((each for each in questions.values() if each.chapter == chapter), key=lambda each: each.name)
        if found:
            yield chapter, found
