"""Names that sheets and areas may have."""

from __future__ import annotations

import re
from collections.abc import Collection

from citytools.workbook.texts import cut, length

_LONGEST = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def free_name(wanted: str, taken: Collection[str]) -> str:
    """A name that a sheet may have, and no other sheet has."""
    plain = " ".join(_FORBIDDEN.sub(" ", wanted).split()).strip("'") or "Sheet"
    name, number = _cut(plain, _LONGEST), 1
    others = {other.casefold() for other in taken}
    while name.casefold() in others:
        number += 1
        name = f"{_cut(plain, _LONGEST - len(str(number)) - 1)} {number}"
    return name


def allowed(name: str) -> bool:
    """Whether a sheet may have just this name."""
    return bool(name) and length(name) <= _LONGEST and not _FORBIDDEN.search(name) and name == name.strip("'")


def area(sheet: str, cells: str) -> str:
    """Cells of a sheet as formulas and links name them."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{cells}"


def _cut(text: str, most: int) -> str:
    return cut(text, most).strip("' ")
