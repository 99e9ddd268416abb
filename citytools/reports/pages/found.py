"""Everything that is known of what a page is about, by the record that it says something of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citytools.index import Index
from citytools.reports.declared import question
from citytools.reports.sections import Rows, ask

# What a contract's standing is called, in the order in which contracts are listed; others are over.
STANDINGS = ("due", "agreed", "to begin", "ask")


@dataclass(frozen=True, slots=True)
class Found:
    """What one page is about: ``subject`` is its name in a sentence, ``own`` the rows of the page's own sections."""

    subject: str
    as_of: str
    own: Mapping[str, Rows]
    parts: Mapping[str, Rows]
    holders: Mapping[str, Rows]
    covered: Mapping[str, Rows]
    moves: Mapping[str, Rows]
    withheld: Mapping[str, Rows]

    @property
    def facts(self) -> Mapping[str, Any]:
        """How much the register holds, whatever the page is about."""
        return self.parts["coverage"][0]

    @property
    def systems(self) -> Rows:
        """The systems at whatever stage, by holder."""
        return self.parts["systems"]

    def staged(self, *stages: str, counts: bool = True) -> Rows:
        """The systems at these stages that authorities have, or bodies."""
        return [row for row in self.systems if row["stage"] in stages and bool(row["counts"]) is counts]

    @property
    def contracts(self) -> Rows:
        """The contracts that are not over: to decide on, with a successor, to begin, to ask about."""
        rows = [row for row in self.parts["contracts"] if row["standing"] in STANDINGS]
        return sorted(rows, key=lambda row: (STANDINGS.index(row["standing"]), _next(row), row["contract"]))

    @property
    def over(self) -> Rows:
        """The contracts that are over, or should be by what is stated; the latest first."""
        rows = [row for row in self.parts["contracts"] if row["standing"] not in STANDINGS]
        return sorted(rows, key=lambda row: (row["binding_end"] or row["end_date"] or "", row["contract"]), reverse=True)

    def names(self, contract: str, *, counts: bool | None = None) -> list[str]:
        """Who has a part in a contract, its lead first: all, or only the authorities or the bodies."""
        rows = self.holders.get(contract, [])
        return [row["name"] for row in rows if counts is None or bool(row["counts"]) is counts]

    def ids(self, contract: str) -> set[str]:
        """The ids of all who have a part in a contract."""
        return {row["holder"] for row in self.holders.get(contract, [])}

    def boroughs_of(self, contracts: Iterable[Mapping[str, Any]]) -> set[str]:
        """The ids of the authorities with a part in any of them."""
        return {row["holder"] for contract in contracts for row in self.holders.get(contract["contract"], []) if row["counts"]}

    def reason(self, record: str, field: str) -> str:
        """The ground on which a field of a record, or a part of it, is withheld; empty where it is not."""
        rows = self.withheld.get(record, [])
        return next((row["reason"] for row in rows if row["field"].partition(".")[0] == field), "")


def found(index: Index, page: str, subject: str, parameters: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> Found:
    """What the page of that name is about, by its own file and by the parts that all pages have."""
    own = ask(index, question(page), parameters, lists)
    parts = ask(index, question("parts", __package__), {}, {})
    holders = sorted(parts["contract_holders"], key=lambda row: row["holder"] != row["contract"].partition("/")[0])
    by = {name: grouped(parts[name], key) for name, key in (("covered", "contract"), ("moves", "system"), ("withheld", "record"))}
    return Found(subject, index.as_of.isoformat(), own, parts, grouped(holders, "contract"), **by)


def grouped(rows: Iterable[Mapping[str, Any]], key: str) -> dict[str, Rows]:
    """Rows by what they have in a column, in their order."""
    found: dict[str, Rows] = defaultdict(list)
    for row in rows:
        found[row[key]].append(dict(row))
    return found


def _next(contract: Mapping[str, Any]) -> str:
    """The day by which contracts of one standing are ordered."""
    return str(contract["decide_by"] or contract["start_date" if contract["standing"] == "to begin" else "end_date"] or "9999")
