"""What is to be said about a cell of somebody's workbook."""

from __future__ import annotations

from dataclasses import dataclass

_RED, _AMBER = "FFFFC9C2", "FFFFE5A8"


@dataclass(frozen=True, slots=True)
class Note:
    """What is wrong with a cell and what to type instead; without a cell it is about the whole sheet, without either about the workbook."""

    sheet: str
    cell: str
    message: str
    severity: str


def colour(severity: str) -> str:
    """What the cell is coloured with."""
    return _RED if severity == "error" else _AMBER
