"""Dataset → relational tables and shared views: what reports, ``sql`` and ``show`` ask."""

from citytools.index.build import Index, build, descriptions

__all__ = ["Index", "build", "descriptions"]
