"""Workbooks that a proposed change hands in: taken out of git's objects, without the files of the change ever being checked out."""

from __future__ import annotations

from pathlib import Path

from citytools import gitrepo
from citytools.ci.event import borough_data
from citytools.ci.owners import WORKBOOK
from citytools.errors import CitytoolsError

FOLDER = "submissions/"
MOST = 20
BYTES = WORKBOOK


def workbooks(folder: Path, base: str, head: str) -> dict[str, bytes]:
    """The workbooks below submissions/ that ``head`` has and had not, or not so, where it parted from ``base``, by their path from there.

    Raises CitytoolsError for more or larger ones than a borough hands in, and for what is no ordinary file.
    """
    commits = gitrepo.parting(folder, base, head), gitrepo.commit_of(folder, head)
    before, after = (gitrepo.files_in(folder, commit, FOLDER) for commit in commits)
    new = {path: blob for path, blob in after.items() if borough_data(path) and blob != before.get(path)}
    if len(new) > MOST:
        raise CitytoolsError(f"{len(new)} workbooks are handed in at once, and {MOST} is the most")
    for path, blob in new.items():
        if blob.mode != "100644":
            raise CitytoolsError(f"{path} is a link or a program, and no workbook. Nothing was read")
        if blob.size > BYTES:
            raise CitytoolsError(f"{path} has more than {BYTES // 1_000_000} MB. Nothing was read")
    found = gitrepo.contents(folder, (blob.id for blob in new.values()))
    return {path.removeprefix(FOLDER): found[blob.id] for path, blob in sorted(new.items())}
