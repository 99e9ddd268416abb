"""Who makes and has made a product, who owns whom, and since when: as lines with their sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from citytools.reports.sections import Rows


def history(makers: Rows) -> list[str]:
    """The makers of one product over time, latest last; nothing where it has one of which neither a date nor a source is given."""
    dated = any(row["since"] or row["source"] for row in makers)
    return [f"{row['maker_name']}, {_since(row)}" for row in makers] if dated or len(makers) > 1 else []


def owners(rows: Rows) -> list[str]:
    """Who owns or has owned whom."""
    return [f"{row['supplier_name']} {'belongs' if row['still'] else 'belonged'} to {row['parent_name']}, {_since(row)}" for row in rows]


def chain(rows: Rows) -> str:
    """The owners of a company, from its own to the one at the top; empty where no one is known to own it."""
    return ", which belongs to ".join(row["name"] for row in rows)


def _since(row: Mapping[str, Any]) -> str:
    """Since when, and where that can be read."""
    since = f"since {row['since']}" if row["since"] else "since when is not stated"
    return f"{since} ({row['source']})" if row["source"] else since
