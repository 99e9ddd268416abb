"""Days as an iCalendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator

from citytools.model import Table
from citytools.render import escape

_OCTETS = 75


def calendar(days: Table) -> str:
    """An all-day event for each row of uid, day, summary and description; what stands beside the figures describes the calendar."""
    return "".join(f"{part}\r\n" for line in _lines(days) for part in _folded(line))


def _lines(days: Table) -> Iterator[str]:
    stamp = days.facts["as_of"].replace("-", "")
    title, about = escape.calendar(days.title), escape.calendar("\n".join((*days.coverage, *days.notes)))
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//citytools//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH")
    yield from (f"NAME:{title}", f"X-WR-CALNAME:{title}", f"DESCRIPTION:{about}", f"X-WR-CALDESC:{about}")
    for row in days.dicts():
        yield from ("BEGIN:VEVENT", f"UID:{escape.calendar(row['uid'])}", f"DTSTAMP:{stamp}T000000Z")
        yield f"DTSTART;VALUE=DATE:{row['day'].replace('-', '')}"
        yield from (f"SUMMARY:{escape.calendar(row['summary'])}", f"DESCRIPTION:{escape.calendar(row['description'])}")
        yield from ("TRANSP:TRANSPARENT", "END:VEVENT")
    yield "END:VCALENDAR"


def _folded(line: str) -> Iterator[str]:
    """A line in parts of at most 75 octets, each after the first beginning with a space; no character is divided."""
    part, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _OCTETS:
            yield part
            part, size = " ", 1
        part, size = part + character, size + octets
    yield part
