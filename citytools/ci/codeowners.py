"""CODEOWNERS: whom the hosting site asks to look at a change, by the folder that it touches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from citytools.errors import CitytoolsError

PLACE = ".github/CODEOWNERS"
_ORGANISATION = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}")
_NAMED = re.compile(r"^\* @([A-Za-z0-9-]+)/maintainers$", re.M)
_SOMEBODYS = "ORGANISATION"


def codeowners(authorities: Iterable[str], organisation: str = "") -> str:
    """The file's text; every rule is a comment where no organisation is given, as teams that do not exist would be errors.

    Raises CitytoolsError for what cannot be the name of an organisation.
    """
    if organisation and not _ORGANISATION.fullmatch(organisation):
        raise CitytoolsError(f'"{organisation}" cannot be the name of an organisation: letters, digits and hyphens only')
    return "".join(f"{line}".rstrip() + "\n" for line in _lines(sorted(authorities), organisation))


def organisation_of(text: str) -> str:
    """The organisation that a file was made for; empty where its rules are comments."""
    found = _NAMED.search(text)
    return found[1] if found else ""


def _lines(authorities: Iterable[str], organisation: str) -> Iterator[str]:
    yield "# Whom GitHub asks to review a change. Made by 'citytools ci codeowners' from data/dataset.yaml; a test compares."
    yield "# It only asks: what a change may touch is decided by 'citytools ci owners', and by the rules of the protected branch."
    yield "#"
    yield "# Each borough's team is called as its folder is, and maintainers may answer for any of them."
    if not organisation:
        yield "# No rule is in force until the organisation and its teams are there, each with write access. Then run:"
        yield "#   citytools ci codeowners --organisation NAME --output .github/CODEOWNERS"
    mark, team = ("", f"@{organisation}") if organisation else ("# ", f"@{_SOMEBODYS}")
    yield ""
    yield f"{mark}* {team}/maintainers"
    for borough in authorities:
        yield f"{mark}/data/boroughs/{borough}/ {team}/{borough} {team}/maintainers"
        yield f"{mark}/submissions/{borough}/ {team}/{borough} {team}/maintainers"
