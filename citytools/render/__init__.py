"""Every output format in one place: a format is ``value → text``, and all escaping lives here."""

from citytools.render.calendar import calendar
from citytools.render.changes import CHANGE_FORMATS, Compared, summary
from citytools.render.findings import FINDING_FORMATS, Checked
from citytools.render.formats import TABLE_FORMATS, render
from citytools.render.guides import GUIDE_FORMATS
from citytools.render.others import render_other
from citytools.render.screen import Screen

__all__ = [
    "CHANGE_FORMATS",
    "FINDING_FORMATS",
    "GUIDE_FORMATS",
    "TABLE_FORMATS",
    "Checked",
    "Compared",
    "Screen",
    "calendar",
    "render",
    "render_other",
    "summary",
]
