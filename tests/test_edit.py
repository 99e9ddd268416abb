"""Edits of a file's data: only the lines concerned change, in the hand of those around them, and then the file says what was meant."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from styled import TEXT_FIELDS, an_edit, styled, value
from support import ROOT

from citytools import schema
from citytools.errors import CitytoolsError
from citytools.yamlfile import AddItem, DataEdit, MoveItem, RemoveField, ReplaceItem, SetField, applied, changes, edit, read, same

ORDER = ("id", "title", "functions", "start", "end", "value", "notes", "sources", "confirmed")
C = "contracts"
A = (C, 0)

# What is meant, the edit, and a file with the lines that go (-) and come (+).
SPECIFICATION: list[tuple[str, DataEdit | list[DataEdit], str]] = [
    (
        "a value: its line, with the comment on it",
        SetField((*A, "title"), "Licences"),
        """
 contracts:
   - id: a
-    title: Old  # as in the register
+    title: Licences  # as in the register
     end: 2027
""",
    ),
    (
        "the value that is there already: nothing",
        SetField((*A, "title"), "Old"),
        """
 contracts:
   - id: a
     "title":   'Old'   # odd, but so it is
""",
    ),
    (
        "a value keeps its distance and its quotes",
        [SetField((*A, "title"), "New"), SetField((*A, "end"), "2028")],
        """
 contracts:
   - id:     a
-    title:  'Old'
+    title:  'New'
-    end:    2027     # committed
+    end:    2028     # committed
""",
    ),
    (
        "a value in braces on one line",
        SetField((*A, "value", "amount"), Decimal("19.99")),
        """
 contracts:
-  - {id: a, value: { amount: 5,for: year }}  # by hand
+  - {id: a, value: { amount: 19.99,for: year }}  # by hand
   - {id: b}
""",
    ),
    (
        "a value where there was none after the colon",
        SetField((*A, "end"), "2027-03-31"),
        """
 contracts:
   - id: a
-    end:   # not known yet
+    end: 2027-03-31   # not known yet
     title: A
""",
    ),
    (
        "a value on a line of its own",
        SetField((*A, "title"), "B"),
        """
 contracts:
   - title:
       # the title, as agreed
-      A  # here
+      B  # here
     id: a
""",
    ),
    (
        "text over several lines becomes short",
        SetField((*A, "notes"), "Short."),
        """
 contracts:
   - id: a
-    notes: >-   # in full
-      Long, and
-      folded.
+    notes: Short.   # in full
     end: 2027
""",
    ),
    (
        "short text becomes long, in the way of another record",
        SetField((C, 1, "notes"), "First line.\nSecond line.\n"),
        """
 contracts:
   - id: a
     notes: |
         Some
         lines.
   - id: b
-    notes: none  # yet
+    notes: |  # yet
+        First line.
+        Second line.
     end: 2027
""",
    ),
    (
        "text that would be read as something else gets quotes, and only that",
        SetField(
            (*A, "functions"), ["a/b", "x: y", "no #1", "007", "true", "-", "", "2024-05-01", "it's", 'say "hi"', "a, b", "https://a.b"]
        ),
        """
 contracts:
   - id: a
-    functions: none
+    functions: [a/b, "x: y", "no #1", "007", "true", "-", "", 2024-05-01, it's, say "hi", "a, b", "https://a.b"]
""",
    ),
    (
        "quotes like those that the field has elsewhere, needed or not",
        SetField((C, 1, "cpv"), ["72000000"]),
        """
 contracts:
   - id: a
     cpv: ['48000000']
   - id: b
+    cpv: ['72000000']
""",
    ),
    (
        "nothing as the file writes it",
        SetField((C, 1, "end"), None),
        """
 contracts:
   - id: a
     end: ~
   - id: b
-    end: 2027
+    end: ~
""",
    ),
    (
        "a new field goes behind the last that precedes it in the schema",
        SetField((*A, "end"), "2027"),
        """
 contracts:
   - id: a
     start: 2024
+    end: 2027
     # where it was found
     sources: []
""",
    ),
    (
        "a new field before all others",
        SetField((*A, "id"), "a"),
        """
 contracts:
-  - title: A
+  - id: a
+    title: A
     end: 2027
""",
    ),
    (
        "a new field that the schema does not know goes last",
        SetField((*A, "colour"), "red"),
        """
 contracts:
   - id: a
     sources:
       - {url: x}
       # - {url: y}
+    colour: red

   - id: b
""",
    ),
    (
        "a new field among aligned ones, with their quotes round its name",
        SetField((*A, "end"), "2027"),
        """
 contracts:
   -   "id":     a
       "start":  2024
+      "end":    2027
       "value":  5
""",
    ),
    (
        "a new field in braces, at its place",
        SetField((*A, "value"), {"amount": 5}),
        """
 contracts:
-  - {id: a, end: 2027, sources: []}
+  - {id: a, end: 2027, value: {amount: 5}, sources: []}
""",
    ),
    (
        "a new field in braces over several lines",
        SetField((*A, "end"), "2027"),
        """
 contracts:
   - {
       id: a,   # the id
       title: A,   # the title
+      end: 2027,
       sources: [],
     }
""",
    ),
    (
        "a new list of groups, in the way of another record",
        SetField((C, 1, "sources"), [{"url": "https://a.b", "on": "2024"}, {"url": "https://c.d"}]),
        """
 contracts:
 - id: a
   sources:
     - {url: 'https://x.y', on: 2020}
 - id: b
+  sources:
+    - {url: 'https://a.b', on: 2024}
+    - {url: 'https://c.d'}
""",
    ),
    (
        "a new group of fields as a block, where others are",
        SetField((C, 1, "value"), {"amount": 5, "for": "year"}),
        """
 contracts:
   - id: a
     value:
         amount: 1
   - id: b
+    value:
+        amount: 5
+        for: year
     notes: x
""",
    ),
    (
        "a group that changes in one field changes in one line",
        SetField((*A, "value"), {"amount": 6, "for": "year", "vat": "excluded"}),
        """
 contracts:
   - id: a
     value:  # about
-      amount: 5  # pounds
+      amount: 6  # pounds
       for: year
+      vat: excluded
""",
    ),
    (
        "a list that changes in one item changes in one line",
        SetField((*A, "sources"), [{"url": "x", "on": "2024"}, {"url": "z"}, {"url": "y"}]),
        """
 contracts:
   - id: a
     sources:
-      - {url: x}   # first
+      - {url: x, on: 2024}   # first
+      - {url: z}
       # second
       - {url: y}
""",
    ),
    (
        "a field goes, with the comment on its line and the one above it",
        RemoveField((*A, "title")),
        """
 contracts:
   - id: a
     # about the record

-    # about the title
-    title: A  # on the title
     end: 2027
""",
    ),
    (
        "a comment above a field that is not indented like it stays",
        RemoveField((*A, "title")),
        """
 contracts:
   - id: a
   # not about the title
-    title: A
     end: 2027
""",
    ),
    (
        "the first field goes: the next one takes its place behind the dash",
        RemoveField((*A, "id")),
        """
 contracts:
-  - id: a
-    title: A
+  - title: A
     end: 2027
""",
    ),
    (
        "the first field goes, and a comment stands in the way",
        RemoveField((*A, "id")),
        """
 contracts:
-  - id: a
+  -
     # about the title
     title: A
""",
    ),
    (
        "the only field of a group goes",
        RemoveField((*A, "value", "amount")),
        """
 contracts:
   - id: a
-    value:   # about
-      amount: 5
+    value: {}   # about
     end: 2027
""",
    ),
    (
        "a field over several lines goes with all of them",
        RemoveField((*A, "notes")),
        """
 contracts:
   - id: a
-    notes: |
-      # text, not a comment
-
-      more
-        # about the notes, being further in
     end: 2027
""",
    ),
    (
        "a field goes out of braces",
        [RemoveField((*A, "title")), RemoveField((C, 1, "id")), RemoveField((C, 2, "id"))],
        """
 contracts:
-  - {id: a, title: A}
+  - {id: a}
-  - { id: b, title: B }  # two
+  - { title: B }  # two
-  - {id: c}
+  - {}
""",
    ),
    (
        "a field goes out of braces over several lines, with its own line",
        RemoveField((*A, "title")),
        """
 contracts:
   - {
-      id: a,  # one
-      title: A  # two
+      id: a  # one
     }
""",
    ),
    (
        "a record goes, with the comment above it and what parted it from the next",
        RemoveField((C, 1)),
        """
 contracts:
   - id: a

-  # the second
-  - id: b
-    title: B
-    # end: 2027
-
   # the third
   - id: c
""",
    ),
    (
        "a record goes; what stands by itself stays",
        RemoveField((C, 0)),
        """
 # yaml-language-server: $schema=x
 contracts:

   # first section

-  - id: a
-
   # second section

   - id: b
""",
    ),
    (
        "the last record goes, with what parted it from the one before",
        RemoveField((C, 1)),
        """
 contracts:
   - id: a
-
-  - id: b

 # the end
""",
    ),
    (
        "the only record goes",
        RemoveField((C, 0)),
        """
 schema: 1
-contracts:  # one, for now
-  - id: a
-    title: A
+contracts: []  # one, for now
 more: 1
""",
    ),
    (
        "the first of all fields goes; what comes first in a file stays",
        RemoveField(("schema",)),
        """
 # yaml-language-server: $schema=x
-schema: 1
-
 contracts: []
""",
    ),
    (
        "a record last, parted as the others are",
        AddItem((C,), {"id": "c", "title": "C"}),
        """
 contracts:
   # the first
   - id: a
     title: A

   - id: b
     title: B
+
+  - id: c
+    title: C

 # the end
""",
    ),
    (
        "a record between two others, above what belongs to the second",
        AddItem((C,), {"id": "c", "title": "C: x", "functions": ["a/b"]}, before=1),
        """
 contracts:
 -   id: a
     title: 'A: x'
+-   id: c
+    title: 'C: x'
+    functions: [a/b]
 # the second
 -   id: b
""",
    ),
    (
        "a record first",
        AddItem((C,), {"id": "c"}, before=0),
        """
 contracts:
   # all of them

+  - id: c
+
   # the first
   - id: a

   - id: b
""",
    ),
    (
        "a record in braces where most of its neighbours are",
        AddItem((C,), {"id": "d", "value": {"amount": 5}, "sources": [{"url": "https://a.b"}]}),
        """
 contracts:
   - id: a
   - { id: b, title: B }
   - { id: c, title: C }
+  - { id: d, value: { amount: 5 }, sources: [{ url: "https://a.b" }] }
""",
    ),
    (
        "a record whose dash stands alone, as with its neighbour",
        AddItem((C,), {"id": "b", "notes": "One\ntwo"}),
        """
 contracts:
   -
     id: a
+
+  -
+    id: b
+    notes: |-
+      One
+      two
""",
    ),
    (
        "the first record",
        AddItem((C,), {"id": "a", "functions": ["a/b"], "parties": [{"borough": "camden"}]}),
        """
 schema: 1

-contracts: []  # none yet
+contracts:  # none yet
+  - id: a
+    functions: [a/b]
+    parties:
+      - {borough: camden}
""",
    ),
    (
        "the first record of a list that is not there",
        AddItem((C,), {"id": "a", "title": "A"}),
        """
 # yaml-language-server: $schema=x
 schema: 1
+
+contracts:
+  - id: a
+    title: A
""",
    ),
    (
        "an item in a list of a record, and one in a list that is not there",
        [AddItem((*A, "functions"), "c/d"), AddItem((*A, "sources"), {"url": "https://a.b"}), AddItem((*A, "functions"), "e/f", before=0)],
        """
 contracts:
   - id: a
-    functions: [a/b]  # so far
+    functions: [e/f, a/b, c/d]  # so far
+    sources:
+      - {url: "https://a.b"}
""",
    ),
    (
        "an item in brackets over several lines",
        AddItem((*A, "functions"), "e/f"),
        """
 contracts:
   - id: a
     functions: [
       a/b,  # one
-      c/d   # two
+      c/d,   # two
+      e/f
     ]
""",
    ),
    (
        "a record moves up, with its comment",
        MoveItem((C,), 2, 0),
        """
 contracts:
+  # the third
+  - {id: c}
   - id: a
   # the second
   - id: b
-  # the third
-  - {id: c}
 more: 1
""",
    ),
    (
        "a record moves down",
        MoveItem((C,), 0, 2),
        """
 contracts:
-  # the first
-  - id: a
-    title: A
-
   - id: b

+  # the first
+  - id: a
+    title: A
+
   - id: c
""",
    ),
    (
        "items move in brackets",
        [MoveItem((*A, "functions"), 0, None), MoveItem((*A, "covers"), 1, 0)],
        """
 contracts:
   - id: a
-    functions: [a, b, c]
+    functions: [b, c, a]
     covers: [
+      b,  # two
       a,  # one
-      b,  # two
     ]
""",
    ),
    (
        "a record becomes another: only what differs",
        ReplaceItem((C, 0), {"id": "a", "title": "B", "end": "2027"}),
        """
 contracts:
   - id: a  # stays
-    title: A
+    title: B
-    start: 2024
+    end: 2027
""",
    ),
    (
        "an item of a list",
        [ReplaceItem((*A, "functions", 1), "x/y"), ReplaceItem((*A, "covers", 0), "z")],
        """
 contracts:
   - id: a
-    functions: [a/b, c/d]
+    functions: [a/b, x/y]
     covers:
-      - a  # was
+      - z  # was
       - b
""",
    ),
    (
        "one sort of value for another",
        [SetField((*A, "value"), 5), SetField((*A, "end"), ["2027"]), SetField((*A, "notes"), {"a": "x\ny"})],
        """
 contracts:
   - id: a
-    value:  # pounds
-      amount: 5
+    value: 5  # pounds
-    end: 2027  # or so
+    end: [2027]  # or so
-    notes: x
+    notes:
+      a: |-
+        x
+        y
""",
    ),
    (
        "several edits, each in terms of the data as it is when its turn comes",
        [RemoveField((C, 0)), SetField((C, 0, "title"), "New"), AddItem((C,), {"id": "c"}, before=0), MoveItem((C,), 1, 0)],
        """
 contracts:
-  - id: a
   - id: b
-    title: B
+    title: New
+  - id: c
""",
    ),
    (
        "a file in the form of JSON stays JSON",
        [SetField((*A, "title"), 'A "B"'), AddItem((C,), {"id": "c", "end": None})],
        """
 {
   "schema": 1,
   "contracts": [
-    {"id": "a", "title": "A"},
+    {"id": "a", "title": "A \\"B\\""},
-    {"id": "b"}
+    {"id": "b"},
+    {"id": "c", "end": null}
   ]
 }
""",
    ),
]


def _sides(listing: str) -> tuple[str, str]:
    lines = listing.removeprefix("\n").splitlines(keepends=True)
    before, after = (["".join(line[1:] or "\n" for line in lines if line[0] != other)] for other in "+-")
    return before[0], after[0]


def _edited(data: bytes, *edits: DataEdit) -> bytes:
    return edit(data, edits, text_fields=TEXT_FIELDS, order=lambda _: ORDER)


def _fields(data: bytes) -> Any:
    document, findings = read("x", data, text_fields=TEXT_FIELDS)
    assert document.fields is not None, findings
    return document.fields


@pytest.mark.parametrize(
    ("meant", "listing"), [(meant, listing) for _, meant, listing in SPECIFICATION], ids=[name for name, *_ in SPECIFICATION]
)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("ended", [True, False], ids=["ended", "unended"])
def test_specification(meant: DataEdit | list[DataEdit], listing: str, ends: str, ended: bool) -> None:
    before, after = (side.replace("\n", ends) if ended else side.rstrip("\n").replace("\n", ends) for side in _sides(listing))
    assert _edited(before.encode(), *(meant if isinstance(meant, list) else [meant])).decode() == after


# What cannot be done, and what is said of it.
REFUSED = {
    "no such record": (SetField((C, 7, "title"), "x"), "there is no place for a change of contracts 8: title"),
    "no such field": (RemoveField((*A, "end")), "there is no place for a change of contracts 1: end"),
    "no such item": (RemoveField((C, 2)), "contracts 3"),
    "no list": (AddItem((*A, "title"), "x"), "contracts 1: title"),
    "no such place": (AddItem((C,), {}, before=3), "contracts"),
    "no such place to move to": (MoveItem((C,), 0, 9), "contracts"),
    "a field of a list": (SetField((C, "a"), 1), "contracts.a"),
    "an item of no list": (ReplaceItem((*A, "title"), 1), "contracts 1: title"),
    "the whole file": (RemoveField(()), "the file"),
    "a character that no file may hold": (SetField((*A, "title"), "a\u200bb"), 'the value of "title" cannot be written'),
    "a number where the field holds text": (SetField((*A, "on"), 2024), 'the value of "on" cannot be written'),
    "a number too long to be read as one": (SetField((*A, "amount"), 10**30), 'the value of "amount" cannot be written'),
    "text that is too long": (SetField((*A, "title"), "x" * 20_001), 'the value of "title" cannot be written'),
    "a name that no field may have": (SetField((*A, "x" * 101), 1), "field name of 101 characters"),
    "a name that looks the same as another": (SetField((*A, "ti\u0301tle"), 1), "already given"),
    "too deep": (SetField((*A, "title"), json.loads("[" * 25 + "]" * 25)), "more than 20 levels"),
}


@pytest.mark.parametrize(("meant", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_refused(meant: DataEdit, said: str) -> None:
    with pytest.raises(CitytoolsError, match="Nothing was changed") as refusal:
        _edited("contracts:\n  - id: a\n    title: A\n    títle: B\n  - id: b\n".encode(), meant)
    assert said in str(refusal.value)


def test_a_file_that_cannot_be_read_is_not_edited() -> None:
    with pytest.raises(CitytoolsError, match=r'line 2: this "\[" is never closed. Nothing was changed'):
        _edited(b"schema: 1\ncontracts: [\n", SetField(("schema",), 2))
    with pytest.raises(CitytoolsError, match="Nothing was changed"):
        _edited(b"schema: \xff\n", SetField(("schema",), 2))


def test_a_comment_is_not_lost_for_a_move() -> None:
    with pytest.raises(CitytoolsError, match="contracts 1: functions cannot be put in order without losing a comment"):
        _edited(b"contracts:\n  - {id: a, functions: [\n     a,  # one\n     b, c]}\n", MoveItem((*A, "functions"), 0, None))


def test_a_mark_that_cannot_be_seen_goes_when_a_file_changes() -> None:
    assert _edited(b"\xef\xbb\xbfa: 1\r\n", SetField(("a",), 2)) == b"a: 2\r\n"
    assert _edited(b"\xef\xbb\xbfa: 1\r\n", SetField(("a",), 1)) == b"\xef\xbb\xbfa: 1\r\n"


def test_text_that_ends_with_the_file_keeps_its_end_when_more_follows() -> None:
    """Without a line end below it, the text of ``notes`` has none either: its sign must say so once a line follows."""
    data = b"contracts:\n  - id: a\n    notes: |\n      text"
    added = _edited(data, AddItem((C,), {"id": "b"}))
    assert added == b"contracts:\n  - id: a\n    notes: |-\n      text\n  - id: b"
    assert _edited(data, SetField((*A, "title"), "A")) == b"contracts:\n  - id: a\n    title: A\n    notes: |\n      text"


def test_one_field_of_a_long_file_is_one_line() -> None:
    record = '  - id: c{0}\n    title: "No {0}: support"  # {0}\n    value: {{amount: {0}, for: year}}\n    sources:\n      - {{url: "https://a.b/{0}"}}\n\n'
    lines = ("schema: 1\n\ncontracts:\n" + "".join(record.format(n) for n in range(300))).encode().splitlines(keepends=True)
    for number in (0, 150, 299):
        new = _edited(b"".join(lines), SetField((C, number, "value", "amount"), 77_777)).splitlines(keepends=True)
        at = 5 + 6 * number
        assert [n for n, (old, line) in enumerate(zip(lines, new, strict=True)) if old != line] == [at]
        assert new[at] == b"    value: {amount: 77777, for: year}\n"


def test_hundreds_of_edits_of_one_file_are_as_each_by_itself() -> None:
    data = ("contracts:\n" + "".join(f"  - id: c{n}\n    title: T\n\n" for n in range(200))).encode()
    meant: list[DataEdit] = []
    for n in range(0, 150, 3):
        meant += [
            SetField((C, n, "title"), f"New {n}"),
            RemoveField((C, n + 1)),
            AddItem((C,), {"id": f"d{n}"}, n),
            MoveItem((C,), n + 2, 0),
        ]
    one_by_one = data
    for each in meant:
        one_by_one = _edited(one_by_one, each)
    assert _edited(data, *meant) == one_by_one
    assert _fields(one_by_one) == applied(_fields(data), meant)


RANDOM = st.randoms(use_true_random=False)


@given(RANDOM)
@settings(max_examples=300, deadline=None)
def test_an_edit_of_a_record_in_whatever_style_changes_nothing_outside_it(random: Random) -> None:
    file = styled(random)
    fields = _fields(file.data)
    number = random.randrange(len(file.parts))
    meant = an_edit(random, fields, ("items", number))
    new = _edited_if_possible(file.data, meant)
    assert same(_fields(new), applied(fields, [meant]))
    before = file.data.index(file.parts[number])
    assert new[:before] == file.data[:before]
    assert new.endswith(file.data[before + len(file.parts[number]) :])


@given(RANDOM)
@settings(max_examples=300, deadline=None)
def test_edits_anywhere_in_whatever_style_do_what_was_meant_and_spare_the_other_records(random: Random) -> None:
    file = styled(random)
    now = _fields(file.data)
    meant = []
    for _ in range(random.randint(1, 6)):
        meant.append(an_edit(random, now))
        now = applied(now, meant[-1:])
    new = _edited_if_possible(file.data, *meant)
    assert same(_fields(new), now)
    if all(each.path[:1] == ("items",) and len(each.path) > 2 for each in meant):
        touched = {each.path[1] for each in meant}
        assert all(part in new for number, part in enumerate(file.parts[:-1]) if number not in touched)


@given(RANDOM)
@settings(max_examples=200, deadline=None)
def test_a_value_set_again_changes_no_byte_and_set_back_gives_the_same_data(random: Random) -> None:
    file = styled(random)
    fields = _fields(file.data)
    path, old = random.choice(list(_leaves(fields, ())))
    put = SetField if isinstance(path[-1], str) else ReplaceItem
    assert _edited(file.data, put(path, old)) == file.data
    new = value(random, next(step for step in reversed(path) if isinstance(step, str)))
    there = _edited(file.data, put(path, new))
    assert there.count(b"# m") == file.data.count(b"# m")
    assert same(_fields(_edited(there, put(path, old))), fields)


@given(RANDOM)
@settings(max_examples=200, deadline=None)
def test_what_is_added_and_removed_again_leaves_the_file_as_it_was(random: Random) -> None:
    file = styled(random)
    number = random.choice([None, *range(len(file.parts) + 1)])
    new = _edited(file.data, AddItem(("items",), {"id": "new", "notes": "a\nb"}, number))
    assert _inserted_at_once(file.data, new)
    assert _edited(new, RemoveField(("items", len(file.parts) if number is None else number))) == file.data


def _leaves(node: Any, path: tuple[Any, ...]) -> Any:
    for step, child in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(child, dict | list) and child:
            yield from _leaves(child, (*path, step))
        else:
            yield (*path, step), child


def _edited_if_possible(data: bytes, *meant: DataEdit) -> bytes:
    """The file after the edits, unless a comment stands in the way of a move, which is tested elsewhere."""
    try:
        return _edited(data, *meant)
    except CitytoolsError as error:
        if "without losing a comment" in str(error):
            reject()
        raise


X, Y, Z = {"id": "x", "n": 1}, {"id": "y", "n": 2}, {"id": "z", "n": 3}

# Two values of a field, and the edits between them.
CHANGES: dict[str, tuple[Any, Any, list[DataEdit]]] = {
    "nothing": ({"a": 1, "b": [1]}, {"b": [1], "a": Decimal("1.0")}, []),
    "true is not 1": (True, 1, [SetField(("f",), 1)]),
    "another sort": ([1], {"a": 1}, [SetField(("f",), {"a": 1})]),
    "fields": (
        {"a": 1, "b": {"c": 1, "d": 2}, "e": 3},
        {"b": {"c": 5, "d": 2}, "e": 3, "g": 4},
        [RemoveField(("f", "a")), SetField(("f", "b", "c"), 5), SetField(("f", "g"), 4)],
    ),
    "an item more": ([1, 2], [1, 3, 2], [AddItem(("f",), 3, 1)]),
    "an item more, last": ([1, 2], [1, 2, 3], [AddItem(("f",), 3, None)]),
    "an item fewer": ([1, 2, 3], [1, 3], [RemoveField(("f", 1))]),
    "an item twice": ([1, 1, 2], [1, 2, 1], [MoveItem(("f",), 2, 1)]),
    "an item replaced": ([1, 2, 3], [1, 4, 3], [ReplaceItem(("f", 1), 4)]),
    "none left": ([1, 2], [], [RemoveField(("f", 1)), RemoveField(("f", 0))]),
    "one moves": ([1, 2, 3, 4], [4, 1, 2, 3], [MoveItem(("f",), 3, 0)]),
    "one moves and another changes": ([X, Y, Z], [Z, X, {**Y, "n": 5}], [MoveItem(("f",), 2, 0), SetField(("f", 2, "n"), 5)]),
    "one goes and one comes": ([X, Y], [Y, Z], [RemoveField(("f", 0)), AddItem(("f",), Z, None)]),
    "groups known by their address": (
        [{"url": "a", "on": "1"}, {"url": "b", "on": "2"}],
        [{"url": "b", "on": "3"}, {"url": "c"}],
        [RemoveField(("f", 0)), SetField(("f", 0, "on"), "3"), AddItem(("f",), {"url": "c"}, None)],
    ),
    "a group whose address changes": ([{"url": "a", "on": "1"}], [{"url": "b", "on": "1"}], [SetField(("f", 0, "url"), "b")]),
    "groups with other ids are others": ([X], [{**X, "id": "w"}], [RemoveField(("f", 0)), AddItem(("f",), {**X, "id": "w"}, None)]),
    "lists in lists": ([[1], [2, 3]], [[1], [3]], [RemoveField(("f", 1, 0))]),
}


@pytest.mark.parametrize(("old", "new", "meant"), CHANGES.values(), ids=CHANGES)
def test_changes(old: Any, new: Any, meant: list[DataEdit]) -> None:
    assert sorted(map(str, changes(old, new, ("f",)))) == sorted(map(str, meant))
    assert same(applied({"f": old}, changes(old, new, ("f",))), {"f": new})


VALUES = st.recursive(
    st.sampled_from([1, 2, True, None, "a", "b"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["id", "url", "n"]), inner, max_size=3),
    max_leaves=12,
)


@given(st.tuples(VALUES, VALUES) | st.lists(VALUES, max_size=6).flatmap(lambda items: st.tuples(st.just(items), st.permutations(items))))
def test_changes_from_any_value_to_any_other(pair: tuple[Any, Any]) -> None:
    old, new = pair
    before = json.dumps(old)
    meant = changes(old, new, ("f",))
    assert same(applied({"f": old}, meant), {"f": new})
    assert json.dumps(old) == before
    assert bool(meant) != same(old, new)


@given(st.permutations(range(6)))
def test_no_more_items_move_than_must(numbers: list[int]) -> None:
    rising = max(len(some) for size in range(7) for some in combinations(numbers, size) if list(some) == sorted(some))
    meant = changes(list(range(6)), numbers, ("f",))
    assert all(isinstance(each, MoveItem) for each in meant)
    assert len(meant) == 6 - rising


@given(RANDOM)
@settings(max_examples=100, deadline=None)
def test_changes_made_in_a_file_and_unmade(random: Random) -> None:
    old, new = styled(random), _fields(styled(random).data)
    there = _edited_if_possible(old.data, *changes(_fields(old.data), new))
    assert same(_fields(there), new)
    assert same(_fields(_edited_if_possible(there, *changes(new, _fields(old.data)))), _fields(old.data))


SHIPPED = sorted((ROOT / "data").rglob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=[path.relative_to(ROOT / "data").as_posix() for path in SHIPPED])
def test_what_is_done_to_a_shipped_file_and_undone_leaves_it_as_it_was(path: Path) -> None:
    kind = _kind(path)
    data, texts = path.read_bytes(), schema.text_fields(kind)
    fields = read(path.name, data, text_fields=texts)[0].fields or {}
    listed = [found.path[0] for found in schema.record_lists(kind)]
    there = [(name, number) for name in listed for number in range(len(fields.get(name, ())))]
    field = "confirmed"
    put = [
        SetField((*place, field), {"on": "2026-11-23", "by": "Head of Digital"})
        for place in there
        if field not in fields[place[0]][place[1]]
    ]
    added = [AddItem((name,), {"id": "x", "notes": "A: b"}, number) for name in listed if name in fields for number in (0, 1, None)]

    def done(data: bytes, edits: list[Any]) -> bytes:
        return edit(data, edits, text_fields=texts, order=lambda path: tuple(schema.definition(kind, path).get("properties", {})))

    assert _only_added(data, done(data, put))
    assert done(done(data, put), [RemoveField(each.path) for each in put]) == data
    for each in added:
        new = done(data, [each])
        assert _inserted_at_once(data, new)
        last = len(fields[each.path[0]])
        assert done(new, [RemoveField((*each.path, last if each.before is None else each.before))]) == data


def _kind(path: Path) -> str:
    return f"catalogue-{path.stem}" if path.parent.name == "catalogue" else path.stem


def _only_added(old: bytes, new: bytes) -> bool:
    """Whether the lines of the old file stand in the new one, in their order."""
    rest = iter(new.splitlines(keepends=True))
    return all(line in rest for line in old.splitlines(keepends=True))


def _inserted_at_once(old: bytes, new: bytes) -> bool:
    """Whether the new file is the old one with something put in at one place."""
    start = next((n for n, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), len(old))
    return new.endswith(old[start:]) or any(new.endswith(old[at:]) for at in range(start, max(start - 80, 0), -1))
