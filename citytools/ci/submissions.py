"""Workbooks that a change hands in: what they would do to the register."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from citytools.ci.report import Section
from citytools.model import Dataset


def submissions(workbooks: Mapping[str, bytes], register: Dataset, as_of: datetime.date) -> tuple[Section, ...]:
    """A section for each workbook (path → content), with the plan of what it would change in the register, as of a day."""
    return tuple(
        Section(path, (f"A workbook of {len(content):,} bytes. What it would change is not told here yet: a maintainer reads it.",))
        for path, content in sorted(workbooks.items())
    )
