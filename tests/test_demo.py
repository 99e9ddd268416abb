"""The synthetic register: the same everywhere, valid, lifelike, and plainly labelled; the folder it goes to is left alone otherwise."""

from __future__ import annotations

import hashlib
import os
import statistics
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support import ROOT, run
from support import write as write_files

from citytools import dataset, timeline, yamlfile
from citytools.demo import REFERENCE, Size, emit, write
from citytools.demo.dice import Dice
from citytools.errors import CitytoolsError
from citytools.model import Dataset, Record
from citytools.schema import text_fields
from citytools.validate import validate

SMALL = Size(systems=60, contracts=80, skills=20)
LARGER = Size(systems=150, contracts=200, skills=50)
TINY = {
    "data/dataset.yaml": "schema: 1\ntitle: A test\nauthorities: [camden]\nassumed_term_months: 36\n",
    "data/catalogue/functions.yaml": """schema: 1
areas:
  - {id: crm, name: Customer services}
  - {id: planning, name: Planning}
functions:
  - {id: crm/crm-system, name: Customer relationship management}
  - {id: crm/customer-service, name: "Customer service, outsourced"}
  - {id: planning/register, name: Public planning register}
  - {id: planning/forms, name: Forms}
""",
    "data/catalogue/suppliers.yaml": "schema: 1\nsuppliers:\n  - {id: idox, name: Idox}\n  - {id: softcat, name: Softcat}\n",
    "data/catalogue/products.yaml": """schema: 1
products:
  - {id: public-access, name: Public Access, makers: [{supplier: idox}], functions: [planning/register], origin: supplier}
  - {id: swift, name: Swift, makers: [{supplier: idox}], functions: [planning/register, planning/forms], origin: supplier}
  - {id: lagan, name: Lagan, functions: [crm/crm-system]}
  - {id: bops, name: BOPS, functions: [planning/forms], origin: open-source}
  - {id: old, name: Old, makers: [{supplier: idox}], functions: [planning/forms], end_of_support: 2020-01-01}
""",
    "data/catalogue/skills.yaml": "schema: 1\nskills:\n  - {id: testing, name: Testing}\n  - {id: service-support, name: Service support}\n",
    "data/catalogue/frameworks.yaml": "schema: 1\nframeworks:\n  - {id: rm1, name: Software, open_from: 2023-03-07, open_until: 2027-03-06}\n",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "demo"
    write(folder, ROOT, 6, 1, LARGER)
    return folder


@pytest.fixture(scope="module")
def read(made: Path) -> Dataset:
    return dataset.load(made)


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def findings(folder: Path) -> list[str]:
    return [f"{each.location} {each.rule} {each.message}" for each in validate(dataset.load(folder), REFERENCE)]


def fields(read: Dataset, kind: str, *path: str) -> Iterator[Any]:
    for record in read.of(kind):
        value: Any = record.fields
        for step in path:
            value = value.get(step, {}) if isinstance(value, dict) else {}
        if value != {}:
            yield value


def test_the_same_seed_makes_the_same_bytes_and_another_others(made: Path, tmp_path: Path) -> None:
    write(tmp_path / "again", ROOT, 6, 1, LARGER)
    assert content(tmp_path / "again") == content(made)
    write(tmp_path / "other", ROOT, 6, 2, LARGER)
    same = {path for path, text in content(tmp_path / "other").items() if content(made)[path] == text}
    assert same == {path for path in content(made) if path.startswith("data/catalogue/")}


def test_the_bytes_do_not_depend_on_the_version_of_python(tmp_path: Path) -> None:
    write(tmp_path / "demo", write_files(tmp_path / "real", TINY), 3, 5, Size(12, 30, 4))
    digest = hashlib.sha256(repr(content(tmp_path / "demo")).encode()).hexdigest()
    assert digest == "86cf08c3db38df98d4b5121751dc5b86930e72a42cec747a2840308f476590df", (
        "if the made-up data was meant to change, put this digest in"
    )


@pytest.mark.parametrize(("authorities", "seed"), [(1, 0), (1, 3), (2, 1), (3, 7)])
def test_nothing_is_wrong_with_it(authorities: int, seed: int, tmp_path: Path) -> None:
    write(tmp_path / "demo", ROOT, authorities, seed, SMALL)
    assert findings(tmp_path / "demo") == []


def test_nothing_is_wrong_with_one_of_full_size(tmp_path: Path) -> None:
    done = run("demo", str(tmp_path / "demo"), "--authorities", "2", "--seed", "4", "--root", str(ROOT))
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        f"Synthetic data in {tmp_path / 'demo'}: 2 boroughs, 600 systems, 800 contracts, 200 skills.\n"
        f"Now try: citytools --root {tmp_path / 'demo'} report overlaps\n"
        f"         citytools --root {tmp_path / 'demo'} validate\n"
    )
    checked = run("validate", "--strict", "--root", str(tmp_path / "demo"), "--as-of", str(REFERENCE))
    assert checked.code == 0, checked.out
    assert checked.out.startswith("2 boroughs, 0 bodies, 600 systems, 800 contracts, 200 skills, ")


@pytest.mark.parametrize("authorities", [1, 4])
def test_it_makes_do_with_a_small_catalogue(authorities: int, tmp_path: Path) -> None:
    write(tmp_path / "demo", write_files(tmp_path / "real", TINY), authorities, 1, Size(90, 120, 20))
    assert findings(tmp_path / "demo") == []
    products = {record.text("product") for record in dataset.load(tmp_path / "demo").of("system")}
    assert products == {"", "public-access", "swift", "lagan", "bops"}


def test_every_file_says_that_it_is_made_up(made: Path) -> None:
    real = content(ROOT)
    for path, text in content(made).items():
        first, second, *_ = text.decode().splitlines()
        if path.startswith("data/catalogue/"):
            assert text == real[path]
        elif path == "data/README.md":
            assert first == "# SYNTHETIC data"
        else:
            assert first.startswith("# yaml-language-server: $schema=../")
            assert second.startswith("# SYNTHETIC: made up by ")
    assert {path for path in real if path.startswith("data/catalogue/")} <= set(content(made))


def test_its_title_and_names_say_so_too_and_name_nothing_real(made: Path, read: Dataset) -> None:
    described = read.document("dataset")
    assert described
    assert described.fields
    assert described.fields["title"] == "SYNTHETIC demonstration data, not a register: 6 made-up boroughs (seed 1)"
    assert "groups" not in described.fields
    assert [record.text("name") for record in read.of("borough")] == [f"Demo Borough {number:02} (synthetic)" for number in range(1, 7)]
    assert read.authorities == tuple(f"demo-{number:02}" for number in range(1, 7))
    text = b"".join(text for path, text in content(made).items() if not path.startswith("data/catalogue/")).decode()
    real = list(dataset.load(ROOT).of("borough", "body"))
    assert [name for record in real for name in (record.text("name"), f"{record.id}/") if name in text] == []
    assert {word for word in text.split() if "@" in word} == {f'"digital-{holder}@example.org"' for holder in read.authorities}
    addresses = {part.partition('"')[0] for part in text.split("https://")[1:]}
    assert {address.partition("/")[0] for address in addresses} == {"example.org"}
    assert {record.text("supplier").endswith(" (synthetic)") for record in read.of("system") if record.text("supplier")} == {True}


def test_times_and_limits_are_those_of_the_real_one(made: Path) -> None:
    def limits(folder: Path) -> dict[str, Any]:
        document = dataset.load(folder).document("dataset")
        assert document
        assert document.fields
        found = {key: document.fields[key] for key in ("freshness", "assumed_term_months", "buying_times", "mobilisation")}
        return {key: [{**row, "basis": ""} for row in value] if isinstance(value, list) else value for key, value in found.items()}

    assert limits(made) == limits(ROOT)


def test_each_authority_has_as_many_records_as_asked_for(read: Dataset) -> None:
    for kind, count in (("system", 150), ("contract", 200), ("skill", 50)):
        assert Counter(record.holder for record in read.of(kind)) == dict.fromkeys(read.authorities, count)
    assert Size() == (300, 400, 100)


def test_most_systems_are_catalogue_products_and_the_popular_ones_everywhere(read: Dataset) -> None:
    holders: dict[str, set[str]] = {}
    for record in read.of("system"):
        holders.setdefault(record.text("product"), set()).add(record.holder)
    named = sum(1 for record in read.of("system") if record.text("product"))
    assert 0.5 < named / 900 < 0.7
    shares = sorted(len(each) for product, each in holders.items() if product)
    assert shares[-1] == 6
    assert shares[0] == 1
    assert statistics.median(shares) <= 4


def test_it_has_everything_that_a_register_has(read: Dataset) -> None:
    assert {record.text("status") for record in read.of("system")} == {"", "planned", "in-procurement", "live", "retiring", "retired"}
    for field in ("hosting", "instance_of", "replaces", "until", "users", "technologies", "standards", "rating", "support", "unknown"):
        assert any(field in record.fields for record in read.of("system")), field
    for field in ("parties", "rolls_months", "lead_months", "cpv", "notices", "replaces", "open_to_others", "plan", "withheld", "unknown"):
        assert any(field in record.fields for record in read.of("contract")), field
    for field in ("product", "level", "people", "does", "offers", "seeks", "apprentices"):
        assert any(field in record.fields for record in read.of("skill")), field
    assert {record.text("end_basis") for record in read.of("contract")} == {"", "committed", "includes-options", "unknown"}
    assert set(fields(read, "contract", "value", "for")) == {"initial-term", "whole-term", "year", "unknown"}
    assert any(fields(read, "contract", "route", "framework"))
    options = [option for record in read.of("contract") for option in record.items("extensions")]
    assert {option.get("status") for option in options} == {"available", "taken", "lapsed", None}
    connections = [connection for record in read.of("system") for connection in record.items("connects_to")]
    assert any("sharing_agreement" in connection for connection in connections)
    assert {"api", "file", "sftp"} <= {connection["method"] for connection in connections}


@pytest.mark.parametrize(
    ("kind", "field", "low", "high"),
    [
        ("contract", "value", 0.65, 0.82),
        ("contract", "withheld", 0.05, 0.14),
        ("contract", "extensions", 0.4, 0.65),
        ("contract", "parties", 0.005, 0.08),
        ("contract", "replaces", 0.12, 0.4),
        ("system", "since", 0.5, 0.7),
        ("system", "confirmed", 0.2, 0.45),
        ("system", "connects_to", 0.1, 0.35),
    ],
)
def test_so_many_records_have(kind: str, field: str, low: float, high: float, read: Dataset) -> None:
    records = list(read.of(kind))
    assert low < sum(1 for record in records if field in record.fields) / len(records) < high


def test_many_dates_are_partial(read: Dataset) -> None:
    lengths = Counter(len(start) for start in fields(read, "contract", "start"))
    assert lengths[4] > 120
    assert lengths[7] > 60
    assert lengths[10] > 600


def test_values_are_mostly_small_and_a_few_large() -> None:
    dice = Dice(1)
    amounts = sorted(dice.amount() for _ in range(20_000))
    assert 2_000 <= amounts[0] < 3_000
    assert 5_000_000 < amounts[-1] <= 15_000_000
    assert 50_000 < statistics.median(amounts) < 70_000
    assert statistics.mean(amounts) > 3 * statistics.median(amounts)
    assert any(isinstance(amount, Decimal) for amount in amounts)


def _covering(read: Dataset) -> Iterator[tuple[Record, str]]:
    for record in read.of("contract"):
        for ref in record.items("covers"):
            yield record, ref if "/" in ref else f"{record.holder}/{ref}"


def test_what_is_shared_fits_on_both_sides(read: Dataset) -> None:
    systems = {record.ref: record for record in read.of("system")}
    shared = [record for record in read.of("system") if record.text("instance_of")]
    assert len(shared) >= 4
    for record in shared:
        owner = systems[record.text("instance_of")]
        assert (owner.text("product"), owner.items("functions")) == (record.text("product"), record.items("functions"))
        (contract,) = {contract.ref: contract for contract, ref in _covering(read) if ref == record.ref}.values()
        assert owner.id in contract.items("covers")
        assert contract.holder == owner.holder
    for contract, ref in _covering(read):
        parties = [party["borough"] for party in contract.items("parties")]
        assert systems[ref].holder in (parties or [contract.holder])


def test_what_was_replaced_is_gone(read: Dataset) -> None:
    systems = {record.ref: record for record in read.of("system")}
    replaced = [systems[f"{record.holder}/{record.text('replaces')}"] for record in read.of("system") if record.text("replaces")]
    assert len(replaced) >= 20
    assert all(record.text("status") == "retired" or record.text("until") for record in replaced)


def test_no_record_says_what_another_says(read: Dataset) -> None:
    for key in (
        lambda record: (record.holder, record.text("product") or record.text("name"), *record.items("functions")),
        lambda record: (record.ref,),
    ):
        assert max(Counter(map(key, read.of("system"))).values()) == 1
    for fields_ in (("supplier", "start", "end"), ("title", "start")):
        found = Counter((record.holder, *(record.text(field) for field in fields_)) for record in read.of("contract"))
        assert max(found.values()) == 1
    assert max(Counter((record.holder, record.text("skill"), record.text("product")) for record in read.of("skill")).values()) == 1


def test_no_field_is_both_given_and_said_to_be_missing(read: Dataset) -> None:
    for record in read.of("system", "skill", "contract"):
        missing = [entry["field"] for entry in (*record.items("unknown"), *record.items("withheld"))]
        assert len(missing) == len(set(missing))
        assert not set(missing) & set(record.fields)
        if "value" in missing:
            assert not any("amount" in party for party in record.items("parties"))


def test_start_term_options_and_end_agree(read: Dataset) -> None:
    compared = 0
    for record in read.of("contract"):
        start, term, end = timeline.day(record.text("start")), record.fields.get("term_months"), record.text("end")
        if start and term and end:
            counted = {"taken", "available", ""} if record.text("end_basis") == "includes-options" else {"taken"}
            options = sum(option["months"] for option in record.items("extensions") if option.get("status", "") in counted)
            assert str(start.plus(term + options, -1).date).startswith(end)
            compared += 1
    assert compared > 50


ODD = (
    "plain", "two words", "a, b", "a: b", "a #b", "#a", "- a", "-a", "'a'", 'say "no"', "[a]", "{a: b}", "a]", "*a", "&a", "!a", "|", ">", "%a",
    "@a", "`a", "?a", "? a", "a?", "yes", "No", "true", "null", "~", "", " a", "a ", "1", "2024", "2024-05", "2024-05-17", "2024-13-99x", "1.5",
    "0x1f", "1_000", "48000000", "£5", "é", "it's", "a'b", "back\\slash", "tab\there", "a:", ":a", "a:b", "https://example.org/x?y#z", "x" * 300,
)  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_text_is_read_back_as_it_was(text: str) -> None:
    record = {
        "id": "one",
        "notes": text,
        "functions": [text, "x"] * 20,
        "support": {"by": text},
        "connects_to": [{"to": text, "data": text}],
    }
    written = f"schema: 1\n\n{emit.records('systems', [record, record])}"
    document, found = yamlfile.read("x.yaml", written.encode(), kind="technology", text_fields=text_fields("technology"))
    assert (found, document.fields) == ([], {"schema": 1, "systems": [record, record]})
    assert max(map(len, written.splitlines())) < 700


def test_numbers_and_empty_lists_are_read_back_too() -> None:
    record = {"id": "one", "value": {"amount": Decimal("12.05")}, "term_months": 12, "covers": []}
    document, _ = yamlfile.read("x.yaml", emit.records("contracts", [record]).encode(), kind="contracts")
    assert document.fields == {"contracts": [record]}
    assert emit.records("contracts", []) == "contracts: []\n"


def test_an_empty_folder_is_filled_and_stays_the_same_folder(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir(mode=0o750)
    before = folder.stat()
    write(folder, ROOT, 1, 1, SMALL)
    assert (folder.stat().st_ino, folder.stat().st_mode) == (before.st_ino, before.st_mode)
    assert [path.name for path in tmp_path.rglob("*") if path.parent in (tmp_path, folder)] == ["empty", "data"]


@pytest.mark.parametrize("kind", ["folder", "file", "link to nothing"])
def test_what_is_there_already_is_left_alone(kind: str, tmp_path: Path) -> None:
    target = tmp_path / "taken"
    if kind == "folder":
        write_files(tmp_path, {"taken/kept.txt": "kept"})
    elif kind == "file":
        target.write_text("kept")
    else:
        target.symlink_to(tmp_path / "nowhere")
    done = run("demo", str(target), "--root", str(ROOT))
    assert (done.code, done.out) == (2, "")
    reason = {"folder": "is not empty", "file": "is a file", "link to nothing": "is a link that leads nowhere"}[kind]
    assert done.err.startswith(f"citytools: {target} {reason}")
    assert done.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
    assert {path.read_text() for path in tmp_path.rglob("*") if path.is_file()} <= {"kept"}


def test_it_is_never_written_into_the_real_data() -> None:
    done = run("demo", str(ROOT / "data" / "demo"), "--root", str(ROOT))
    assert (done.code, done.out) == (2, "")
    assert "made-up data does not belong there" in done.err
    assert not (ROOT / "data" / "demo").exists()


@pytest.mark.parametrize("option", [("--authorities", "0"), ("--authorities", "1000"), ("--authorities", "many"), ("--seed", "-1")])
def test_numbers_out_of_range_are_wrong_use(option: tuple[str, str], tmp_path: Path) -> None:
    done = run("demo", str(tmp_path / "demo"), *option, "--root", str(ROOT))
    assert (done.code, done.out) == (2, "")
    assert f"Invalid value for '{option[0]}'" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_parent_that_cannot_be_written_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("demo", str(tmp_path / "missing" / "demo"), "--authorities", "1", "--root", str(ROOT))
    assert (done.code, done.out) == (2, "")
    assert done.err == f"citytools: {tmp_path / 'missing' / 'demo'} cannot be written: No such file or directory. Nothing was changed.\n"

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    done = run("demo", str(tmp_path / "demo"), "--authorities", "1", "--root", str(ROOT))
    assert (done.code, done.err) == (2, f"citytools: {tmp_path / 'demo'} cannot be written: Permission denied. Nothing was changed.\n")


@pytest.mark.parametrize("call", range(1, 8))
@pytest.mark.parametrize("there", [False, True])
def test_a_full_disk_leaves_nothing_half_made(call: int, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "new" / "demo"
    (target if there else target.parent).mkdir(parents=True)
    source = write_files(tmp_path / "real", TINY)
    real, calls = Path.write_bytes, 0

    def full(path: Path, data: bytes) -> int:
        nonlocal calls
        calls += 1
        if calls == call:
            real(path, data[:10])
            raise OSError(28, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CitytoolsError, match=r"No space left on device\. Nothing was changed"):
        write(target, source, 1, 1, Size(1, 1, 1))
    assert list(target.parent.rglob("*")) == ([target] if there else [])


@pytest.mark.parametrize("fault", ["{", "schema: 1\nproducts: [{id: X}]\n", "schema: 1\nproducts: []\n"])
def test_a_catalogue_that_cannot_be_relied_on_is_refused(fault: str, tmp_path: Path) -> None:
    real = write_files(tmp_path / "real", {**TINY, "data/catalogue/products.yaml": fault})
    done = run("demo", str(tmp_path / "demo"), "--root", str(real))
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith("Run citytools validate first.\n")
    assert not (tmp_path / "demo").exists()


@pytest.mark.skipif(os.name == "nt", reason="modes are for others")
def test_others_can_read_what_was_written(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        write(tmp_path / "demo", ROOT, 1, 1, Size(1, 1, 1))
    finally:
        os.umask(mask)
    assert (tmp_path / "demo").stat().st_mode & 0o777 == 0o755
