"""A rule's page as Markdown, or as text for a screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from citytools.render.screen import Screen, Sheet

if TYPE_CHECKING:
    from citytools.rules.guide import Guide


def text(guide: Guide, screen: Screen) -> str:
    """The page in the screen's width."""
    from rich.markdown import Markdown

    sheet = Sheet(screen)
    sheet.add(Markdown(guide.markdown(2), code_theme="ansi_light", hyperlinks=False))
    return sheet.text()


def markdown(guide: Guide, _: Screen) -> str:
    """The page as the manual has it."""
    return guide.markdown()


GUIDE_FORMATS: dict[str, Callable[[Guide, Screen], str]] = {"text": text, "markdown": markdown}
