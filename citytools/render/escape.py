"""Making text harmless in each medium; data may hold anything."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_FORMULA = re.compile("^[\\s\u200b\ufeff]*[=+\\-@|\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]")
# In a label, Mermaid may take all but these for markup, a directive or the end of the text.
_MERMAID = re.compile(r"[^\w ,]|_")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|#~@!])")
# Words in which GitHub finds nothing to make something of; not among them: addresses, hashes of commits, and names such as GH-1.
_PLAIN = re.compile(r"(?:[^\W_]|[\"'’()£%,;./?…–·→+-])+:?")
# At the beginning of a line or an item, a list or a rule.
_BEGINNING = re.compile(r"[^\w\"'’(£].*|\d+[.)]")
_SPECIAL = re.compile(r"www\.|[0-9a-f]{7}|[a-z]-\d", re.I)


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
    # By number, so that an address is no link and still the right one where a reader copies it.
    return re.sub(r"(https?|ftp|www)([:.])", lambda found: f"{found[1]}&#{ord(found[2])};", escaped, flags=re.I)


def code(text: str) -> str:
    """Text between backticks for Markdown, on one line: in it neither markup nor what GitHub makes of mentions and numbers counts."""
    shown = visible(text.replace("\r\n", "\n")).replace("\n", "⏎").replace("\t", " ") or " "
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    space = " " if shown[0] == "`" or shown[-1] == "`" or (shown[0] == shown[-1] == " " and shown.strip()) else ""
    return f"{fence}{space}{shown}{space}{fence}"


def block(text: str) -> str:
    """Lines between fences for Markdown, that are shown as they are."""
    shown = visible(text.replace("\r\n", "\n"))
    fence = "`" * max(3, max(map(len, re.findall("`+", shown)), default=0) + 1)
    return f"{fence}\n{shown.rstrip(chr(10))}\n{fence}"


def prose(text: str) -> str:
    """Text as Markdown for GitHub, on one line: plain words as they stand, all that might be made something of between backticks."""
    said: list[str] = []
    odd: list[str] = []
    words = visible(text).split()
    for number, word in enumerate(words):
        # A number alone begins a list once a full stop is set behind it.
        begins = not number and _BEGINNING.fullmatch(word if words[1:] else f"{word}.")
        if _PLAIN.fullmatch(word) and not _SPECIAL.search(word) and not begins:
            said += [code(" ".join(odd)), word] if odd else [word]
            odd = []
        else:
            odd.append(word)
    return " ".join([*said, code(" ".join(odd))] if odd else said)


def log(text: str) -> str:
    """Text on a line of its own in a workflow's log, where GitHub takes ``::`` at its beginning, and ``##[`` anywhere, for a command."""
    line = visible(text).replace("\n", "↵").lstrip()
    return re.sub("^::", ": :", line).replace("##[", "# #[")


def annotation(text: str, *, value: bool = False) -> str:
    """Text for a GitHub workflow command; ``value`` for one of its properties."""
    text = visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if value else text


def mermaid(text: str) -> str:
    """Text between quotes in a Mermaid drawing: all but letters, digits, spaces and commas by number, which it shows as it is."""
    # Mermaid itself marks what it has still to decode with the ligature.
    plain = _line(text).replace("\ufb02", "fl")
    return _MERMAID.sub(lambda found: f"#{ord(found.group())};", plain) or " "


def mermaid_comment(text: str) -> str:
    """Text after ``%%``: on one line, and no directive, which Mermaid obeys even there."""
    return _line(text).replace("%{", "% {")


def dot(text: str) -> str:
    """Text between quotes in a file for Graphviz, which shows it as it is: no escapes or entities of its own."""
    return _line(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')


def _line(text: str) -> str:
    """Visible text on one line."""
    return visible(" ".join(text.split()))
