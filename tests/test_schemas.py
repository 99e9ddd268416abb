"""The schemas: complete for people, flat for machines, and departures from them in plain words."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from citytools import dataset, schema
from citytools.model import Finding

KINDS = schema.kinds()
PROPERTIES = [(kind, found) for kind in KINDS for found in schema.properties(kind) if found.path[-1] != "*"]
IDS = [f"{kind}:{'.'.join(found.path)}" for kind, found in PROPERTIES]


@pytest.mark.parametrize(("kind", "found"), PROPERTIES, ids=IDS)
def test_every_property_is_explained(kind: str, found: schema.Property) -> None:
    definition = found.definition
    assert definition["title"]
    assert definition["description"].endswith(".")
    assert definition["x-visibility"] in ("public", "members", "lead")
    assert definition["examples"]


@pytest.mark.parametrize(("kind", "found"), PROPERTIES, ids=IDS)
def test_examples_are_right(kind: str, found: schema.Property) -> None:
    validator = jsonschema_rs.Draft202012Validator(
        dict(found.definition), formats={"partial-date": schema.real_date}, validate_formats=True
    )
    for example in found.definition["examples"]:
        assert list(validator.iter_errors(example)) == []


@pytest.mark.parametrize("kind", [*KINDS, "common"])
def test_schemas_are_strict_and_flat(kind: str) -> None:
    def walk(node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                walk(item)
        if isinstance(node, dict):
            if node.get("type") == "object" and "properties" in node:
                assert node["additionalProperties"] is False
            assert not isinstance(node.get("type"), list)
            assert not {"oneOf", "anyOf", "allOf", "unevaluatedProperties", "patternProperties", "multipleOf", "uniqueItems"} & node.keys()
            for child in node.values():
                walk(child)

    walk(json.loads((schema.directory() / f"{kind}.schema.json").read_text("utf-8")))


@pytest.mark.parametrize(("kind", "found"), PROPERTIES, ids=IDS)
def test_every_list_of_groups_has_a_key_or_an_order(kind: str, found: schema.Property) -> None:
    definition = found.definition
    if definition.get("type") == "array" and definition["items"]["type"] == "object" and "x-record" not in definition:
        assert (schema.item_key(definition) in definition["items"]["properties"]) != schema.ordered(definition)
    else:
        assert not schema.item_key(definition)
        assert not schema.ordered(definition)


@pytest.mark.parametrize("kind", KINDS)
def test_schemas_are_json_schema(kind: str) -> None:
    jsonschema_rs.meta.validate(dict(schema.load(kind)))
    assert schema.load(kind)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    ("text", "real"),
    {
        "2024": True,
        "2024-05": True,
        "2024-02-29": True,
        "2023-02-29": False,
        "2024-13": False,
        "2024-04-31": False,
        "2024-5": False,
        "0000-01-01": False,
        "2024-05-17\n": False,
        "٢٠٢٤": False,
        "1899": False,
    }.items(),
)
def test_real_date(text: str, real: bool) -> None:
    assert schema.real_date(text) is real


CONTRACT = "schema: 1\ncontracts:\n  - id: one\n    title: One\n"
# What stands on line 5 of a contract → (rule, column, message, suggestion).
DEPARTURES: dict[str, tuple[str, int, str, str]] = {
    "    end: 31/03/2027": ("wrong-date", 10, '"31/03/2027" is not a date', "2027-03-31"),
    "    end: March 2027": ("wrong-date", 10, '"March 2027" is not a date', "2027-03"),
    "    end: 2027-02-30": ("wrong-date", 10, '"2027-02-30" is not in the calendar', ""),
    "    end: 0000-01-01": ("wrong-date", 10, 'the year of "0000-01-01" is not between 1900 and 2199', ""),
    "    end: 1899-01-01": ("wrong-date", 10, 'the year of "1899-01-01" is not between 1900 and 2199', ""),
    "    value: 1250000": ("wrong-type", 12, '"1250000" is not a group of fields', "{amount: 1250000}"),
    "    sources: [{url: 'https://example.org/a\"'}]": (
        "wrong-form",
        21,
        '"https://example.org/a"" does not have the form that is needed',
        "",
    ),
    "    end: 2027-1-5": ("wrong-date", 10, '"2027-1-5" is not a date', "2027-01-05"),
    "    end: two years": ("wrong-date", 10, '"two years" is not a date', ""),
    "    end:": ("wrong-type", 9, "there is nothing after the colon", ""),
    "    titel: Other": ("unknown-field", 5, 'there is no field "titel" here', "title"),
    "    end_date: 2027": ("unknown-field", 5, 'there is no field "end_date" here', "end"),
    "    Annual Cost: 2027": ("unknown-field", 5, 'there is no field "Annual Cost" here', "value"),
    "    borough: camden": ("unknown-field", 5, 'there is no field "borough" here', ""),
    "    __proto__: x": ("unknown-field", 5, 'there is no field "__proto__" here', ""),
    "    term_months: 4 years": ("wrong-type", 18, '"4 years" is not a whole number', "48"),
    "    term_months: 0": ("out-of-range", 18, "0 is less than can be right", ""),
    "    term_months: 1.5": ("wrong-type", 18, '"1.5" is not a whole number', ""),
    '    value: {amount: "£1,250"}': ("wrong-type", 21, '"£1,250" is not a plain number', "1250"),
    "    value: {amount: 1.2m}": ("wrong-type", 21, '"1.2m" is not a plain number', "1200000"),
    "    value: {amount: -5}": ("out-of-range", 21, "-5 is less than can be right", ""),
    "    value: {amount: 12_000}": ("wrong-type", 21, '"12_000" is not a plain number', ""),
    "    value: {for: initial}": ("not-allowed", 18, '"initial" is not one of the words allowed', "initial-term"),
    "    term_months: 36 months": ("wrong-type", 18, '"36 months" is not a whole number', "36"),
    "    end: tbc": ("wrong-date", 10, '"tbc" is not a date', ""),
    "    value: {amount: unknown}": ("wrong-type", 21, '"unknown" is not a plain number', ""),
    "    value: {amount: GBP 1 250 000}": ("wrong-type", 21, '"GBP 1 250 000" is not a plain number', "1250000"),
    "    extensions: 2 x 12 months": ("wrong-type", 17, '"2 x 12 months" is not a list', ""),
    "    extensions: 12": ("wrong-type", 17, '"12" is not a list', ""),
    "    functions: Committee management": ("wrong-type", 16, '"Committee management" is not a list', ""),
    "    contract length: 24": ("unknown-field", 5, 'there is no field "contract length" here', "term_months"),
    "    contact: Head of IT": ("unknown-field", 5, 'there is no field "contact" here', ""),
    "    covers: unit4-erp": ("wrong-type", 13, '"unit4-erp" is not a list', "[unit4-erp]"),
    "    notes: [a, b]": ("wrong-type", 12, "a list is not text", ""),
    "    notes: true": ("wrong-type", 12, '"true" is not text', ""),
    "    extensions: [12]": ("wrong-type", 18, '"12" is not a group of fields', ""),
    '    cpv: ["4800"]': ("wrong-form", 11, '"4800" does not have the form that is needed', ""),
    "    sources: [{url: www.example.org}]": ("wrong-form", 21, '"www.example.org" does not have the form that is needed', ""),
    '    title: ""': ("wrong-form", 12, "the text is empty", ""),
}


def _is_title(line: str) -> bool:
    return line.strip().startswith("title:")


def _departures(line: str) -> list[Finding]:
    before = CONTRACT.replace("    title: One\n", "") if _is_title(line) else CONTRACT
    text = f"{before}{line}\n"
    built = dataset.build({"data/boroughs/camden/contracts.yaml": text.encode()})
    return [*built.findings, *schema.departures(built.documents[0])]


@pytest.mark.parametrize("line", DEPARTURES, ids=str.strip)
def test_a_departure_is_one_finding_in_plain_words(line: str) -> None:
    rule, column, message, suggestion = DEPARTURES[line]
    (found,) = _departures(line)
    assert (found.rule, found.location.column, found.message, found.suggestion) == (rule, column, message, suggestion)
    assert found.location.line == (4 if _is_title(line) else 5)
    assert found.advice or found.suggestion
    assert found.where.startswith("one")


@pytest.mark.parametrize(
    "line", ["    end: 2027", "    end: 2027-03", "    notes: 3.10", "    notes: 0123", "    notes: NO", "    value: {amount: 19.99}"]
)
def test_what_is_right_is_kept_as_written(line: str) -> None:
    assert _departures(line) == []


def test_a_misspelt_required_field_is_one_mistake() -> None:
    built = dataset.build({"data/boroughs/camden/contracts.yaml": b"schema: 1\ncontracts:\n  - id: one\n    titel: One\n"})
    (found,) = schema.departures(built.documents[0])
    assert (found.rule, found.suggestion) == ("unknown-field", "title")


def test_a_missing_field_is_found_at_its_record() -> None:
    built = dataset.build({"data/boroughs/camden/contracts.yaml": b"schema: 1\ncontracts:\n  - id: one\n    title: One\n  - id: two\n"})
    (found,) = schema.departures(built.documents[0])
    assert (found.rule, found.location.line, found.where) == ("missing-field", 5, "two")


def test_records_that_are_no_list_need_a_dash() -> None:
    built = dataset.build({"data/boroughs/camden/contracts.yaml": b"schema: 1\ncontracts:\n    title: One\n"})
    (found,) = schema.departures(built.documents[0])
    assert (found.rule, found.message) == ("wrong-type", "the records do not stand in a list")
    assert found.advice == 'Put "- " before the first field of each record, as in "- id: …"'


def test_a_file_without_a_version_says_so() -> None:
    built = dataset.build({"data/boroughs/camden/contracts.yaml": b"contracts: []\n"})
    (found,) = schema.departures(built.documents[0])
    assert (found.rule, found.message) == ("missing-field", 'the field "schema" is missing')
