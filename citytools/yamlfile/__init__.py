"""YAML files: bytes become values that know their places, or a finding that says why not.

The only user of PyYAML, of which only the event stream is used: its composers crash the process on
deeply nested input, its constructors guess types and drop repeated keys.

What edits is imported when it is first asked for: most commands only read.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from citytools.model import Document, Finding, Location
from citytools.yamlfile.notices import notices
from citytools.yamlfile.reader import read_fields
from citytools.yamlfile.reduced import reduced
from citytools.yamlfile.refusal import RefusalError
from citytools.yamlfile.text import MAX_BYTES, decode

if TYPE_CHECKING:
    from citytools.yamlfile.cutting import Piece, pieces
    from citytools.yamlfile.editing import edit
    from citytools.yamlfile.edits import AddItem, DataEdit, MoveItem, RemoveField, ReplaceItem, SetField, applied, changes, same
    from citytools.yamlfile.items import Item, holds, item_at
    from citytools.yamlfile.splicing import Edit, splice
    from citytools.yamlfile.usual import canonical
else:
    # No module may be called what one of these is: once imported, it would stand in its place.
    _LATER = {
        "cutting": ("Piece", "pieces"),
        "editing": ("edit",),
        "edits": ("AddItem", "DataEdit", "MoveItem", "RemoveField", "ReplaceItem", "SetField", "applied", "changes", "same"),
        "items": ("Item", "holds", "item_at"),
        "splicing": ("Edit", "splice"),
        "usual": ("canonical",),
    }

    def __getattr__(name: str) -> Any:
        module = next((module for module, names in _LATER.items() if name in names), None)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
        return found


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
