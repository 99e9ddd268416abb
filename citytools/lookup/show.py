"""One record: its fields, what follows from them and why, its sources, and its place in its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from citytools import schema
from citytools.catalogue import KINDS
from citytools.index import Index
from citytools.model import Column, Record, Table
from citytools.reports import agreements
from citytools.reports.declared import question
from citytools.reports.sections import Rows, ask
from citytools.reports.words import at, day

COLUMNS = (Column("field", "Field"), Column("value", "Value"))
_HOLDINGS = ("system", "contract", "skill")

Pairs = Iterator[tuple[str, str]]


def show(index: Index, ref: str) -> list[Table]:
    """A table for each record that ``ref`` names: ``holder/id``, a catalogue or holder's id, or ``kind:id``. Empty for none."""
    kind, _, rest = ref.partition(":")
    kinds = (kind,) if rest and kind in (*KINDS, *_HOLDINGS) else (*_HOLDINGS, *KINDS)
    wanted = rest if rest and kind in kinds else ref
    return [_table(index, record) for record in index.dataset.of(*kinds) if record.ref == wanted]


def _table(index: Index, record: Record) -> Table:
    sections = ask(index, question("show", "citytools.lookup"), {"ref": record.ref}, {})
    rows = [*_stated(record), *_DERIVED.get(record.kind, _nothing)(sections)]
    return Table(f"{record.kind} {record.ref}", COLUMNS, tuple(rows), coverage=(f"In {record.at()}.",))


def _stated(record: Record) -> Pairs:
    listed = schema.definition(record.document.kind, record.path)
    for name, definition in listed.get("properties", {}).items():
        if name == "schema" or name not in record.fields:
            continue
        value = record.fields[name]
        if name == "sources":
            yield from (("Source", _source(source)) for source in value if isinstance(source, dict))
        else:
            yield definition["title"], _words(value, definition)


def _source(source: Mapping[str, Any]) -> str:
    facts = ", ".join(str(source[key]) for key in ("on", "kind", "confidence") if key in source)
    return f"{source.get('url', '')} ({facts})" if facts else str(source.get("url", ""))


def _words(value: Any, definition: schema.Schema) -> str:
    """A value with the units that its schema knows."""
    if isinstance(value, dict):
        fields = definition.get("properties", {})
        return ", ".join(
            f"{fields.get(key, {}).get('title', key).lower()} {_words(content, fields.get(key, {}))}" for key, content in value.items()
        )
    if isinstance(value, list):
        return "; ".join(_words(item, definition.get("items", {})) for item in value) if value else "none"
    if definition.get("x-unit") == "pounds":
        return f"£{value:,}"
    if definition.get("x-unit") == "months":
        return f"{value} month{'s' if value != 1 else ''}"
    return "" if value is None else str(value)


def _system(sections: Mapping[str, Rows]) -> Pairs:
    for row in sections["system"]:
        yield "→ In use", f"{row['in_use']}" + (f" ({row['seen']})" if row["seen"] else "")
        yield "→ Last seen", row["last_seen"] or "no dated source"
        if row["maker"]:
            owner = f", part of {row['ultimate']}" if row["ultimate"] and row["ultimate"] != row["supplier"] else ""
            yield "→ Maker now", f"{row['maker']}{owner}"
    yield from (("→ Contract", f"{row['ref']}: {row['title']} ({row['state']})") for row in sections["system_contracts"])
    yield from (("→ Shared with", row["ref"]) for row in sections["system_shares"])


def _contract(sections: Mapping[str, Rows]) -> Pairs:
    for row in sections["contract"]:
        yield "→ State", row["state"]
        for name, title in (("original_end", "Original end"), ("binding_end", "Binding end"), ("latest_end", "Latest end")):
            yield f"→ {title}", _at(row[name], row["about"])
        yield "→ Yearly value", f"£{row['yearly_value_pence'] / 100:,.2f}" if row["yearly_value_pence"] is not None else "not known"
        if row["products"]:
            yield "→ Bundle", f"covers {row['products']} products, so its value cannot be set against one"
        yield from (("→ Assumed", assumption) for assumption in (row["assumptions"] or "").split(" | ") if assumption)
    for row in sections["contract_exits"]:
        about = row["about"]
        notice = f", notice by {day(row['notice_by'], about)}" if row["notice_by"] else ""
        decide = agreements.TOO_SHORT if row["too_short"] else f"decide by {day(row['decide_by'], about)}"
        yield f"→ Exit {_at(row['exit_date'], about)}", f"{row['kind']}: {decide}{notice}; {row['assumption']}"


def _at(date: str | None, about: int) -> str:
    return "not known" if date is None else at(date, about)


def _product(sections: Mapping[str, Rows]) -> Pairs:
    yield from _used_by(sections["product"])


def _supplier(sections: Mapping[str, Rows]) -> Pairs:
    yield from (("→ Makes", f"{row['name']} ({row['id']})") for row in sections["supplier_products"])
    yield from _used_by(sections["supplier"])
    yield from (("→ Holds contract", row["contract"]) for row in sections["supplier_contracts"])


def _function(sections: Mapping[str, Rows]) -> Pairs:
    products: dict[str, Rows] = {}
    for row in sections["function"]:
        products.setdefault(row["product"], []).append(row)
    for product, rows in sorted(products.items(), key=lambda item: (-len(item[1]), item[0])):
        yield f"→ {product}", next(_used_by(rows))[1]


def _used_by(rows: Rows) -> Pairs:
    boroughs = [row["name"] for row in rows if row["counts"]]
    bodies = [row["name"] for row in rows if not row["counts"]]
    also = f"; not counted in the 33: {', '.join(bodies)}" if bodies else ""
    yield (
        "→ Used by",
        f"{len(boroughs)} borough{'s' if len(boroughs) != 1 else ''}: {', '.join(boroughs)}{also}"
        if boroughs
        else f"no borough reports it{also}",
    )


def _holder(sections: Mapping[str, Rows]) -> Pairs:
    for row in sections["holder_files"]:
        yield f"→ {row['kind'].capitalize()}", _MISSING[row["state"]]
    for row in sections["holder_systems"]:
        seen = f"last seen {row['last_seen']}" if row["last_seen"] else "no dated source"
        yield f"→ {row['ref'].partition('/')[2]}", f"{row['name']}: {row['state']}, {seen}"
    for row in sections["holder_contracts"]:
        decide = f", {agreements.TOO_SHORT}" if row["too_short"] else f", decide by {row['decide_by']}" if row["decide_by"] else ""
        yield "→ Contract" if row["holder"] == row["asked"] else "→ Party to", f"{row['ref']}: {row['title']} ({row['state']}{decide})"
    for row in sections["holder_skills"]:
        yield "→ Skill", f"{row['ref']}: {row['name']}" + (f" ({row['level']})" if row["level"] else "")


def _nothing(_: Mapping[str, Rows]) -> Pairs:
    return iter(())


_MISSING = {"none": "none, as reported", "unread": "cannot be read", "not reported": "not reported"}
_DERIVED = {
    "borough": _holder,
    "body": _holder,
    "system": _system,
    "contract": _contract,
    "product": _product,
    "supplier": _supplier,
    "function": _function,
}
