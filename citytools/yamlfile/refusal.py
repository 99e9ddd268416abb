"""Why a file is not used: a finding on its way out of the reader."""

from __future__ import annotations

from citytools.model import Finding, Location

NOTHING = "the file has nothing in it", "Delete the file, add a record, or say that there is none, as in skills: []"


class RefusalError(Exception):
    """Raised inside the reader only; carries the finding that tells the user."""

    def __init__(self, path: str, line: int, column: int, rule: str, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.finding = Finding(Location(path, line, column), rule, message, advice=advice)
