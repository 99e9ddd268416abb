"""What there is to say about a rule beyond its one line: why, an example of wrong and right, how to mend it.

Each rule, given or written here, has a page ``guides/<rule>.md``; the tests run its examples.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

GUIDES = Path(__file__).parent / "guides"

_SECTION = re.compile(r"^## (.+)\n", re.M)
_EXAMPLE = re.compile(r"^```yaml (\S+)\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Guide:
    """A rule's page: Markdown by section title, in the order of the page."""

    sections: Mapping[str, str]

    def examples(self, section: str) -> dict[str, str]:
        """The files that a section shows as examples: path → text, marks for what cannot be seen not yet replaced."""
        return dict(_EXAMPLE.findall(self.sections.get(section, "")))


def guide(rule: str) -> Guide:
    """The page of a rule."""
    _, *parts = _SECTION.split((GUIDES / f"{rule}.md").read_text("utf-8"))
    return Guide({title: text.strip() for title, text in zip(parts[::2], parts[1::2], strict=True)})
