"""The rules that look across fields and files; each is one function, registered under its id."""

from citytools.rules import dates, identity, names, references
from citytools.rules.registry import RULES, Rule, Subject

__all__ = ["RULES", "Rule", "Subject", "dates", "identity", "names", "references"]
