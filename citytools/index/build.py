"""Building the index: tables from the schemas, tables from pure functions, and tables derived from these in SQL."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from citytools import timeline
from citytools.catalogue import KINDS, Catalogue, all_names, normalise
from citytools.database import Database, Sqlite
from citytools.index.tables import TableSpec, specs
from citytools.model import Dataset, Document, Record, full_ref

DEFAULT_FRESHNESS = 24
_FILES = {"systems": "technology", "contracts": "contracts", "skills": "skills"}


@dataclass(frozen=True, slots=True)
class Index:
    """The tables of a dataset as of a day, and the catalogue they were made with."""

    database: Database
    catalogue: Catalogue
    dataset: Dataset
    as_of: datetime.date


Described = list[tuple[str, str]]

# Tables that do not follow from one schema: name → (meaning, [(column and type, meaning)]).
COMPUTED: dict[str, tuple[str, Described]] = {
    "settings": (
        "One row: the day that is asked about, and what follows from the dataset's limits.",
        [
            ("as_of TEXT", "The day (ISO date)."),
            ("as_of_month INTEGER", "Its month number."),
            ("contracts_fresh_from TEXT", "Contracts last seen before this day count as older."),
            ("systems_fresh_from TEXT", "Systems last seen before this day count as older."),
            ("freshness_months INTEGER", "The limit for systems, in months."),
            ("unknown_value_buying_months INTEGER", "How long a purchase of unknown value is assumed to take."),
            ("assumed_term_months INTEGER", "The term over which a yearly value is counted to estimate a purchase."),
        ],
    ),
    "buying_times": (
        "How long a purchase is assumed to take, by its estimated value: the first row that fits.",
        [
            ("position INTEGER", "Its place in the list, from 1."),
            ("up_to_pence INTEGER", "Up to this value; empty for any."),
            ("months INTEGER", "How long it takes."),
        ],
    ),
    "record_kinds": (
        "The kinds of record that holders report, and how long each is taken to hold.",
        [
            ("kind TEXT", "systems, contracts or skills."),
            ("position INTEGER", "Its place in this order, from 1."),
            ("file TEXT", "The file that they stand in: technology, contracts or skills."),
            ("months INTEGER", "The limit in months, as data/dataset.yaml states it, else 24."),
            ("stated INTEGER", "1 where the limit is stated, 0 where it is assumed."),
            ("fresh_from TEXT", "Records last seen before this day are stale."),
        ],
    ),
    "files": (
        "What each holder's files say of each kind of record; no row where nothing is reported.",
        [
            ("holder TEXT", "The borough or body."),
            ("kind TEXT", "systems, contracts or skills."),
            ("state TEXT", "records; none (the file says that there are none); unread (it cannot be read)."),
        ],
    ),
    "empty_lists": (
        "Lists that a record gives as empty: it says that there are none.",
        [
            ("record_kind TEXT", "The kind of record: system, skill or contract."),
            ("record TEXT", "The record, as holder/id."),
            ("field TEXT", "The field, as it is called in the file."),
        ],
    ),
    "holders": (
        "Everyone whose folder is in the dataset, whatever can be read of it.",
        [
            ("id TEXT", "The name of the holder's folder."),
            ("name TEXT", "The short name; the id where it cannot be read."),
            ("kind TEXT", "borough, or what sort of body."),
            ("counts INTEGER", "1 for one of the 33 authorities, 0 for a body."),
        ],
    ),
    "authorities": ("The authorities that count: the 33.", [("authority TEXT", "The borough's id.")]),
    "names": (
        "Every name and alias of anything, for looking it up.",
        [
            ("kind TEXT", "product, supplier, system, contract, function, borough …"),
            ("ref TEXT", "What it names: a catalogue or holder's id, or holder/id."),
            ("name TEXT", "The name as written."),
            ("plain TEXT", "The name without case, punctuation and legal forms."),
            ("form TEXT", "id, name or alias."),
        ],
    ),
    "system_resolved": (
        "The catalogue entries that each system's product, name and supplier certainly stand for.",
        [
            ("system TEXT", "The system, as holder/id."),
            ("product TEXT", "The product's id; empty where the catalogue does not have it."),
            ("plain_name TEXT", "The system's own name without case, punctuation and legal forms."),
            ("supplier TEXT", "The id of the supplier given with the system's name."),
            ("plain_supplier TEXT", "That supplier's name as given, without case, punctuation and legal forms."),
        ],
    ),
    "skill_resolved": (
        "The catalogue entries that each skill and its product certainly stand for.",
        [
            ("record TEXT", "The skill's record, as holder/id."),
            ("skill TEXT", "The skill's id; ~ and the text as given where the catalogue does not have it."),
            ("skill_name TEXT", "The skill's name, or the text as given."),
            ("product TEXT", "The product's id; ~ and the text as given where the catalogue does not have it."),
            ("product_name TEXT", "The product's name, or the text as given."),
        ],
    ),
    "connection_resolved": (
        "What the other end of each connection certainly is.",
        [
            ("system TEXT", "The system that states it, as holder/id."),
            ("position INTEGER", "Its place in that system's list, from 1."),
            ("other TEXT", "The other system, as holder/id; empty where none of the register is named."),
            ("product TEXT", "The product that the other end's name stands for, where it is not a system of the register."),
            ("plain_name TEXT", "That name without case, punctuation and legal forms."),
        ],
    ),
    "contract_resolved": (
        "The catalogue entry that each contract's supplier certainly stands for.",
        [
            ("contract TEXT", "The contract, as holder/id."),
            ("supplier TEXT", "The supplier's id; empty where the catalogue does not have it."),
            ("supplier_name TEXT", "The supplier's name, or the text as given."),
            ("plain_supplier TEXT", "The supplier as given, without case, punctuation and legal forms."),
        ],
    ),
    "contract_terms": (
        "What follows from each contract's dates and value.",
        [
            ("contract TEXT", "The contract, as holder/id."),
            ("original_end TEXT", "Start (else signature) and term, less a day (ISO date)."),
            ("binding_end TEXT", "The end of what has been committed."),
            ("latest_end TEXT", "The end if every available option is taken."),
            ("about INTEGER", "1 where these days rest on a partial date."),
            ("yearly_value_pence INTEGER", "The value of one year."),
            ("total_value_pence INTEGER", "The amount as stated, where it is not for one year."),
            ("assumptions TEXT", "What was assumed, in words."),
            ("lead_months INTEGER", "How many months before an exit buying has to start: the time to buy and to bring into use."),
            ("mobilisation_months INTEGER", "The part of these after the award; empty where the contract states its lead time alone."),
            ("lead_assumption TEXT", "The times that were assumed for that, in words."),
        ],
    ),
    "contract_exits": (
        "The days on which each contract can be left.",
        [
            ("contract TEXT", "The contract, as holder/id."),
            ("exit_date TEXT", "The last day of the contract if it is left then (ISO date)."),
            ("exit_month INTEGER", "Its month number."),
            ("about INTEGER", "1 where the day rests on a date known to the month, 2 where on one known to the year; else 0."),
            ("known_to INTEGER", "How many characters of that date are certain: 10 for the day, 7 for the month, 4 for the year."),
            ("kind TEXT", "binding end, after option n of m, or after rolling on."),
            ("notice_by TEXT", "The last day to give notice; empty where no notice period is stated."),
            ("start_buying_by TEXT", "The last day to start buying a successor."),
            ("decide_by TEXT", "The earlier of the two."),
            ("assumption TEXT", "The times that were assumed, in words."),
            (
                "too_short INTEGER",
                "1 where the contract began after that day to start buying: it is too short for a purchase as assumed.",
            ),
        ],
    ),
}


def build(dataset: Dataset, as_of: datetime.date) -> Index:
    """The index of a dataset in a new database in memory."""
    database = Sqlite()
    catalogue = Catalogue(dataset)
    for table in specs():
        _create(database, table.name, [f"{column.name} {column.type}" for column in table.all_columns])
        _fill(database, table, dataset)
    for name, rows in _computed(dataset, catalogue, as_of).items():
        columns = [column for column, _ in COMPUTED[name][1]]
        _create(database, name, columns)
        database.insert(name, [column.split()[0] for column in columns], rows)
    database.run(_derived_sql())
    return Index(database, catalogue, dataset, as_of)


def descriptions() -> Iterator[tuple[str, str, Described]]:
    """Every table, those that reports share first: name, meaning, and its columns with theirs."""
    for found in re.finditer(r"^-- (\w+): (.+)\n((?:--   \w+: .+\n)+)", _derived_sql(), re.M):
        columns = re.findall(r"^--   (\w+): (.+)$", found[3], re.M)
        yield found[1], found[2], columns
    for name, (meaning, columns) in COMPUTED.items():
        yield name, meaning, [(column.split()[0], text) for column, text in columns]
    for table in sorted(specs(), key=lambda table: table.name):
        yield table.name, table.meaning, [(column.name, column.meaning) for column in table.all_columns]


def _derived_sql() -> str:
    return (files("citytools.index") / "derived.sql").read_text("utf-8")


def _create(database: Database, name: str, columns: list[str]) -> None:
    database.run(f"CREATE TABLE {name} ({', '.join(columns)})")


def _fill(database: Database, table: TableSpec, dataset: Dataset) -> None:
    database.insert(table.name, [column.name for column in table.all_columns], table.rows(dataset))


def _computed(dataset: Dataset, catalogue: Catalogue, as_of: datetime.date) -> dict[str, list[tuple[Any, ...]]]:
    settings = dataset.document("dataset")
    fields: dict[str, Any] = settings.fields or {} if settings else {}
    lead = _lead(fields)
    terms, exits = _contract_rows(dataset, catalogue, lead, as_of)
    return {
        "settings": [(*_settings(fields, as_of), lead.unknown_value_months, lead.assumed_term_months)],
        "record_kinds": list(_record_kinds(fields, as_of)),
        "files": list(_files(dataset)),
        "buying_times": [(position, *row) for position, row in enumerate(lead.buying, start=1)],
        "holders": list(_holders(dataset, catalogue)),
        "authorities": [(authority,) for authority in dataset.authorities],
        "names": list(_names(dataset, catalogue)),
        "system_resolved": [_resolved_system(system, catalogue) for system in dataset.of("system")],
        "empty_lists": list(_empty_lists(dataset)),
        "skill_resolved": [_resolved_skill(skill, catalogue) for skill in dataset.of("skill")],
        "connection_resolved": list(_connections(dataset, catalogue)),
        "contract_resolved": [
            (contract.ref, *_supplier(contract, catalogue), normalise(contract.text("supplier"))) for contract in dataset.of("contract")
        ],
        "contract_terms": terms,
        "contract_exits": exits,
    }


def _settings(fields: dict[str, Any], as_of: datetime.date) -> tuple[Any, ...]:
    kinds = {kind: (months, fresh_from) for kind, _, _, months, _, fresh_from in _record_kinds(fields, as_of)}
    day = as_of.isoformat()
    return day, timeline.month_number(day), kinds["contracts"][1], kinds["systems"][1], kinds["systems"][0]


def _record_kinds(fields: dict[str, Any], as_of: datetime.date) -> Iterator[tuple[Any, ...]]:
    limits = {row.get("kind"): row.get("months") for row in fields.get("freshness", []) if isinstance(row, dict)}
    for position, (kind, file) in enumerate(_FILES.items(), start=1):
        stated = limits.get(kind)
        months = int(stated or DEFAULT_FRESHNESS)
        yield kind, position, file, months, int(bool(stated)), _iso(timeline.Day(as_of).plus(-months))


def _files(dataset: Dataset) -> Iterator[tuple[str, str, str]]:
    kinds = {file: kind for kind, file in _FILES.items()}
    for document in dataset.documents:
        if document.holder and document.kind in kinds and (said := _said(document)):
            yield document.holder, kinds[document.kind], said


def _said(document: Document) -> str:
    """Which state of ``files`` it is; empty for a file that says nothing at all."""
    if document.fields is None:
        return "unread"
    lists = [value for value in document.fields.values() if isinstance(value, list)]
    return "records" if any(lists) else "none" if lists else ""


def _holders(dataset: Dataset, catalogue: Catalogue) -> Iterator[tuple[Any, ...]]:
    folders = dict.fromkeys((document.holder, document.path.split("/")[1]) for document in dataset.documents if document.holder)
    for holder, folder in folders:
        if folder == "boroughs":
            yield holder, catalogue.name("borough", holder), "borough", int(holder in dataset.authorities)
        else:
            body = catalogue.entry("body", holder)
            yield holder, catalogue.name("body", holder), body.text("kind") if body else None, 0


def _names(dataset: Dataset, catalogue: Catalogue) -> Iterator[tuple[Any, ...]]:
    for kind in KINDS:
        for record in dataset.of(kind):
            yield from _named(kind, record.ref, record.id, *all_names(record))
    for record in dataset.of("system"):
        product = _product(record, catalogue)
        names = list(all_names(catalogue.entry("product", product))) if product and catalogue.entry("product", product) else []  # type: ignore[arg-type]
        yield from _named("system", record.ref, record.id, *filter(None, [record.text("name")]), *names)
    for record in dataset.of("contract"):
        supplier = _supplier(record, catalogue)[1]
        yield from _named("contract", record.ref, record.id, *filter(None, [record.text("title"), supplier]))
    for record in dataset.of("skill"):
        yield from _named("skill", record.ref, record.id, catalogue.name("skill-name", record.text("skill")))


def _named(kind: str, ref: str, id: str, *names: str) -> Iterator[tuple[Any, ...]]:
    yield kind, ref, id, normalise(id), "id"
    for number, name in enumerate(dict.fromkeys(names)):
        yield kind, ref, name, normalise(name), "alias" if number else "name"


def _resolved(catalogue: Catalogue, kind: str, text: str) -> str | None:
    match = catalogue.resolve(kind, text) if text else None
    return match.id if match else None


def _product(system: Record, catalogue: Catalogue) -> str | None:
    return _resolved(catalogue, "product", system.text("product") or system.text("name"))


def _resolved_system(system: Record, catalogue: Catalogue) -> tuple[Any, ...]:
    name, supplier = system.text("name"), system.text("supplier")
    return (
        system.ref,
        _product(system, catalogue),
        normalise(name or system.text("product")) or system.ref,
        _resolved(catalogue, "supplier", supplier),
        normalise(supplier),
    )


def _resolved_skill(skill: Record, catalogue: Catalogue) -> tuple[str | None, ...]:
    named = (_entry(catalogue, kind, skill.text(field)) for kind, field in (("skill-name", "skill"), ("product", "product")))
    return skill.ref, *(each for pair in named for each in pair)


def _entry(catalogue: Catalogue, kind: str, text: str) -> tuple[str | None, str | None]:
    """Id and name of what a text stands for, or the text itself, marked as such."""
    found = _resolved(catalogue, kind, text)
    return (found, catalogue.name(kind, found)) if found else (f"~{text}", text) if text else (None, None)


def _connections(dataset: Dataset, catalogue: Catalogue) -> Iterator[tuple[Any, ...]]:
    systems = {system.ref for system in dataset.of("system")}
    for system in dataset.of("system"):
        for position, item in enumerate(system.items("connects_to"), start=1):
            to = item.get("to") if isinstance(item, dict) else None
            name = to if isinstance(to, str) else ""
            if full_ref(system.holder, name) in systems:
                yield system.ref, position, full_ref(system.holder, name), None, None
            else:
                yield system.ref, position, None, _resolved(catalogue, "product", name), normalise(name) or name


def _empty_lists(dataset: Dataset) -> Iterator[tuple[str, str, str]]:
    for record in dataset.of("system", "skill", "contract"):
        yield from ((record.kind, record.ref, field) for field, value in record.fields.items() if value == [])


def _supplier(contract: Record, catalogue: Catalogue) -> tuple[str | None, str | None]:
    text = contract.text("supplier")
    found = _resolved(catalogue, "supplier", text)
    return found, catalogue.name("supplier", found) if found else text or None


def _lead(fields: dict[str, Any]) -> timeline.Lead:
    return timeline.Lead(
        buying=[(timeline.pence(row.get("up_to")), int(row["months"])) for row in fields.get("buying_times", [])],
        unknown_value_months=int(fields.get("unknown_value_buying_months", 12)),
        assumed_term_months=int(fields.get("assumed_term_months", 48)),
        mobilisation=[(row.get("function", ""), row.get("area", ""), int(row["months"])) for row in fields.get("mobilisation", [])],
    )


def _contract_rows(
    dataset: Dataset, catalogue: Catalogue, lead: timeline.Lead, as_of: datetime.date
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    functions = {system.ref: _functions(system, catalogue) for system in dataset.of("system")}
    terms_rows: list[tuple[Any, ...]] = []
    exit_rows: list[tuple[Any, ...]] = []
    for contract in dataset.of("contract"):
        covered = [full_ref(contract.holder, ref) for ref in contract.texts("covers")]
        wanted = sorted({*contract.items("functions"), *(function for ref in covered for function in functions.get(ref, ()))})
        terms = timeline.terms(contract.fields, wanted, lead, as_of)
        ends = (terms.original_end, terms.binding_end, terms.latest_end)
        about = max((_about(contract, end) for end in ends if end), default=0)
        worth, before = (terms.yearly, terms.total), (terms.lead_months, terms.mobilisation_months, terms.lead)
        terms_rows.append((contract.ref, *(_iso(end) for end in ends), about, *worth, " | ".join(terms.assumptions) or None, *before))
        exit_rows.extend(_exit_row(contract, leaving) for leaving in terms.exits)
    return terms_rows, exit_rows


def _about(contract: Record, day: timeline.Day) -> int:
    """How much of a day that follows from a contract's dates is uncertain: 0 nothing, 1 the day, 2 the month too."""
    began = contract.text("start") or contract.text("signed")
    stated = next((text for text in (contract.text("end"), began) if 0 < len(text) < len("YYYY-MM-DD")), "")
    return 0 if not day.about else 2 if len(stated) == len("YYYY") else 1


def _exit_row(contract: Record, exit: timeline.Exit) -> tuple[Any, ...]:
    date = exit.day.date.isoformat()
    about = _about(contract, exit.day)
    return (
        contract.ref,
        date,
        timeline.month_number(date),
        about,
        len(date) - 3 * about,
        exit.kind,
        _iso(exit.notice_by),
        _iso(exit.start_buying_by),
        _iso(exit.decide_by),
        exit.assumption,
        int(exit.too_short),
    )


def _functions(system: Record, catalogue: Catalogue) -> list[str]:
    product = catalogue.entry("product", _product(system, catalogue) or "")
    return system.items("functions") or (product.items("functions") if product else [])


def _iso(day: timeline.Day | None) -> str | None:
    return day.date.isoformat() if day else None
