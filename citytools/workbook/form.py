"""What a workbook to be filled in is made of."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Filled = str | int | float | bool | datetime.date | None


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column to fill in: its title, what its cells hold, and what to say about it.

    ``kind`` is text, long (text of several lines), id, date, count, number, pounds, yesno or list (several in a cell).
    ``hint`` is the meaning in plain words, ``example`` what a cell may look like. ``choices`` names one of the form's lists;
    with ``strict`` nothing else may be chosen. ``low`` and ``high`` bound a number.
    """

    title: str
    kind: str = "text"
    hint: str = ""
    example: str = ""
    required: bool = False
    choices: str = ""
    strict: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class FormSheet:
    """A sheet to fill in: its name, what it is for in a sentence, its columns and the rows that stand in it already."""

    name: str
    about: str
    columns: Sequence[FormColumn]
    rows: Sequence[Sequence[Filled]] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A workbook to fill in: its title, the guidance (headings with their paragraphs), its sheets, and what stands hidden in it.

    ``lists`` are the choices of dropdowns by name. ``hidden`` are sheets that only the program reads, by name, each a list of rows of text.
    """

    title: str
    guidance: Sequence[tuple[str, Sequence[str]]]
    sheets: Sequence[FormSheet]
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    hidden: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
