"""What text is shown on, and the one way to write on it: colour, wrapping, and nothing that could steer a terminal."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from citytools.render import escape

DEFAULT_WIDTH = 80
_BEFORE_SIGN = re.compile(r"(?<=\d) (?=%)")
_KEPT = "\ue000"  # stands for a space at which no line ends; rich would break at a no-break space


@dataclass(frozen=True, slots=True)
class Screen:
    """What a text is shown on: its width in characters, whether it takes colour, whether a person watches it."""

    width: int = DEFAULT_WIDTH
    colour: bool = False
    terminal: bool = False


class Sheet:
    """Text as it grows, line under line, in a screen's width and colours."""

    def __init__(self, screen: Screen) -> None:
        from rich.console import Console

        self._stream = io.StringIO()
        self._console = Console(
            file=self._stream,
            width=screen.width,
            force_terminal=screen.colour,
            color_system="standard" if screen.colour else None,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
        )

    def add(self, *parts: Any) -> None:
        """Write something of rich's, or an empty line."""
        self._console.print(*parts)

    def text(self) -> str:
        """All that was written, without spaces at the ends of lines."""
        return "".join(f"{line.rstrip()}\n" for line in self._stream.getvalue().replace(_KEPT, " ").splitlines())


def styled(text: str, style: str = "") -> Any:
    """Text in which nothing is markup, nothing is invisible, and a number keeps its %."""
    from rich.text import Text

    return Text(_BEFORE_SIGN.sub(_KEPT, escape.visible(text)), style=style)


def hanging(first: Any, rest: Any, indent: int) -> Any:
    """Two columns of text, the second wrapped within its own."""
    from rich.table import Table as Grid

    grid = Grid.grid(padding=0)
    grid.add_column(width=indent)
    grid.add_column(overflow="fold")
    grid.add_row(first, rest)
    return grid
