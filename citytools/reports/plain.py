"""A report that is nothing but its ``.sql`` file: each section a table, coverage and notes from its head.

A section named ``facts`` has one row, whose columns the sentences of the head may name in {braces}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from citytools.errors import CitytoolsError
from citytools.index import Index
from citytools.model import Column, Table
from citytools.reports.asking import Asked
from citytools.reports.declared import Question, Section
from citytools.reports.sections import Rows, ask

FACTS = "facts"


def answer(index: Index, question: Question, asked: Asked) -> list[Table]:
    """A table for each section but ``facts``; what the head says of coverage stands above the first, its notes below the last."""
    sections = ask(index, question, asked.options, asked.lists)
    facts = {**(sections.pop(FACTS, None) or [{}])[0], "as_of": index.as_of.isoformat()}
    tables = [_table(question, question.sections[name], rows, facts) for name, rows in sections.items()]
    coverage, notes = (tuple(_filled(texts, facts, question)) for texts in (question.coverage, question.notes))
    tables[0] = replace(tables[0], title=f"{question.title}, as of {index.as_of}", coverage=coverage)
    tables[-1] = replace(tables[-1], notes=notes if tables[-1].rows else ("Nothing to show.", *notes))
    return tables


def _filled(texts: Sequence[str], facts: Mapping[str, Any], question: Question) -> Iterator[str]:
    for text in texts:
        try:
            yield text.format(**facts)
        except (KeyError, IndexError, ValueError) as error:
            known = ", ".join(facts)
            raise CitytoolsError(f'{question.name}.sql: "{text}" names {error}, which is none of its facts: {known}') from error


def _table(question: Question, section: Section, rows: Rows, facts: Mapping[str, Any]) -> Table:
    names = list(rows[0]) if rows else list(section.columns)
    columns = tuple(_column(name, section, [row[name] for row in rows]) for name in names)
    return Table(section.title or question.title, columns, tuple(tuple(row.values()) for row in rows), facts=facts)


def _column(name: str, section: Section, values: Sequence[Any]) -> Column:
    """As the section says, else by its name and values: …_pence is money, whole numbers are counts."""
    title, kind = section.columns.get(name, (name.removesuffix("_pence").replace("_", " ").capitalize(), ""))
    if not kind and name.endswith("_pence"):
        kind = "pence"
    numbers = [value for value in values if value is not None]
    if not kind and numbers and all(isinstance(value, int) for value in numbers):
        kind = "count"
    return Column(name, title, kind or "text")
