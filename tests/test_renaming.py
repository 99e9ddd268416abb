"""``citytools rename`` and ``citytools catalogue merge``: every reference follows, and nothing else changes."""

from __future__ import annotations

import datetime
from itertools import product
from pathlib import Path

import pytest
from support import ROOT, Run, run, write

from citytools import schema
from citytools.model import full_ref
from citytools.planned import Register, opened
from citytools.renaming import CATALOGUE, HELD, rename
from citytools.validate import validate

TODAY = datetime.date(2026, 11, 20)
SUPPLIERS = "data/catalogue/suppliers.yaml"
PRODUCTS = "data/catalogue/products.yaml"
CAMDEN, HACKNEY = "data/boroughs/camden", "data/boroughs/hackney"

# A register in which every field that refers to something does, to something called "one"; "two" is beside it, and never changes.
BASE = {
    "data/dataset.yaml": (
        "schema: 1\ntitle: A test\nauthorities: [camden, hackney]\ngroups: [{id: inner, name: Inner, members: [camden]}]\n"
        "mobilisation:\n  - {function: area/one, months: 18}\n  - {area: area, months: 6}\n"
    ),
    SUPPLIERS: (
        "schema: 1\nsuppliers:\n\n  # the first\n  - id: one   # one\n    name: First Supplies\n    aliases: [One Ltd]\n\n"
        "  - {id: two, name: Second Supplies, parents: [{supplier: one, since: 2020}]}\n"
    ),
    "data/catalogue/frameworks.yaml": "schema: 1\nframeworks:\n  - {id: one, name: First Framework}\n  - {id: two, name: Second Framework}\n",
    "data/catalogue/skills.yaml": "schema: 1\nskills:\n  - {id: one, name: First Skill}\n  - {id: two, name: Second Skill}\n",
    "data/catalogue/functions.yaml": (
        "schema: 1\nareas: [{id: area, name: Area}]\nfunctions:\n  - {id: area/one, name: First}\n  - {id: area/two, name: Second}\n"
    ),
    PRODUCTS: (
        "schema: 1\nproducts:\n  - {id: one, name: First Product, makers: [{supplier: one}], functions: [area/one, area/two]}\n"
        "  - {id: two, name: Second Product, makers: [{supplier: two}], functions: [area/two]}\n"
    ),
    f"{CAMDEN}/borough.yaml": "schema: 1\nname: Camden\ngss: E09000007\ncomplete: [{function: area/one, on: 2026}]\n",
    f"{CAMDEN}/technology.yaml": (
        "schema: 1\nsystems:\n  - id: one\n    product: one   # as bought\n    supplier: 'one'\n    functions: [area/one, area/two]\n"
        "    notes: one, or product one\n  - {id: two, product: two, supplier: One Man Ltd, replaces: one, "
        "connects_to: [{to: one}, {to: camden/one}, {to: One}]}\n"
    ),
    f"{CAMDEN}/skills.yaml": "schema: 1\nskills:\n  - {id: one, skill: one, product: one}\n",
    f"{CAMDEN}/contracts.yaml": (
        "schema: 1\ncontracts:\n  - {id: one, title: One, supplier: one, covers: [one], route: {kind: framework-call-off, framework: one}, end: 2027}\n"
        "  - {id: two, title: Two, supplier: two, functions: [area/one], replaces: one, parties: [{borough: hackney}], "
        "open_to_others: {named: [hackney]}}\n"
    ),
    f"{HACKNEY}/borough.yaml": "schema: 1\nname: Hackney\ngss: E09000012\n",
    f"{HACKNEY}/technology.yaml": "schema: 1\nsystems:\n  - {id: one, product: two, instance_of: camden/one}\n",
    "data/bodies/body/body.yaml": (
        "schema: 1\nname: Body\nkind: consortium\nmembers: [camden, hackney]\ncomplete: [{function: area/one, on: 2026}]\n"
    ),
}
OLD = {**dict.fromkeys(CATALOGUE, "one"), "function": "area/one", **dict.fromkeys(HELD, "camden/one")}
NEW = {**dict.fromkeys(CATALOGUE, "three-a"), "function": "area/three-a", **dict.fromkeys(HELD, "camden/three-a")}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path, BASE)


def referring(register: Register, kind: str) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    """What stands at each field that refers to records of a kind: file and field → references in full."""
    return {
        (document.path, field.path): [full_ref(document.holder, value) if kind in HELD else value for _, value in found]
        for document in register.dataset.documents
        for field in schema.properties(document.kind)
        if field.definition.get("x-refers-to", "").partition("-or-")[0] == CATALOGUE.get(kind, kind)
        and (found := list(document.texts(field.path, bool)))
    }


def files(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text() for path in (root / "data").rglob("*.yaml")}


def test_the_register_here_has_every_field_that_refers_to_something(root: Path) -> None:
    documents = opened(root).dataset.documents
    for kind, target in product(schema.kinds(), (*CATALOGUE.values(), *HELD)):
        for field in schema.properties(kind):
            if field.definition.get("x-refers-to", "").partition("-or-")[0] == target:
                assert any(list(document.values(field.path)) for document in documents if document.kind == kind), (kind, field.path)
    assert [finding.message for finding in validate(opened(root).dataset, TODAY) if finding.severity == "error"] == []


@pytest.mark.parametrize("kind", OLD)
def test_every_reference_follows(root: Path, kind: str) -> None:
    before = referring(opened(root), kind)
    assert run("--root", str(root), "rename", kind, OLD[kind], NEW[kind]).code == 0
    after = referring(opened(root), kind)
    assert after == {place: [NEW[kind] if each == OLD[kind] else each for each in found] for place, found in before.items()}
    assert after != before


@pytest.mark.parametrize("kind", OLD)
def test_nothing_but_the_name_changes(root: Path, kind: str) -> None:
    """Once the new name is read as the old one, every file is as it was, but for the alias in the catalogue's own."""
    run("--root", str(root), "rename", kind, OLD[kind], NEW[kind])
    own = "" if kind in HELD else f"data/catalogue/{kind}s.yaml"
    assert {name for name, text in files(root).items() if text.replace("three-a", "one") != BASE[name]} == {own} - {""}


@pytest.mark.parametrize("kind", CATALOGUE)
def test_the_old_id_stays_as_an_alias(root: Path, kind: str) -> None:
    done = run("--root", str(root), "rename", kind, OLD[kind], NEW[kind])
    (record,) = [each for each in opened(root).dataset.of(CATALOGUE[kind]) if each.id == NEW[kind]]
    assert record.texts("aliases")[-1] == OLD[kind]
    assert f"{OLD[kind]} stays as an alias" in done.out


@pytest.mark.parametrize("kind", HELD)
def test_what_has_no_aliases_is_told(root: Path, kind: str) -> None:
    done = run("--root", str(root), "rename", kind, "camden/one", "three")
    assert f"The {kind} camden/one is now camden/three" in done.out
    assert "no longer lead anywhere" in done.out


def test_only_the_lines_concerned_change(root: Path) -> None:
    done = run("--root", str(root), "rename", "supplier", "one", "three")
    assert files(root)[SUPPLIERS] == (
        "schema: 1\nsuppliers:\n\n  # the first\n  - id: three   # one\n    name: First Supplies\n    aliases: [One Ltd, one]\n\n"
        "  - {id: two, name: Second Supplies, parents: [{supplier: three, since: 2020}]}\n"
    )
    assert "    product: one   # as bought\n    supplier: 'three'\n" in files(root)[f"{CAMDEN}/technology.yaml"]
    assert "supplier: One Man Ltd" in files(root)[f"{CAMDEN}/technology.yaml"]
    assert done.out.startswith("The supplier one is now three: 4 references rewritten; one stays as an alias.\n")


def test_a_reference_stays_as_short_or_long_as_it_was(root: Path) -> None:
    run("--root", str(root), "rename", "system", "camden/one", "camden/three")
    assert "replaces: three, connects_to: [{to: three}, {to: camden/three}, {to: One}]" in files(root)[f"{CAMDEN}/technology.yaml"]
    assert "{id: one, product: two, instance_of: camden/three}" in files(root)[f"{HACKNEY}/technology.yaml"]


@pytest.mark.parametrize("kind", OLD)
def test_there_and_back(root: Path, kind: str) -> None:
    """Renamed back, all is as it was but for the alias."""
    run("--root", str(root), "rename", kind, OLD[kind], NEW[kind])
    assert run("--root", str(root), "rename", kind, NEW[kind], OLD[kind]).code == 0
    assert {name for name, text in files(root).items() if text != BASE[name]} <= {name for name in BASE if "catalogue" in name}
    records = [each for each in opened(root).dataset.of(CATALOGUE.get(kind, kind)) if each.ref == OLD[kind]]
    assert OLD[kind] not in records[0].texts("aliases")


def test_a_dry_run_shows_the_lines_and_changes_nothing(root: Path) -> None:
    done = run("--root", str(root), "rename", "product", "one", "three", "--dry-run")
    assert "-     product: one   # as bought\n" in done.out
    assert "+     product: three   # as bought\n" in done.out
    assert files(root) == BASE


# What is asked, and what the refusal says.
REFUSED = {
    "no such kind": ("produkt one three", "Did you mean product?"),
    "no such entry": ("product on three", "no product with the id"),
    "a name in place of an id": ("product First_Product three", "Did you mean one?"),
    "no holder": ("system one three", "a system is named as holder/id"),
    "it exists": ("product one two", "citytools catalogue merge product one into two"),
    "a system exists": ("system camden/one two", "two is there already"),
    "its own": ("product one one", "is its id already"),
    "capitals": ("product one Three", "lower-case"),
    "spaces": ("product one three_four", "lower-case"),
    "too long": (f"product one {'a' * 81}", "lower-case"),
    "a function without an area": ("function area/one three", "area/function"),
    "a function of no area": ("function area/one other/one", 'no area "other"'),
    "another's name": ("product one second-product", "would be taken for two"),
    "another's name, near enough": ("supplier one second-supplies-ltd", "would be taken for two"),
    "another holder": ("system camden/one hackney/three", "stays with camden"),
    "a system's look-alike": ("system camden/one t-wo", "would be taken for camden/two"),
}


@pytest.mark.parametrize(("asked", "said"), REFUSED.values(), ids=REFUSED)
def test_a_rename_is_refused(root: Path, asked: str, said: str) -> None:
    done = run("--root", str(root), "rename", *asked.split())
    assert (done.code, done.out, said in done.err) == (2, "", True), done.err
    assert files(root) == BASE


@pytest.mark.parametrize(
    ("broken", "said"),
    {
        "data/bodies/body/skills.yaml": ("skills: [\n", "cannot be read"),
        PRODUCTS: ("schema: 1\nproducts: [{id: one, nam: First}]\n", "has faults"),
        f"{HACKNEY}/contracts.yaml": ("schema: 1\ncontracts:\n  - &a {id: a, title: A, covers: [one]}\n", "cannot be read"),
    }.items(),
    ids=["not to be read", "faults in the entry's own file", "links"],
)
def test_either_all_files_change_or_none(root: Path, broken: str, said: tuple[str, str]) -> None:
    write(root, {broken: said[0]})
    before = files(root)
    done = run("--root", str(root), "rename", "product", "one", "three")
    assert (done.code, said[1] in done.err) == (2, True), done.err
    assert files(root) == before


@pytest.mark.parametrize("kind", OLD)
def test_on_the_real_register_no_finding_comes(real: Register, kind: str) -> None:
    """The most referred to of each kind: as many references afterwards as before, and no finding more."""
    found = [each for values in referring(real, kind).values() for each in values]
    known = {record.ref for record in real.dataset.of(CATALOGUE.get(kind, kind))}
    old = max(sorted(known.intersection(found) or known), key=found.count)
    new = f"{old}-renamed"
    plan = rename(real, kind, old, new, TODAY)
    after = real.after(plan.files)
    assert [each for values in referring(Register({}, [], after), kind).values() for each in values].count(new) == found.count(old)
    assert len(validate(after, TODAY)) == len(validate(real.dataset, TODAY))


@pytest.fixture(scope="module")
def real() -> Register:
    return opened(ROOT)


def merge(root: Path, *asked: str) -> Run:
    return run("--root", str(root), "catalogue", "merge", *asked)


@pytest.mark.parametrize("kind", CATALOGUE)
def test_the_references_of_both_are_one_entrys(root: Path, kind: str) -> None:
    old, kept = OLD[kind], OLD[kind].replace("one", "two")
    before = referring(opened(root), kind)
    done = merge(root, kind, old, "into", kept)
    assert done.code == 0, done.err
    register = opened(root)
    assert [each.id for each in register.dataset.of(CATALOGUE[kind])] == [kept]
    found = {value for values in referring(register, kind).values() for value in values}
    assert found <= {kept, "One Man Ltd"}
    # A reference only goes where the list has the like, or an entry would refer to itself.
    assert sum(map(len, before.values())) - sum(map(len, referring(register, kind).values())) == {"supplier": 1, "function": 2}.get(kind, 0)


def test_names_and_what_only_one_says_are_taken_over(root: Path) -> None:
    before = (
        "schema: 1\nsuppliers:\n  # goes\n  - id: one\n    name: First\n    aliases: [Second Supplies, Primus]\n    not: [Prima]\n"
        "    website: https://one.example/\n    company_number: '00968498'\n    sources: [{url: 'https://a.example/'}]\n\n"
        "  # stays\n  - id: two\n    name: Second Supplies\n    not: [Third]\n    website: https://two.example/\n"
        "    sources: [{url: 'https://b.example/'}]  # both\n"
    )
    write(root, {SUPPLIERS: before})
    done = merge(root, "supplier", "one", "into", "two")
    assert files(root)[SUPPLIERS] == (
        "schema: 1\nsuppliers:\n  # stays\n  - id: two\n    name: Second Supplies\n    aliases: [one, First, Primus]\n    not: [Third, Prima]\n"
        "    company_number: '00968498'\n    website: https://two.example/\n"
        "    sources: [{url: 'https://b.example/'}, {url: 'https://a.example/'}]  # both\n"
    )
    assert 'Not kept from one: "website" https://one.example/. two stays with https://two.example/.\n' in done.out
    assert 'Taken over from one: "company number" 00968498.\n' in done.out
    assert 'Added to "not" of two: Prima.\n' in done.out


@pytest.mark.parametrize(("gone", "kept"), [("one", "two"), ("two", "one")])
def test_a_company_merged_with_its_parent_is_not_its_own(root: Path, gone: str, kept: str) -> None:
    assert merge(root, "supplier", gone, "into", kept).code == 0
    (record,) = opened(root).dataset.of("supplier")
    assert (record.id, "parents" in record.fields) == (kept, False)


def test_a_maker_that_is_listed_already_is_not_listed_again(root: Path) -> None:
    write(
        root,
        {PRODUCTS: "schema: 1\nproducts:\n  - {id: one, name: P, makers: [{supplier: one}, {supplier: two}], functions: [area/one]}\n"},
    )
    for name in (f"{CAMDEN}/technology.yaml", f"{HACKNEY}/technology.yaml", f"{CAMDEN}/contracts.yaml"):
        (root / name).unlink()
    assert merge(root, "supplier", "one", "into", "two").code == 0
    assert "makers: [{supplier: two}], functions" in files(root)[PRODUCTS]


def test_a_warning_that_comes_is_said(root: Path) -> None:
    """Two systems of one product in one borough may be one fact stated twice: that is for a person to see."""
    text = "schema: 1\nsystems:\n  - {id: a, product: one}\n  - {id: b, product: two}\n"
    write(root, {f"{HACKNEY}/technology.yaml": text})
    done = merge(root, "product", "one", "into", "two")
    assert (done.code, "To look at: " in done.out) == (0, True), done.out


MERGES_REFUSED = {
    "itself": ("product one into one", "one entry already"),
    "another word": ("product one to two", "which entry goes"),
    "no such entry": ("product one into tow", "no product with the id"),
    "no such kind": ("system camden/one into camden/two", "no kind of entry"),
}


@pytest.mark.parametrize(("asked", "said"), MERGES_REFUSED.values(), ids=MERGES_REFUSED)
def test_a_merge_is_refused(root: Path, asked: str, said: str) -> None:
    done = merge(root, *asked.split())
    assert (done.code, done.out, said in done.err) == (2, "", True), done.err
    assert files(root) == BASE


@pytest.mark.parametrize(("gone", "kept"), [("one", "two"), ("two", "one")])
def test_what_is_known_to_be_something_else_is_not_merged(root: Path, gone: str, kept: str) -> None:
    before = "schema: 1\nsuppliers:\n  - {id: one, name: First, not: [Second Supplies Ltd]}\n  - {id: two, name: Second Supplies}\n"
    write(root, {SUPPLIERS: before})
    done = merge(root, "supplier", gone, "into", kept)
    assert (done.code, "is known not to be" in done.err, files(root)[SUPPLIERS]) == (2, True, before)
