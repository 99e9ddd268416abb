"""``citytools fmt``: one form for every file, in which it says what it said, each comment with what it is about."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from styled import TEXT_FIELDS, styled
from support import ROOT, run, write

from citytools import dataset, formatting, schema
from citytools.errors import CitytoolsError
from citytools.formatting import formatted
from citytools.yamlfile import canonical, read, same
from citytools.yamlfile.layout import layout
from citytools.yamlfile.remarks import comments, remarks
from citytools.yamlfile.text import decode

RANDOM = st.integers(0, 1_000_000).map(Random)
SYSTEMS = "data/boroughs/camden/technology.yaml"
OTHER = "data/boroughs/hackney/technology.yaml"
BASE = {"data/dataset.yaml": "schema: 1\ntitle: A test\nauthorities: [camden, hackney]\n"}
HEAD = "schema: 1\n\nsystems:\n"
USUAL = f"{HEAD}  - id: a\n    name: A\n"

# What a file of systems was, and what it becomes.
CASES = {
    "fields in the schema's order, unknown ones last": (
        "systems:\n- odd: 1\n  name: A\n  id: a\nschema: 1\n",
        f"{HEAD}  - id: a\n    name: A\n    odd: 1\n",
    ),
    "records by id, an empty line between them": (
        f"{HEAD}  - {{id: b, name: B}}\n  - {{id: a, name: A}}\n",
        f"{HEAD}  - id: a\n    name: A\n\n  - id: b\n    name: B\n",
    ),
    "groups in a list on a line each, in the schema's order": (
        f"{HEAD}  - id: a\n    sources:\n    - kind: notice\n      url: 'https://x.uk'\n      on: 2024\n",
        f'{HEAD}  - id: a\n    sources:\n      - {{url: "https://x.uk", on: 2024, kind: notice}}\n',
    ),
    "quotes only where they are needed": (
        f"{HEAD}  - id: 'a'\n    name: \"A\"\n    notes: 'a: b'\n    since: \"2024\"\n    version: '3.10'\n",
        f'{HEAD}  - id: a\n    name: A\n    since: 2024\n    notes: "a: b"\n    version: "3.10"\n',
    ),
    "a short list in brackets": (
        f"{HEAD}  - id: a\n    functions:\n      - x/y\n      - x/z\n",
        f"{HEAD}  - id: a\n    functions: [x/y, x/z]\n",
    ),
    "text of several lines in lines of its own": (
        f'{HEAD}  - id: a\n    notes: "one\\ntwo\\n"\n',
        f"{HEAD}  - id: a\n    notes: |\n      one\n      two\n",
    ),
    "a comment above a record goes with it": (
        f"{HEAD}  # on b\n  - id: b\n  # on a\n  - id: a\n",
        f"{HEAD}  # on a\n  - id: a\n\n  # on b\n  - id: b\n",
    ),
    "a comment above a field goes with it": (
        f"{HEAD}  - name: A\n    # on the id\n    id: a\n",
        f"{HEAD}  # on the id\n  - id: a\n    name: A\n",
    ),
    "a comment behind a field goes with it": (
        f"{HEAD}  - name: A # why\n    id: a\n",
        f"{HEAD}  - id: a\n    name: A  # why\n",
    ),
    "a comment below a field and further in is its own": (
        f"{HEAD}  - name: A\n      # more on the name\n    id: a\n",
        f"{HEAD}  - id: a\n    name: A\n      # more on the name\n",
    ),
    "a list with comments inside has an item a line": (
        f"{HEAD}  - id: a\n    functions: [x/y, # first\n      x/z]  # all\n",
        f"{HEAD}  - id: a\n    functions:  # all\n      - x/y  # first\n      - x/z\n",
    ),
    "a group with comments inside has a field a line": (
        f"{HEAD}  - id: a\n    sources:\n      - {{kind: notice, # seen\n         on: 2024}}\n",
        f"{HEAD}  - id: a\n    sources:\n      - on: 2024\n        kind: notice  # seen\n",
    ),
    "a comment above the first field of a group stands above the group": (
        f"{HEAD}  - id: a\n    sources:\n      - kind: notice\n        # seen\n        on: 2024\n",
        f"{HEAD}  - id: a\n    sources:\n      # seen\n      - {{on: 2024, kind: notice}}\n",
    ),
    "a comment between a name and its value": (
        f"{HEAD}  - id: a\n    name:\n      # odd\n      A\n",
        f"{HEAD}  - id: a\n    # odd\n    name: A\n",
    ),
    "a comment below text of several lines": (
        f"{HEAD}  - id: a\n    notes: |  # said\n          x\n          y\n      # below\n",
        f"{HEAD}  - id: a\n    # below\n    notes: |  # said\n      x\n      y\n",
    ),
    "a comment alone in brackets": (
        f"{HEAD}  - id: a\n    functions: [\n    # none\n    ]\n",
        f"{HEAD}  - id: a\n    functions: []\n      # none\n",
    ),
    "records stay under their heading": (
        f"{HEAD}  # One\n\n  - id: w\n  - id: v\n\n  # Two\n\n  - id: b\n  # on a\n  - id: a\n",
        f"{HEAD}  # One\n\n  - id: v\n\n  - id: w\n\n  # Two\n\n  # on a\n  - id: a\n\n  - id: b\n",
    ),
    "what opens and what ends a file": (
        f"# about\n---\n# more\n\n{USUAL}# end\n...\n",
        f"# about\n# more\n{USUAL}\n# end\n",
    ),
    "line ends of Windows and a byte-order mark": ("\ufeff" + USUAL.replace("\n", "\r\n"), USUAL),
    "a file in braces": ('{"schema": 1, "systems": [{"name": "A", "id": "a"}]} # json\n', f"{USUAL}\n# json\n"),
    "nothing behind a colon": (
        f"{HEAD}  - id: a\n    name: ~\n    functions: [null]\n",
        f"{HEAD}  - id: a\n    name:\n    functions: [null]\n",
    ),
    "numbers as they are": (f"{HEAD}  - id: a\n    users: 1.50\n", f"{HEAD}  - id: a\n    users: 1.50\n"),
    "records that are not all known by an id keep their order": (
        f"{HEAD}  - {{name: B}}\n  - {{name: A, id: a}}\n",
        f"{HEAD}  - name: B\n\n  - id: a\n    name: A\n",
    ),
}
CASES["the list of records is empty"] = ("systems: []\nschema: 1\n", "schema: 1\nsystems: []\n")


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_the_usual_form(before: str, after: str) -> None:
    assert formatted("technology", before.encode()).decode() == after
    assert formatted("technology", after.encode()).decode() == after


@pytest.mark.parametrize("width", [120, 121])
def test_a_list_that_would_be_too_long_for_its_line_has_an_item_a_line(width: int) -> None:
    words = ["x" * 57, "y" * (width - 61)]
    flow = f"    functions: [{', '.join(words)}]\n"
    block = "    functions:\n" + "".join(f"      - {word}\n" for word in words)
    for given_so in (flow, block):
        new = formatted("technology", f"{HEAD}  - id: a\n{given_so}".encode()).decode()
        assert new == f"{HEAD}  - id: a\n" + (flow if width == 120 else block)


def test_what_is_ordered_keeps_its_order() -> None:
    text = "schema: 1\n\nproducts:\n  - id: p\n    name: P\n    makers:\n      - {supplier: z}\n      - {supplier: a}\n"
    assert formatted("catalogue-products", text.encode()).decode() == text


@pytest.mark.parametrize("path", sorted((ROOT / "data").rglob("*.yaml")), ids=lambda path: Path(path).relative_to(ROOT / "data").as_posix())
def test_the_register_is_in_the_usual_form(path: Path) -> None:
    kind = next(document.kind for document in dataset.build({path.relative_to(ROOT).as_posix(): path.read_bytes()}).documents)
    assert formatted(kind, path.read_bytes()) == path.read_bytes()


def _canonical(data: bytes) -> bytes:
    return canonical(data, records=["items"], order=lambda _: ("schema", "id", "title", "notes"), text_fields=TEXT_FIELDS)


def _fields(data: bytes) -> dict[str, object]:
    fields = read("", data, text_fields=TEXT_FIELDS)[0].fields
    assert fields is not None
    return fields


def _said(data: bytes) -> Counter[str]:
    text = decode("", data)[0]
    return Counter(said for _, said in comments(text, layout(text)))


def _by_record(data: bytes) -> dict[str, Counter[str]]:
    """The comments of each record, by its id, without the headings above it."""
    text = decode("", data)[0]
    found: dict[str, Counter[str]] = {item["id"]: Counter() for item in _fields(data)["items"]}  # type: ignore[attr-defined]
    ids = list(found)
    for path, each in remarks(text, layout(text)).items():
        if len(path) > 1 and path[0] == "items":
            above = each.above[len(each.above) - each.above[::-1].index("") :] if "" in each.above else each.above
            found[ids[int(path[1])]].update([*above, *each.behind, *each.below])
    return found


@given(RANDOM)
@settings(max_examples=400, deadline=None)
def test_whatever_the_style_nothing_is_changed_no_comment_lost_and_twice_is_once(random: Random) -> None:
    data = styled(random).data
    # The ids stand in order in such a file: now they do not.
    data = re.sub(rb"\br([0-3])\b", lambda found: b"r%d" % ((int(found[1]) * 3 + 2) % 4), data)
    new = _canonical(data)
    before, after = _fields(data), _fields(new)
    by_id = lambda item: item["id"]  # noqa: E731
    assert same(sorted(before.pop("items"), key=by_id), sorted(after.pop("items"), key=by_id))  # type: ignore[call-overload]
    assert same(before, after)
    assert Counter(re.findall(rb"# m\d+ .*\{a\]|# (?:about|end|by|yaml|s).*", data.replace(b"\r", b"\n"))) == Counter(
        re.findall(rb"# m\d+ .*\{a\]|# (?:about|end|by|yaml|s).*", new)
    )
    assert _said(data) == _said(new)
    assert _by_record(data) == _by_record(new)
    assert _canonical(new) == new
    assert b"\r" not in new
    assert not re.search(rb"[ \t]$", new, re.M)


SAMPLE = """\
# yaml-language-server: $schema=x
schema: 1

systems:
  - id: b
    functions: [x/y, x/z]
    connects_to:
    - to: q
      method: api
    notes: |
      one

      two
    sources:
      - {url: "https://x.uk", on: 2024}

  - id: a
    aliases: [
      n, m
    ]
    name:
      A B
odd: [1, [2, {a: b}]]
"""


@pytest.mark.parametrize("indent", range(9))
@pytest.mark.parametrize("apart", [("", ""), ("\n", ""), ("", "\n"), ("\n", "\n")], ids=["close", "below", "above", "alone"])
def test_a_comment_on_any_line_at_any_indentation_is_kept(indent: int, apart: tuple[str, str]) -> None:
    rows = SAMPLE.splitlines(keepends=True)
    for number in range(len(rows) + 1):
        text = "".join([*rows[:number], apart[0], " " * indent, "# here\n", apart[1], *rows[number:]])
        if read("", text.encode())[0].fields is None:
            continue  # the comment cuts a text in two
        new = formatted("technology", text.encode())
        assert _said(text.encode()) == _said(new)
        assert formatted("technology", new) == new


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Cn", "Zl", "Zp", "Co")) | st.sampled_from("\n #:-[]{}'\"|>0"),
    max_size=30,
)


@given(
    st.dictionaries(
        st.sampled_from(["name", "notes", "since", "odd", "users", "functions"]),
        TEXTS | st.lists(TEXTS, max_size=3) | st.integers() | st.none(),
    )
)
@settings(max_examples=300, deadline=None)
def test_whatever_the_text_it_is_read_back(fields: dict[str, object]) -> None:
    written = json.dumps({"schema": 1, "systems": [{"id": "a", **fields}]}, ensure_ascii=False).replace("\\u2028", "")
    known = read("", written.encode(), text_fields=schema.text_fields("technology"))[0].fields
    if known is not None:
        new = formatted("technology", written.encode())
        assert same(read("", new, text_fields=schema.text_fields("technology"))[0].fields, known)
        assert formatted("technology", new) == new


@pytest.mark.parametrize(
    ("text", "says"),
    {
        "schema: 1\nsystems: [\n": "line 2: ",
        f"{HEAD}  - id: a\n    name: Lot #5\n": 'line 5: "#5" is read as a comment',
        f"{HEAD}  - id: a\n    name: The house in Flat # 5 of it\n": 'line 5: "# 5 of it" is read as a comment',
        "schema: 1\nschema: 2\n": 'line 2: "schema" was already given',
    }.items(),
)
def test_what_is_not_certain_is_left_to_a_person(text: str, says: str) -> None:
    with pytest.raises(CitytoolsError) as refused:
        formatted("technology", text.encode())
    assert says in str(refused.value)


def test_a_writer_that_errs_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from citytools.yamlfile.usual import _Writer

    right = _Writer.file
    text = f"{HEAD}  - id: b\n  - id: a\n    name: A\n    # why\n    notes: N\n".encode()
    for wrong, says in {("A", "B"): "line 6: ", ("# why", ""): '"# why"', ("notes:", "notes"): "cannot be written"}.items():
        monkeypatch.setattr(_Writer, "file", lambda self, wrong=wrong: right(self).replace(*wrong))
        with pytest.raises(CitytoolsError, match=re.escape(says)):
            formatted("technology", text)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path, BASE)


UNUSUAL = "schema: 1\nsystems:\n- {name: A, id: a}\n"


def test_files_are_put_in_the_usual_form(root: Path) -> None:
    write(root, {SYSTEMS: UNUSUAL, OTHER: USUAL})
    done = run("--root", str(root), "fmt")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"  {SYSTEMS}\n\n1 file put in the usual form, of 3.\n"
    assert (root / SYSTEMS).read_text() == (root / OTHER).read_text() == USUAL
    assert run("--root", str(root), "fmt").out == "No file to put in the usual form.\n"


def test_a_check_changes_nothing_and_names_the_files(root: Path) -> None:
    write(root, {SYSTEMS: UNUSUAL})
    done = run("--root", str(root), "fmt", "--check", "--format", "json")
    assert done.code == 1
    assert json.loads(done.out)["rows"] == [{"file": SYSTEMS, "done": "would be put in the usual form", "why": None}]
    assert (root / SYSTEMS).read_text() == UNUSUAL
    assert run("--root", str(write(root, {SYSTEMS: USUAL})), "fmt", "--check").code == 0


@pytest.mark.parametrize(("also", "code"), [((), 0), (("--check",), 1)])
def test_a_dry_run_shows_every_line_and_changes_nothing(root: Path, also: tuple[str, ...], code: int) -> None:
    write(root, {SYSTEMS: UNUSUAL})
    done = run("--root", str(root), "fmt", "--dry-run", *also)
    assert done.code == code
    assert done.out == (
        f"--- {SYSTEMS}\n+++ {SYSTEMS}\n@@ -1,3 +1,5 @@\n schema: 1\n+\n systems:\n-- {{name: A, id: a}}\n+  - id: a\n+    name: A\n"
    )
    assert (root / SYSTEMS).read_text() == UNUSUAL


def test_only_the_files_named_are_touched(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, {SYSTEMS: UNUSUAL, OTHER: UNUSUAL})
    monkeypatch.chdir(root)
    assert run("fmt", "data/boroughs/hackney").code == 0
    assert ((root / SYSTEMS).read_text(), (root / OTHER).read_text()) == (UNUSUAL, USUAL)


@pytest.mark.parametrize("broken", [b"schema: 1\nsystems: [\n", b"\xff", b"", f"{HEAD}  - id: a\n    name: Lot #5\n".encode()])
def test_a_file_that_cannot_be_relied_on_is_told_and_left_and_the_others_are_done(root: Path, broken: bytes) -> None:
    write(root, {SYSTEMS: broken, OTHER: UNUSUAL})
    done = run("--root", str(root), "fmt")
    assert done.code == 1
    assert re.search(rf"{SYSTEMS}\n  Left as it is: line [0-9]", done.out)
    assert "1 file left as it is: correct by hand first." in done.out
    assert ((root / SYSTEMS).read_bytes(), (root / OTHER).read_text()) == (broken, USUAL)
    dry = run("--root", str(root), "fmt", "--dry-run")
    assert (dry.code, dry.out) == (1, "")
    assert dry.err.startswith(f"citytools: {SYSTEMS} is left as it is: line ")


def test_a_link_is_never_followed(root: Path) -> None:
    write(root, {SYSTEMS: UNUSUAL, OTHER: ""})
    (root / OTHER).unlink()
    (root / OTHER).symlink_to(root / SYSTEMS)
    done = run("--root", str(root), "fmt", "--format", "csv")
    assert done.code == 1
    assert f'{OTHER},left as it is,"the file cannot be read: it is a link' in done.out
    assert (root / OTHER).is_symlink()


def test_what_changed_is_told_of_files_without_a_last_line_end() -> None:
    assert formatting.difference({"p": b"a: 1"}, {"p": b"a: 1\n"}).splitlines() == [
        "--- p", "+++ p", "@@ -1 +1 @@", "-a: 1", "\\ No newline at end of file", "+a: 1"
    ]  # fmt: skip
