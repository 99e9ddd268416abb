"""``citytools report technologies``: who uses, tries out or plans what, for what, and how sure that is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import golden, run, write
from test_index import BOROUGHS, CATALOGUE

SEEN = "sources: [{{url: 'https://example.org', on: {}, confidence: {}}}]"
RECORDS = {
    "data/boroughs/camden/technology.yaml": f"""
schema: 1
systems:
  - {{id: explorer, product: explorer, technologies: [ai, chatbot], {SEEN.format("2026-05", "low")}}}
  - {{id: explorer-again, product: explorer, technologies: [ai], {SEEN.format("2019", "high")}}}
  - {{id: tried, name: Tried, functions: [planning/forms, planning/register], technologies: [ai], status: trial}}
  - {{id: over, name: Over, technologies: [ai], status: trial, until: 2025}}
  - {{id: retired, name: Retired, technologies: [drones], status: retired}}
  - {{id: later, name: Later, technologies: [ai], {SEEN.format("2026-12-01", "high")}}}
  - {{id: plain, product: unit4-erp}}
""",
    "data/boroughs/hackney/technology.yaml": f"""
schema: 1
systems:
  - {{id: explorer, name: Northgate Explorer, technologies: [ai], {SEEN.format("2024", "high")}}}
  - {{id: sensors, name: Sensors, technologies: [iot], instance_of: consortium/sensors}}
  - {{id: next, name: Next, functions: [planning/forms], technologies: [generative-ai], status: in-procurement}}
  - {{id: pilot, name: Pilot, technologies: [rpa], status: trial}}
  - {{id: robots, name: Robots, technologies: [rpa], replaces: pilot}}
""",
    "data/boroughs/sutton/technology.yaml": "schema: 1\nsystems:\n  - {id: explorer, product: explorer}\n",
    "data/bodies/consortium/body.yaml": "schema: 1\nname: The Consortium\nkind: consortium\nmembers: [camden]\n",
    "data/bodies/consortium/technology.yaml": """
schema: 1
systems:
  - {id: sensors, name: Sensors, technologies: [iot]}
  - {id: drone, name: Drone, technologies: [drones], status: trial}
""",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS, **RECORDS}.items()}
    return write(tmp_path_factory.mktemp("register"), files)


def technologies(root: Path, *arguments: str) -> dict[str, Any]:
    done = run("--root", str(root), "report", "technologies", "--as-of", "2026-11-23", "--format", "json", *arguments)
    assert (done.code, done.err) == (0, "")
    answer: dict[str, Any] = json.loads(done.out)
    return answer


def by_id(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in answer["rows"]}


# (what is asked) → {id: (count, in use, on trial, planned)}, in order.
COUNTS: dict[tuple[str, ...], dict[str, tuple[int, int, int, int]]] = {
    (): {
        "ai": (2, 2, 1, 0),
        "chatbot": (1, 1, 0, 0),
        "iot": (1, 1, 0, 0),
        "rpa": (1, 1, 0, 0),
        "generative-ai": (1, 0, 0, 1),
        "drones": (0, 0, 0, 0),
    },
    ("--by", "function"): {"planning/register": (2, 2, 1, 0), "planning/forms": (2, 0, 1, 1), "": (1, 1, 0, 0)},
    ("--by", "borough"): {"hackney": (4, 1, 0, 1), "camden": (3, 1, 1, 0)},
    ("-t", "Generative AI", "-t", "chatbot"): {"chatbot": (1, 1, 0, 0), "generative-ai": (1, 0, 0, 1)},
    ("--borough", "hackney", "-t", "ai"): {"ai": (1, 1, 0, 0)},
    ("--by", "function", "--function", "planning/forms"): {"planning/forms": (2, 0, 1, 1)},
    ("--function", "financial/erp"): {},
    ("-t", "ai", "--as-of", "2023-12-31"): {"ai": (1, 1, 1, 0)},
}


@pytest.mark.parametrize("asked", COUNTS, ids=lambda asked: " ".join(asked) or "nothing")
def test_what_is_counted(root: Path, asked: tuple[str, ...]) -> None:
    """A borough once for each stage, a body never; not what is retired, over, replaced or first heard of later."""
    rows = technologies(root, *asked)["rows"]
    found = {row["id"]: (row["count"], row["boroughs_in_use"], row["boroughs_on_trial"], row["boroughs_planned"]) for row in rows}
    assert list(found.items()) == list(COUNTS[asked].items())


def test_one_product_is_told_once_with_who_has_it_and_when_it_was_seen(root: Path) -> None:
    row = by_id(technologies(root))["ai"]
    assert row["in_use"] == ["Planning Explorer, for Register: Camden, Hackney (2024)"]
    assert row["on_trial"] == ["Tried, for Forms, Register: Camden (undated)"]
    assert row["systems"] == ["camden/explorer", "camden/explorer-again", "camden/tried", "hackney/explorer"]
    assert row["doubtful"] == ["Planning Explorer"]
    assert (row["seen"], row["share"]) == ("1 of 4 systems within 12 months", "2 of 4 authorities are known to use it")


def test_bodies_stand_apart_and_shares_are_said(root: Path) -> None:
    rows = by_id(technologies(root))
    assert rows["iot"]["bodies"] == ["The Consortium: Sensors"]
    assert rows["iot"]["shared"] == ["Hackney uses the Sensors that The Consortium has"]
    assert (rows["drones"]["stages"], rows["drones"]["bodies"]) == ("bodies only", ["The Consortium: Drone (on trial)"])


def test_the_other_sides_name_the_technologies(root: Path) -> None:
    functions = by_id(technologies(root, "--by", "function"))
    assert functions["planning/register"]["in_use"] == [
        "Planning Explorer, AI: Camden (2019), Hackney (2024)",
        "Planning Explorer, AI and chatbot: Camden",
    ]
    assert functions["planning/register"]["share"] == "2 of the 3 that report this function use any of these"
    assert functions[""]["name"] == "No function stated"
    boroughs = by_id(technologies(root, "--by", "borough"))
    assert boroughs["camden"]["in_use"] == ["Planning Explorer: AI and chatbot, for Register", "Planning Explorer: AI, for Register (2019)"]
    assert boroughs["hackney"]["planned"] == ["Next: generative AI, for Forms (undated)"]


def test_every_figure_has_its_denominator(root: Path) -> None:
    answer = technologies(root)
    assert answer["coverage"] == [
        "2 of 4 authorities report any: 2 in use, 1 on trial, 1 planned; one may be at several stages.",
        "A technology is named for 5 of the 7 systems in use (71 %) in the 3 authorities that report systems.",
        "1 of the 7 systems counted (14 %) were seen in the last 12 months, since 2025-11-23; 4 without a date.",
        "Bodies such as consortia (1) are named apart and never counted in the 4.",
    ]
    assert answer["notes"][0].startswith("Not reported is not the same as not in use")
    assert [note for note in answer["notes"] if note.startswith(("Reported by no", "Left out"))] == [
        "Reported by no authority: machine learning, voice automation, digital twin, computer vision, blockchain, low code, open data and drones.",
        "Left out: 3 systems retired or replaced.",
        "Left out: 1 system first heard of after 2026-11-23.",
    ]


@pytest.mark.parametrize(
    ("name", "says"), {"chatbots": "Did you mean chatbot?", "steam": "There are: ai, machine-learning, generative-ai"}.items()
)
def test_an_unknown_technology_is_refused_with_what_there_is(root: Path, name: str, says: str) -> None:
    done = run("--root", str(root), "report", "technologies", "--technology", name)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f'citytools: there is no technology called "{name}". {says}')


def test_an_empty_dataset_has_no_rows_and_no_percentages(tmp_path: Path) -> None:
    answer = technologies(write(tmp_path, {"data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: []\n"}))
    assert answer["rows"] == []
    assert answer["coverage"] == [
        "0 of 0 authorities report any: 0 in use, 0 on trial, 0 planned; one may be at several stages.",
        "A technology is named for 0 of the 0 systems in use in the 0 authorities that report systems.",
    ]


def test_it_reads_well(root: Path) -> None:
    out = run("--root", str(root), "report", "technologies", "--as-of", "2026-11-23").out
    golden("technologies.txt", out)
    assert max(len(line) for line in out.splitlines()) <= 80


@pytest.mark.parametrize("format", ["markdown", "csv"])
@pytest.mark.parametrize("by", ["technology", "function", "borough"])
def test_other_formats_write(root: Path, format: str, by: str) -> None:
    done = run("--root", str(root), "report", "technologies", "--as-of", "2026-11-23", "--format", format, "--by", by)
    assert (done.code, done.err) == (0, "")
    assert "Planning Explorer" in done.out
