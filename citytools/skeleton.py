"""New records and files to be filled in: what is known stands as fields, every other field as a comment that says what it is for."""

from __future__ import annotations

import datetime
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from citytools import catalogue, planned, schema, yamlfile
from citytools.catalogue import Catalogue
from citytools.dataset import place_of
from citytools.errors import CitytoolsError
from citytools.model import Document, FieldPath, Finding, Severity
from citytools.planned import Plan, Register
from citytools.reports import select
from citytools.validate import added
from citytools.yamlfile import AddItem, DataEdit, SetField

# What can be begun, and the kind of file in which it stands.
KINDS = {"borough": "borough", "system": "technology", "contract": "contracts", "skill": "skills"}
_WIDTH = 110
_UNCHANGED = "Nothing was changed"
_SIMPLE = ("string", "integer", "number")


def fields(what: str) -> dict[str, schema.Schema]:
    """The fields that can be given at once: texts, numbers and lists of texts, in the order of the schema."""
    found = schema.definition(KINDS[what], _path(what, 0))["properties"]
    return {name: each for name, each in found.items() if each.get("items", each).get("type") in _SIMPLE and "const" not in each}


def asked(what: str) -> dict[str, schema.Schema]:
    """The fields that a person is asked for: what names a record, what it must have, and what it refers to in the catalogue."""
    needed = {"name", *schema.definition(KINDS[what], _path(what, 0)).get("required", ())} - {"id"}
    return {name: each for name, each in fields(what).items() if name in needed or _target(each) in catalogue.KINDS}


def needless(what: str, name: str, given: Mapping[str, Any]) -> bool:
    """Whether a field need not be asked for, as another says it: a product has a name and makers."""
    return what == "system" and "product" in given and name in ("name", "supplier")


def known(names: Catalogue, field: schema.Schema, text: str) -> Any:
    """What a person gave for one field, as it is written in a file. Raises CitytoolsError, with what was probably meant."""
    text = " ".join(text.split())
    if not text.isprintable() or not text:
        raise CitytoolsError(f'"{schema.shown(text)}" cannot stand in a file. {_UNCHANGED}')
    each = field.get("items", field)
    target = _target(field)
    if target in catalogue.KINDS:
        match = names.resolve(target, text)
        free = each["x-refers-to"].endswith("-or-name")
        return match.id if match else text if free else select.one_of(names, target, [text])[0]
    if "enum" in each:
        return select.words("word", each["enum"], [text])[0]
    return _number(each, text) if each["type"] in ("integer", "number") else text


def begin(register: Register, what: str, holder: str, given: Mapping[str, Any], today: datetime.date) -> Plan:
    """A record of a holder, or the holder's own file, with these fields. Raises CitytoolsError where the file would have new errors."""
    if what == "borough":
        document = _no_file_yet(register, holder)
        fresh: list[DataEdit] = [SetField((name,), value) for name, value in _ordered(what, given).items()]
        return _begun(register, document, what, (), fresh, today)
    (found,) = select.holders(Catalogue(register.dataset), [holder])
    document = _file(register, KINDS[what], found)
    listed = str(_path(what, 0)[0])
    record = _ordered(what, {"id": proposed_id(what, given), **given})
    if not record["id"]:
        raise CitytoolsError(f"say what to call it: --id, a short name such as {fields(what)['id']['examples'][0]}. {_UNCHANGED}")
    path = _path(what, len((document.fields or {}).get(listed, [])))
    return _begun(register, document, what, path, [AddItem((listed,), record)], today)


def _begun(register: Register, document: Document, what: str, path: FieldPath, edits: Sequence[DataEdit], today: datetime.date) -> Plan:
    old = register.files.get(document.path, header(document).encode())
    data = planned.edited(document, old, edits)
    commented = _commented(document, data, path)
    changed = {document.path: commented}
    found = added(register.dataset, register.after(changed), today)
    wrong = next((finding for finding in found if finding.severity is Severity.ERROR), None)
    if wrong:
        raise CitytoolsError(f"{_told(wrong)}. {_UNCHANGED}")
    there = _read(document, commented)
    ref = "/".join(str(each) for each in (document.holder, there.value((*path, "id"))) if each)
    how = "" if commented == data else " Each line that begins with # names a field that may be filled in: take the # away, or the line."
    first = f"Begun: {what} {ref}, in {document.path} line {there.locate(path).line}.{how}"
    return Plan(changed, (first, *(f"To look at: {_told(finding)}." for finding in found)))


def _told(finding: Finding) -> str:
    where = f"{finding.where}: " if finding.where else ""
    meant = f" Did you mean {finding.suggestion}?" if finding.suggestion else ""
    return f"{where}{finding.message}.{meant} {finding.advice}".strip().rstrip(".")


def _path(what: str, number: int) -> FieldPath:
    """Where a record stands in its file."""
    return () if what == "borough" else (schema.record_lists(KINDS[what])[0].path[0], number)


def _target(field: schema.Schema) -> str:
    return str(field.get("items", field).get("x-refers-to", "")).partition("-or-")[0]


def _number(field: schema.Schema, text: str) -> int | Decimal:
    try:
        return int(text) if field["type"] == "integer" else Decimal(text)
    except (ValueError, InvalidOperation):
        raise CitytoolsError(f'"{schema.shown(text)}" is not a plain number, such as {field["examples"][0]}. {_UNCHANGED}') from None


def _ordered(what: str, given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in fields(what) if name in given}


def proposed_id(what: str, given: Mapping[str, Any]) -> str:
    """An id by what a record is of: its product, skill, name or title; of a contract with the year from which it runs. Empty for none."""
    named = next((str(given[name]) for name in ("product", "skill", "name", "title") if given.get(name)), "")
    year = str(given.get("start", given.get("signed", "")))[:4] if what == "contract" else ""
    slug = re.sub(r"[^a-z0-9]+", "-", f"{named} {year}".casefold()).strip("-")[:60].strip("-")
    return slug if re.match("[a-z]", slug) else ""


def header(document: Document) -> str:
    """The first lines of a new file."""
    up = "../" * document.path.count("/")
    listed = schema.record_lists(document.kind)
    first = f"\n{listed[0].path[0]}: []\n" if listed else ""
    return f"# yaml-language-server: $schema={up}schemas/{document.kind}.schema.json\nschema: 1\n{first}"


def _file(register: Register, kind: str, holder: str) -> Document:
    """A holder's file of a kind, there or not yet. Raises CitytoolsError where it is not as the schema has it."""
    found = next((each for each in register.dataset.documents if (each.kind, each.holder) == (kind, holder)), None)
    if found:
        if found.fields is None or found.departures:
            raise CitytoolsError(f"{found.path} has faults, and must be put right first. Run: citytools validate. {_UNCHANGED}")
        return found
    own = next(record.document.path for record in register.dataset.of("borough", "body") if record.id == holder)
    return Document(f"{own.rpartition('/')[0]}/{kind}.yaml", kind, None, holder)


def _no_file_yet(register: Register, borough: str) -> Document:
    """The file in which a borough is described. Raises CitytoolsError where it is there, or the borough is not one that counts."""
    path = place_of("borough.yaml", borough)
    if path in register.files:
        raise CitytoolsError(f"{path} is there already. {_UNCHANGED}")
    if borough not in register.dataset.authorities:
        (borough,) = select.words("authority in data/dataset.yaml", register.dataset.authorities, [borough])
        path = place_of("borough.yaml", borough)
        if path in register.files:
            raise CitytoolsError(f"{path} is there already. {_UNCHANGED}")
    return Document(path, "borough", None, borough)


def _read(document: Document, data: bytes) -> Document:
    return yamlfile.read(document.path, data, kind=document.kind, text_fields=schema.text_fields(document.kind))[0]


def _commented(document: Document, data: bytes, path: FieldPath) -> bytes:
    """The file with comments on the fields of a record, each above its field or where it would stand; as it was where there is no room."""
    read = _read(document, data)
    record = read.value(path)
    places = {name: read.locate((*path, name), key=True) for name in record}
    if len({place.line for place in places.values()}) < len(places):
        return data
    lines = data.decode().splitlines(keepends=True)
    end = "\r\n" if data.count(b"\r\n") * 2 > data.count(b"\n") else "\n"
    column = max(place.column for place in places.values()) - 1
    last = max(read.locate((*path, *inner)).line for inner in _leaves(record))
    below: dict[int, list[str]] = {}
    line = 0  # that of the first field, which stays where the record begins
    for name, field in schema.definition(document.kind, path)["properties"].items():
        said = [f"{' ' * column}{each}{end}" for each in _comment(name, field, given=name in record)]
        if name in record:
            below.setdefault(places[name].line - 1, []).extend(said if line else ())
            line = places[name].line
        else:
            following = [places[each].line - 1 for each in _later(document, path, name) if each in record]
            below.setdefault(min(following, default=last), []).extend(said)
    new = "".join("".join(below.get(number, ())) + text for number, text in enumerate([*lines, ""])).encode()
    return new if _read(document, new).fields == read.fields else data


def _later(document: Document, path: FieldPath, name: str) -> list[str]:
    names = list(schema.definition(document.kind, path)["properties"])
    return names[names.index(name) + 1 :]


def _leaves(node: Any, path: FieldPath = ()) -> Iterator[FieldPath]:
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    yield path
    for step, child in inside:
        yield from _leaves(child, (*path, step))


def _comment(name: str, field: schema.Schema, *, given: bool) -> Iterator[str]:
    """What a field is for and, where it is not given, the field itself with an example."""
    words = field.get("items", field).get("enum", ())
    said = str(field.get("description", "")) + (f" One of: {', '.join(words)}." if words else "")
    yield from (f"# {line}" for line in textwrap.wrap(said, _WIDTH))
    if not given:
        yield f"#{name}: {schema.example(field)}"
