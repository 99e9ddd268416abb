"""What there is to say about a rule beyond its one line: why, an example of wrong and right, how to mend it.

Each rule, given or written here, has a page ``guides/<rule>.md``; the tests run its examples.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from citytools import suggest
from citytools.errors import CitytoolsError
from citytools.model import Severity
from citytools.rules.given import GIVEN
from citytools.rules.registry import RULES

GUIDES = Path(__file__).parent / "guides"

_SECTION = re.compile(r"^## (.+)\n", re.M)
_EXAMPLE = re.compile(r"^```yaml (\S+)\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Guide:
    """A rule's page: Markdown by section title, in the order of the page."""

    rule: str
    severity: Severity
    summary: str
    sections: Mapping[str, str]

    def examples(self, section: str) -> dict[str, str]:
        """The files that a section shows as examples: path → text, marks for what cannot be seen not yet replaced."""
        return dict(_EXAMPLE.findall(self.sections.get(section, "")))

    def markdown(self, level: int = 1) -> str:
        """The whole page, its heading of this level; each example under the path of its file."""
        marks = "#" * level
        told = (f"{marks}# {title}\n\n{_EXAMPLE.sub(_shown, text)}\n" for title, text in self.sections.items())
        return "\n".join([f"{marks} {self.rule} ({self.severity})\n\n{self.summary}\n", *told])


def _shown(found: re.Match[str]) -> str:
    return f"In `{found[1]}`:\n\n```yaml\n{found[2]}```"


def levels() -> dict[str, tuple[Severity, str]]:
    """Every rule, given or written here, by its id: severity and what it asks for in one line."""
    return dict(sorted({**GIVEN, **{rule.id: (rule.severity, rule.summary) for rule in RULES.values()}}.items()))


def guide(rule: str) -> Guide:
    """The page of a rule. Raises CitytoolsError where there is no such rule."""
    known = levels()
    rule = rule.strip(" []").casefold()
    if rule not in known:
        meant = suggest.closest(rule, known)
        raise CitytoolsError(f'there is no rule "{rule}". {f"Did you mean {meant}?" if meant else "citytools rules lists them all"}')
    _, *parts = _SECTION.split((GUIDES / f"{rule}.md").read_text("utf-8"))
    return Guide(rule, *known[rule], {title: text.strip() for title, text in zip(parts[::2], parts[1::2], strict=True)})
