"""Every rule has example files: marked lines must be flagged, all others must not.

A folder ``rules/<rule>`` (or ``rules/<rule>.<case>``) is laid over ``rules/base``. A line that ends in
``# <- flagged`` must have a finding of that rule; ``# <- flagged: next line`` marks the value that begins on the next line, ``# <- flagged: whole file``
a finding about the file as such.
"""

from __future__ import annotations

import ast
import datetime
import inspect
import types
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from citytools import dataset, rules
from citytools.catalogue import Catalogue
from citytools.rules import RULES, Subject
from citytools.rules import registry as registry_module
from citytools.rules.registry import Check
from citytools.validate import validate

EXAMPLES = Path(__file__).parent / "rules"
AS_OF = datetime.date(2026, 11, 23)
Place = tuple[str, int]


CASES = sorted(folder.name for folder in EXAMPLES.iterdir() if folder.name != "base")


def _files(case: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for folder in (EXAMPLES / "base", EXAMPLES / case):
        found |= {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.yaml"))}
    return found


def _marked(files: dict[str, bytes]) -> Iterator[Place]:
    for name, content in files.items():
        for number, line in enumerate(content.decode().splitlines(), start=1):
            _, mark, how = line.partition("# <- flagged")
            if mark:
                yield name, {"": number, ": next line": number + 1, ": whole file": 0}[how]


def _subject(case: str) -> Subject:
    built = dataset.build(_files(case))
    return Subject(built, Catalogue(built), AS_OF)


def _right(case: str, check: Check) -> bool:
    """Whether the check flags the case's marked lines, each once, and no others."""
    found = Counter((finding.location.path, finding.location.line) for finding in check(_subject(case)))
    return found == Counter(_marked(_files(case)))


def test_every_rule_has_examples() -> None:
    assert {case.partition(".")[0] for case in CASES} == set(RULES)


def test_the_base_is_clean() -> None:
    files = {path.relative_to(EXAMPLES / "base").as_posix(): path.read_bytes() for path in (EXAMPLES / "base").rglob("*.yaml")}
    assert validate(dataset.build(files), AS_OF) == ()


@pytest.mark.parametrize("case", CASES)
def test_marked_lines_are_flagged_and_others_are_not(case: str) -> None:
    check = RULES[case.partition(".")[0]].check
    flagged = sorted((finding.location.path, finding.location.line) for finding in check(_subject(case)))
    assert flagged == sorted(_marked(_files(case)))


@pytest.mark.parametrize("case", [case for case in CASES if "." not in case])
def test_examples_follow_the_schemas(case: str) -> None:
    """So that what is flagged is the rule's own doing; the cases with a dot are broken on purpose."""
    departures = [finding for finding in validate(_subject(case).dataset, AS_OF) if finding.rule not in RULES]
    assert departures == []


@pytest.mark.parametrize("case", CASES)
def test_findings_say_where_what_and_what_instead(case: str) -> None:
    rule = RULES[case.partition(".")[0]]
    for finding in rule.run(_subject(case)):
        assert (finding.rule, finding.severity) == (rule.id, rule.severity)
        assert finding.message
        assert finding.advice or finding.suggestion
        assert finding.message[-1] not in ".?!"


class _Forced(ast.NodeTransformer):
    """Replaces the n-th condition of a module by a constant."""

    def __init__(self, number: int, value: bool) -> None:
        self.number, self.value, self.seen = number, value, -1

    def _visit(self, node: ast.expr) -> ast.expr:
        self.seen += 1
        return ast.copy_location(ast.Constant(self.value), node) if self.seen == self.number else node

    def visit_If(self, node: ast.If) -> ast.If:
        node.test = self._visit(node.test)
        self.generic_visit(node)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.IfExp:
        return node  # wording, not conditions

    def visit_comprehension(self, node: ast.comprehension) -> ast.comprehension:
        return node


def _conditions(module: types.ModuleType) -> int:
    return sum(isinstance(node, ast.If) for node in ast.walk(ast.parse(inspect.getsource(module))))


def _mutant(module: types.ModuleType, number: int, value: bool) -> dict[str, registry_module.Rule]:
    tree = ast.fix_missing_locations(_Forced(number, value).visit(ast.parse(inspect.getsource(module))))
    with mock.patch.object(registry_module, "RULES", {}) as registered:
        exec(compile(tree, module.__name__, "exec"), {"__name__": module.__name__})
        return dict(registered)


MODULES = (rules.identity, rules.references, rules.dates, rules.names, rules.contracts, rules.pairs, rules.privacy, rules.systems)
MUTANTS = [(module, number, value) for module in MODULES for number in range(_conditions(module)) for value in (True, False)]


@pytest.mark.parametrize(("module", "number", "value"), MUTANTS, ids=lambda part: getattr(part, "__name__", str(part)).rpartition(".")[2])
def test_no_condition_can_be_removed_unnoticed(module: types.ModuleType, number: int, value: bool) -> None:
    """With any one condition of the rules forced either way, some example is judged wrongly."""
    mutated = _mutant(module, number, value)
    for case in CASES:
        rule = mutated.get(case.partition(".")[0])
        try:
            if rule and not _right(case, rule.check):
                return
        except (KeyError, ValueError, IndexError, AttributeError, TypeError):
            return
    conditions = [node.test for node in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(node, ast.If)]
    pytest.fail(f"no example notices when one of these is {value}: {[ast.unparse(test) for test in conditions]}")
