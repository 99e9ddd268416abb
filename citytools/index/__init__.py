"""Dataset → relational tables, shared derived ones among them: what reports, ``sql`` and ``show`` ask."""

from citytools.index.build import Index, build, descriptions

__all__ = ["Index", "build", "descriptions"]
