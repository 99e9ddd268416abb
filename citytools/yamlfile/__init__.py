"""YAML files: bytes become values that know their places, or a finding that says why not.

The only user of PyYAML, of which only the event stream is used: its composers crash the process on
deeply nested input, its constructors guess types and drop repeated keys.
"""

from __future__ import annotations

from citytools.model import Document, Finding, Location
from citytools.yamlfile.canonical import canonical
from citytools.yamlfile.changes import AddItem, DataEdit, MoveItem, RemoveField, ReplaceItem, SetField, applied, changes, same
from citytools.yamlfile.edit import edit
from citytools.yamlfile.items import Item, holds, item_at
from citytools.yamlfile.notices import notices
from citytools.yamlfile.pieces import Piece, pieces
from citytools.yamlfile.reader import read_fields
from citytools.yamlfile.reduced import reduced
from citytools.yamlfile.refusal import RefusalError
from citytools.yamlfile.splice import Edit, splice
from citytools.yamlfile.text import MAX_BYTES, decode

__all__ = [
    "MAX_BYTES",
    "AddItem",
    "DataEdit",
    "Edit",
    "Item",
    "MoveItem",
    "Piece",
    "RemoveField",
    "ReplaceItem",
    "SetField",
    "applied",
    "canonical",
    "changes",
    "edit",
    "holds",
    "item_at",
    "pieces",
    "read",
    "reduced",
    "same",
    "splice",
]


def read(
    path: str, data: bytes, *, kind: str = "", holder: str = "", text_fields: frozenset[str] = frozenset()
) -> tuple[Document, list[Finding]]:
    """Read one file, keeping values of ``text_fields`` as written; what cannot be used is a finding, never raised."""
    findings: list[Finding] = []
    try:
        text, marked = decode(path, data)
        if marked:
            findings.append(marked)
        reading = read_fields(path, text, text_fields)
        findings.extend(notices(path, text, reading.plain_ends, as_json=reading.as_json))
        return Document(path, kind, reading.fields, holder, reading.marks), findings
    except RefusalError as refusal:
        return Document(path, kind, None, holder), [*findings, refusal.finding]
    except (Exception, RecursionError) as error:
        finding = Finding(
            Location(path, 1, 1),
            "syntax",
            f"the file cannot be read as YAML ({type(error).__name__})",
            advice="Please report this file: citytools should have said what is wrong",
        )
        return Document(path, kind, None, holder), [*findings, finding]
