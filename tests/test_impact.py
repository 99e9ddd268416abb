"""``citytools diff --impact`` and ``report overlaps --since``: what a change means, and that nothing is said where nothing follows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from support import ROOT, golden, run, write
from test_gitrepo import git

from citytools import dataset
from citytools.cli.opening import indexes_of
from citytools.impact import changed, impact
from citytools.model import Table

EXAMPLE = Path(__file__).parent / "register"
AS_OF = "2026-01-15"
NOTHING = "Nothing changes for any report."
NO_CONSEQUENCE = "Nothing changes in overlaps, opportunities, decide-by days or coverage."


def _seen(on: str = "2025-10-01") -> str:
    return f'sources: [{{url: "https://example.org/x", on: {on}, confidence: high}}]'


def _systems(*items: str, on: str = "2025-10-01") -> str:
    """Each ``id product`` or ``id product more``, as a file of systems."""
    parts = (item.split(maxsplit=2) for item in items)
    records = "".join(f"  - {{id: {part[0]}, product: {part[1]}, {', '.join((*part[2:], _seen(on)))}}}\n" for part in parts)
    return f"schema: 1\nsystems:\n{records}"


def _contract(id: str, covers: str, end: str, more: str = "") -> str:
    extra = f", {more}" if more else ""
    head = f"id: {id}, title: {id.title()}, supplier: access, covers: [{covers}], start: 2023-01-01, end: {end}, end_basis: committed"
    return f"schema: 1\ncontracts:\n  - {{{head}{extra}, {_seen()}}}\n"


def _files(**holders: str) -> dict[str, str]:
    """``camden="…"`` is its technology.yaml, ``camden_contracts`` its contracts.yaml, and so on."""
    found = {}
    for name, text in holders.items():
        holder, _, kind = name.partition("_")
        found[f"data/boroughs/{holder}/{kind or 'technology'}.yaml"] = text
    return found


BASE = {
    "data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: [barnet, camden, hackney, sutton]\nunknown_value_buying_months: 12\n"
    "assumed_term_months: 48\nbuying_times: [{months: 12}]\nmobilisation: [{months: 3}]\n",
    "data/catalogue/suppliers.yaml": "schema: 1\nsuppliers: [{id: access, name: Access}, {id: idox, name: Idox}]\n",
    "data/catalogue/functions.yaml": "schema: 1\nareas: [{id: care, name: Care}, {id: planning, name: Planning}]\n"
    "functions: [{id: care/cases, name: Case management}, {id: planning/office, name: Planning back office}]\n",
    "data/catalogue/products.yaml": "schema: 1\nproducts:\n  - {id: mosaic, name: Mosaic, functions: [care/cases]}\n"
    "  - {id: eclipse, name: Eclipse, functions: [care/cases]}\n  - {id: uniform, name: Uniform, functions: [planning/office]}\n",
    "data/catalogue/skills.yaml": "schema: 1\nskills: [{id: sql, name: SQL}]\n",
    **{
        f"data/boroughs/{name}/borough.yaml": f"schema: 1\nname: {name.title()}\ngss: E0900000{number}\n"
        for number, name in enumerate(("barnet", "camden", "hackney", "sutton"), start=1)
    },
}
MOSAIC = _files(camden=_systems("m mosaic"), hackney=_systems("m mosaic"))
WINDOW = {
    **MOSAIC,
    **_files(camden_contracts=_contract("care", "m", "2028-03-31"), hackney_contracts=_contract("care", "m", "2028-06-30")),
}
THREE = {**WINDOW, **_files(sutton=_systems("m mosaic"), sutton_contracts=_contract("care", "m", "2028-05-31"))}

# What there was, what is there now, and what that means to whom: each kind of consequence once.
CASES: dict[str, tuple[Mapping[str, str], Mapping[str, str | None], Mapping[str, str]]] = {
    "a first system that nobody else has": (
        {},
        _files(camden=_systems("u uniform")),
        {"Camden": "+1 system; reports 0 → 1 of 2 functions (new: Planning back office); first systems reported"},
    ),
    "an overlap appears": (
        _files(hackney=_systems("m mosaic"), camden=_systems("e eclipse")),
        _files(camden=_systems("e eclipse", "m mosaic")),
        {"Camden": "+1 system; now shares Mosaic with Hackney", "Hackney": "now shares Mosaic with Camden"},
    ),
    "an overlap grows, which is said of who joins": (
        {**MOSAIC, **_files(sutton=_systems("e eclipse"))},
        _files(sutton=_systems("e eclipse", "m mosaic")),
        {"Sutton": "+1 system; now shares Mosaic with Camden and Hackney"},
    ),
    "an overlap is lost": (
        MOSAIC,
        _files(camden=_systems("m eclipse")),
        {"Camden": "no longer shares Mosaic with Hackney; Mosaic is Eclipse now", "Hackney": "no longer shares Mosaic with Camden"},
    ),
    "a name finds its way into the catalogue": (
        {
            **_files(hackney=_systems("m mosaic"), camden=_systems("m mosaic")),
            "data/boroughs/camden/technology.yaml": f"schema: 1\nsystems: [{{id: m, name: Mosaik, functions: [care/cases], {_seen()}}}]\n",
        },
        _files(camden=_systems("m mosaic")),
        {"Camden": "now shares Mosaic with Hackney; 1 system now found in the catalogue", "Hackney": "now shares Mosaic with Camden"},
    ),
    "a plan is no use yet": (
        MOSAIC,
        _files(camden=_systems("m mosaic", "u uniform status: planned")),
        {"Camden": "+1 system planned"},
    ),
    "a plan comes true": (
        _files(camden=_systems("m mosaic", "u uniform status: planned")),
        _files(camden=_systems("m mosaic", "u uniform status: live")),
        {"Camden": "+1 system, -1 system planned; reports 1 → 2 of 2 functions (new: Planning back office)"},
    ),
    "a system is retired": (
        _files(camden=_systems("m mosaic", "u uniform")),
        _files(camden=_systems("m mosaic", "u uniform until: 2025-12-31")),
        {"Camden": "-1 system; reports 2 → 1 of 2 functions (no longer: Planning back office)"},
    ),
    "a contract without a day": (
        MOSAIC,
        _files(camden_contracts=f"schema: 1\ncontracts: [{{id: c, title: C, covers: [m], {_seen()}}}]\n"),
        {"Camden": "+1 contract; no day to decide by can be told for it; first contracts reported"},
    ),
    "a contract with a day": (
        MOSAIC,
        _files(camden_contracts=_contract("care", "m", "2028-03-31")),
        {"Camden": "+1 contract; decide on it by 2026-12-31; first contracts reported"},
    ),
    "an end moves": (
        {**MOSAIC, **_files(camden_contracts=_contract("care", "m", "2027-03-31"))},
        _files(camden_contracts=_contract("care", "m", "2028-03-31")),
        {"Camden": "Care: decide by 2025-12-31 → 2026-12-31"},
    ),
    "a contract is found to have ended": (
        {**MOSAIC, **_files(camden_contracts=_contract("care", "m", "2027-03-31"))},
        _files(camden_contracts=_contract("care", "m", "2025-03-31")),
        {"Camden": "Care: exit 2027-03-31, decide by 2025-12-31 (passed) → ended 2025-03-31; no later contract recorded"},
    ),
    "a contract is shared": (
        WINDOW,
        _files(camden_contracts=_contract("care", "m", "2028-03-31", "parties: [{borough: barnet}]")),
        {
            "Barnet": "+1 contract; new joint window with Camden and Hackney for Mosaic from 2028-03 (decide by 2026-12-31); "
            "decide on it by 2026-12-31; first contracts reported",
            "Camden": "joint window with Hackney for Mosaic gains Barnet",
            "Hackney": "joint window with Camden for Mosaic gains Barnet",
        },
    ),
    "a joint window appears": (
        {**MOSAIC, **_files(hackney_contracts=_contract("care", "m", "2028-06-30"))},
        _files(camden_contracts=_contract("care", "m", "2028-03-31")),
        {
            "Camden": "+1 contract; new joint window with Hackney for Mosaic from 2028-03 (decide by 2026-12-31); decide on it by 2026-12-31; "
            "first contracts reported",
            "Hackney": "new joint window with Camden for Mosaic from 2028-03 (decide by 2026-12-31)",
        },
    ),
    "a joint window moves": (
        WINDOW,
        _files(camden_contracts=_contract("care", "m", "2028-05-31")),
        {
            "Camden": "joint window with Hackney for Mosaic moves from 2028-03 to 2028-05 (decide by 2026-12-31 → 2027-02-28); "
            "Care: decide by 2026-12-31 → 2027-02-28",
            "Hackney": "joint window with Camden for Mosaic moves from 2028-03 to 2028-05 (decide by 2026-12-31 → 2027-02-28)",
        },
    ),
    "a joint window vanishes": (
        WINDOW,
        _files(camden_contracts=_contract("care", "m", "2031-03-31")),
        {
            "Camden": "no longer a joint window with Hackney for Mosaic from 2028-03; Care: decide by 2026-12-31 → 2029-12-31",
            "Hackney": "no longer a joint window with Camden for Mosaic from 2028-03",
        },
    ),
    "a joint window gains a member": (
        {**WINDOW, **_files(sutton=_systems("m mosaic"))},
        _files(sutton_contracts=_contract("care", "m", "2028-05-31")),
        {
            "Sutton": "+1 contract; new joint window with Camden and Hackney for Mosaic from 2028-03 (decide by 2026-12-31); "
            "decide on it by 2027-02-28; first contracts reported",
            "Camden": "joint window with Hackney for Mosaic gains Sutton",
            "Hackney": "joint window with Camden for Mosaic gains Sutton",
        },
    ),
    "a joint window loses a member": (
        THREE,
        _files(sutton_contracts=_contract("care", "m", "2031-05-31")),
        {
            "Sutton": "no longer a joint window with Camden and Hackney for Mosaic from 2028-03; Care: decide by 2027-02-28 → 2030-02-28",
            "Camden": "joint window with Hackney for Mosaic loses Sutton",
            "Hackney": "joint window with Camden for Mosaic loses Sutton",
        },
    ),
    "a joint window stays, as both products are for one function": (
        WINDOW,
        _files(hackney=_systems("m eclipse")),
        {"Camden": "no longer shares Mosaic with Hackney", "Hackney": "no longer shares Mosaic with Camden; Mosaic is Eclipse now"},
    ),
    "a body has it too": (
        {**MOSAIC, "data/bodies/trust/body.yaml": "schema: 1\nname: The Trust\nkind: shared-service\nmembers: [barnet]\n"},
        {"data/bodies/trust/technology.yaml": _systems("m mosaic")},
        {"The Trust": "+1 system; has Mosaic as Camden and Hackney do; reports 0 → 1 of 2 functions (new: Case management)"},
    ),
    "a stale list is confirmed": (
        _files(camden=_systems("m mosaic", "u uniform", on="2019-01-01")),
        {
            "data/boroughs/camden/borough.yaml": BASE["data/boroughs/camden/borough.yaml"]
            + "confirmations: [{kind: technology, on: 2026-01-10, by: Head of Digital}]\n"
        },
        {"Camden": "2 → 0 of 2 systems stale; list of systems confirmed on 2026-01-10"},
    ),
    "a skill": (
        MOSAIC,
        _files(camden_skills=f"schema: 1\nskills: [{{id: s, skill: sql, level: expert, {_seen()}}}]\n"),
        {"Camden": "+1 skill; first skills reported"},
    ),
}


def _meaning(before: Mapping[str, str], after: Mapping[str, str | None], *holders: str) -> list[Table]:
    """The tables for a base with ``before`` over it, and then ``after`` over that; None takes a file away."""
    old = {**BASE, **before}
    new = {path: text for path, text in {**old, **after}.items() if text is not None}
    sides = [dataset.build({path: text.encode() for path, text in files.items()}) for files in (old, new)]
    first, second, banner = indexes_of(("before", sides[0]), ("after", sides[1]), AS_OF)
    assert banner == ""
    return impact(first, second, holders)


def _said(tables: list[Table]) -> dict[str, str]:
    return {row["name"]: row["what"] for row in tables[0].dicts()}


@pytest.mark.parametrize("case", CASES)
def test_what_a_change_means_is_said_to_whom_it_concerns(case: str) -> None:
    before, after, expected = CASES[case]
    assert _said(_meaning(before, after)) == expected


# What changes records, and nothing that a report of these four shows.
WITHOUT_CONSEQUENCE: dict[str, Mapping[str, str]] = {
    "a note": _files(camden=_systems("m mosaic notes: Moved to another data centre.")),
    "a rating": _files(camden=_systems("m mosaic rating: {value_for_money: 3, capability: 3}")),
    "another id": _files(camden=_systems("mosaic-care mosaic"), camden_contracts=_contract("care", "mosaic-care", "2028-03-31")),
    "another id of a contract": _files(camden_contracts=_contract("care", "m", "2028-03-31").replace("id: care", "id: care-2023")),
    "a new product that nobody has": {
        "data/catalogue/products.yaml": BASE["data/catalogue/products.yaml"]
        + "  - {id: liquid, name: Liquidlogic, functions: [care/cases]}\n"
    },
    "another id of a product and all its uses": {
        "data/catalogue/products.yaml": BASE["data/catalogue/products.yaml"].replace("id: mosaic", "id: mosaic-care"),
        **_files(camden=_systems("m mosaic-care"), hackney=_systems("m mosaic-care")),
    },
}
LAYOUT: dict[str, Callable[[str], str]] = {
    "comments and blank lines": lambda text: "# why\n\n" + text.replace("\n  - ", "\n\n  # one\n  - "),
    "ends of lines": lambda text: text.replace("\n", "\r\n"),
}


@pytest.mark.parametrize("case", WITHOUT_CONSEQUENCE)
def test_what_has_no_consequence_is_not_said_to_have_one(case: str) -> None:
    tables = _meaning(WINDOW, WITHOUT_CONSEQUENCE[case])
    assert [table.rows for table in tables] == [()] * 5
    assert tables[0].notes == (NO_CONSEQUENCE,)
    assert changed(tables) == tables[:1]


@pytest.mark.parametrize("case", LAYOUT)
def test_layout_means_nothing(case: str) -> None:
    tables = _meaning(THREE, {path: LAYOUT[case](text) for path, text in THREE.items()})
    assert tables[0].notes == (NOTHING,)
    assert [table.rows for table in tables] == [()] * 5


@pytest.mark.parametrize("case", CASES)
def test_no_change_means_nothing_whatever_there_is(case: str) -> None:
    before, after, _ = CASES[case]
    whole = {**before, **after}
    assert _meaning(whole, {})[0].notes == (NOTHING,)


@pytest.mark.parametrize("case", CASES)
def test_what_is_new_one_way_is_lost_the_other_way(case: str) -> None:
    before, after, _ = CASES[case]
    there = _meaning(before, after)
    whole = {**before, **after}
    back = _meaning(whole, {path: before.get(path, BASE.get(path)) for path in after})
    opposite = {"new": "lost", "lost": "new", "grown": "shrunk", "shrunk": "grown"}
    for part in (1, 2):
        told = sorted((row["change"], row["name"]) for row in there[part].dicts())
        assert sorted((opposite.get(row["change"], row["change"]), row["name"]) for row in back[part].dicts()) == told


def test_only_what_concerns_a_borough_is_told_on_demand() -> None:
    before, after, _ = CASES["a joint window gains a member"]
    lines, _, joint, dates, cover = _meaning(before, after, "camden")
    assert [row["name"] for row in lines.dicts()] == ["Camden"]
    assert [row["who"] for row in joint.dicts()] == ["Camden, Hackney, Sutton (joins)"]
    assert (dates.rows, cover.rows) == ((), ())
    assert [table.rows for table in _meaning(before, after, "barnet")] == [()] * 5


def test_those_with_most_to_gain_stand_first() -> None:
    after = {**_files(barnet=_systems("u uniform", "e eclipse")), **CASES["a joint window appears"][1]}
    tables = _meaning(CASES["a joint window appears"][0], after)
    assert list(_said(tables)) == ["Camden", "Hackney", "Barnet"]


def test_many_joint_windows_are_counted_and_those_for_a_product_named() -> None:
    systems = _systems("m mosaic", "e eclipse", "u uniform")
    contracts = [_contract(f"c-{covers}", covers, "2028-03-31") for covers in "meu"]
    text = contracts[0] + "".join(each.removeprefix("schema: 1\ncontracts:\n") for each in contracts[1:])
    before = _files(camden=systems, hackney=systems, hackney_contracts=text)
    said = _said(_meaning(before, _files(camden_contracts=text)))
    windows = "; ".join(
        f"new joint window with Camden for {name} from 2028-03 (decide by 2026-12-31)" for name in ("Eclipse", "Mosaic", "Uniform")
    )
    assert said["Hackney"] == f"{windows}; 1 more joint window new, changed or lost"


def test_why_a_joint_window_moved_is_said() -> None:
    before, after, _ = CASES["a joint window moves"]
    (row,) = _meaning(before, after)[2].dicts()
    assert row["because"] == ["Camden, Care: exit 2028-03-31, decide by 2026-12-31 → exit 2028-05-31, decide by 2027-02-28"]
    assert (row["start_before"], row["start_after"]) == ("2028-03-31", "2028-05-31")
    assert (row["decide_by_before"], row["decide_by_after"]) == ("2026-12-31", "2027-02-28")


# An edit of the example register, as a borough might propose it.
EDITS = {
    "data/boroughs/dalewick/technology.yaml": (
        "  - {id: planlight,",
        '  - {id: homestead, product: homestead, sources: [{url: "https://example.org/d9", on: 2026-11-01, kind: register, confidence: high}]}\n'
        '  - {id: committees, product: minutes, sources: [{url: "https://example.org/d8", on: 2026-11-01, kind: register, confidence: high}]}\n'
        "  - {id: planlight,",
    ),
    "data/boroughs/birchwood/contracts.yaml": ("end: 2027-06-30", "end: 2028-06-30"),
    "data/boroughs/cedarham/technology.yaml": ("status: retiring", "status: retired"),
    "data/boroughs/fernhill/contracts.yaml": ("end: 2027-06\n    end_basis: includes-options", "end: 2027-06-30\n    end_basis: committed"),
    "data/boroughs/ashby/borough.yaml": ("on: 2026-09-01, by", "on: 2026-11-20, by"),
}


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example register under git, with the edit in the working tree and as a branch of its own."""
    root = tmp_path_factory.mktemp("impact") / "register"
    shutil.copytree(EXAMPLE, root)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "as it was")
    for path, (old, new) in EDITS.items():
        text = (root / path).read_text("utf-8")
        assert old in text
        (root / path).write_text(text.replace(old, new), "utf-8")
    return root


def _run(root: Path, *arguments: str, **given: Any) -> Any:
    return run("--root", str(root), *arguments, "--as-of", "2026-11-23", **given)


@pytest.mark.parametrize("format", ["text", "markdown"])
def test_a_realistic_change_is_told_so(example: Path, format: str) -> None:
    done = _run(example, "diff", "--impact", "--format", format)
    golden(f"impact.{format}", done.out)
    assert (done.code, done.err) == (0, "")


def test_text_fits_a_terminal(example: Path) -> None:
    assert max(map(len, _run(example, "diff", "--impact").out.splitlines())) <= 80


def test_machines_get_every_part_whether_it_changed_or_not(example: Path) -> None:
    parts = json.loads(_run(example, "diff", "--impact", "--format", "json").out)
    nothing = json.loads(_run(example, "diff", "main", "main", "--impact", "--format", "json").out)
    names = ["lines", "overlaps", "opportunities", "decide-by", "coverage"]
    assert [part["facts"]["part"] for part in parts] == [part["facts"]["part"] for part in nothing] == names
    assert [len(part["rows"]) for part in nothing] == [0] * 5
    assert _run(example, "diff", "--impact", "--format", "csv").out.startswith("section,name,what,")
    assert "<h1>What the change means" in _run(example, "diff", "--impact", "--format", "html").out


def test_the_same_state_twice_means_nothing(example: Path) -> None:
    done = _run(example, "diff", "main", "main", "--impact", "--exit-code")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"What the change means, as of 2026-11-23\nmain → main: no record differs.\n\n{NOTHING}\n"
    assert _run(example, "diff", "--impact", "--exit-code").code == 1


def test_a_borough_is_named_as_people_name_it(example: Path) -> None:
    done = _run(example, "diff", "--impact", "--borough", "Dalewick")
    assert [line for line in done.out.splitlines() if line in ("  Dalewick", "  Cedarham", "  Ashby")] == ["  Dalewick"]
    assert "2 records: 2 added." in done.out
    assert "Decide-by dates" not in done.out
    wrong = _run(example, "diff", "--impact", "--borough", "dalewik")
    assert (wrong.code, "Did you mean dalewick" in wrong.err) == (2, True)


@pytest.mark.parametrize("option", [("--stat",), ("--kind", "contract")])
def test_what_goes_with_the_list_of_changes_alone_is_refused(example: Path, option: tuple[str, ...]) -> None:
    done = _run(example, "diff", "--impact", *option)
    assert (done.code, done.err) == (2, "citytools: --impact looks at all records: leave out --stat and --kind.\n")


def test_a_part_of_a_register_has_no_impact(example: Path) -> None:
    done = _run(example, "diff", str(example / "data/boroughs/ashby"), "main", "--impact")
    assert (done.code, "compares two whole registers" in done.err) == (2, True)


def test_a_bare_clone_will_do(example: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(example), "bare.git")
    assert NOTHING in _run(tmp_path / "bare.git", "diff", "HEAD", "main", "--impact").out


def test_a_file_that_cannot_be_read_in_one_state_is_left_out_of_both(example: Path, tmp_path: Path) -> None:
    root = tmp_path / "register"
    shutil.copytree(example, root)
    write(root, {"data/boroughs/dalewick/technology.yaml": "schema: 1\nsystems: [\n"})
    done = _run(root, "diff", "--impact")
    assert done.code == 1
    assert "In the working tree: data/boroughs/dalewick/technology.yaml cannot be relied on" in " ".join(done.out.split())
    assert "Dalewick\n" not in done.out


def test_overlaps_since_a_commit(example: Path) -> None:
    done = _run(example, "report", "overlaps", "--since", "main")
    golden("overlaps-since.txt", done.out)
    assert (done.code, done.err) == (0, "")


def test_overlaps_since_a_commit_of_one_borough_or_function(example: Path) -> None:
    def names(*asked: str) -> list[str]:
        found = json.loads(_run(example, "report", "overlaps", "--since", "main", "--format", "json", *asked).out)
        return [f"{row['change']} {row['name']}" for row in found["rows"]]

    assert names() == ["grown Minutes", "changed Homestead"]
    assert names("--borough", "cedarham") == ["grown Minutes", "changed Homestead"]
    assert names("--borough", "fernhill") == ["changed Homestead"]
    assert names("--function", "governance") == ["grown Minutes"]
    assert names("--min-boroughs", "3") == ["new Minutes", "changed Homestead"]
    assert names("--min-boroughs", "6") == []


def test_overlaps_since_the_same_state_have_not_changed(example: Path, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "register")
    git(tmp_path, "init", "-q")
    shutil.copytree(example / ".git", tmp_path / "register" / ".git")
    done = _run(tmp_path / "register", "report", "overlaps", "--since", "HEAD")
    assert "none changed" in done.out
    assert done.code == 0


def test_a_commit_that_is_not_there_is_said(example: Path) -> None:
    done = _run(example, "report", "overlaps", "--since", "--output=x")
    assert (done.code, 'no commit, branch or tag "--output=x"' in done.err) == (2, True)
    assert _run(example, "report", "coverage", "--since", "main").code == 2


def test_the_shipped_register_against_itself() -> None:
    done = run("--root", str(ROOT), "diff", "HEAD", "HEAD", "--impact", "--as-of", "2026-11-24")
    assert NOTHING in done.out
