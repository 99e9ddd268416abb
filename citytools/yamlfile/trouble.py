"""Where libyaml stumbled and what it said, and the words that several explanations share."""

from __future__ import annotations

import re
from dataclasses import dataclass

from citytools.yamlfile.refusal import RefusalError

CUT = 60
FIELD = re.compile(r"[ ]*(?:- +)*[\w-]+:(?:\s|$)")
WHOLE = "Put quotes round the whole value"
NEITHER = "this line is neither a field nor part of the text above it", 'Write a field as "name: value", with a space after the colon'


@dataclass(frozen=True, slots=True)
class Trouble:
    """What libyaml said and where: its problem, the start of what it was reading, the last text that it read before."""

    path: str
    lines: list[str]
    problem: str
    context: str
    place: tuple[int, int]
    start: tuple[int, int]
    quoted: str
    quoted_from: tuple[int, int]
    quoted_to: tuple[int, int]

    @property
    def here(self) -> str:
        """The line of the problem."""
        return self.line(self.place[0])

    @property
    def before(self) -> str:
        """What stands before the problem on its line."""
        return self.here[: self.place[1] - 1]

    @property
    def at_start(self) -> str:
        """The character at which libyaml began the thing that it could not finish."""
        return self.line(self.start[0])[self.start[1] - 1 :][:1]

    def line(self, number: int) -> str:
        """A line by its number from 1; empty beyond the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def above(self) -> int:
        """The number of the nearest line above the problem that is neither empty nor a comment; 0 if there is none."""
        numbers = range(self.place[0] - 1, 0, -1)
        return next((n for n in numbers if self.line(n).strip() and not self.line(n).lstrip().startswith("#")), 0)

    def refuse(self, message: str, advice: str, at: tuple[int, int] | None = None, rule: str = "syntax") -> RefusalError:
        """A refusal at the problem, or at another place."""
        line, column = min(at or self.place, (len(self.lines), len(self.lines[-1]) + 1))
        return RefusalError(self.path, line, column, rule, message, advice)


def spaces(number: int) -> str:
    """How far in a line starts, in words."""
    return "1 space" if number == 1 else f"{number} spaces"


def indent(line: str) -> int:
    """The number of spaces before the text of a line."""
    return len(line) - len(line.lstrip(" "))


def cut(text: str) -> str:
    """A text that is short enough for a message."""
    text = text.strip()
    return text if len(text) <= CUT else f"{text[:CUT]}…"
