"""The rules that look across fields and files; each is one function, registered under its id."""

from citytools.rules import contracts, dates, identity, names, pairs, privacy, references, systems
from citytools.rules.given import GIVEN
from citytools.rules.guide import guide, levels
from citytools.rules.registry import RULES, Rule, Subject

__all__ = [
    "GIVEN",
    "RULES",
    "Rule",
    "Subject",
    "contracts",
    "dates",
    "guide",
    "identity",
    "levels",
    "names",
    "pairs",
    "privacy",
    "references",
    "systems",
]
