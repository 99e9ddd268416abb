"""Workbooks as bytes that follow from what stands in them, and from nothing else."""

from __future__ import annotations

import datetime
import io
import re
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_SPACES = re.compile(rb"<t>(?=\s+</t>)")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first time that a zip can hold


class _Archive(ZipFile):
    """A zip without the times at which its parts were written."""

    def writestr(self, zinfo_or_arcname: str | ZipInfo, data: str | bytes, *_: Any, **__: Any) -> None:  # type: ignore[override]
        super().writestr(ZipInfo(str(zinfo_or_arcname), EPOCH), data, ZIP_DEFLATED)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """A sheet, in which openpyxl leaves out that spaces alone are to be kept."""
        self.writestr(arcname, _SPACES.sub(b'<t xml:space="preserve">', Path(filename).read_bytes()))


def saved(book: Any, title: str) -> bytes:
    """The workbook's bytes: the same for the same content, whenever it is saved."""
    from openpyxl.writer.excel import ExcelWriter

    book.properties.title, book.properties.creator = title, "citytools"
    book.properties.created = book.properties.modified = datetime.datetime(*EPOCH)
    stream = io.BytesIO()
    ExcelWriter(book, _Archive(stream, "w")).save()  # what save() does, but for the time that it puts in
    return stream.getvalue()
