"""What a person asks of a report, as ids and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from citytools.reports.declared import Question

if TYPE_CHECKING:
    from citytools.index import Index


@dataclass(frozen=True, slots=True)
class Asked:
    """Options and arguments by name (an argument as the id of what it named), and ids by list filter, nothing for no limit.

    An argument stands among the lists too, with every id that it named: an area is all of its functions.
    """

    options: Mapping[str, Any]
    lists: Mapping[str, Sequence[str]]

    def __getitem__(self, name: str) -> Any:
        return self.options[name]

    @property
    def limited(self) -> bool:
        """Whether any list holds something."""
        return any(self.lists.values())


def asked(index: Index, question: Question, given: Mapping[str, Any]) -> Asked:
    """What was given, names resolved and the rest as the report has it by default. Raises CitytoolsError for an unknown name."""
    from citytools.reports import select

    options: dict[str, Any] = {}
    lists: dict[str, Sequence[str]] = {}
    for parameter in question.parameters:
        value = given.get(parameter.name)
        if parameter.many:
            names: Iterable[str] = value or ()
            lists[parameter.name] = select.named(index, parameter.kind, names)
        elif parameter.sort == "argument":
            lists[parameter.name] = found = select.named(index, parameter.kind, [str(value)])
            options[parameter.name] = found[0]
        else:
            options[parameter.name] = parameter.default if value is None else value
    return Asked(options, lists)
