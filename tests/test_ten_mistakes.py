"""The ten mistakes that officers make most: each has one message, at the right line, in words to mend it by (tests/golden/mistakes)."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from support import golden, write

from citytools import dataset
from citytools.render import FINDING_FORMATS, Checked, Screen
from citytools.validate import counts, failed, validate

BASE = {
    "data/dataset.yaml": "schema: 1\ntitle: A test\nauthorities: [camden, hackney, islington]\n",
    "data/catalogue/suppliers.yaml": "schema: 1\nsuppliers:\n  - {id: civica, name: Civica}\n  - {id: idox, name: Idox}\n",
    "data/catalogue/functions.yaml": (
        "schema: 1\nareas: [{id: planning, name: Planning}, {id: democratic, name: Democratic services}]\n"
        "functions:\n  - {id: planning/register, name: Planning register}\n  - {id: democratic/committees, name: Committees}\n"
    ),
    "data/catalogue/products.yaml": (
        "schema: 1\nproducts:\n  - {id: moderngov, name: Modern.Gov, functions: [democratic/committees]}\n"
        "  - {id: public-access, name: Public Access, functions: [planning/register]}\n"
    ),
    "data/boroughs/camden/borough.yaml": "schema: 1\nname: Camden\ngss: E09000007\n",
    "data/boroughs/islington/borough.yaml": "schema: 1\nname: Islington\ngss: E09000019\n",
}
AS_OF = datetime.date(2026, 11, 23)
TECHNOLOGY = "data/boroughs/camden/technology.yaml"
GOOD = """\
# yaml-language-server: $schema=../../../schemas/technology.schema.json
schema: 1

systems:
  - id: moderngov
    product: moderngov
    since: 2014-05
    sources:
      - {url: "https://democracy.camden.gov.uk", on: 2026-09-01, kind: website, confidence: high}

  - id: planning-register
    product: public-access
    status: live
    notes: Public register
    sources:
      - {url: "https://planning.camden.gov.uk", on: 2026-09-01, kind: website, confidence: high}

  - id: forms
    name: Own forms
    supplier: Somebody Ltd
    functions: [planning/register]
"""
# Name → what stood there, what was typed, the line of the message.
MISTAKES = {
    "wrong-date": ("since: 2014-05", "since: 31/05/2014", 7),
    "new-supplier": ("supplier: Somebody Ltd", "supplier: newco", 20),
    "label-for-id": ("product: public-access", "product: Public Access", 12),
    "deleted-line": ("  - id: planning-register\n", "", 11),
    "tab": ("    status: live", "\tstatus: live", 13),
    "copied-block": ("  - id: forms", "  - id: moderngov", 18),
    "wrong-borough": ("systems:", "borough: islington\nsystems:", 4),
    "missing-quote": ('"https://planning.camden.gov.uk"', '"https://planning.camden.gov.uk', 16),
    "trailing-colon": ("status: live", "status: live:", 13),
    "colon-in-text": ("notes: Public register", "notes: Register: public part", 14),
    "number-sign-in-text": ("notes: Public register", "notes: Public register #2", 14),
}


def _check(text: str) -> Checked:
    read = dataset.build({**{path: content.encode() for path, content in BASE.items()}, TECHNOLOGY: text.encode()})
    return Checked(validate(read, AS_OF), counts(read), lambda _: text.splitlines(), screen=Screen(80, terminal=True))


def test_the_file_itself_is_right() -> None:
    assert not _check(GOOD).findings


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_is_one_message_at_its_line(name: str) -> None:
    old, new, line = MISTAKES[name]
    assert GOOD.count(old) == 1
    checked = _check(GOOD.replace(old, new))
    (finding,) = checked.findings
    assert finding.location.line == line
    assert failed(checked.findings, strict=True)
    golden(f"mistakes/{name}.txt", FINDING_FORMATS["text"](checked))


def test_a_whole_file_of_another_borough_is_known_by_its_description(tmp_path: Path) -> None:
    files = {**BASE, "data/boroughs/camden/borough.yaml": BASE["data/boroughs/islington/borough.yaml"]}
    (finding,) = validate(dataset.load(write(tmp_path, files)), AS_OF)
    assert (finding.rule, finding.location.line) == ("wrong-borough", 2)
