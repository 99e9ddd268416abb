"""What the register answers to the questions about systems and contracts that councils keep receiving.

What is withheld is looked at before what is stated, so that a value which stands in a file all the same is not shown; and no
length of time, share or sum is said that would give it back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import Any

from citytools import schema
from citytools.reports.sections import Rows, by_key
from citytools.reports.words import day, enumerated, many, parties_of

STATED, NONE, UNKNOWN, WITHHELD = "stated", "stated as none", "looked for and unknown", "withheld"
NOT_HELD, NOT_STATED = "not held in this register", "not stated"
QUESTIONS = {
    "functions": "Functions",
    "product": "Product",
    "maker": "Maker",
    "contract": "Contract",
    "supplier": "Supplier",
    "start": "Start",
    "end": "End",
    "extensions": "Extensions",
    "yearly_cost": "Yearly cost",
    "hosting": "Hosting",
    "users": "Users",
    "ai_use": "AI use",
}
AI = ("ai", "machine-learning", "generative-ai", "chatbot", "computer-vision", "voice-automation")

_FILES = {"system": "technology", "contract": "contracts"}
_HOSTING = {"cloud": "cloud, whose is not stated"}
_BASIS = {"committed": "committed, without option years", "includes-options": "option years included"}
_TIME = {"year": "a year", "whole-term": "in total for the whole term with all options"}
_PRECISION = {"about": "about ", "up-to": "up to ", "at-least": "at least "}
_NOTHING: Mapping[str, Any] = defaultdict(lambda: None)

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in a cell: the state it is in, what is said (for what is not given, why), and what belongs beside it."""

    state: str
    said: str = ""
    remark: str = ""

    @property
    def text(self) -> str:
        """The cell in words."""
        given = self.said if self.state == STATED else ": ".join(part for part in (self.state, self.said) if part)
        return "; ".join(part for part in (given, self.remark) if part)


@dataclass(frozen=True, slots=True)
class Known:
    """The rows of foi.sql by record: by holder/id, or by kind and holder/id where either kind has them."""

    systems: Mapping[str, Mapping[str, Any]]
    contracts: Mapping[str, Mapping[str, Any]]
    functions: Mapping[Key, Sequence[str]]
    covered: Mapping[str, Rows]
    technologies: Mapping[str, Sequence[str]]
    extensions: Mapping[str, Rows]
    parties: Mapping[str, Sequence[str]]
    withheld: Mapping[Key, Mapping[str, str]]
    unknown: Mapping[Key, Mapping[str, str]]
    none: Mapping[Key, Sequence[str]]

    def ground(self, kind: str, record: str, *fields: str) -> str:
        """On what ground one of the fields is withheld; empty where none is. A name that no field has may mean any of them."""
        for field, reason in self.withheld.get((kind, record), {}).items():
            if field in fields:
                return reason
            if field not in titles(kind):
                return f'{reason} (said of "{field}", which is no field: it may be this one)'
        return ""


def known(sections: Mapping[str, Rows]) -> Known:
    """What the sections of foi.sql hold, ready for looking up."""
    return Known(
        systems={row["system"]: row for row in sections["systems"]},
        contracts={row["contract"]: row for row in sections["contracts"]},
        functions=_texts(sections["functions"], "name"),
        covered=by_key(sections["covered"], "contract"),
        technologies={record: texts for (_, record), texts in _texts(sections["technologies"], "technology").items()},
        extensions=by_key(sections["extensions"], "contract"),
        parties=parties_of(sections["contract_holders"]),
        withheld=_reasons(sections["withheld"], "no ground is stated"),
        unknown=_reasons(sections["unknown"], ""),
        none=_texts(sections["none"], "field"),
    )


def _texts(rows: Rows, key: str) -> dict[Key, list[str]]:
    found: dict[Key, list[str]] = defaultdict(list)
    for row in rows:
        found[row["record_kind"], row["record"]].append(row[key])
    return found


def _reasons(rows: Rows, otherwise: str) -> dict[Key, dict[str, str]]:
    """Why each field is not given; a list goes by its name alone, whatever star follows it."""
    found: dict[Key, dict[str, str]] = defaultdict(dict)
    for row in rows:
        found[row["record_kind"], row["record"]][row["field"].removesuffix(".*")] = (row["reason"] or otherwise).rstrip(".")
    return found


@cache
def titles(kind: str) -> Mapping[str, str]:
    """The fields of a record with their titles, nested ones as ``value.amount``."""
    fields = [each for each in schema.properties(_FILES[kind]) if each.path[2:] and each.path[-1] != "*"]
    return {".".join(each.path[2:]): each.definition.get("title", each.name) for each in fields}


@cache
def decided_by(name: str) -> tuple[str, tuple[str, ...]]:
    """The kind of record and its fields that answer a question; one of them withheld, and the answer may be."""
    fields = {
        "functions": ("functions",),
        "product": ("product", "name"),
        "maker": ("supplier", "product"),
        "hosting": ("hosting",),
        "users": ("users",),
        "ai_use": ("technologies",),
        "contract": ("title",),
        "supplier": ("supplier",),
        "start": ("start", "signed"),
        "end": ("end", "term_months"),
        "extensions": tuple(field for field in titles("contract") if field.startswith("extensions")),
        "yearly_cost": ("value", "value.amount", "value.amount_to"),
    }
    kind = "system" if name in ("functions", "product", "maker", "hosting", "users", "ai_use") else "contract"
    return kind, fields[name]


def answers(system: str | None, contract: str | None, known: Known) -> dict[str, Answer]:
    """An answer to each of QUESTIONS about a system, a contract, or the two together."""
    found = {**_of_system(system, contract, known), **_of_contract(contract, known)}
    return {name: found[name] for name in QUESTIONS}


def _cell(known: Known, name: str, record: str | None, said: str, *, missing: str = NOT_HELD, only: Sequence[str] = ()) -> Answer:
    """The answer to a question; ``said`` is what its fields state, ``only`` those of them that this rests on."""
    kind, fields = decided_by(name)
    return _decided(known, kind, record, only or fields, said, missing)


def _decided(known: Known, kind: str, record: str | None, fields: Sequence[str], said: str, missing: str = NOT_HELD) -> Answer:
    if record is None:
        return Answer(missing)
    if ground := known.ground(kind, record, *fields):
        return Answer(WITHHELD, ground)
    if said:
        return Answer(STATED, said)
    if set(fields).intersection(known.none.get((kind, record), ())):
        return Answer(NONE)
    unknown = known.unknown.get((kind, record), {})
    reasons = [unknown[field] for field in fields if field in unknown]
    return Answer(UNKNOWN, reasons[0]) if reasons else Answer(missing)


def _of_system(system: str | None, contract: str | None, known: Known) -> dict[str, Answer]:
    row = known.systems[system] if system else _NOTHING
    kind, record = ("system", system) if system else ("contract", contract)
    functions = "; ".join(known.functions.get((kind, record or ""), ()))
    users = f"{row['users']:,}" if row["users"] is not None else ""
    return {
        "functions": _decided(known, kind, record, ("functions",), functions),
        "product": _product(system, known) if system else _covered(contract, known),
        "maker": _cell(known, "maker", system, row["maker"] or ""),
        "hosting": _cell(known, "hosting", system, _HOSTING.get(row["hosting"], (row["hosting"] or "").replace("-", " "))),
        "users": _cell(known, "users", system, users),
        "ai_use": _ai_use(system, known),
    }


def _product(system: str, known: Known) -> Answer:
    row = known.systems[system]
    return _cell(known, "product", system, row["product"] or "", only=("product",) if row["by_product"] else ())


def _covered(contract: str | None, known: Known) -> Answer:
    """For a contract alone, the products of the systems that it pays for, whosever they are."""
    rows = known.covered.get(contract or "", [])
    grounds = {row["system"]: known.ground("system", row["system"], "product", "name") for row in rows}
    named = [row["product"] for row in rows if row["product"] and not grounds[row["system"]]]
    if named:
        return Answer(STATED, ", ".join(dict.fromkeys(named)))
    withheld = [ground for ground in grounds.values() if ground]
    return Answer(WITHHELD, withheld[0]) if withheld else Answer(NOT_HELD)


def _ai_use(system: str | None, known: Known) -> Answer:
    """Yes where a technology is stated that is AI by the common meaning; never no."""
    stated = known.technologies.get(system or "", ())
    used = [" ".join("AI" if word == "ai" else word for word in each.split("-")) for each in stated if each in AI]
    return _cell(known, "ai_use", system, f"yes: {enumerated(used)}" if used else "", missing=NOT_STATED)


def _of_contract(contract: str | None, known: Known) -> dict[str, Answer]:
    row = known.contracts[contract] if contract else _NOTHING
    signed = f"signed {row['signed']}, start not stated" if row["signed"] else ""
    rolls = None if _hidden(row, known, "rolls_months") else row["rolls_months"]
    options = "; ".join(_options(known.extensions.get(contract or "", []), rolls))
    extensions = _cell(known, "extensions", contract, options)
    return {
        "contract": _cell(known, "contract", contract, row["title"] or ""),
        "supplier": _cell(known, "supplier", contract, row["supplier"] or ""),
        "start": _cell(known, "start", contract, row["start_date"] or signed, only=("start",) if row["start_date"] else ()),
        "end": _cell(known, "end", contract, _end(row, known), only=("end",) if row["end_date"] else ()),
        "extensions": replace(extensions, remark=_own_notice(row, known)),
        "yearly_cost": _cell(known, "yearly_cost", contract, _cost(row, known)),
    }


def _hidden(row: Mapping[str, Any], known: Known, *fields: str) -> bool:
    return bool(row["contract"] and known.ground("contract", row["contract"], *fields))


def _end(row: Mapping[str, Any], known: Known) -> str:
    """The end exactly as stated with what it counts; where none is stated, what follows from start and term, or the term alone."""
    if row["end_date"]:
        unsaid = "withheld" if _hidden(row, known, "end_basis") else "not stated"
        return f"{row['end_date']} ({_BASIS.get(row['end_basis'], f'{unsaid} whether option years are included')})"
    withheld = _hidden(row, known, "start") or (not row["start_date"] and _hidden(row, known, "signed"))
    if row["binding_end"] and not withheld:
        since = "start" if row["start_date"] else "signature"
        return f"{day(row['binding_end'], row['about'])} (not stated: it follows from {since} and term)"
    return (
        f"{many(row['term_months'], 'month')} after a start that is {'withheld' if withheld else 'not known'}" if row["term_months"] else ""
    )


def _options(extensions: Rows, rolls: int | None) -> Iterator[str]:
    """Options to extend in words, those that are alike together."""
    for (months, notice, status), same in groupby(extensions, key=lambda row: (row["months"], row["notice_months"], row["status"])):
        before = f", {notice_of(notice)} before" if notice is not None else ""
        if months:
            yield f"{len(list(same))} × {many(months, 'month')}, {status or 'not stated whether still available'}{before}"
    if rolls:
        yield f"renews itself every {many(rolls, 'month')}"


def _own_notice(row: Mapping[str, Any], known: Known) -> str:
    """The notice that ends the contract itself, which is asked about in the same breath."""
    stated = row["notice_months"] is not None and not _hidden(row, known, "notice_months")
    return f"{notice_of(row['notice_months'])} ends the contract" if stated else ""


def notice_of(months: int) -> str:
    """A time of notice in words."""
    return "1 month's notice" if months == 1 else f"{months} months' notice"


def _cost(row: Mapping[str, Any], known: Known) -> str:
    """The amount as it was published, never one that is worked out."""
    if row["value_amount_pence"] is None:
        return ""
    upper = row["value_amount_to_pence"]
    precision = _PRECISION.get(row["value_precision"], "")
    figure = f"{precision}{_money(row['value_amount_pence'])}{f' to {_money(upper)}' if upper is not None else ''}"
    vat = f", VAT {row['value_vat']}" if row["value_vat"] in ("included", "excluded") else ""
    bundle = f", for {row['products']} products together" if row["products"] else ""
    parties = known.parties.get(row["contract"], ())
    shared = f", for {enumerated(list(parties))} together{_share(row, known)}" if len(parties) > 1 else ""
    return f"{figure} {_time(row, known)}{vat}{bundle}{shared}"


def _money(pence: int) -> str:
    return f"£{pence // 100:,}" if pence % 100 == 0 else f"£{pence / 100:,.2f}"


def _time(row: Mapping[str, Any], known: Known) -> str:
    """What time the amount is for; the length of a term is left out where it would give a withheld day back."""
    if _hidden(row, known, "value.for"):
        return "(for what time is withheld)"
    if row["value_for"] == "initial-term":
        unsaid = not row["term_months"] or _hidden(row, known, "term_months", "start", "signed", "end")
        return "in total for the initial term" + ("" if unsaid else f" of {many(row['term_months'], 'month')}")
    return _TIME.get(row["value_for"], "(for what time is not stated)")


def _share(row: Mapping[str, Any], known: Known) -> str:
    """The asked holder's own part, unless it would give the others' withheld parts back by subtraction."""
    parts = [field for field in titles("contract") if field.startswith("parties")]
    if row["own_share_pence"] is None or _hidden(row, known, *parts):
        return ""
    return f", own part {_money(row['own_share_pence'])}"
