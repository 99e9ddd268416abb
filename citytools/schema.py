"""The schemas: what fields there are, and where a file departs from them, in plain words.

The only user of jsonschema-rs, which gives the verdict and, for a file that fails, the structured errors
that are put into sentences here.
"""

from __future__ import annotations

import calendar
import datetime
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from citytools import suggest
from citytools.model import Document, FieldPath, Finding, Replaces

Schema = Mapping[str, Any]

# What a person can work through; a file with more is the wrong file, and listing it all takes seconds.
MAX_DEPARTURES = 5_000

_NAMES = {
    "string": "text",
    "number": "a plain number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a group of fields",
}
_IDLIKE = re.compile(r"[a-z0-9]+([-/][a-z0-9]+)*", re.ASCII)
_NOT_KNOWN = {"tbc", "tba", "tbd", "to be confirmed", "unknown", "not known", "not stated", "n/a", "na", "none", "?", "ongoing", "various"}
# A number, a word, or a list of one word: what can stand in a file as it is.
_PLAIN = re.compile(r"\[?[\w./-]+\]?")
# A misspelt name is one mistake, not two (unknown and missing); a wrong type explains a wrong form.
_ORDER = {"AdditionalProperties": 0, "Required": 1, "Type": 2, "Format": 3}


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a schema: its path from the top (``*`` for each item of a list) and its definition."""

    path: tuple[str, ...]
    definition: Schema

    @property
    def name(self) -> str:
        """The field's own name; of a list's items, the list's."""
        return next(step for step in reversed(self.path) if step != "*")


def directory() -> Path:
    """Where the schemas are: in the installed package, or beside it in a checkout."""
    installed = Path(__file__).parent / "schemas"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "schemas"


@cache
def kinds() -> tuple[str, ...]:
    """The kinds of file there are schemas for."""
    names = (path.name.removesuffix(".schema.json") for path in directory().glob("*.schema.json"))
    return tuple(sorted(name for name in names if name != "common"))


@cache
def load(kind: str) -> Schema:
    """The schema of a kind of file, with references to common definitions filled in."""
    common = json.loads((directory() / "common.schema.json").read_text("utf-8"))["$defs"]
    return _filled(json.loads((directory() / f"{kind}.schema.json").read_text("utf-8")), common)  # type: ignore[no-any-return]


@cache
def properties(kind: str) -> tuple[Property, ...]:
    """Every property of a kind of file, nested ones and list items included, in the schema's order."""
    return tuple(_walk(load(kind), ()))


@cache
def text_fields(kind: str) -> frozenset[str]:
    """Names of fields that hold text wherever they occur, so that ``2024`` and ``3.10`` are kept as written."""
    types: dict[str, set[str]] = {}
    for found in properties(kind):
        if found.definition.get("type") not in ("array", "object"):
            types.setdefault(found.name, set()).add(found.definition.get("type", ""))
    return frozenset(name for name, seen in types.items() if seen == {"string"})


@cache
def record_lists(kind: str) -> tuple[Property, ...]:
    """The properties of a kind of file that are lists of records (``x-record`` names their kind)."""
    return tuple(found for found in properties(kind) if len(found.path) == 1 and "x-record" in found.definition)


def item_key(field: Schema) -> str:
    """The field by which an item of a list of groups is known, whatever its place; empty where the order of the list has a meaning."""
    return str(field.get("x-key", ""))


def ordered(field: Schema) -> bool:
    """Whether the order of a list has a meaning; a list of words has none."""
    return bool(field.get("x-ordered"))


def choices(kind: str, field: str) -> tuple[str, ...]:
    """The words that a field, or each item of a list, may be; none where any text may stand."""
    found = next(each.definition for each in properties(kind) if each.path[-1] == field)
    return tuple(found.get("items", found).get("enum", ()))


@lru_cache(maxsize=20_000)  # a register repeats the same few thousand dates
def real_date(text: str) -> bool:
    """Whether a date of the form YYYY, YYYY-MM or YYYY-MM-DD stands in the calendar."""
    found = re.fullmatch(r"((?:19|20|21)[0-9]{2})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", text, re.ASCII)
    if not found:
        return False
    if found[2] and not 1 <= int(found[2]) <= 12:
        return False
    return not found[3] or 1 <= int(found[3]) <= calendar.monthrange(int(found[1]), int(found[2]))[1]


def departures(document: Document) -> Iterator[Finding]:
    """What in a document departs from its schema, one finding a place; no more than MAX_DEPARTURES of them."""
    if document.fields is None or _validator(document.kind).is_valid(document.fields):
        return
    errors = list(islice(_validator(document.kind).iter_errors(document.fields), MAX_DEPARTURES + 1))
    found = _findings(document, sorted(errors[:MAX_DEPARTURES], key=lambda error: _ORDER.get(_keyword(error), len(_ORDER))))
    yield from islice(found, MAX_DEPARTURES)
    if len(errors) > MAX_DEPARTURES or next(found, None):
        message = f"there are more than {MAX_DEPARTURES} departures from the schema; the others are not listed"
        yield Finding(document.locate(()), "unknown-field", message, advice="Correct these first, or check that this is the right file")


def _findings(document: Document, errors: Iterable[Any]) -> Iterator[Finding]:
    seen: set[FieldPath] = set()
    for error in errors:
        path, keyword = tuple(error.instance_path), _keyword(error)
        if keyword == "AdditionalProperties":
            for name in error.kind.unexpected:
                finding = _unknown_field(document, path, name)
                seen.add((*path, finding.suggestion))
                yield finding
        elif keyword == "Required":
            if (*path, error.kind.property) not in seen:
                yield _missing_field(document, path, error.kind.property)
        elif path not in seen:
            seen.add(path)
            yield _wrong_value(document, path, keyword, error)


def where(document: Document, path: FieldPath) -> str:
    """A place in words: the record's id, or its number in the list, and the field: ``unit4-erp: value.amount``."""
    record, rest = "", path
    if len(path) >= 2 and isinstance(path[1], int) and document.fields is not None:
        items = document.fields.get(str(path[0]))
        item = items[path[1]] if isinstance(items, list) and path[1] < len(items) else None
        known = item.get("id") if isinstance(item, dict) else None
        record = known if isinstance(known, str) else f"{path[0]} {path[1] + 1}"
        rest = path[2:]
    field = "".join(f" {step + 1}" if isinstance(step, int) else f".{step}" for step in rest).lstrip(".")
    return ": ".join(part for part in (record, field) if part)


def definition(kind: str, path: FieldPath) -> Schema:
    """The schema's definition at a path of an instance; empty where the schema knows no such place."""
    node: Schema = load(kind)
    for step in path:
        node = node.get("items", {}) if isinstance(step, int) else node.get("properties", {}).get(step, {})
    return node


def _keyword(error: Any) -> str:
    return type(error.kind).__name__.rpartition("_")[2]


@cache
def _validator(kind: str) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(dict(load(kind)), formats={"partial-date": real_date}, validate_formats=True)


def _filled(node: Any, common: Schema) -> Any:
    if isinstance(node, list):
        return [_filled(item, common) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        own = {key: value for key, value in node.items() if key != "$ref"}
        return _filled({**common[node["$ref"].rpartition("/")[2]], **own}, common)
    return {key: _filled(value, common) for key, value in node.items()}


def _walk(node: Schema, path: tuple[str, ...]) -> Iterator[Property]:
    for name, child in node.get("properties", {}).items():
        yield from _with_children(child, (*path, name))


def _with_children(node: Schema, path: tuple[str, ...]) -> Iterator[Property]:
    yield Property(path, node)
    yield from _walk(node, path)
    if "items" in node:
        yield from _with_children(node["items"], (*path, "*"))


def _unknown_field(document: Document, path: FieldPath, name: str) -> Finding:
    fields = definition(document.kind, path).get("properties", {})
    elsewhere = load(document.kind).get("x-not-here", {}).get(name, "")
    suggestion = "" if elsewhere else _called(name, fields) or suggest.closest(name, fields)
    inside: Any = document.value(path)
    certain = suggest.same(name, suggestion) and suggestion not in inside
    return Finding(
        document.locate((*path, name), key=True),
        "unknown-field",
        f'there is no field "{shown(name)}" here',
        where=where(document, path),
        advice=elsewhere or ("" if suggestion else f"The fields are {', '.join(fields)}"),
        suggestion=suggestion,
        path=(*path, name),
        replaces=Replaces.KEY if certain else Replaces.NOTHING,
    )


def called(name: str, kind: str, path: tuple[str, ...]) -> str:
    """The field of a list's records that people also call by this name; empty for none."""
    return _called(name, definition(kind, (*path, 0)).get("properties", {}))


def _called(name: str, fields: Schema) -> str:
    """The field that people also call by this name, as its definition says; empty for none."""
    return next((field for field, said in fields.items() if any(suggest.same(name, each) for each in said.get("x-also-called", ()))), "")


def _missing_field(document: Document, path: FieldPath, name: str) -> Finding:
    field = definition(document.kind, (*path, name))
    return Finding(
        document.locate(path),
        "missing-field",
        f'the field "{name}" is missing',
        where=where(document, path),
        advice=f"Add it, for example {name}: {_example(field)}",
        path=path,
    )


def _wrong_value(document: Document, path: FieldPath, keyword: str, error: Any) -> Finding:
    said = _sentence(keyword, error.instance, definition(document.kind, path), error.message, needed=_needed(document.kind, path))
    return Finding(
        document.locate(path),
        said.rule,
        said.message,
        where=where(document, path),
        advice=said.advice,
        suggestion=said.suggestion,
        path=path,
        replaces=Replaces.VALUE if said.certain else Replaces.NOTHING,
    )


class _Said(NamedTuple):
    """What is said of a wrong value; ``certain`` where the suggestion can be nothing else."""

    rule: str
    message: str
    advice: str
    suggestion: str = ""
    certain: bool = False


def _not_known(quoted: str, keyword: str, field: Schema) -> tuple[str, str]:
    """Rule and message for a word such as tbc where a date, a number or a coded word should be."""
    if field.get("format") == "partial-date":
        return "wrong-date", f"{quoted} is not a date"
    return (
        ("not-allowed", f"{quoted} is not one of the words allowed")
        if keyword == "Enum"
        else ("wrong-type", f"{quoted} is not {_kind_of(field)}")
    )


def _needed(kind: str, path: FieldPath) -> bool:
    return bool(path) and path[-1] in definition(kind, path[:-1]).get("required", ())


def _sentence(keyword: str, value: Any, field: Schema, fallback: str, *, needed: bool = False) -> _Said:
    example = f"such as {_example(field)}" if _example(field) else ""
    quoted = shown(value) if isinstance(value, list | dict) else f'"{shown(value)}"'
    if isinstance(value, str) and value.strip().casefold() in _NOT_KNOWN and keyword in ("Type", "Format", "Enum", "Pattern"):
        why = "" if needed else "; why it is not known, or not published, goes under unknown or withheld"
        return _Said(*_not_known(quoted, keyword, field), f"Leave the line out where nothing is known{why}")
    if value is None:
        otherwise = "or [] if there is none" if "x-record" in field else "" if needed else "or remove the line"
        return _Said("wrong-type", "there is nothing after the colon", _and(f"Write {_kind_of(field)}", example, otherwise))
    if keyword == "Type" and field.get("x-record") and isinstance(value, dict):
        return _Said("wrong-type", "the records do not stand in a list", 'Put "- " before the first field of each record, as in "- id: …"')
    if keyword == "Type":
        suggestion = _typed(value, field)
        return _Said(
            "wrong-type",
            f"{quoted} is not {_kind_of(field)}",
            _and(f"Write {_kind_of(field)}", example),
            suggestion,
            _PLAIN.fullmatch(suggestion) is not None,
        )
    if field.get("format") == "partial-date":
        return _wrong_date(str(value))
    if keyword == "Enum":
        allowed = field["enum"]
        suggestion = suggest.closest(str(value), allowed)
        message = f"{quoted} is not one of the words allowed"
        return _Said("not-allowed", message, f"Write one of: {', '.join(allowed)}", suggestion, suggest.same(str(value), suggestion))
    if keyword == "Constant":
        return _Said("not-allowed", f"{quoted} is not allowed here", f"Write {field['const']}")
    if keyword in ("Minimum", "Maximum"):
        message = f"{shown(value)} is {'less' if keyword == 'Minimum' else 'more'} than can be right"
        return _Said("out-of-range", message, _and(f"Write {_range(field)}", example))
    if keyword == "MinLength":
        return _Said("wrong-form", "the text is empty", _and("Write some text", example, "" if needed else "or remove the line"))
    if keyword in ("Pattern", "MaxLength"):
        return _Said("wrong-form", f"{quoted} does not have the form that is needed", _form(field), _slug(value, field))
    return _Said("wrong-form", shown(fallback, 200), "")


def _and(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _form(field: Schema) -> str:
    if str(field.get("pattern", "")).startswith("^https?"):
        return "Write the whole address, beginning with https://, without spaces, quotes or brackets in it"
    description = field.get("description", "").rstrip(".")
    return f"{description}. An example is {_example(field)}" if description else f"It must match {field.get('pattern', '')}"


def _wrong_date(text: str) -> _Said:
    """What is said of a text where a date should be."""
    found = re.fullmatch(r"((?:19|20|21)[0-9]{2})-(0[1-9]|1[0-2])-([0-9]{2})", text, re.ASCII)
    if found:
        month = datetime.date(int(found[1]), int(found[2]), 1)
        days = calendar.monthrange(month.year, month.month)[1]
        return _Said("wrong-date", f'"{text}" is not in the calendar', f"{month:%B %Y} has {days} days: check the day against the source")
    if re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", text, re.ASCII) and not text.startswith(("19", "20", "21")):
        return _Said("wrong-date", f'the year of "{text}" is not between 1900 and 2199', "Check it against the source")
    meant = [reading for reading in suggest.dates(text) if real_date(reading)]
    advice = "Write it as year-month-day, as precisely as it is known: 2027-03-31, 2027-03 or 2027"
    if len(meant) > 1:
        return _Said("wrong-date", f'"{shown(text)}" is not a date: it could be {" or ".join(meant)}', advice, meant[0])
    return _Said("wrong-date", f'"{shown(text)}" is not a date', advice, "".join(meant), certain=bool(meant))


def _kind_of(field: Schema) -> str:
    return "a date" if field.get("format") == "partial-date" else _NAMES[field.get("type", "string")]


def _typed(value: Any, field: Schema) -> str:
    kind = field.get("type")
    if kind == "array":
        return _listed(value, field["items"])
    if kind == "object" and "amount" in field["properties"]:
        amount = suggest.amount(str(value)) if not isinstance(value, list | dict) else ""
        return f"{{amount: {amount}}}" if amount else ""
    if not isinstance(value, str):
        return ""
    if field.get("x-unit") == "months":
        return suggest.months(value)
    return {"boolean": suggest.boolean, "number": suggest.amount, "integer": suggest.amount}.get(str(kind), lambda _: "")(value)


def _listed(value: Any, item: Schema) -> str:
    """A single value as the list of one that it may be meant for; empty where it would be no right item."""
    word = suggest.closest(str(value), item["enum"]) if "enum" in item else str(value)
    refers = "x-refers-to" in item and not _IDLIKE.fullmatch(word)
    wrong = item.get("type") != "string" or refers or not re.search(item.get("pattern", ""), word) or re.search(r"[,:#\[\]{}]", word)
    return "" if wrong or not word or isinstance(value, list | dict) else f"[{word}]"


def _slug(value: Any, field: Schema) -> str:
    pattern = field.get("pattern", "")
    slug = re.sub(r"[^a-z0-9/]+", "-", str(value).casefold()).strip("-")
    return slug if pattern and re.fullmatch(pattern, slug) else ""


def _range(field: Schema) -> str:
    low, high = field.get("minimum"), field.get("maximum")
    return f"a number from {low} to {high}" if high is not None else f"{low} or more"


def example(field: Schema) -> str:
    """An example of a field's value as it is written in a file."""
    return _flow(_raw_example(field))


def _example(field: Schema) -> str:
    if field.get("type") == "object" and "examples" not in field:
        return _flow({name: _raw_example(field["properties"][name]) for name in field.get("required") or list(field["properties"])[:1]})
    examples = field.get("examples") or [field.get("const", "")]
    return examples[0] if isinstance(examples[0], str) else _flow(examples[0])


def _raw_example(field: Schema) -> Any:
    return (field.get("examples") or field.get("enum") or ["…"])[0]


def _flow(value: Any) -> str:
    """An example as it is written on one line of a file."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(content)}" for key, content in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return json.dumps(value, ensure_ascii=False) if not isinstance(value, str) or re.search(r"[:#,\[\]{}]", value) else value


def shown(value: Any, limit: int = 60) -> str:
    """A value made visible and cut short, for use in a message."""
    text = value if isinstance(value, str) else _plain(value)
    text = text.replace("\n", "↵")
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "a list" if value else "[]"
    if isinstance(value, dict):
        return "a group of fields" if value else "{}"
    return str(value)
