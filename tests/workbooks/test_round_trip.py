"""Out to Excel and back: whatever a file holds comes back as it was, through LibreOffice as well."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT, run

from citytools import dataset, schema, workbook
from citytools.catalogue import Catalogue
from citytools.model import Dataset
from citytools.planned import Register, opened
from citytools.sheets.filling import form
from citytools.sheets.layout import HOLDINGS, KINDS
from citytools.sheets.origin import Origin
from citytools.sheets.returned import returned
from citytools.yamlfile import same
from workbooks.generated import HOSTILE, Maker

EXAMPLE = ROOT / "tests" / "register"
LIBREOFFICE = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed: workbooks are not opened with it")


def made(seed: int, number: int) -> Register:
    """The example register with so many records of each kind that Ashby holds."""
    whole = opened(EXAMPLE)
    catalogue = Catalogue(whole.dataset)

    def known(refers: str) -> list[str]:
        kind = refers.partition("-or-")[0]
        if kind in ("system", "contract"):
            return ["ledgerline", "birchwood/ledgerline"]
        return [id for each in (("borough", "body") if kind == "holder" else (kind,)) for id in catalogue.ids(each)]

    maker = Maker(seed, known)
    files = dict(whole.files)
    for kind in HOLDINGS:
        lists = schema.record_lists(kind)
        fields: dict[str, Any] = {"schema": 1, **({} if lists else maker.group(schema.load(kind)))}
        for listed in lists:
            fields[listed.path[0]] = [maker.record(listed.definition["items"], f"r{seed}-{each}") for each in range(number)]
        files[f"data/boroughs/ashby/{kind}.yaml"] = json.dumps(fields, default=_plain, ensure_ascii=False, indent=0).encode()
    register = Register(files, whole.unread, dataset.build(files))
    assert not dataset.faulty(register.dataset), "what is made must be sound, or nothing of it is read"
    return register


def _plain(value: Decimal) -> Any:
    return json.loads(str(value), parse_float=float)


def fields_of(whole: Dataset) -> dict[str, dict[str, Any]]:
    return {document.path: document.fields for document in whole.documents if document.fields is not None}


def without_state(book: workbook.Book) -> workbook.Book:
    """The workbook as if it did not know what it was made from: all that comes back is what stands in its cells."""
    return replace(book, sheets=tuple(sheet for sheet in book.sheets if not sheet.name.startswith("_")))


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(name, one.get(name), other.get(name)) for name in {**one, **other} if not same(one.get(name), other.get(name))]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_schemas_allow_stands_in_the_cells_and_comes_back(seed: int) -> None:
    """A thousand records in all: read without knowing what they were, they are what they were."""
    register = made(seed, 85)
    book = workbook.read("x.xlsx", workbook.fill(form(register.dataset, Origin(), KINDS)))
    came = returned("x.xlsx", without_state(book), register.files, register.dataset, base={})
    assert came.findings == []
    wanted = fields_of(register.dataset)
    for path, fields in came.files.items():
        for key, value in wanted[path].items():
            if isinstance(value, list) and value and isinstance(value[0], dict) and "id" in value[0]:
                for old, new in zip(value, fields[key], strict=True):
                    assert differing(old, new) == []
            else:
                assert same(value, fields.get(key)), (path, key)
    assert came.files.keys() == {path for path in wanted if dataset.kind_of(path)[0] in KINDS}


def test_a_round_trip_plans_nothing_on_what_was_made_and_on_the_shipped_data(tmp_path: Path) -> None:
    register = made(9, 340)
    for path, data in register.files.items():
        (tmp_path / "root" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / path).write_bytes(data)
    for root in (tmp_path / "root", ROOT):
        book = tmp_path / f"{root.name}.xlsx"
        assert run("export", "xlsx", str(book), "--root", str(root)).code == 0
        done = run("merge", str(book), "--root", str(root), "--allow-removals")
        assert (done.code, "No record differs." in done.out) == (0, True), done.out[:2000]


@LIBREOFFICE
def test_a_round_trip_through_libreoffice_plans_nothing(tmp_path: Path) -> None:
    register = made(5, 40)
    (tmp_path / "made.xlsx").write_bytes(workbook.fill(form(register.dataset, Origin("ashby", "", "2026-11-24", _own(register)), HOLDINGS)))
    assert run("export", "xlsx", str(tmp_path / "all.xlsx"), "--root", str(ROOT)).code == 0
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "xlsx", "--outdir"]
    subprocess.run([*command, str(tmp_path / "saved"), "made.xlsx", "all.xlsx"], cwd=tmp_path, check=True, capture_output=True)
    came = returned("x", workbook.read("x", (tmp_path / "saved/made.xlsx").read_bytes()), register.files, register.dataset)
    wanted = fields_of(register.dataset)
    assert [path for path, fields in came.files.items() if not same(fields, wanted[path])] == []
    assert (came.findings, came.kept, came.read_as) == ([], [], [])
    done = run("merge", str(tmp_path / "saved/all.xlsx"), "--root", str(ROOT), "--allow-removals")
    assert (done.code, "No record differs." in done.out) == (0, True), done.out[:2000]


def _own(register: Register) -> dict[str, bytes]:
    return {path: data for path, data in register.files.items() if "/ashby/" in path}


VISIBLE = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Cn", "Co"), include_characters="\n"), min_size=1, max_size=40
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(VISIBLE, st.sampled_from(HOSTILE)), min_size=1, max_size=8, unique=True))
def test_any_text_comes_back_exactly(written: list[str]) -> None:
    """Of what a file can hold; blanks at the ends count, too."""
    columns = [workbook.FormColumn("Id", "id"), workbook.FormColumn("Text")]
    sheet = workbook.FormSheet("Data", "", columns, [[f"r{number}", text] for number, text in enumerate(written)])
    (data,) = (each for each in workbook.read("x", workbook.fill(workbook.Form("t", [], [sheet]))).sheets if each.name == "Data")
    assert [row[1].content for row in data.rows[1:]] == written


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(VISIBLE, st.sampled_from(HOSTILE)).map(str.strip).filter(bool), max_size=5, unique=True))
def test_several_texts_in_a_cell_are_told_apart_again(items: list[str]) -> None:
    from citytools.sheets.cells import joined, parts

    cell = joined(items)
    assert (parts(cell) if cell != "none" else []) == items
