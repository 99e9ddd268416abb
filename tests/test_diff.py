"""What happened between two states: (before, after, what is said), what must hold of any two, and each format to be read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import golden, run, write
from test_render import HOSTILE

from citytools import dataset, diff, wording
from citytools.model import Change, FieldChange, Location, Sort
from citytools.render import CHANGE_FORMATS, Compared, Screen

SYSTEMS, SKILLS, CONTRACTS = (f"data/boroughs/camden/{kind}.yaml" for kind in ("technology", "skills", "contracts"))
HACKNEY = "data/boroughs/hackney/technology.yaml"
PRODUCTS, SUPPLIERS = (f"data/catalogue/{kind}.yaml" for kind in ("products", "suppliers"))
LONG = "product: moderngov, functions: [democratic/committees], since: 2014, users: 90, notes: For all committees"


def _systems(*items: str) -> str:
    return "schema: 1\nsystems:\n" + "".join(f"  - {item}\n" for item in items)


def _contracts(*items: str) -> str:
    return "schema: 1\ncontracts:\n" + "".join(f"  - {{id: c, title: C, {item}}}\n" for item in items)


def _products(*items: str) -> str:
    return "schema: 1\nproducts:\n" + "".join(f"  - {{id: p, name: P, {item}}}\n" for item in items)


def _told(old: dict[str, str], new: dict[str, str]) -> list[str]:
    """The differences, a line each: what happened to which record, and what is said of each field."""
    sides = (dataset.build({path: text.encode() for path, text in side.items()}) for side in (old, new))
    found = diff.diff(*sides)
    lines = [f"{path} unread" for path in found.unread]
    for change in found.changes:
        said = [str(line) for each in change.fields for line in wording.said(each)]
        was = f" (was {change.old})" if change.sort in (Sort.MOVED, Sort.RENAMED) else ""
        rest = [] if change.sort in (Sort.ADDED, Sort.REMOVED) else said
        lines.append(f"{change.sort} {change.kind} {change.ref}{was}" + (f": {'; '.join(rest)}" if rest else ""))
    return lines


ONE = {SYSTEMS: _systems("{id: a, product: x, since: 2014}")}
STATES: dict[str, tuple[dict[str, str], dict[str, str], list[str]]] = {
    "nothing": (ONE, ONE, []),
    "added": (ONE, {SYSTEMS: _systems("{id: a, product: x, since: 2014}", "{id: b, product: y}")}, ["added system camden/b"]),
    "the first file of a holder": ({}, ONE, ["added system camden/a"]),
    "removed": (ONE, {SYSTEMS: _systems()}, ["removed system camden/a"]),
    "a whole file removed": (ONE, {}, ["removed system camden/a"]),
    "changed": (ONE, {SYSTEMS: _systems("{id: a, product: x, since: 2015}")}, ["changed system camden/a: since: 2014 → 2015"]),
    "a field stated": (
        ONE,
        {SYSTEMS: _systems("{id: a, product: x, since: 2014, users: 5}")},
        ["changed system camden/a: users: not stated → 5"],
    ),
    "a field no more stated": (ONE, {SYSTEMS: _systems("{id: a, product: x}")}, ["changed system camden/a: since: 2014 → not stated"]),
    "an unknown field": (
        ONE,
        {SYSTEMS: _systems("{id: a, product: x, since: 2014, zzz: 1}")},
        ["changed system camden/a: zzz: not stated → 1"],
    ),
    "moved to another holder": (
        {SYSTEMS: _systems(f"{{id: a, {LONG}}}"), HACKNEY: _systems("{id: b, product: y}")},
        {SYSTEMS: _systems("{id: z, product: z}"), HACKNEY: _systems("{id: b, product: y}", f"{{id: a, {LONG}, status: live}}")},
        ["added system camden/z", "moved system hackney/a (was camden/a): status: not stated → live"],
    ),
    "moved with its file": (
        {SYSTEMS: _systems(f"{{id: a, {LONG}}}")},
        {HACKNEY: _systems(f"{{id: a, {LONG}}}")},
        ["moved system hackney/a (was camden/a)"],
    ),
    "renamed": (
        {SYSTEMS: _systems(f"{{id: a, {LONG}}}")},
        {SYSTEMS: _systems(f"{{id: b, {LONG.replace('90', '95')}}}")},
        ["renamed system camden/b (was camden/a): users: 90 → 95"],
    ),
    "too unlike to be the same": (
        {SYSTEMS: _systems("{id: a, product: x, since: 2014}")},
        {SYSTEMS: _systems("{id: b, product: x, since: 2015}")},
        ["removed system camden/a", "added system camden/b"],
    ),
    "two that are as like: nobody knows which": (
        {SYSTEMS: _systems(f"{{id: a, {LONG}}}")},
        {SYSTEMS: _systems(f"{{id: b, {LONG}}}", f"{{id: c, {LONG}}}")},
        ["removed system camden/a", "added system camden/b", "added system camden/c"],
    ),
    "the one that is more alike, wherever it stands": (
        {SYSTEMS: _systems(f"{{id: a, {LONG}}}")},
        {SYSTEMS: _systems(f"{{id: b, {LONG.replace('90', '95')}}}", f"{{id: c, {LONG}}}")},
        ["added system camden/b", "renamed system camden/c (was camden/a)"],
    ),
    "another id and another holder at once": (
        {SYSTEMS: _systems(f"{{id: a, {LONG}}}")},
        {HACKNEY: _systems(f"{{id: b, {LONG}}}")},
        ["removed system camden/a", "added system hackney/b"],
    ),
    "a group of fields": (
        {SYSTEMS: _systems("{id: a, rating: {value_for_money: 3, capability: 2}}")},
        {SYSTEMS: _systems("{id: a, rating: {capability: 2, value_for_money: 4}}")},
        ["changed system camden/a: rating, value for money: 3 → 4"],
    ),
    "a new group of fields": (
        {CONTRACTS: _contracts("start: 2024")},
        {CONTRACTS: _contracts("start: 2024, value: {amount: 250000, currency: GBP, for: year}")},
        ["changed contract camden/c: value: not stated → £250,000, for year"],
    ),
    "an amount": (
        {CONTRACTS: _contracts("value: {amount: 250000}")},
        {CONTRACTS: _contracts("value: {amount: 250000.50}")},
        ["changed contract camden/c: value, amount: £250,000 → £250,000.50"],
    ),
    "words have no order": (
        {SYSTEMS: _systems("{id: a, functions: [x/a, x/b]}")},
        {SYSTEMS: _systems("{id: a, functions: [x/c, x/b]}")},
        ["changed system camden/a: - function x/a; + function x/c"],
    ),
    "only the order of words": (
        {SYSTEMS: _systems("{id: a, functions: [x/a, x/b]}")},
        {SYSTEMS: _systems("{id: a, functions: [x/b, x/a]}")},
        [],
    ),
    "a word given twice": (
        {SYSTEMS: _systems("{id: a, functions: [x/a]}")},
        {SYSTEMS: _systems("{id: a, functions: [x/a, x/a]}")},
        ["changed system camden/a: + function x/a"],
    ),
    "a source": (
        {SYSTEMS: _systems('{id: a, sources: [{url: "https://a.uk", on: 2024}, {url: "https://b.uk"}]}')},
        {
            SYSTEMS: _systems(
                '{id: a, sources: [{url: "https://c.uk", kind: minutes, on: 2024-07-25, confidence: high}, {on: 2025, url: "https://a.uk"}]}'
            )
        },
        [
            "changed system camden/a: source https://a.uk, on: 2024 → 2025; - source https://b.uk; "
            "+ source 2024-07-25 minutes, high confidence: https://c.uk"
        ],
    ),
    "the first sources": (
        {SYSTEMS: _systems("{id: a}")},
        {SYSTEMS: _systems('{id: a, sources: [{url: "https://a.uk"}, {url: "https://b.uk"}]}')},
        ["changed system camden/a: + source https://a.uk; + source https://b.uk"],
    ),
    "one address twice": (
        {SYSTEMS: _systems('{id: a, sources: [{url: "https://a.uk", on: 2024}, {url: "https://a.uk", on: 2023}]}')},
        {SYSTEMS: _systems('{id: a, sources: [{url: "https://a.uk", on: 2023}, {url: "https://a.uk", on: 2025}]}')},
        ["changed system camden/a: - source 2024: https://a.uk; + source 2025: https://a.uk"],
    ),
    "what is unknown": (
        {SYSTEMS: _systems("{id: a, unknown: [{field: since, reason: Not found.}]}")},
        {SYSTEMS: _systems("{id: a, since: 2014, unknown: []}")},
        ["changed system camden/a: since: not stated → 2014; - unknown since: Not found."],
    ),
    "a list with an order, one item of it": (
        {CONTRACTS: _contracts("extensions: [{months: 12}, {months: 12}]")},
        {CONTRACTS: _contracts("extensions: [{months: 12}, {months: 24, status: taken}]")},
        ["changed contract camden/c: extension 2, months: 12 → 24; extension 2, status: not stated → taken"],
    ),
    "a list with an order, longer": (
        {PRODUCTS: _products("makers: [{supplier: a}]")},
        {PRODUCTS: _products("makers: [{supplier: a}, {supplier: b, since: 2024}]")},
        ["changed product p: + maker supplier b, since 2024"],
    ),
    "a list with an order, in another": (
        {PRODUCTS: _products("makers: [{supplier: a}, {supplier: b}]")},
        {PRODUCTS: _products("makers: [{supplier: b}, {supplier: a}]")},
        ["changed product p: maker 1, supplier: a → b; maker 2, supplier: b → a"],
    ),
    "1 is 1.0": ({SYSTEMS: _systems("{id: a, users: 1}")}, {SYSTEMS: _systems("{id: a, users: 1.0}")}, []),
    "1 is not true": (
        {SYSTEMS: _systems("{id: a, users: 1}")},
        {SYSTEMS: _systems("{id: a, users: true}")},
        ["changed system camden/a: users: 1 → yes"],
    ),
    "0 is not false": (
        {SYSTEMS: _systems("{id: a, users: 0}")},
        {SYSTEMS: _systems("{id: a, users: false}")},
        ["changed system camden/a: users: 0 → no"],
    ),
    '1 is not "1"': (
        {SYSTEMS: _systems("{id: a, users: 1}")},
        {SYSTEMS: _systems('{id: a, users: "1"}')},
        ["changed system camden/a: users: 1 → 1"],
    ),
    "long numbers": (
        {SYSTEMS: _systems(f"{{id: a, users: {10**40}}}")},
        {SYSTEMS: _systems(f"{{id: a, users: {10**40 + 1}}}")},
        [f"changed system camden/a: users: {10**40} → {10**40 + 1}"],
    ),
    "nothing after the colon is not stated": ({SYSTEMS: _systems("{id: a, users: }")}, {SYSTEMS: _systems("{id: a}")}, []),
    "none is stated": (
        {SYSTEMS: _systems("{id: a, users: }")},
        {SYSTEMS: _systems("{id: a, functions: []}")},
        ["changed system camden/a: functions: not stated → none"],
    ),
    "none no more": (
        {SYSTEMS: _systems("{id: a, functions: []}")},
        {SYSTEMS: _systems("{id: a, functions: [x/a]}")},
        ["changed system camden/a: + function x/a"],
    ),
    "of another type": (
        {SYSTEMS: _systems("{id: a, functions: x/a}")},
        {SYSTEMS: _systems("{id: a, functions: [x/a]}")},
        ["changed system camden/a: functions: x/a → x/a"],
    ),
    "comments, quotes, layout and order": (
        {
            SYSTEMS: "# head\nschema: 1\nsystems:\n  - id: a\n    product: 'x'   # why\n    notes: >\n      Folded\n      text.\n  - {id: b, since: 2014}\n"
        },
        {SYSTEMS: 'systems: [{since: "2014", "id": b},\n  {notes: "Folded text.\\n", product: x, id: a}]\nschema: 1\n'},
        [],
    ),
    "an id given twice, the same in another order": (
        {SYSTEMS: _systems("{id: a, since: 2014}", "{id: a, since: 2015}")},
        {SYSTEMS: _systems("{id: a, since: 2015}", "{id: a, since: 2014}")},
        [],
    ),
    "one of an id given twice": (
        {SYSTEMS: _systems("{id: a, since: 2014}", "{id: a, since: 2015}")},
        {SYSTEMS: _systems("{id: a, since: 2016}", "{id: a, since: 2014}")},
        ["changed system camden/a: since: 2015 → 2016"],
    ),
    "an id given twice becomes one": (
        {SYSTEMS: _systems("{id: a, since: 2014}", "{id: a, since: 2015}")},
        {SYSTEMS: _systems("{id: a, since: 2015}")},
        ["removed system camden/a"],
    ),
    "records without an id": (
        {SYSTEMS: _systems("{name: A, since: 2014}", "{name: B, since: 2014}")},
        {SYSTEMS: _systems("{name: B, since: 2014}", "{name: A, since: 2015}")},
        ["changed system camden/systems 2: since: 2014 → 2015"],
    ),
    "what is no record": (
        {SYSTEMS: _systems("{id: a}", "x")},
        {SYSTEMS: _systems("{id: a}", "y")},
        ["changed technology camden: - system x; + system y"],
    ),
    "what is no list": ({SYSTEMS: "systems: x\n"}, {SYSTEMS: "systems: {id: a}\n"}, ["changed technology camden: systems: x → id a"]),
    "says that there are none": ({}, {SKILLS: "schema: 1\nskills: []\n"}, ["added skills camden"]),
    "says no more that there are none": ({SKILLS: "schema: 1\nskills: []\n"}, {}, ["removed skills camden"]),
    "has its first record": (
        {SKILLS: "schema: 1\nskills: []\n"},
        {SKILLS: "schema: 1\nskills:\n  - {id: a, skill: x}\n"},
        ["added skill camden/a"],
    ),
    "lost its last record": (
        {SKILLS: "schema: 1\nskills:\n  - {id: a, skill: x}\n"},
        {SKILLS: "schema: 1\nskills: []\n"},
        ["removed skill camden/a"],
    ),
    "not stated is not none": ({SKILLS: "schema: 1\nskills:\n"}, {SKILLS: "schema: 1\nskills: []\n"}, ["added skills camden"]),
    "only the number of the form": ({SKILLS: "schema: 1\nskills: []\n"}, {SKILLS: "schema: 2\nskills: []\n"}, []),
    "unreadable now": (
        {**ONE, HACKNEY: _systems("{id: a}")},
        {SYSTEMS: "systems: [\n", HACKNEY: _systems("{id: b}")},
        [
            f"{SYSTEMS} unread",
            "removed system hackney/a",
            "added system hackney/b",
        ],
    ),
    "unreadable before": ({SYSTEMS: "a: b: c\n"}, ONE, [f"{SYSTEMS} unread"]),
    "a borough": (
        {"data/boroughs/camden/borough.yaml": "schema: 1\nname: Camden\ncodes: [{scheme: a, code: b}]\n"},
        {
            "data/boroughs/camden/borough.yaml": "schema: 1\nname: Camden\ncodes: [{scheme: a, code: c}]\npopulation: {count: 210100, on: 2021}\n"
        },
        ["changed borough camden: code a, code: b → c; population: not stated → count 210,100, on 2021"],
    ),
    "the dataset": (
        {"data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: [camden]\n"},
        {"data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: [hackney, camden]\n"},
        ["changed dataset dataset: + authority hackney"],
    ),
    "the catalogue": (
        {SUPPLIERS: "schema: 1\nsuppliers:\n  - {id: nec, name: NEC, aliases: [Northgate]}\n"},
        {SUPPLIERS: "schema: 1\nsuppliers:\n  - {id: nec, name: NEC, aliases: [Northgate, SX3]}\n  - {id: x, name: X}\n"},
        ["changed supplier nec: + alias SX3", "added supplier x"],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), STATES.values(), ids=STATES)
def test_what_happened(old: dict[str, str], new: dict[str, str], expected: list[str]) -> None:
    assert _told(old, new) == expected


# What must hold of any two states.

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.decimals(0, 3, places=1)
    | st.sampled_from(["", "a", "b", "long words in a text", "long words in the text"])
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["amount", "url", "on", "field"]), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["product", "name", "since", "functions", "sources", "rating", "connects_to", "unknown", "odd"])
RECORDS = st.fixed_dictionaries({}, optional={"id": st.sampled_from(["a", "b", "c"])}).flatmap(
    lambda own: st.dictionaries(NAMES, VALUES, max_size=5).map(lambda fields: {**own, **fields})
)
FILES = st.dictionaries(st.sampled_from([SYSTEMS, HACKNEY, CONTRACTS]), st.lists(RECORDS, max_size=4) | st.just("unreadable"), max_size=3)


def _dataset(files: dict[str, Any]) -> Any:
    keys = {SYSTEMS: "systems", HACKNEY: "systems", CONTRACTS: "contracts"}
    texts = {
        path: "[" if records == "unreadable" else json.dumps({"schema": 1, keys[path]: records}, default=float)
        for path, records in files.items()
    }
    return dataset.build_all([({path: text.encode() for path, text in texts.items()}, ())], judged=False)[0]


def _mirrored(change: Change) -> tuple[Any, ...]:
    back = {Sort.ADDED: Sort.REMOVED, Sort.REMOVED: Sort.ADDED}
    fields = sorted(repr((each.field, each.new, each.old, each.item)) for each in change.fields)
    return str(back.get(change.sort, change.sort)), change.kind, change.new, change.old, fields


def _plainly(change: Change) -> tuple[Any, ...]:
    fields = sorted(repr((each.field, each.old, each.new, each.item)) for each in change.fields)
    return str(change.sort), change.kind, change.old, change.new, fields


@settings(max_examples=60)
@given(FILES)
def test_between_a_state_and_itself_there_is_nothing(files: dict[str, Any]) -> None:
    assert diff.diff(_dataset(files), _dataset(files)).changes == ()


@settings(max_examples=60)
@given(FILES, st.randoms(use_true_random=False))
def test_order_says_nothing(files: dict[str, Any], random: Any) -> None:
    shuffled = {}
    for path, records in files.items():
        mixed = [dict(random.sample(list(record.items()), len(record))) for record in records] if isinstance(records, list) else records
        shuffled[path] = random.sample(mixed, len(mixed)) if isinstance(mixed, list) else mixed
    assert diff.diff(_dataset(files), _dataset(shuffled)).changes == ()


@settings(max_examples=120)
@given(FILES, FILES)
def test_the_way_back_mirrors_the_way_there(old: dict[str, Any], new: dict[str, Any]) -> None:
    there, back = diff.diff(_dataset(old), _dataset(new)), diff.diff(_dataset(new), _dataset(old))
    assert sorted(map(repr, map(_plainly, there.changes))) == sorted(map(repr, map(_mirrored, back.changes)))
    assert there.unread == back.unread


@settings(max_examples=120)
@given(FILES, FILES)
def test_every_field_that_is_said_to_differ_does(old: dict[str, Any], new: dict[str, Any]) -> None:
    for change in diff.diff(_dataset(old), _dataset(new)).changes:
        assert change.fields or change.sort is not Sort.CHANGED
        for each in change.fields:
            assert diff.comparable(each.old) != diff.comparable(each.new)
            assert all(line.pieces for line in wording.said(each))


@settings(max_examples=120)
@given(FILES, FILES)
def test_where_something_differs_something_is_said(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Of files that both can be read: no change is said only where every record has its like, with its holder, kind and id."""
    if "unreadable" in (*old.values(), *new.values()):
        return
    found = diff.diff(_dataset(old), _dataset(new)).changes
    before, after = (
        sorted(repr((path, sorted(_flat(record)))) for path, records in side.items() for record in records) for side in (old, new)
    )
    assert found or before == after or _only_order_of_items(old, new)


def _flat(value: Any) -> list[str]:
    return [f"{key}={diff.comparable(each)!r}" for key, each in value.items() if each is not None]


def _only_order_of_items(old: Any, new: Any) -> bool:
    """Whether two states are the same once no list has an order and nothing that is null counts."""
    return bool(_bag(old) == _bag(new))


def _bag(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted(repr((key, _bag(each))) for key, each in value.items() if each is not None and each != [])
    if isinstance(value, list):
        return sorted(repr(_bag(each)) for each in value)
    return type(value).__name__ if isinstance(value, bool) else "", float(value) if isinstance(value, int | float) or hasattr(
        value, "as_tuple"
    ) else value


# Formats.


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Two folders, called old and new, that differ in many ways."""
    base = {"data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: [camden, hackney]\n"}
    notes = "The system for all committees of the council since 2014."
    old = {
        SYSTEMS: _systems(
            f"{{id: a, product: moderngov, functions: [x/a, x/b], users: 90, notes: '{notes}'}}", "{id: gone, name: Old thing, since: 2001}"
        ),
        HACKNEY: _systems(f"{{id: m, {LONG}}}", f"{{id: r, {LONG.replace('90', '91').replace('2014', '2015')}}}"),
        CONTRACTS: _contracts("value: {amount: 250000, for: year}, extensions: [{months: 12}]"),
        "data/boroughs/hackney/skills.yaml": "skills: [\n",
    }
    new = {
        SYSTEMS: _systems(
            f"{{id: a, product: moderngov, functions: [x/b, x/c], users: 12000, notes: '{notes.replace('2014', '2015, with webcasts')}'}}",
            f"{{id: m, {LONG}}}",
            '{id: new, name: New thing, status: live, sources: [{url: "https://x.uk", on: 2026-01-02, kind: minutes, confidence: high}]}',
        ),
        HACKNEY: _systems(f"{{id: r2, {LONG.replace('90', '91').replace('2014', '2015')}}}"),
        CONTRACTS: _contracts("value: {amount: 300000.50, for: year}, extensions: [{months: 12}, {months: 24}]"),
        SKILLS: "schema: 1\nskills: []\n",
        "data/boroughs/hackney/skills.yaml": "schema: 1\nskills: []\n",
    }
    write(tmp_path / "old", {**base, **old})
    write(tmp_path / "new", {**base, **new})
    monkeypatch.chdir(tmp_path)
    return "old", "new"


@pytest.mark.parametrize("format", CHANGE_FORMATS)
def test_each_format_reads_well(two: tuple[str, str], format: str) -> None:
    out = run("--root", two[0], "diff", *two, "--format", format).out
    without = re.sub(r"<style>.*?</style>|sha256-[\w+/=]+", "…", out, flags=re.DOTALL)  # how every page looks is told elsewhere
    golden(f"diff/answer.{format}", without)


def test_the_numbers_alone(two: tuple[str, str]) -> None:
    said = [run("--root", two[0], "diff", *two, "--stat", "--format", format).out for format in ("text", "markdown")]
    golden("diff/stat.txt", "\n---\n".join(said))


def test_colours_say_what_is_gone_and_what_is_new(two: tuple[str, str]) -> None:
    from citytools import revisions

    found = diff.diff(*revisions.both(*revisions.compared(Path(two[0]), *two)))
    golden(
        "diff/colours.txt",
        CHANGE_FORMATS["text"](Compared("old", "new", found.changes, found.unread, screen=Screen(colour=True, terminal=True))),
    )


def test_only_some_holders_and_kinds(two: tuple[str, str]) -> None:
    def records(*options: str) -> list[str]:
        return [
            row["record"] or row["before"]
            for row in json.loads(run("--root", two[0], "diff", *two, "--format", "json", *options).out)["changes"]
        ]

    assert records("--borough", "Hackney") == ["camden/m", "hackney/r2"]
    assert records("--kind", "contract", "--kind", "skills") == ["camden/c", "camden"]
    assert (
        run("--root", two[0], "diff", *two, "--borough", "camdn").err
        == 'citytools: neither state has a borough or body "camdn". Did you mean camden?\n'
    )
    assert (done := run("--root", two[0], "diff", *two, "--kind", "sistem")).code == 2
    assert 'no kind of record called "sistem"' in done.err


def test_the_exit_code_says_whether_anything_differs_if_asked(two: tuple[str, str]) -> None:
    assert run("--root", two[0], "diff", *two).code == 0
    assert run("--root", two[0], "diff", *two, "--exit-code").code == 1
    assert run("--root", two[0], "diff", two[0], two[0], "--exit-code").code == 0
    # Of a file that cannot be read nothing is known, which is not the same as no difference.
    assert run("--root", two[0], "diff", *two, "--exit-code", "--kind", "supplier").code == 1


@pytest.mark.parametrize("format", CHANGE_FORMATS)
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_steers_its_reader(text: str, format: str) -> None:
    fields = (
        FieldChange(text, text, f"{text} x"),
        FieldChange("sources", None, {"url": text}, item=True),
        FieldChange("notes", f"a b c d {text}", f"a b c {text} d"),
    )
    changes = [
        Change(sort, "system", f"camden/{text}", f"camden/{text}", "camden", text, Location(f"data/{text}", 3), fields) for sort in Sort
    ]
    out = CHANGE_FORMATS[format](Compared(text, "new", changes, (text,)))
    for sign in "\x1b\x9b\x07\u202e\u200b":
        assert sign not in out
    if format == "markdown":
        assert not re.search(r"(?<!\\)(<script|\[link\]\(|!\[image|@camden|~~x~~)|https://example", out)
        assert not re.search(r"^ *- [-+>#]( |$)", out, re.MULTILINE)
    if format == "html":
        assert "<script" not in out
    if format == "csv":
        cells = [cell.lstrip('"') for line in out.splitlines() for cell in line.split(",")]
        assert not any(cell.startswith(("=", "+", "@", "|")) for cell in cells)


def test_a_whole_page_of_hostile_text_is_one_page() -> None:
    changes = [
        Change(Sort.CHANGED, "system", "", "camden/a", "camden", "", Location("data/x", 1), tuple(FieldChange(t, t, "x") for t in HOSTILE))
    ]
    out = CHANGE_FORMATS["json"](Compared("old", "new", changes))
    assert [each["old"] for each in json.loads(out)["changes"][0]["fields"]] == HOSTILE
