"""What text is shown on, and the one way to write on it: colour, wrapping, and nothing that could steer a terminal.

Rich takes as long to import as it takes to compare two commits, so that it is left out where there is no colour, all characters are one
column wide and no word is longer than a line.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from citytools.render import escape

DEFAULT_WIDTH = 80
_BEFORE_SIGN = re.compile(r"(?<=\d) (?=%)")
_KEPT = "\ue000"  # stands for a space at which no line ends; rich would break at a no-break space
_WORD = re.compile(r"\s*\S+\s*")
# Characters that are one column wide on every screen, with no space but the ordinary one, and none of which rich would change.
_PLAIN = re.compile(f"[ -~\xa1-\xac\xae-\u02ff\u2010-\u2027→{_KEPT}]*")


@dataclass(frozen=True, slots=True)
class Screen:
    """What a text is shown on: its width in characters, whether it takes colour, whether a person watches it."""

    width: int = DEFAULT_WIDTH
    colour: bool = False
    terminal: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A text in runs, each with a style of rich's, and a style for the whole; rich can take it for its own."""

    runs: tuple[tuple[str, str], ...]
    style: str = ""

    @property
    def plain(self) -> str:
        """The text alone."""
        return "".join(text for text, _ in self.runs)

    def __rich__(self) -> Any:
        from rich.text import Text

        return Text.assemble(*self.runs, style=self.style)

    def wrapped(self, width: int) -> list[str] | None:
        """The lines that rich would make of it, spaces at their ends aside; None where rich has to see to it."""
        text = self.plain
        if not _PLAIN.fullmatch(text):
            return None
        starts, filled = [0], 0
        for word in _WORD.finditer(text):
            length = len(word[0].rstrip())
            if length > width:
                return None
            if filled + length > width:
                starts.append(word.start())
                filled = 0
            filled += len(word[0])
        return [text[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


@dataclass(frozen=True, slots=True)
class Hanging:
    """Two columns of text, the second wrapped within its own; rich can take it for its own."""

    first: Line
    rest: Line
    indent: int

    def __rich__(self) -> Any:
        from rich.table import Table as Grid

        grid = Grid.grid(padding=0)
        grid.add_column(width=self.indent)
        grid.add_column(overflow="fold")
        grid.add_row(self.first, self.rest)
        return grid

    def wrapped(self, width: int) -> list[str] | None:
        """The lines that rich would make of it, spaces at their ends aside; None where rich has to see to it."""
        first, rest = self.first.wrapped(self.indent), self.rest.wrapped(width - self.indent)
        if first is None or rest is None:
            return None
        return [f"{begin.rstrip():<{self.indent}}{line}" for begin, line in zip_longest(first, rest, fillvalue="")]


class Sheet:
    """Text as it grows, line under line, in a screen's width and colours."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._stream = io.StringIO()
        self._console: Any = None

    def add(self, part: Any = Line(())) -> None:
        """Write a line, two columns, something else of rich's, or an empty line."""
        lines = part.wrapped(self._screen.width) if isinstance(part, Line | Hanging) and not self._screen.colour else None
        if lines is not None:
            self._stream.writelines(f"{line}\n" for line in lines)
            return
        self._console = self._console or _console(self._screen, self._stream)
        self._console.print(part)

    def text(self) -> str:
        """All that was written, without spaces at the ends of lines."""
        return "".join(f"{line.rstrip()}\n" for line in self._stream.getvalue().replace(_KEPT, " ").splitlines())


def _console(screen: Screen, stream: io.StringIO) -> Any:
    from rich.console import Console

    return Console(
        file=stream,
        width=screen.width,
        force_terminal=screen.colour,
        color_system="standard" if screen.colour else None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )


def styled(text: str, style: str = "") -> Line:
    """Text in which nothing is markup, nothing is invisible, and a number keeps its %."""
    return Line(((_BEFORE_SIGN.sub(_KEPT, escape.visible(text)), ""),), style)
