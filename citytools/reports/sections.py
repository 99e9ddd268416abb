"""Reading a report's ``.sql`` file and putting its sections to the index."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from citytools.index import Index

REPORTS = ("overlaps", "renewals", "opportunities", "duplicates", "technologies", "coverage")

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Question:
    """A report as its file declares it: title, question, list filters, tables that its sections share, sections (name → SELECT)."""

    title: str
    question: str
    lists: tuple[str, ...]
    tables: Mapping[str, str]
    sections: Mapping[str, str]


@cache
def question(name: str) -> Question:
    """The report of that name, from ``<name>.sql``."""
    text = (files("citytools.reports") / f"{name}.sql").read_text("utf-8")
    head, *rest = re.split(r"^-- (section|table): (\w+)\n", text, flags=re.M)
    said = dict(re.findall(r"^-- (title|question|lists): (.+)$", head, re.M))
    lists = tuple(re.findall(r"\w+", said.get("lists", "").partition("(")[0]))
    parts = list(zip(rest[::3], rest[1::3], (sql.strip().rstrip(";") for sql in rest[2::3]), strict=True))
    tables, sections = ({name: sql for what, name, sql in parts if what == kind} for kind in ("table", "section"))
    return Question(said["title"], said["question"], lists, tables, sections)


def ask(index: Index, name: str, parameters: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> dict[str, Rows]:
    """The rows of every section; list filters become tables ``param_<list>`` of one column ``value``."""
    asked = question(name)
    for of in asked.lists:
        index.database.run(f"DROP TABLE IF EXISTS param_{of}; CREATE TABLE param_{of} (value TEXT)")
        index.database.insert(f"param_{of}", ["value"], [(value,) for value in lists.get(of, ())])
    for table, sql in asked.tables.items():
        index.database.create(table, sql, _used(sql, parameters))
    return {section: _rows(index, sql, parameters) for section, sql in asked.sections.items()}


def _rows(index: Index, sql: str, parameters: Mapping[str, Any]) -> Rows:
    columns, rows = index.database.query(sql, _used(sql, parameters))
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _used(sql: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if f":{name}" in sql}
