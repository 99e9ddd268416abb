"""Whatever stands in a field, checking and answering end in findings and answers, never in a crash."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from citytools import dataset, schema
from citytools.index import Index, build
from citytools.lookup.show import show
from citytools.render import FINDING_FORMATS, TABLE_FORMATS, Checked, Screen, render, render_other
from citytools.reports import Question, answer, asked, other, reports
from citytools.validate import counts, validate

AS_OF = datetime.date(2026, 11, 23)
PLACES = {
    "borough": "data/boroughs/camden/borough.yaml",
    "body": "data/bodies/consortium/body.yaml",
    "technology": "data/boroughs/camden/technology.yaml",
    "skills": "data/boroughs/camden/skills.yaml",
    "contracts": "data/boroughs/camden/contracts.yaml",
    "dataset": "data/dataset.yaml",
    **{f"catalogue-{name}": f"data/catalogue/{name}.yaml" for name in ("functions", "suppliers", "products", "skills", "frameworks")},
}
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    10**18 - 1,
    1.5,
    "",
    " ",
    "x",
    "camden",
    "camden/one",
    "a/b/c",
    "2024",
    "9999-99-99",
    "2199-12-31",
    "\u202e=1+1|`",
    "x" * 5000,
    [],
    [None],
    [[]],
    ["x", "x"],
    [{}],
    {},
    {"x": {}},
]


def _example(definition: schema.Schema) -> Any:
    """A value with every field filled with its example."""
    if definition.get("type") == "object":
        return {name: _example(child) for name, child in definition["properties"].items()}
    if definition.get("type") == "array" and definition["items"].get("type") == "object":
        return [_example(definition["items"])]
    return (definition.get("examples") or [definition.get("const")])[0]


def _whole() -> dict[str, Any]:
    return {path: _example(schema.load(kind)) for kind, path in PLACES.items()}


def _put(value: Any, path: tuple[str, ...], odd: Any) -> Any:
    if not path:
        return odd
    if path[0] == "*":
        return [_put(item, path[1:], odd) for item in value] if isinstance(value, list) else value
    return {**value, path[0]: _put(value[path[0]], path[1:], odd)} if isinstance(value, dict) and path[0] in value else value


def _given(index: Index, question: Question) -> list[dict[str, Any]]:
    """What to ask: every choice of each option, and whatever there is to be named as an argument."""
    arguments = {each.name: next(iter(_ids(index, each.kind)), None) for each in question.parameters if each.sort == "argument"}
    choices = [{each.name: choice} for each in question.parameters if each.kind == "choice" for choice in each.choices]
    return [] if None in arguments.values() else [{**arguments, **choice} for choice in choices or [{}]]


def _ids(index: Index, kind: str) -> list[str]:
    return list(index.catalogue.ids("borough" if kind == "holder" else kind))


def _use(files: dict[str, Any]) -> None:
    read = dataset.build({path: json.dumps(content).encode() for path, content in files.items()})
    findings = validate(read, AS_OF)
    for format in FINDING_FORMATS.values():
        format(Checked(findings, counts(read)))
    whole, _ = dataset.sound(read)
    index = build(whole, AS_OF)
    for number, (name, question) in enumerate(reports().items()):
        for given in _given(index, question):
            tables = answer(index, name, asked(index, question, given))
            for format in ("text", list(TABLE_FORMATS)[1 + number % (len(TABLE_FORMATS) - 1)]):
                render(tables, format, Screen())
            for format in question.also:
                render_other(other(index, name, format, asked(index, question, given)), format)
    for records in whole.records.values():
        for record in records:
            show(index, record.ref)


def test_a_dataset_made_of_the_examples_can_be_used() -> None:
    _use(_whole())


@pytest.mark.parametrize("kind", PLACES)
def test_odd_values_are_survived(kind: str) -> None:
    """Each field of the kind holds each odd value: the deep ones together in a whole dataset, then every field by itself."""
    whole = _whole()
    paths = [found.path for found in schema.properties(kind)]
    for odd in ODD:
        everywhere = whole[PLACES[kind]]
        for path in (path for path in paths if len(path) > 2):
            everywhere = _put(everywhere, path, odd)
        _use({**whole, PLACES[kind]: everywhere})
    for path in paths:
        for odd in ODD:
            text = json.dumps(_put(whole[PLACES[kind]], path, odd)).encode()
            validate(dataset.build({PLACES[kind]: text}), AS_OF)
