"""Edits inside brackets, on one line or over several; no comment is lost but that on a line of its own item."""

from __future__ import annotations

import re

from citytools.yamlfile.layout import Entry, Node, line_end, line_start

# Between two things in brackets every # begins a comment, with a space before it or without.
_COMMENT = re.compile(r"#[^\r\n]*")
_REST = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?=[\r\n])")
_SPACES = re.compile(r"[ \t]*")


def replaced(text: str, entry: Entry, new: str) -> str:
    """The text with another value for a field or item in brackets."""
    start, end = entry.value.start, entry.value.end
    if start < end:
        return text[:start] + new + text[end:]
    colon = "" if text[entry.key_end : start].strip() else ":"
    return f"{text[:start]}{colon} {new}{text[end:]}"


def inserted(text: str, node: Node, number: int, new: str, remark: str = "") -> str:
    """The text with one more field or item in these brackets, before the one of this number, or last.

    ``remark`` is a comment that goes with it, and is left out where the new one is given no line of its own.
    """
    if text[node.start] != node.style:  # the pair in [a: 1] gets the braces that it can do without
        return f"{text[: node.start]}{{{text[node.start : node.end]}, {new}}}{text[node.end :]}"
    if not node.entries:
        inside = text[node.start + 1 : node.end - 1]
        return text[: node.start + 1] + new + (f" {inside}" if inside.strip() else "") + text[node.end - 1 :]
    if number == 0:
        first = node.entries[0].start
        between = remark + _new_line(text, first) if _alone(text, first) else " "
        return f"{text[:first]}{new},{between}{text[first:]}"
    return _after(text, node, number - 1, new, remark)


def removed(text: str, node: Node, number: int) -> str:
    """The text without a field or item in these brackets, and without its line where nothing else is on it."""
    start, end = node.entries[number].start, _end(node.entries[number])
    comma = _comma(text, end, _next(node, number))
    stop = comma + 1 if comma >= 0 else end
    whole_lines = _alone(text, start) and _REST.match(text, stop)
    if comma < 0 and number > 0:
        before = _end(node.entries[number - 1])
        if not _COMMENT.search(text[before:start]) and not whole_lines:
            return text[:before] + text[end:]
        comma = _comma(text, before, start)
        text = text[:comma] + text[comma + 1 :]
        start, stop = start - 1, stop - 1
    if whole_lines:
        return text[: line_start(text, start)] + text[line_end(text, stop) :]
    after = _SPACES.match(text, stop)
    return text[:start] + text[after.end() if after else stop :]


def taken(text: str, node: Node, number: int) -> tuple[str, str]:
    """An item, and the comment on its line if no other item is on it."""
    start, end = node.entries[number].start, node.entries[number].value.end
    comma = _comma(text, end, _next(node, number))
    remark = _REST.match(text, comma + 1 if comma >= 0 else end) if _alone(text, start) else None
    return text[start:end], remark[0] if remark and remark[0].strip() else ""


def _after(text: str, node: Node, number: int, new: str, remark: str) -> str:
    end = _end(node.entries[number])
    comma = _comma(text, end, _next(node, number))
    stop = comma + 1 if comma >= 0 else end
    start = node.entries[number].start
    if not _alone(text, start) or not _REST.match(text, stop):
        return f"{text[:end]}, {new}{text[end:]}"
    line = line_end(text, stop)
    below = _new_line(text, start) + new + ("," if comma >= 0 else "") + remark
    rest = text[stop:line].rstrip("\r\n")
    return text[:end] + (text[end:stop] if comma >= 0 else ",") + rest + below + text[stop + len(rest) :]


def _new_line(text: str, start: int) -> str:
    """A line end, and spaces up to where an item begins."""
    begin = line_start(text, start)
    before = text[:begin]
    return ("\r\n" if before.endswith("\r\n") else before[-1:] or "\n") + text[begin:start]


def _alone(text: str, start: int) -> bool:
    """Whether nothing stands before an item on its line."""
    return not text[line_start(text, start) : start].strip()


def _next(node: Node, number: int) -> int:
    return node.entries[number + 1].start if number + 1 < len(node.entries) else node.end - 1


def _end(entry: Entry) -> int:
    return max(entry.key_end, entry.value.end)


def _comma(text: str, start: int, end: int) -> int:
    """Where the comma stands between an item and the next; -1 for none."""
    between = _COMMENT.sub(lambda found: " " * len(found[0]), text[start:end])
    at = between.find(",")
    return start + at if at >= 0 else -1
