"""The whole register, or part of it, for use elsewhere: a workbook that can be merged again, tables as CSV, everything as JSON."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from citytools import SCHEMA_VERSION, dataset, workbook
from citytools.errors import CitytoolsError
from citytools.index import Index
from citytools.lookup.tables import query, table_list
from citytools.model import Dataset
from citytools.planned import Register
from citytools.render import Screen, render
from citytools.sheets.filling import form
from citytools.sheets.layout import HOLDINGS, KINDS
from citytools.sheets.origin import Origin, made_from


def template(root: Path, register: Register, holder: str, kinds: tuple[str, ...], on: datetime.date) -> bytes:
    """A workbook for a borough or body with what the register has of it; a blank one for no holder."""
    own = _own_kinds(register, holder, kinds)
    _check_sound(register, own, None if not holder else (holder,))
    files = {path: data for path, data in register.files.items() if holder and dataset.kind_of(path)[1] == holder}
    origin = made_from(root, _of_kinds(files, own), holder, on) if holder else Origin()
    return workbook.fill(form(register.dataset, origin, own, () if not holder else None))


def as_workbook(root: Path, register: Register, holders: Collection[str] | None, kinds: tuple[str, ...], on: datetime.date) -> bytes:
    """The register as one workbook: of these holders (None: of all), and of these kinds of file."""
    own = kinds or KINDS
    _check_sound(register, own, holders)
    files = {path: data for path, data in register.files.items() if holders is None or dataset.kind_of(path)[1] in ("", *holders)}
    return workbook.fill(form(register.dataset, made_from(root, _of_kinds(files, own), "", on), own, holders))


def as_csv(index: Index) -> dict[str, bytes]:
    """Every table of ``citytools sql`` as a CSV file, by the file's name."""
    names = [str(row[0]) for row in table_list().rows]
    return {f"{name}.csv": _bytes(render([query(index, f"SELECT * FROM {name}")], "csv", Screen())) for name in names}


def as_json(whole: Dataset) -> bytes:
    """Every file of the register by its path, with its fields as they stand; amounts as numbers."""
    files = {document.path: document.fields for document in whole.documents if document.fields is not None}
    return (json.dumps({"schema_version": SCHEMA_VERSION, "files": files}, ensure_ascii=False, indent=1, default=float) + "\n").encode()


def _check_sound(register: Register, kinds: tuple[str, ...], holders: Collection[str] | None) -> None:
    """See that what goes into a workbook is as the schemas say. Raises CitytoolsError."""
    faulty = dataset.faulty(register.dataset)
    for each in register.dataset.documents:
        if each.path in faulty and each.kind in kinds and (holders is None or each.holder in ("", *holders)):
            raise CitytoolsError(
                f"{each.path} has faults, and cannot be put into a workbook before they are put right. Run: citytools validate"
            )


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _own_kinds(register: Register, holder: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds of file that a holder fills in: a body's own file is another than a borough's."""
    body = any(record.id == holder for record in register.dataset.of("body"))
    return kinds or tuple("body" if body and kind == "borough" else kind for kind in HOLDINGS)


def _of_kinds(files: Mapping[str, Any], kinds: tuple[str, ...]) -> dict[str, Any]:
    return {path: data for path, data in files.items() if dataset.kind_of(path)[0] in kinds}
