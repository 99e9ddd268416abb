"""What an officer reads first: how to fill in the workbook, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from citytools.sheets.layout import NONE
from citytools.sheets.origin import Origin


def guidance(whose: str, origin: Origin) -> list[tuple[str, Sequence[str]]]:
    """Headings with their paragraphs; ``whose`` is the borough's name, or nothing for a workbook of many or of none."""
    return [
        ("What to do", _what_to_do(whose, origin)),
        ("How to write it", _HOW),
        ("What not to write", _NOT),
        ("What becomes of it", _BECOMES),
        ("What this is", _IS),
    ]


def _what_to_do(whose: str, origin: Origin) -> list[str]:
    first = (
        f"This workbook holds what the register has of {whose}, as of {origin.on}. Correct what is wrong, add what is missing, "
        "and send it back."
        if whose
        else f"This workbook holds the register, or part of it, as of {origin.on}. What is changed in it can be merged again."
        if origin.files
        else "Fill in a line for each thing that you have to report, and send the workbook back."
    )
    return [
        first,
        "One line is one system, contract or skill. What there may be several of, such as sources and extensions, has a sheet of its own: "
        "there, name in the column Record the id of the line that it belongs to.",
        "An id is a short name that never changes, in small letters, digits and hyphens: unit4-erp-2025. Do not change one that is there.",
    ]


_HOW = (
    "Leave a cell empty where nothing is known. Why it is not known goes on the sheet Unknown, and what may not be published on the sheet "
    "Withheld, with the ground; the value itself stays out.",
    f"Write {NONE} where there are none, and you know it: in a cell that can hold several, or, on a sheet such as Extensions, in the "
    "column after the id.",
    "Several in one cell are parted by semicolons: Planning back office; Building control. One with a semicolon in it stands in quotes.",
    "Products, suppliers and functions: choose from the list. If it is not there, write its name; for a product, in the column Name.",
    "End of a contract: as your own register has it, and in the column after it whether years that are only options are in it.",
    "Every record should say on the sheet Sources where it can be read.",
)
_NOT = (
    "No names of people, no personal addresses or telephone numbers: roles and team mailboxes only.",
    "No formulas: what a cell shows is read, and if it is a formula that is said.",
    "Columns and lines may be sorted, moved or filtered. A column of your own is not read, and that is said.",
)
_BECOMES = (
    "Whoever receives it sees what would change before anything does. What has changed in the register since is kept, and where both have "
    "changed the same, a person decides.",
    "A line that is missing, or a cell that was emptied, removes nothing: to remove something, say so when you send it.",
    "To check it yourself: citytools check FILE.xlsx, which can also hand it back with a note in each cell that needs another look.",
)
_IS = (
    "citytools is a register made from public sources. It is not an official publication of any borough, of LOTI or of London Councils.",
)
