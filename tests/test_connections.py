"""``citytools report connections``: what is one connection, whose it is, what it is like, and who else has it."""

from __future__ import annotations

import csv
import io
import json
import random
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from support import ROOT, golden, run, write
from test_index import BOROUGHS, CATALOGUE

AS_OF = "2026-11-23"
SEEN = "sources: [{{url: 'https://example.org', on: {}, confidence: {}}}]"
RECORDS = {
    "data/boroughs/camden/technology.yaml": f"""
schema: 1
systems:
  - id: erp
    product: unit4-erp
    connects_to:
      - {{to: explorer, method: api, direction: out, frequency: nightly, data: invoices}}
      - {{to: Bank, method: sftp, direction: both}}
      - {{to: old}}
    {SEEN.format("2026-05", "high")}
  - id: explorer
    product: explorer
    connects_to:
      - {{to: erp, method: file, direction: in, frequency: Nightly, sharing_agreement: "Agreement of 2024"}}
      - {{to: portal, method: sftp, frequency: weekly}}
    {SEEN.format("2019", "low")}
  - id: portal
    name: Portal
    functions: [planning/forms]
    connects_to:
      - {{to: explorer, method: manual, data: drawings}}
      - {{to: explorer, method: sftp, direction: both}}
      - {{to: portal}}
  - {{id: next, name: Next, status: planned, connects_to: [{{to: erp, method: api}}]}}
  - {{id: tried, name: Tried, status: trial, connects_to: [{{to: erp}}]}}
  - {{id: old, name: Old, status: retired, connects_to: [{{to: portal}}]}}
  - {{id: later, name: Later, connects_to: [{{to: portal}}], {SEEN.format("2026-12-01", "high")}}}
""",
    "data/boroughs/hackney/technology.yaml": f"""
schema: 1
systems:
  - {{id: erp, name: Unit 4 ERP, connects_to: [{{to: "PLANNING EXPLORER", method: message}}], {SEEN.format("2024", "high")}}}
  - {{id: explorer, product: explorer}}
  - {{id: silent, name: Silent, withheld: [{{field: connects_to, reason: FOIA s.31}}]}}
  - {{id: alone, name: Alone, connects_to: [], users: 0}}
  - {{id: unsure, name: Unsure, unknown: [{{field: connects_to, reason: Not in our register.}}]}}
  - {{id: untold, name: Untold}}
""",
    "data/boroughs/sutton/technology.yaml": """
schema: 1
systems:
  - {id: erp, product: unit4-erp, connects_to: [{to: Northgate Explorer, direction: in}]}
""",
    "data/boroughs/kingston-upon-thames/technology.yaml": """
schema: 1
systems:
  - {id: erp, product: unit4-erp, instance_of: sutton/erp, connects_to: [{to: BANK, method: sftp}]}
  - {id: explorer, product: explorer}
""",
    "data/bodies/consortium/body.yaml": "schema: 1\nname: The Consortium\nkind: consortium\nmembers: [camden]\n",
    "data/bodies/consortium/technology.yaml": """
schema: 1
systems:
  - {id: shelves, name: Shelves, connects_to: [{to: camden/explorer, direction: in, data: addresses}, {to: Printer}]}
  - {id: erp, product: unit4-erp}
  - {id: explorer, product: explorer}
""",
}
FILES = {name: text.lstrip("\n") for name, text in {**CATALOGUE, **BOROUGHS, **RECORDS}.items()}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("register"), FILES)


def ask(root: Path, *arguments: str) -> Any:
    done = run("--root", str(root), "report", "connections", "--as-of", AS_OF, "--format", "json", *arguments)
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)


def systems(root: Path, *arguments: str) -> dict[str, dict[str, Any]]:
    return {row["system"] or row["name"]: row for row in ask(root, *arguments)[0]["rows"]}


def interfaces(root: Path, *arguments: str) -> dict[str, dict[str, Any]]:
    return {row["interface"]: row for row in ask(root, "--by", "interface", *arguments)["rows"]}


def pairs(root: Path, *arguments: str) -> set[frozenset[str]]:
    """The two ends of each connection: references, and names of what has none."""
    rows = ask(root, "--by", "connection", *arguments)["rows"]
    return {frozenset((row["system"] or row["system_name"], row["other"] or row["other_name"])) for row in rows}


# (what is asked) → {system: connections}, in order.
COUNTS: dict[tuple[str, ...], dict[str, int]] = {
    (): {
        "camden/explorer": 4,
        "camden/portal": 3,
        "consortium/shelves": 2,
        "camden/erp": 2,
        "hackney/explorer": 1,
        "hackney/erp": 1,
        "kingston-upon-thames/erp": 1,
        "sutton/erp": 1,
    },
    ("--system", "camden/erp"): {"camden/erp": 2},
    ("--system", "sutton/erp"): {"kingston-upon-thames/erp": 1, "sutton/erp": 1},
    ("--system", "kingston-upon-thames/erp"): {"kingston-upon-thames/erp": 1, "sutton/erp": 1},
    ("--product", "explorer"): {"camden/explorer": 4, "hackney/explorer": 1, "Planning Explorer (only named)": 1},
    ("-b", "hackney", "-p", "Northgate Explorer"): {"hackney/explorer": 1},
    ("-b", "The Consortium"): {"consortium/shelves": 2},
    ("-f", "planning/forms"): {"camden/portal": 3},
    ("-f", "planning"): {"camden/explorer": 4, "camden/portal": 3, "hackney/explorer": 1, "Planning Explorer (only named)": 1},
    ("-b", "camden", "--method", "API"): {"camden/explorer": 1, "camden/erp": 1},
    ("--method", "file", "--method", "manual"): {"camden/explorer": 2, "camden/portal": 1, "camden/erp": 1},
    ("-b", "camden", "--without-agreement"): {"camden/explorer": 3, "camden/portal": 3, "camden/erp": 1},
    ("--system", "hackney/untold"): {},
    ("-b", "camden", "--as-of", "2018-12-31"): {"camden/portal": 1},
}


@pytest.mark.parametrize("asked", COUNTS, ids=lambda asked: " ".join(asked) or "nothing")
def test_what_counts_and_for_whom(root: Path, asked: tuple[str, ...]) -> None:
    """At both ends, once; not what leads to or from what is planned, on trial, retired or first heard of later."""
    assert {name: row["connections"] for name, row in systems(root, *asked).items()} == COUNTS[asked]
    assert list(systems(root, *asked)) == list(COUNTS[asked])


def test_what_both_ends_state_is_one_connection_and_both_words_stand_where_they_differ(root: Path) -> None:
    rows = systems(root)
    erp, explorer = rows["camden/erp"], rows["camden/explorer"]
    assert erp["sends_to"] == ["Planning Explorer by API or by file, nightly: invoices; under Agreement of 2024"]
    assert erp["differing"] == ["method: camden/erp says api; camden/explorer says file"]
    assert explorer["gets_from"] == ["Unit4 ERP by file or by API, Nightly: invoices; under Agreement of 2024"]
    assert explorer["differing"] == ["method: camden/explorer says file; camden/erp says api"]
    assert (erp["without_agreement"], explorer["without_agreement"]) == (1, 3)


def test_of_several_connections_of_two_systems_those_that_fit_are_the_same(root: Path) -> None:
    row = systems(root)["camden/portal"]
    assert row["both_ways"] == ["Planning Explorer by SFTP, weekly (2019)"]
    assert row["not_stated"] == ["Planning Explorer by hand: drawings (undated)", "Portal (undated)"]
    assert row["says"] == "1 by hand, 1 by SFTP, 1 by a method not stated; how often is stated for 1 of 3, a sharing agreement for none"


def test_what_an_other_holder_states_is_turned_round(root: Path) -> None:
    assert systems(root)["camden/explorer"]["sends_to"] == ["Shelves of The Consortium: addresses (undated)"]
    assert systems(root)["consortium/shelves"]["gets_from"] == ["Planning Explorer of Camden: addresses (undated)"]
    assert systems(root)["consortium/shelves"]["holder"] == "The Consortium (a body)"


def test_a_name_is_the_holders_own_system_where_only_one_is_called_so(root: Path) -> None:
    """Hackney has one Planning Explorer; Sutton none, so that there it is only named, though the product is known."""
    assert systems(root)["hackney/erp"]["others"] == ["hackney/explorer"]
    named = systems(root, "-p", "explorer")["Planning Explorer (only named)"]
    assert (named["holder"], named["sends_to"]) == ("Sutton", ["Unit4 ERP (undated)"])
    notes = ask(root)[0]["notes"]
    assert "Taken for the holder's only system of that name, although only named: 1 other end." in notes


def test_the_tables_say_what_the_other_end_is_and_which_lists_are_empty(root: Path) -> None:
    def table(sql: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(run("--root", str(root), "sql", sql, "--format", "csv").out, newline="")))[1:]

    assert table("SELECT record_kind, record, field FROM empty_lists") == [["system", "hackney/alone", "connects_to"]]
    assert table(
        "SELECT system, other, product, plain_name FROM connection_resolved WHERE system LIKE '%/erp' ORDER BY system, position"
    ) == [
        ["camden/erp", "camden/explorer", "", ""],
        ["camden/erp", "", "", "bank"],
        ["camden/erp", "camden/old", "", ""],
        ["hackney/erp", "", "explorer", "planningexplorer"],
        ["kingston-upon-thames/erp", "", "", "bank"],
        ["sutton/erp", "", "explorer", "northgateexplorer"],
    ]


def test_with_two_of_that_name_neither_is_taken(tmp_path: Path) -> None:
    files = {
        **FILES,
        "data/boroughs/hackney/technology.yaml": FILES["data/boroughs/hackney/technology.yaml"] + "  - {id: again, product: explorer}\n",
    }
    assert systems(write(tmp_path, files))["hackney/erp"]["not_stated"] == ["Planning Explorer (only named) by message (2024)"]


def test_a_name_that_the_catalogue_does_not_have_is_compared_as_it_is_written_and_no_system_is_its_own_other_end(tmp_path: Path) -> None:
    more = "  - {id: broker, name: Message Broker, connects_to: [{to: MESSAGE broker}]}\n  - {id: sender, name: Sender, connects_to: [{to: Message-Broker Ltd}]}\n"
    name = "data/boroughs/hackney/technology.yaml"
    rows = systems(write(tmp_path, {**FILES, name: FILES[name] + more}))
    assert rows["hackney/sender"]["others"] == ["hackney/broker"]
    assert rows["hackney/broker"]["not_stated"] == ["MESSAGE broker (only named) (undated)", "Sender (undated)"]


def test_shares_of_one_instance_are_said(root: Path) -> None:
    rows = systems(root)
    assert rows["sutton/erp"]["shared"] == "Kingston upon Thames has a share in it"
    assert rows["kingston-upon-thames/erp"]["shared"] == "a share of the one that Sutton has"


def test_what_does_not_count_is_said_with_its_reason(root: Path) -> None:
    assert systems(root)["camden/erp"]["apart"] == ["Old (no longer in use)", "Next (planned)", "Tried (on trial)"]
    assert "Not counted, because an end is not in use: 2 no longer in use, 1 planned, 1 on trial." in ask(root)[0]["notes"]


def test_none_unknown_withheld_and_unstated_are_four_things(root: Path) -> None:
    notes = ask(root, "-b", "hackney")[0]["notes"]
    assert [note for note in notes if "hackney/" in note] == [
        "Connections withheld by their holders: hackney/silent (FOIA s.31).",
        "Connections not known to their holders: hackney/unsure (Not in our register).",
        "Without any connection, as their holders say: hackney/alone.",
    ]
    assert not [note for note in ask(root, "-b", "camden")[0]["notes"] if "hackney/" in note]


def test_what_is_withheld_is_not_told_should_it_stand_in_the_file(tmp_path: Path) -> None:
    given = FILES["data/boroughs/hackney/technology.yaml"].replace("name: Silent,", "name: Silent, connects_to: [{to: Secret Broker}],")
    root = write(tmp_path, {**FILES, "data/boroughs/hackney/technology.yaml": given})
    for format in ("text", "json", "csv", "dot", "mermaid"):
        assert "Secret Broker" not in run("--root", str(root), "report", "connections", "--as-of", AS_OF, "--format", format).out


@pytest.mark.parametrize(
    ("system", "says"),
    {
        "hackney/untold": "hackney/untold: no connection is stated, at its end or at another's.",
        "hackney/alone": "Without any connection, as their holders say: hackney/alone.",
        "hackney/silent": "Connections withheld by their holders: hackney/silent (FOIA s.31).",
        "camden/next": "camden/next is not in use (planned): its connections do not count.",
        "camden/old": "camden/old is not in use (gone): its connections do not count.",
        "camden/later": "camden/later is not in use (not known): its connections do not count.",
    }.items(),
)
def test_a_system_without_a_row_is_spoken_of(root: Path, system: str, says: str) -> None:
    answer = ask(root, "--system", system)[0]
    assert answer["rows"] == []
    assert [note for note in answer["notes"] if system in note] == [says]


def test_each_connection_stands_once_from_the_end_that_sends(root: Path) -> None:
    rows = ask(root, "--by", "connection")["rows"]
    assert [(row["connection"], row["whose"]) for row in rows] == [
        ("Planning Explorer with Portal", "Camden"),
        ("Planning Explorer to and from Portal", "Camden"),
        ("Portal with Portal", "Camden"),
        ("Unit4 ERP to and from Bank (only named)", "Camden"),
        ("Unit4 ERP to Planning Explorer", "Camden"),
        ("Planning Explorer to Shelves", "Camden and The Consortium (a body)"),
        ("Unit4 ERP with Planning Explorer", "Hackney"),
        ("Unit4 ERP with BANK (only named)", "Kingston upon Thames"),
        ("Planning Explorer to Unit4 ERP", "Sutton"),
        ("Shelves with Printer (only named)", "The Consortium (a body)"),
    ]
    (row,) = (row for row in rows if row["system"] == "camden/erp" and row["other"] == "camden/explorer")
    assert (row["method"], row["direction"], row["frequency"]) == (["api", "file"], ["out"], ["nightly"])
    assert row["stated_by"] == ["camden/erp", "camden/explorer"]


def test_csv_of_connections_is_one_row_for_each(root: Path) -> None:
    out = run("--root", str(root), "report", "connections", "--as-of", AS_OF, "--by", "connection", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert len(rows) == 10
    assert {(row["system"], row["other"]) for row in rows if row["sharing_agreement"]} == {("camden/erp", "camden/explorer")}


def test_interfaces_count_boroughs_and_name_who_may_lack_them(root: Path) -> None:
    """A body is named apart; a product that is only named counts with its holder; other letters are no other name."""
    found = interfaces(root)
    assert list(found) == ["Planning Explorer with Unit4 ERP", "Bank with Unit4 ERP"]
    row = found["Planning Explorer with Unit4 ERP"]
    assert (row["boroughs"], row["borough_names"]) == (3, ["Camden", "Hackney", "Sutton"])
    assert row["methods"] == ["by API or by file in Camden", "by message in Hackney (2024)", "by a method not stated in Sutton (undated)"]
    assert (row["share"], row["unstated"]) == ("stated in 3 of the 4 boroughs known to have both", ["Kingston upon Thames"])
    assert found["Bank with Unit4 ERP"]["methods"] == ["by SFTP in Camden, Kingston upon Thames (undated)"]
    assert found["Bank with Unit4 ERP"]["share"] == ""


def test_of_two_systems_of_one_borough_the_one_seen_last_says_when(tmp_path: Path) -> None:
    name = "data/boroughs/camden/technology.yaml"
    more = "  - {id: erp-schools, product: unit4-erp, connects_to: [{to: Bank, method: sftp}]}\n"
    row = interfaces(write(tmp_path, {**FILES, name: FILES[name] + more}))["Bank with Unit4 ERP"]
    assert row["methods"] == ["by SFTP in Camden, Kingston upon Thames (undated)"]
    assert row["systems"] == ["camden/erp", "camden/erp-schools", "kingston-upon-thames/erp"]


def test_two_of_one_product_are_no_pair_that_others_may_have(root: Path) -> None:
    assert interfaces(root, "--min-boroughs", "1")["Portal with Portal"]["share"] == ""


def test_interfaces_of_bodies_and_of_single_boroughs_are_listed_on_request(root: Path) -> None:
    counts = {name: (row["boroughs"], row["bodies"]) for name, row in interfaces(root, "--min-boroughs", "0").items()}
    assert list(counts.items()) == [
        ("Planning Explorer with Unit4 ERP", (3, [])),
        ("Bank with Unit4 ERP", (2, [])),
        ("Planning Explorer with Shelves", (1, ["The Consortium"])),
        ("Planning Explorer with Portal", (1, [])),
        ("Portal with Portal", (1, [])),
        ("Printer with Shelves", (0, ["The Consortium"])),
    ]


def test_whoever_else_has_the_interface_of_what_was_asked_for_is_named(root: Path) -> None:
    assert interfaces(root, "--system", "hackney/erp")["Planning Explorer with Unit4 ERP"]["boroughs"] == 3
    assert interfaces(root, "--method", "message", "--min-boroughs", "1")["Planning Explorer with Unit4 ERP"]["boroughs"] == 1


def test_every_figure_has_its_denominator(root: Path) -> None:
    answer = ask(root)[0]
    assert answer["coverage"] == [
        "9 connections of systems in use, in 4 of 4 authorities; 1 more of bodies.",
        "A connection is stated for 7 of the 12 systems in use (58 %), in 4 of the 4 authorities that report systems.",
        "Stated of the 9 connections: method for 6, direction for 5, how often for 2, data for 3, a sharing agreement for 1.",
        "2 of 9 (22 %) were seen in the last 12 months, since 2025-11-23.",
        "3 of 9 lead to what is only named: no system of the register.",
        "Bodies such as consortia (1) are named and never counted in the 4.",
    ]
    assert any(note.startswith("No agreement stated does not mean that there is none.") for note in answer["notes"])


@pytest.mark.parametrize("asked", COUNTS, ids=lambda asked: " ".join(asked) or "nothing")
def test_every_connection_stands_under_a_system(root: Path, asked: tuple[str, ...]) -> None:
    rows = systems(root, *asked)
    assert {frozenset((name.removesuffix(" (only named)"), other)) for name, row in rows.items() for other in row["others"]} == pairs(
        root, *asked
    )


def test_filters_only_narrow_and_each_system_counts_its_own(root: Path) -> None:
    everything = pairs(root)
    for asked in COUNTS:
        if "--as-of" not in asked:
            assert pairs(root, *asked) <= everything
    rows = ask(root, "--by", "connection")["rows"]
    ends = [end for row in rows for end in {row["system"], row["other"]} if end]
    assert sum(row["connections"] for row in systems(root).values()) == len(ends)


@pytest.mark.parametrize("seed", range(6))
def test_it_agrees_with_counting_pairs(tmp_path: Path, seed: int) -> None:
    """Where no words stand beside them, connections are the pairs of systems in use of which either names the other."""
    dice = random.Random(seed)
    refs = [f"{holder}/s{number}" for holder in ("camden", "hackney", "sutton") for number in range(4)]
    live = {ref: dice.random() < 0.8 for ref in refs}
    told = {(one, other) for one in refs for other in refs if one != other and dice.random() < 0.15}
    files = dict(FILES)
    for holder in ("camden", "hackney", "sutton"):
        lines = [
            f"  - {{id: {ref.partition('/')[2]}, name: {ref.replace('/', ' ')}, status: {'live' if live[ref] else 'retired'},"
            f" connects_to: [{', '.join(f'{{to: {other}}}' for one, other in sorted(told) if one == ref)}]}}\n"
            for ref in refs
            if ref.startswith(holder)
        ]
        files[f"data/boroughs/{holder}/technology.yaml"] = "schema: 1\nsystems:\n" + "".join(lines)
    files = {name: text for name, text in files.items() if "kingston" not in name and "bodies" not in name}
    root = write(
        tmp_path, {**files, "data/boroughs/kingston-upon-thames/borough.yaml": FILES["data/boroughs/kingston-upon-thames/borough.yaml"]}
    )
    expected = {
        frozenset((one, other)) for one, other in combinations(refs, 2) if live[one] and live[other] and told & {(one, other), (other, one)}
    }
    assert pairs(root) == expected
    degrees = {ref: sum(ref in pair for pair in expected) for ref in refs}
    assert {name: row["connections"] for name, row in systems(root).items()} == {ref: number for ref, number in degrees.items() if number}


@pytest.mark.parametrize(
    ("arguments", "says"),
    {
        (
            "--system",
            "camden/explored",
        ): 'there is no system "camden/explored"; a system is named as holder/id. Did you mean camden/explorer?',
        (
            "--system",
            "explorer",
        ): 'there is no system "explorer"; a system is named as holder/id. To look for it: citytools find "explorer"',
        ("--system", "zz/zz"): 'there is no system "zz/zz"; a system is named as holder/id. To look for it: citytools find "zz/zz"',
        ("--method", "pigeon"): 'there is no method called "pigeon". There are: api, file, sftp, database, message, manual',
    }.items(),
)
def test_what_is_not_there_is_refused_with_what_is(root: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run("--root", str(root), "report", "connections", *arguments)
    assert (done.code, done.out, done.err.strip()) == (2, "", f"citytools: {says}{'' if says.endswith('?') else '.'}")


def test_an_empty_register_has_no_rows_and_no_percentages(tmp_path: Path) -> None:
    answer = ask(write(tmp_path, {"data/dataset.yaml": "schema: 1\ntitle: T\nauthorities: []\n"}))
    assert [table["rows"] for table in answer] == [[], []]
    assert answer[0]["coverage"] == [
        "0 connections of systems in use, in 0 of 0 authorities.",
        "A connection is stated for 0 of the 0 systems in use, in 0 of the 0 authorities that report systems.",
    ]


def test_it_reads_well(root: Path) -> None:
    out = "".join(run("--root", str(root), "report", "connections", "--as-of", AS_OF, *more).out for more in ((), ("--by", "connection")))
    golden("connections.txt", out)
    assert max(len(line) for line in out.splitlines()) <= 80


@pytest.mark.parametrize("format", ["mermaid", "dot"])
def test_it_can_be_drawn(root: Path, format: str) -> None:
    done = run("--root", str(root), "report", "connections", "--as-of", AS_OF, "--format", format)
    assert (done.code, done.err) == (0, "")
    golden(f"connections.{format}", done.out)


@pytest.mark.parametrize("format", ["mermaid", "dot"])
def test_a_faulty_file_is_said_beside_the_drawing(tmp_path: Path, format: str) -> None:
    root = write(tmp_path, {**FILES, "data/boroughs/hackney/technology.yaml": "schema: 1\nsystems: [\n"})
    done = run("--root", str(root), "report", "connections", "--format", format, "--as-of", AS_OF)
    assert done.code == 1
    assert "data/boroughs/hackney/technology.yaml cannot be relied on" in done.err
    assert "cannot be relied on" in done.out


@pytest.mark.parametrize("format", ["markdown", "csv"])
@pytest.mark.parametrize("by", ["system", "connection", "interface"])
def test_other_formats_write(root: Path, format: str, by: str) -> None:
    done = run("--root", str(root), "report", "connections", "--as-of", AS_OF, "--format", format, "--by", by)
    assert (done.code, done.err) == (0, "")
    assert "Planning Explorer" in done.out


def test_the_shipped_register_shows_an_interface_of_several_boroughs() -> None:
    row = interfaces(ROOT, "-p", "bops")["BOPS with GOV.UK Notify"]
    assert {"Barnet", "Camden", "Lambeth", "Southwark"} <= set(row["borough_names"])
    assert row["boroughs"] == len(row["borough_names"]) <= row["of"]
