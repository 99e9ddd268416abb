"""Making text harmless in each medium; data may hold anything."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_FORMULA = re.compile("^[\\s\u200b\ufeff]*[=+\\-@|\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|#~@!])")


def visible(text: str) -> str:
    """Control, direction and zero-width characters as ``\\u…``, so that no text can steer a terminal."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def cell(text: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula: such text gets an apostrophe in front."""
    text = visible(text)
    return f"'{text}" if _FORMULA.search(text) else text


def calendar(text: str) -> str:
    """Text as the value of a property in an iCalendar file, which a line's end, comma or semicolon would end."""
    plain = visible(text.replace("\r\n", "\n")).replace("\\", "\\\\").replace("\n", "\\n")
    return plain.replace(",", "\\,").replace(";", "\\;")


def markdown(text: str) -> str:
    """Text that Markdown shows as it is: no markup, links, mentions or table breaks."""
    escaped = _MARKDOWN.sub(r"\\\1", visible(text).replace("&", "&amp;"))
    escaped = escaped.replace("\\@", "@\u2060").replace("\n", " ")
    return re.sub(r"(https?|ftp|www)(:|\.)", "\\1\u2060\\2", escaped, flags=re.I)


def annotation(text: str, *, value: bool = False) -> str:
    """Text for a GitHub workflow command; ``value`` for one of its properties."""
    text = visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if value else text
