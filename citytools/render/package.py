"""Answers in the JSON of a published standard."""

from __future__ import annotations

import json

from citytools.model import Package


def package(package: Package) -> str:
    """What stands beside the figures, under ``coverage``, for which no standard has a place; then the content as the standard has it."""
    return json.dumps({"coverage": list(package.coverage), **package.content}, indent=2, ensure_ascii=True) + "\n"
