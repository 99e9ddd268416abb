"""Our own simple values as YAML text, in the style in which the register is written by hand.

A record is a block of fields; groups inside it stand on one line, lists of groups one group a line.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

_WIDTH = 120

Fields = Mapping[str, Any]

# What is not certainly plain is put in quotes, needed or not: that stays easy to check.
_PLAIN = re.compile(r"[A-Za-z£][\w £.;()/&+%'-]*(?<! )", re.ASCII)
_PLAIN_IN_BLOCK = re.compile(r"[A-Za-z£][\w £.,;()/&+%'-]*(?<! )", re.ASCII)
_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:-[0-9]{2}){0,2}", re.ASCII)
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def records(key: str, found: Iterable[Fields]) -> str:
    """A list of records under its key, an empty line between them."""
    blocks = [f"  - {fields(each, '    ')[4:]}" for each in found]
    return f"{key}:\n" + "\n".join(blocks) if blocks else f"{key}: []\n"


def fields(found: Fields, indent: str = "") -> str:
    """Fields one below the other."""
    return "".join([f"{indent}{key}:{_value(value, indent)}\n" for key, value in found.items()])


def _value(value: Any, indent: str) -> str:
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return "".join([f"\n{indent}  - {_flow(item)}" for item in value])
    if isinstance(value, str):
        return f" {_scalar(value, _PLAIN_IN_BLOCK)}"
    line = _flow(value)
    return f" {line}" if len(line) <= _WIDTH or not isinstance(value, list) else f" [\n{_wrapped(line[1:-1], indent)}\n{indent}]"


def _wrapped(line: str, indent: str) -> str:
    """A list's items on as many lines as they need."""
    start = f"{indent}  "
    return textwrap.fill(line, _WIDTH, initial_indent=start, subsequent_indent=start, break_on_hyphens=False, break_long_words=False)


def _flow(value: Any) -> str:
    """A value on one line, inside which commas and brackets mean something."""
    if isinstance(value, str):
        return _scalar(value, _PLAIN)
    if isinstance(value, Mapping):
        return "{" + ", ".join([f"{key}: {_flow(each)}" for key, each in value.items()]) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value)


@lru_cache(maxsize=50_000)  # the same names, words and dates stand on many records
def _scalar(text: str, plain: re.Pattern[str]) -> str:
    """Text with quotes where a reader of YAML might take it for something else."""
    as_it_is = _DATE.fullmatch(text) or (plain.fullmatch(text) and text.lower() not in _WORDS)
    return text if as_it_is else json.dumps(text, ensure_ascii=False)
