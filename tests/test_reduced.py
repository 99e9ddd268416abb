"""Two states of a file without what both have to the letter: whatever was done to it, the differences are the same."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from support import ROOT

from citytools import dataset, schema
from citytools.diff import diff
from citytools.yamlfile import reduced

FILES = sorted((ROOT / "data").rglob("*.yaml"))
SMALL = """schema: 1
systems:
  - id: a
    name: A
  # of b
  - id: b
    name: B

  - id: c
    name: C
"""


def _lists(path: str) -> frozenset[str]:
    return frozenset(listed.path[0] for listed in schema.record_lists(dataset.kind_of(path)[0]))


def test_what_both_have_is_left_out_and_lines_keep_their_numbers() -> None:
    old, new = reduced(SMALL.encode(), SMALL.replace("name: B", "name: Bee").encode(), {"systems"})
    gone = "\n\n"
    assert old.decode() == SMALL.replace("  - id: c\n    name: C\n", gone)
    assert new.decode() == SMALL.replace("name: B", "name: Bee").replace("  - id: c\n    name: C\n", gone)


@pytest.mark.parametrize("lists", [set(), {"contracts"}])
def test_other_lists_stay(lists: set[str]) -> None:
    assert reduced(SMALL.encode(), SMALL.encode(), lists) == (SMALL.encode(), SMALL.encode())


def test_the_same_item_more_often_on_one_side_stays() -> None:
    twice = SMALL + "  - id: c\n    name: C\n"
    assert b"id: c" in reduced(SMALL.encode(), twice.encode(), {"systems"})[0]


@pytest.mark.parametrize("old", ["", "\n", "\r\n", "# said\n", "systems:", "systems:\n  - id: c", SMALL[:-1], SMALL + "\n# said"])
def test_what_ends_elsewhere_is_left_out_as_well(old: str) -> None:
    """Files that end without a line's end, with more of them, or at once."""
    for side, other in ((old, SMALL), (SMALL, old)):
        before, after = reduced(side.encode(), other.encode(), {"systems"})
        assert (before.count(b"\n"), after.count(b"\n")) == (side.count("\n"), other.count("\n"))
        assert (b"id: b" in before) == ("id: b" in side and "id: b" not in other)


def test_lines_may_end_as_on_windows() -> None:
    text = SMALL.replace("\n", "\r\n").encode()
    old, new = reduced(text, text.replace(b"name: B", b"name: Bee"), {"systems"})
    assert old == text.replace(b"  - id: c\r\n    name: C\r\n", b"\n\n")
    assert new == old.replace(b"name: B", b"name: Bee")


def _edited(text: str, dice: random.Random) -> str:
    """Something done to a file by hand: a word, a line, a record; now and then something that breaks it."""
    for _ in range(dice.randrange(1, 5)):
        lines = text.splitlines(keepends=True)
        at = dice.randrange(len(lines))
        records = [number for number, line in enumerate(lines) if re.match(r" *- ", line)] or [at]
        one, other = dice.choice(records), dice.choice(records)
        match dice.randrange(8):
            case 0:
                lines[at] = lines[at].replace("a", "e", 1)
            case 1:
                del lines[at]
            case 2:
                lines.insert(at, "# said\n")
            case 3:
                lines.insert(at, "    notes: |\n      - id: not-one\n")
            case 4:
                lines[at] = lines[at].replace(": ", ': "', 1)
            case 5:
                lines[one], lines[other] = lines[other], lines[one]
            case 6:
                lines[at:at] = lines[one : one + 6]
            case _:
                del lines[one : one + 6]
        text = "".join(lines)
    return text


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "data")))
def test_the_differences_are_those_of_the_whole_files(path: Path) -> None:
    place, text = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
    for seed in range(6):
        dice = random.Random(seed)
        old, new = (_edited(text, dice) if dice.random() < 0.8 else text for _ in range(2))
        sides = [dataset.build({place: side.encode()}) for side in (old, new)]
        pair = reduced(old.encode(), new.encode(), _lists(place))
        short = [dataset.build({place: side}) for side in pair]
        readable = [all(document.fields is not None for side in states for document in side.documents) for states in (sides, short)]
        if all(readable):
            assert diff(*short) == diff(*sides)
