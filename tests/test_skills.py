"""``citytools report skills``: who could help whom, what rests on one borough, and what no one has said."""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from support import golden, run, write
from test_index import BOROUGHS, CATALOGUE

from citytools import dataset
from citytools.index import Index, build
from citytools.reports.skills import Filters, help_between, skills

AS_OF = "2026-11-23"
NAMES = {
    "data/catalogue/skills.yaml": """
schema: 1
skills:
  - {id: gis, name: Geographic information systems, aliases: [GIS], framework: citytools}
  - {id: sql, name: SQL, framework: citytools}
  - {id: testing, name: Testing, framework: government-digital-and-data}
""",
    "data/catalogue/products.yaml": """
schema: 1
products:
  - {id: unit4-erp, name: Unit4 ERP, functions: [financial/erp]}
  - {id: explorer, name: Planning Explorer, aliases: [Northgate Explorer], functions: [planning/register]}
  - {id: maps, name: Maps for All, functions: [planning/forms]}
""",
}


def seen(day: str, confidence: str = "high") -> str:
    return f"sources: [{{url: 'https://example.org', on: {day}, confidence: {confidence}}}]"


RECORDS = {
    "data/boroughs/camden/technology.yaml": f"""
schema: 1
systems:
  - {{id: explorer, product: explorer, {seen("2026-05")}}}
  - {{id: erp, product: unit4-erp, {seen("2024-11")}}}
  - {{id: own, name: Nobody else's}}
""",
    "data/boroughs/camden/skills.yaml": f"""
schema: 1
skills:
  - {{id: explorer, skill: testing, product: explorer, level: expert, people: 2.5, offers: [A day's visit], {seen("2026-03")}}}
  - {{id: explorer-data, skill: sql, product: explorer, level: working}}
  - {{id: erp, product: unit4-erp, people: 0}}
  - {{id: gis, skill: gis, level: practitioner, offers: [], {seen("2026-04")}}}
  - {{id: sql, skill: sql, level: awareness, seeks: [Training for two, A review], apprentices: 3, {seen("2026-02")}}}
  - {{id: later, skill: testing, level: expert, {seen("2026-12-01")}}}
  - {{id: nothing, level: expert}}
""",
    "data/boroughs/hackney/technology.yaml": f"""
schema: 1
systems:
  - {{id: explorer, name: Northgate Explorer, {seen("2026-01")}}}
  - {{id: erp, product: unit4-erp}}
  - {{id: gone, product: maps, status: retired}}
""",
    "data/boroughs/hackney/skills.yaml": f"""
schema: 1
skills:
  - {{id: explorer, skill: testing, product: explorer, level: practitioner, {seen("2019")}}}
  - {{id: erp, product: unit4-erp, level: working}}
  - {{id: sql, skill: sql, does: [develop, support, manage-supplier, train], {seen("2026-06")}}}
  - {{id: maps, skill: gis, product: maps, seeks: [Someone to learn from], {seen("2026-06", "low")}}}
  - {{id: trainees, skill: testing, level: awareness, apprentices: 0}}
  - {{id: secret, skill: sql, product: maps, does: [configure], withheld: [{{field: level, reason: FOIA s.31}}, {{field: apprentices, reason: FOIA s.40}}]}}
""",
    "data/boroughs/sutton/technology.yaml": f"""
schema: 1
systems:
  - {{id: explorer, product: explorer}}
  - {{id: erp, product: unit4-erp, {seen("2026-01")}}}
  - {{id: maps, product: maps}}
""",
    "data/boroughs/sutton/skills.yaml": f"""
schema: 1
skills:
  - {{id: explorer, product: explorer, skill: sql, seeks: [A second opinion], {seen("2026-08")}}}
  - {{id: erp, product: unit4-erp, level: awareness, {seen("2026-01")}}}
  - {{id: gis, skill: gis, {seen("2021")}}}
  - {{id: maps, product: maps, level: awareness, seeks: []}}
""",
    "data/boroughs/kingston-upon-thames/technology.yaml": """
schema: 1
systems:
  - {id: erp, product: unit4-erp, instance_of: sutton/erp}
  - {id: explorer, product: explorer}
""",
    "data/boroughs/kingston-upon-thames/skills.yaml": "schema: 1\nskills: []\n",
    "data/bodies/consortium/body.yaml": "schema: 1\nname: The Consortium\nkind: consortium\nmembers: [camden]\n",
    "data/bodies/consortium/technology.yaml": "schema: 1\nsystems:\n  - {id: maps, product: maps}\n",
    "data/bodies/consortium/skills.yaml": f"""
schema: 1
skills:
  - {{id: explorer, product: explorer, level: expert, {seen("2026-09")}}}
  - {{id: erp, product: unit4-erp, does: [configure], {seen("2026-09")}}}
  - {{id: sql, skill: sql, level: working, seeks: [Templates], apprentices: 5, {seen("2026-09")}}}
""",
}
REGISTER = {**CATALOGUE, **BOROUGHS, **NAMES, **RECORDS}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("register"), {name: text.lstrip("\n") for name, text in REGISTER.items()})


def answer(root: Path, *arguments: str, as_of: str = AS_OF) -> list[dict[str, Any]]:
    done = run("--root", str(root), "report", "skills", "--as-of", as_of, "--format", "json", *arguments)
    assert (done.code, done.err) == (0, "")
    tables: list[dict[str, Any]] = json.loads(done.out)
    return tables


def rows(root: Path, *arguments: str, table: int = 0, as_of: str = AS_OF) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in answer(root, *arguments, as_of=as_of)[table]["rows"]}


def index_of(files: dict[str, str], as_of: str = AS_OF) -> Index:
    read = dataset.build({name: text.strip().encode() + b"\n" for name, text in {**CATALOGUE, **BOROUGHS, **NAMES, **files}.items()})
    whole, errors = dataset.sound(read)
    assert errors == ()
    return build(whole, datetime.date.fromisoformat(as_of))


def of_skills(**boroughs: Sequence[str]) -> dict[str, str]:
    """Skills of boroughs, each in YAML's flow style."""
    return {
        f"data/boroughs/{name.replace('_', '-')}/skills.yaml": "schema: 1\nskills:\n" + "".join(f"  - {{{record}}}\n" for record in records)
        for name, records in boroughs.items()
    }


EXPLORER = ["camden for sutton", "consortium for sutton", "hackney for sutton", "camden for kingston-upon-thames"]
EXPLORER += ["consortium for kingston-upon-thames", "hackney for kingston-upon-thames"]
ERP = ["consortium for sutton", "consortium for camden", "consortium for kingston-upon-thames"]
SQL = ["hackney for sutton", "hackney for consortium", "hackney for camden"]
CASES: dict[tuple[str, ...], dict[str, list[str]]] = {
    (): {"explorer": EXPLORER, "gis": ["sutton for hackney"], "sql": SQL, "unit4-erp": ERP, "maps": []},
    ("--stated",): {"explorer": EXPLORER[:3], "gis": ["sutton for hackney"], "sql": SQL, "maps": [], "unit4-erp": []},
    ("-p", "Northgate Explorer"): {"explorer": EXPLORER},
    ("-k", "GIS"): {"gis": ["sutton for hackney"]},
    ("-p", "explorer", "-k", "gis"): {"explorer": EXPLORER, "gis": ["sutton for hackney"]},
    ("-p", "explorer", "--as-of", "2026-08-31"): {"explorer": [pair for pair in EXPLORER if "consortium" not in pair]},
    ("-p", "explorer", "--as-of", "2020-01-01"): {"explorer": ["hackney for kingston-upon-thames", "hackney for sutton"]},
}


@pytest.mark.parametrize("asked", CASES, ids=lambda asked: " ".join(asked) or "nothing")
def test_pairs_best_first(root: Path, asked: tuple[str, ...]) -> None:
    """Never of a borough with itself, of one that offers nothing, or of one at work in the product itself."""
    found = {key: row["ranked"] for key, row in rows(root, *asked).items()}
    assert found == CASES[asked]


def test_order_is_by_the_best_pair(root: Path) -> None:
    assert list(rows(root)) == ["explorer", "sql", "gis", "unit4-erp", "maps"]


def test_who_stands_where(root: Path) -> None:
    found = rows(root)
    explorer, erp, gis, sql, maps = (found[key] for key in ("explorer", "unit4-erp", "gis", "sql", "maps"))
    assert explorer["can_help"] == [
        'Camden: expert, 2.5 people. Skill: Testing. Offers: "A day\'s visit" [camden/explorer]',
        "Hackney (2019): practitioner. Skill: Testing [hackney/explorer]",
    ]
    assert explorer["bodies"] == ["The Consortium: expert [consortium/explorer]"]
    assert explorer["seek"] == ['Sutton: "A second opinion". Skill: SQL']
    assert explorer["runs_none"] == ["Kingston upon Thames (undated)"]
    assert (explorer["count"], explorer["pairs"], explorer["pairs_stated"], explorer["pairs_able"]) == (2, 4, 2, 4)
    assert (erp["says"], erp["count"], erp["pairs"]) == ("bodies only, 3 may need it", 3, 0)
    assert (erp["runs_awareness"], erp["runs_none"]) == (["Sutton"], ["Camden (2024)", "Kingston upon Thames (undated)"])
    assert erp["shared"] == ["Kingston upon Thames uses the one that Sutton has"]
    assert gis["declining"] == ["Camden: practitioner [camden/gis]"]
    assert gis["doubtful"] == ["Hackney"]
    assert sql["seek"] == ['Sutton: "A second opinion". Product: Planning Explorer', 'Camden: "Training for two", "A review"']
    assert sql["bodies_seek"] == ['The Consortium: "Templates"']
    assert sql["to_ask"] == [
        "Hackney: develops and supports, manages suppliers and trains others, level not stated [hackney/sql] and 1 record more"
    ]
    assert maps["to_ask"] == ["Hackney (undated): configures it, level withheld (FOIA s.31). Skill: SQL [hackney/secret]"]
    assert maps["runs_nothing"] == []


STANDINGS = {
    "level: expert": "can_help",
    "level: practitioner": "can_help",
    "level: working, offers: [A visit]": "can_help",
    "level: awareness, offers: [A visit]": "can_help",
    "offers: [A visit], seeks: [A review]": "can_help",
    "does: [support]": "to_ask",
    "people: 1": "to_ask",
    "withheld: [{field: level, reason: FOIA s.31}]": "to_ask",
    "level: expert, offers: []": "declining",
    "does: [train], offers: []": "declining",
    "level: working": "",
    "level: working, does: [train]": "",
    "level: awareness": "",
    "seeks: [A review]": "",
    "does: []": "",
    "people: 0": "",
}


@pytest.mark.parametrize(("record", "side"), STANDINGS.items())
def test_what_counts_as_help(record: str, side: str) -> None:
    """Expertise is what is stated; a record without a level is only someone to ask; offers: [] is an answer."""
    systems = "schema: 1\nsystems: [{id: explorer, product: explorer}]\n"
    files = {"data/boroughs/hackney/technology.yaml": systems, **of_skills(camden=[f"id: a, product: explorer, {record}"])}
    (row,) = skills(index_of(files), Filters(products=["explorer"]))[0].dicts()
    assert [key for key in ("can_help", "to_ask", "declining") if row[key]] == ([side] if side else [])
    assert row["ranked"] == (["camden for hackney"] if side in ("can_help", "to_ask") else [])


RUNS = "schema: 1\nsystems: [{id: explorer, product: explorer}]\n"
NEEDS: dict[str, tuple[str, str]] = {
    "nothing said": ("", "nothing"),
    "no skills": ("schema: 1\nskills: []\n", "none"),
    "another skill": ("id: a, skill: sql, level: expert", "nothing"),
    "the skill elsewhere": ("id: a, product: maps, level: expert", "nothing"),
    "awareness": ("id: a, product: explorer, level: awareness", "awareness"),
    "nobody": ("id: a, product: explorer, people: 0", "none"),
    "does nothing": ("id: a, product: explorer, does: []", "none"),
    "seeks": ("id: a, product: explorer, level: working, seeks: [A review]", "seek"),
    "awareness and seeks": ("id: a, product: explorer, level: awareness, seeks: [A review]", "seek"),
    "seeks nothing": ("id: a, product: explorer, level: awareness, seeks: []", ""),
    "working": ("id: a, product: explorer, level: working", ""),
    "practitioner": ("id: a, product: explorer, level: practitioner", ""),
    "at work": ("id: a, product: explorer, does: [support]", ""),
    "named": ("id: a, product: explorer", ""),
}


@pytest.mark.parametrize(("file", "sort"), NEEDS.values(), ids=NEEDS)
def test_what_counts_as_need(file: str, sort: str) -> None:
    own = {"data/boroughs/hackney/skills.yaml": file} if file.startswith("schema") else of_skills(hackney=[file]) if file else {}
    files = {"data/boroughs/hackney/technology.yaml": RUNS, **of_skills(camden=["id: a, product: explorer, level: expert"]), **own}
    for stated in (False, True):
        (row,) = skills(index_of(files), Filters(products=["explorer"], stated=stated))[0].dicts()
        expected = [sort] if sort and (sort == "seek" or not stated) else []
        found = [key for key in ("seek", "runs_awareness", "runs_none", "runs_nothing") if row[key]]
        assert [key.removeprefix("runs_") for key in found] == expected
        assert ("camden for hackney" in row["ranked"]) == bool(expected)


@pytest.mark.parametrize("more", ["status: retired", "status: planned", "status: trial", "until: 2025"])
def test_who_does_not_run_it_has_no_need_of_it(more: str) -> None:
    files = {"data/boroughs/hackney/technology.yaml": RUNS.replace("product: explorer", f"product: explorer, {more}")}
    files |= of_skills(camden=["id: a, product: explorer, level: expert"])
    (row,) = skills(index_of(files), Filters())[0].dicts()
    assert (row["ranked"], row["says"]) == ([], "1 can help, no need known")


def test_nothing_is_inferred_from_a_file_that_cannot_be_read(root: Path, tmp_path: Path) -> None:
    files = {name: text.lstrip("\n") for name, text in REGISTER.items()} | {"data/boroughs/kingston-upon-thames/skills.yaml": "skills: [\n"}
    write(tmp_path, files)
    done = run("--root", str(tmp_path), "report", "skills", "--as-of", AS_OF, "--format", "json")
    assert done.code == 1
    table = json.loads(done.out)[0]
    assert "kingston-upon-thames" not in [each for row in table["rows"] for each in row["runners"]]
    assert "Nothing is inferred where the skills of a borough cannot be read: 1 of them." in table["notes"]


def test_a_product_before_a_skill_and_a_skill_in_another_product_counts() -> None:
    """GIS sought in one product: who knows the product comes first, then GIS elsewhere; the same pair is not told twice."""
    files = of_skills(
        camden=["id: a, skill: gis, product: maps, level: practitioner"],
        hackney=["id: a, skill: gis, level: expert"],
        sutton=["id: a, skill: gis, product: explorer, level: expert"],
        kingston_upon_thames=["id: a, skill: gis, product: maps, seeks: [A review]"],
    )
    found = {row["id"]: row["ranked"] for row in skills(index_of(files), Filters())[0].dicts()}
    kingston = "kingston-upon-thames"
    assert list(found.items())[:2] == [("maps", [f"camden for {kingston}"]), ("gis", [f"hackney for {kingston}", f"sutton for {kingston}"])]
    _, get = help_between(index_of(files), kingston)
    assert [sentence.partition(" (")[0] for sentence in get] == ["Maps for All", "Geographic information systems"]


def test_a_name_in_place_of_an_id_still_finds_its_own() -> None:
    files = of_skills(camden=["id: a, skill: GIS, product: Northgate Explorer, level: expert", "id: b, skill: Knitting, level: expert"])
    read = dataset.build({name: text.strip().encode() for name, text in {**CATALOGUE, **BOROUGHS, **NAMES, **files}.items()})
    table = skills(build(read, datetime.date.fromisoformat(AS_OF)), Filters())[0]
    assert {row["id"]: row["name"] for row in table.dicts()} == {"explorer": "Planning Explorer", "Knitting": "Knitting"}


# (who has which level in the explorer), (who runs it) → what the table of rare expertise says; none: not listed.
RARE: dict[tuple[str, str], tuple[str, str] | None] = {
    ("", "camden hackney"): ("none stated", ""),
    ("", "camden"): None,
    ("camden:expert", "camden hackney"): ("Camden alone (undated)", "camden"),
    ("camden:practitioner", "hackney"): ("Camden alone (undated)", "camden"),
    ("camden:expert", "camden"): None,
    ("camden:expert hackney:practitioner", "camden hackney sutton"): None,
    ("camden:working", "camden hackney"): ("none stated", ""),
    ("consortium:expert", "camden hackney"): ("none stated", ""),
    ("camden:expert consortium:expert", "camden hackney"): ("Camden alone (undated)", "camden"),
    ("camden:expert", ""): None,
}


@pytest.mark.parametrize(("held", "running"), RARE, ids=lambda words: words or "nobody")
def test_expertise_that_rests_on_one_or_none(held: str, running: str) -> None:
    """Listed where somebody else depends on it, or where two run it and nobody masters it; a body does not count."""
    files = {f"data/boroughs/{name}/technology.yaml": RUNS for name in running.split()}
    files["data/bodies/consortium/body.yaml"] = RECORDS["data/bodies/consortium/body.yaml"]
    for holder, _, level in (each.partition(":") for each in held.split()):
        place = "bodies" if holder == "consortium" else "boroughs"
        files[f"data/{place}/{holder}/skills.yaml"] = f"schema: 1\nskills: [{{id: a, product: explorer, level: {level}}}]\n"
    table = skills(index_of(files), Filters())[1]
    expected = RARE[held, running]
    assert [(row["held"], row["expert"]) for row in table.dicts()] == ([expected] if expected else [])
    assert [row["boroughs"] for row in table.dicts()] == ([len(running.split())] if expected else [])


def test_rare_expertise_names_who_else_knows_something(root: Path) -> None:
    (row,) = rows(root, table=1).values()
    assert row["others"] == ["Hackney (undated): working", "The Consortium: a body, level not stated"]
    assert row["other_ids"] == ["hackney", "consortium"]
    files = {f"data/boroughs/{name}/technology.yaml": RUNS for name in ("camden", "hackney")}
    files |= of_skills(camden=["id: a, product: explorer, level: expert, offers: []"])
    (alone,) = skills(index_of(files), Filters())[1].dicts()
    assert alone["held"] == "Camden alone (undated), offers no help"


def test_apprentices_are_summed_as_stated(root: Path) -> None:
    """Zero is an answer, withheld is not zero, a body's do not count."""
    table = answer(root)[2]
    assert [(row["id"], row["apprentices"], row["boroughs"]) for row in table["rows"]] == [("sql", 3, 1), ("testing", 0, 1)]
    assert table["rows"][0]["who"] == ["Camden: 3", "Hackney (undated): withheld", "The Consortium: 5 (a body, not counted)"]
    assert table["coverage"] == [
        "3 apprentices, stated by 2 of 4 authorities in 2 of 15 skill records.",
        "Withheld in 1 more.",
    ]
    assert rows(root, "-b", "consortium", table=3)["sql"]["apprentices"] == 0
    assert list(rows(root, "-k", "testing", table=1)) == ["testing"]


def test_every_figure_has_its_denominator(root: Path) -> None:
    table = answer(root)[0]
    assert table["coverage"] == [
        "3 of 4 authorities report skills, 15 records in all: 7 seen in the last 24 months, since 2024-11-23; 6 undated.",
        "1 more says that there are none.",
        "A level is stated in 9 of the 15, practitioner or expert in 3; help is offered in 1 and sought in 3.",
        "Bodies such as consortia (1 with 3 records) are named apart and never counted in the 4.",
        "In 2 of 3 products and 2 of 2 skills listed someone could help someone else: 7 pairs of boroughs, 5 on a stated need, "
        "2 on an inferred one; 4 with stated expertise or an offer, 3 to ask.",
    ]
    assert table["notes"][0].startswith("Not reported is not the same as not able")
    assert table["notes"][-2:] == [
        "Left out: 1 record naming neither skill nor product.",
        "Left out: 1 record first heard of after 2026-11-23.",
    ]
    assert {"authorities", "records", "rank", "as_of", "inferred"} <= set(table["facts"])


def test_a_borough_sees_what_it_can_get_and_give(root: Path) -> None:
    """Every pair is one's to get and another's to give, so the boroughs' tables together are the whole."""
    whole = {(key, pair) for key, row in rows(root).items() for pair in row["ranked"]}
    got, given = set(), set()
    for holder in ("camden", "hackney", "sutton", "kingston-upon-thames", "consortium"):
        get, give, *_ = answer(root, "--borough", holder)
        got |= {(row["id"], pair) for row in get["rows"] for pair in row["ranked"]}
        given |= {(row["id"], pair) for row in give["rows"] for pair in row["ranked"]}
        assert all(pair.endswith(f" for {holder}") for row in get["rows"] for pair in row["ranked"])
        assert all(pair.startswith(f"{holder} for ") for row in give["rows"] for pair in row["ranked"])
    assert got == given == whole


def test_help_between_one_borough_and_others() -> None:
    index = index_of(RECORDS)
    assert help_between(index, "camden") == (
        [
            'Planning Explorer (expert, 2.5 people, offers "A day\'s visit"): Sutton seeks help; '
            "Kingston upon Thames (undated) runs it and says that it has no skill in it"
        ],
        [
            'SQL (seeks "Training for two", "A review"): '
            "ask Hackney (develops and supports, manages suppliers and trains others, level not stated)",
            "Unit4 ERP (runs it and says that it has no skill in it): ask The Consortium (configures it, level not stated)",
        ],
    )
    assert help_between(index, "consortium")[0][0].startswith("Planning Explorer (expert): Sutton seeks help")
    assert help_between(index, "nobody") == ([], [])


def test_help_is_cut_after_five_sentences() -> None:
    files = {"data/catalogue/skills.yaml": "schema: 1\nskills:\n" + "".join(f"  - {{id: s{n}, name: Skill {n}}}\n" for n in range(7))}
    files |= of_skills(
        camden=[f"id: s{n}, skill: s{n}, level: expert" for n in range(7)],
        hackney=[f"id: s{n}, skill: s{n}, seeks: [A review]" for n in range(7)],
    )
    for sentences in (help_between(index_of(files), "camden")[0], help_between(index_of(files), "hackney")[1]):
        assert len(sentences) == 6
        assert sentences[4].startswith("Skill 4 (")
        assert sentences[5].startswith("and 2 more, which citytools report skills --borough ")


def test_what_people_wrote_is_shown_as_they_wrote_it() -> None:
    hostile = "[bold]=1+1[/bold] | <script>"
    files = of_skills(camden=[f"id: a, product: explorer, level: expert, offers: ['{hostile}']"])
    files["data/boroughs/hackney/technology.yaml"] = RUNS
    (row,) = skills(index_of(files), Filters())[0].dicts()
    assert row["can_help"] == [f'Camden (undated): expert. Offers: "{hostile}" [camden/a]']


def test_an_empty_dataset_has_no_rows(tmp_path: Path) -> None:
    tables = answer(write(tmp_path, {"data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: []\n"}))
    assert [table["rows"] for table in tables] == [[], [], []]
    assert tables[0]["coverage"][0].startswith("0 of 0 authorities report skills, 0 records in all")


def test_only_skills_asked_for_leaves_products_out(root: Path) -> None:
    assert len(answer(root)) == 3
    assert [table["title"].split(",")[0] for table in answer(root, "-k", "sql")] == ["Skills: who could help whom", "Apprentices by skill"]


# Any register, against the rules said once more, record by record.
HOLDERS = ("camden", "hackney", "sutton", "kingston-upon-thames")


def _record(dice: random.Random, number: int) -> dict[str, Any]:
    record: dict[str, Any] = {"id": f"r{number}"}
    choices: dict[str, Sequence[Any]] = {
        "skill": ("gis", "sql", None),
        "product": ("explorer", "maps", None, None),
        "level": ("awareness", "working", "practitioner", "expert", None, None),
        "does": (["support"], [], None, None),
        "offers": (["A visit"], [], None, None, None),
        "seeks": (["A review"], [], None, None),
        "people": (0, 2, None, None),
    }
    chosen = {key: dice.choice(values) for key, values in choices.items()}
    if dice.random() < 0.8:
        chosen["sources"] = [{"url": "https://example.org", "on": dice.choice(("2019", "2026-01", "2026-05-01"))}]
    return record | {key: value for key, value in chosen.items() if value is not None}


def _standing(record: dict[str, Any]) -> int | None:
    if record.get("level") in ("expert", "practitioner"):
        return 1 if record["level"] == "expert" else 2
    if record.get("offers"):
        return 3
    silent = "level" not in record and not record.get("seeks") and record.get("people") != 0 and record.get("does") != []
    return (4 if record.get("does") else 5) if silent else None


def _needs(holder: str, records: list[dict[str, Any]], runs: set[str]) -> Iterator[tuple[str, str | None, str | None, str]]:
    """Sort, skill, product and date of each need."""
    for record in records:
        if record.get("seeks"):
            yield "seeks", record.get("skill"), record.get("product"), _date(record)
    for product in runs:
        own = [record for record in records if record.get("product") == product]
        able = any(_standing(record) or record.get("level") == "working" or "seeks" in record for record in own)
        if not able:
            aware = any(record.get("level") == "awareness" for record in own)
            yield "awareness" if aware else "none" if own or not records else "nothing", None, product, ""


def _date(record: dict[str, Any]) -> str:
    return str(record["sources"][0]["on"]) if "sources" in record else ""


def _expected(held: dict[str, list[dict[str, Any]]], runs: dict[str, set[str]]) -> dict[str, list[str]]:
    """Each subject's pairs, best first."""
    best: dict[tuple[str, str, str], tuple[Any, ...]] = {}
    sorts = {"seeks": 0, "awareness": 1, "none": 1, "nothing": 2}
    for helper, records in held.items():
        for record in records:
            standing = _standing(record)
            if standing is None or record.get("offers") == []:
                continue
            for needer in HOLDERS:
                for sort, skill, product, date in _needs(needer, held[needer], runs[needer]) if needer != helper else ():
                    same = product is not None and product == record.get("product")
                    if not same and (skill is None or skill != record.get("skill")):
                        continue
                    older = min(_date(record), date)
                    newest_first = tuple(-ord(letter) for letter in older.ljust(10, "\0"))
                    rank = sorts[sort], not same, standing, not record.get("offers"), newest_first
                    key = str(product if same else skill), helper, needer
                    best[key] = min(best.get(key, rank), rank)
    found: dict[str, list[str]] = {}
    names = {"kingston-upon-thames": "kingston upon thames"}
    for (subject, helper, needer), _ in sorted(
        best.items(), key=lambda item: (item[1], names.get(item[0][1], item[0][1]), names.get(item[0][2], item[0][2]))
    ):
        found.setdefault(subject, []).append(f"{helper} for {needer}")
    return found


@pytest.mark.parametrize("seed", range(40))
def test_pairs_and_their_rank_are_as_a_plain_reading_of_the_rules_has_them(seed: int) -> None:
    dice = random.Random(seed)
    held = {holder: [_record(dice, number) for number in range(dice.randint(0, 5))] for holder in HOLDERS}
    runs = {holder: {product for product in ("explorer", "maps") if dice.random() < 0.6} for holder in HOLDERS}
    files = {f"data/boroughs/{name}/skills.yaml": json.dumps({"schema": 1, "skills": records}) for name, records in held.items()}
    for name, products in runs.items():
        systems = [{"id": product, "product": product} for product in sorted(products)]
        files[f"data/boroughs/{name}/technology.yaml"] = json.dumps({"schema": 1, "systems": systems})
    table = skills(index_of(files), Filters())[0]
    found = {row["id"]: row["ranked"] for row in table.dicts() if row["ranked"]}
    assert found == _expected(held, runs)
    for row in table.dicts():
        assert row["pairs"] == len(row["ranked"])
        assert row["count"] == len({pair.partition(" for ")[2] for pair in row["ranked"]})


def test_it_reads_well(root: Path) -> None:
    out = run("--root", str(root), "report", "skills", "--as-of", AS_OF).out
    golden("skills.txt", out)
    out += run("--root", str(root), "report", "skills", "--as-of", AS_OF, "--borough", "camden").out
    assert max(len(line) for line in out.splitlines()) <= 80


@pytest.mark.parametrize("format", ["markdown", "csv", "html"])
def test_other_formats_write(root: Path, format: str) -> None:
    done = run("--root", str(root), "report", "skills", "--as-of", AS_OF, "--format", format)
    assert (done.code, done.err) == (0, "")
    assert "Planning Explorer" in done.out
