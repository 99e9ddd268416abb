"""Formats that only some reports have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from citytools.render.calendar import calendar
from citytools.render.graph import dot, mermaid
from citytools.render.package import package

OTHER_FORMATS: Mapping[str, Callable[[Any], str]] = {"ics": calendar, "ocds": package, "mermaid": mermaid, "dot": dot}


def render_other(value: Any, format: str, banner: str = "") -> str:
    """A value of a kind that the format takes; the banner stands with what is said of its coverage."""
    if banner:
        value = replace(value, coverage=(banner, *value.coverage))
    return OTHER_FORMATS[format](value)
