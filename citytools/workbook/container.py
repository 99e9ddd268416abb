"""The file around a workbook: what it really is, and that unpacking it is bounded. Everything is looked at before anything is unpacked."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from citytools.errors import CitytoolsError

MAX_PARTS, MAX_PART, MAX_TOTAL = 1_000, 60_000_000, 150_000_000
# Sheets shrink to a tenth or twentieth; what shrinks to so little was made to fill memory.
MAX_RATIO, FROM = 250, 1_000_000
_CHUNK = 1 << 16
# All that the library says of a file that is not as it should be; names in no encoding are a ValueError.
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
_HEADER = 30  # bytes before a part's name

_AS_XLSX = 'Open it and save it as "Excel Workbook (.xlsx)"'
_AGAIN, _COPY = "Send it again", "Copy the lines into a new workbook"
SAVE = "Open it in Excel, save it, and send that"
TELL = "Do not open it; tell the maintainers"
_OLE, _ZIP, _END, _LISTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02"
# What a file that is no zip file begins with, what it then is, and what to do.
_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (rb"version https://git-lfs", "is a git-LFS pointer, not the file itself", "Run: git lfs pull"),
    (rb"%PDF", "is a PDF", "Send the workbook that it was made from"),
    (rb"\{\\rtf", "is a text document (RTF)", _AS_XLSX),
    (rb"\s*(<!doctype html|<html|<table|<head|<body)", "is a web page with an Excel name", _AS_XLSX),
    (rb"\s*[{\[]", "is JSON with an Excel name", "Give it the name .json if it is a file of the dataset"),
    (rb"\s*<", "is XML with an Excel name", _AS_XLSX),
)
# Streams by which files in the older container of Microsoft's are known.
_STREAMS: tuple[tuple[str, str, str], ...] = (
    ("EncryptedPackage", "needs a password", "In Excel: File > Info > Protect Workbook > Encrypt; clear the password; save"),
    ("WordDocument", "is an old Word document with an Excel name", "Send the workbook"),
    ("PowerPoint Document", "is an old PowerPoint file with an Excel name", "Send the workbook"),
    ("__properties_version1.0", "is an e-mail with an Excel name", "Send the workbook that was attached to it"),
)
# Parts by which other packages are known.
_OTHERS: tuple[tuple[str, str, str], ...] = (
    ("word/", "is a Word document with an Excel name", "Send the workbook"),
    ("ppt/", "is a PowerPoint file with an Excel name", "Send the workbook"),
    ("xl/workbook.bin", "is in the binary format .xlsb", _AS_XLSX),
    ("Index/", "is an Apple Numbers file with an Excel name", "Export it to Excel (.xlsx)"),
)


@dataclass(frozen=True, slots=True)
class Container:
    """The parts of a workbook's file by name, of which no more is unpacked than they say they hold."""

    name: str
    archive: zipfile.ZipFile
    parts: dict[str, zipfile.ZipInfo]

    def refuse(self, what: str, then: str) -> CitytoolsError:
        """The error that says what is wrong with the file and what to do."""
        return refused(self.name, what, then)

    def chunks(self, part: str) -> Iterator[bytes]:
        """A part's content, piece by piece. Raises CitytoolsError where the file is damaged or the part longer than it says."""
        left = self.parts[part].file_size
        try:
            with self.archive.open(self.parts[part]) as stream:
                while piece := stream.read(_CHUNK):
                    left -= len(piece)
                    yield piece
        except _BROKEN as error:
            raise self.refuse("is damaged, or was not copied whole", _AGAIN) from error
        if left:
            raise self.refuse("is damaged: a part is not as long as it says", _AGAIN)


def opened(name: str, data: bytes) -> Container:
    """The parts of a workbook. Raises CitytoolsError for whatever else has its name, and for what would unpack to too much."""
    _check_beginning(name, data)
    if data.count(_LISTED) > MAX_PARTS:  # each is an object once the list is read
        raise refused(name, f"has {data.count(_LISTED):,} parts inside, which no ordinary workbook has", _COPY)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except _BROKEN as error:
        raise refused(name, "is damaged, or was not copied whole", _AGAIN) from error
    end = data.rfind(_END)
    if end + 22 + int.from_bytes(data[end + 20 : end + 22], "little") != len(data):
        raise refused(name, "has other data after its end", SAVE)
    _check_parts(name, infos)
    _check_places(name, data, infos, archive.start_dir)
    container = Container(name, archive, {info.filename: info for info in infos})
    _check_kind(container)
    return container


def refused(name: str, what: str, then: str) -> CitytoolsError:
    """The error for a file that is not used."""
    return CitytoolsError(f"{name} {what}. {then}")


def _check_beginning(name: str, data: bytes) -> None:
    if not data:
        raise refused(name, "has no content", _AGAIN)
    if data.startswith(_OLE):
        for stream, what, then in _STREAMS:
            if stream.encode("utf-16-le") in data:
                raise refused(name, what, then)
        raise refused(name, "is in the old format .xls", _AS_XLSX)
    if data.startswith((_ZIP, _END)):
        return
    beginning = _text(data[:10_000])
    for pattern, what, then in _BEGINNINGS:
        if re.match(pattern, beginning, re.I):
            raise refused(name, what, then)
    if _ZIP in data:
        raise refused(name, "has other data before its beginning", SAVE)
    if not re.search(rb"[\x00-\x08\x0e-\x1f]", beginning):
        raise refused(name, "is a text file, such as CSV, with an Excel name", _AS_XLSX)
    raise refused(name, "is not a workbook", _AS_XLSX)


def _text(data: bytes) -> bytes:
    """The beginning of a text without the mark of its encoding; what Excel calls Unicode text has two bytes for each character."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data[: len(data) & ~1].decode("utf-16", "replace").encode("utf-8", "replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def _check_parts(name: str, infos: Sequence[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for info in infos:
        part = info.orig_filename
        if ".." in re.split(r"[/\\]", part) or part.startswith(("/", "\\")) or re.match(r"[A-Za-z]:|.*[\x00-\x1f]", part, re.S):
            raise refused(name, "has a part with a dangerous name inside", TELL)
        if part.casefold() in seen:
            raise refused(name, "holds the same part twice", SAVE)
        seen.add(part.casefold())
        if info.flag_bits & 1:
            raise refused(name, "has encrypted parts", "Save it without a password")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refused(name, "is packed in a way that Excel does not use", SAVE)
        if info.file_size > MAX_PART or (info.file_size > FROM and info.file_size > MAX_RATIO * max(1, info.compress_size)):
            size = f"{info.file_size / 1_000_000:,.0f} MB"
            raise refused(name, f"would unpack to {size}, which is not an ordinary workbook", _COPY)
    if sum(info.file_size for info in infos) > MAX_TOTAL:
        raise refused(name, "would unpack to more than an ordinary workbook holds", _COPY)


def _check_places(name: str, data: bytes, infos: Sequence[zipfile.ZipInfo], start_dir: int) -> None:
    """The first part is at the very beginning, and each ends before the next or the list of parts begins."""
    if not infos:
        return
    places = sorted((info.header_offset, info.compress_size) for info in infos)
    if places[0][0] != 0:
        raise refused(name, "has other data before its beginning", SAVE)
    for (begin, length), (after, _) in pairwise([*places, (start_dir, 0)]):
        named = sum(struct.unpack("<HH", data[begin + 26 : begin + _HEADER].ljust(4, b"\xff")))
        if begin + _HEADER + named + length > after:
            raise refused(name, "has parts inside that lie over one another", _COPY)


def _check_kind(container: Container) -> None:
    for known, what, then in _OTHERS:
        if any(part.startswith(known) for part in container.parts):
            raise container.refuse(what, then)
    if "mimetype" in container.parts and b"opendocument" in b"".join(container.chunks("mimetype")):
        raise container.refuse("is an OpenDocument file (.ods)", _AS_XLSX)
    if any(part.casefold().endswith("vbaproject.bin") or "macrosheets/" in part.casefold() for part in container.parts):
        raise container.refuse("contains macros", _AS_XLSX)
    if "[Content_Types].xml" not in container.parts:
        raise container.refuse("is a zip file, not a workbook", "Send the workbook itself")
