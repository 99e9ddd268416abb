"""The issues of each night: what they say, and that there is one for each borough however often they are made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import ROOT, golden, run, write

REGISTER = ROOT / "tests" / "register"
AS_OF = "2026-11-23"


def _night(out: Path, *more: str, root: Path = REGISTER, as_of: str = AS_OF) -> dict[str, bytes]:
    done = run("ci", "nightly", "--out", str(out), "--as-of", as_of, "--root", str(root), *more)
    assert (done.code, done.err) == (0, "")
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def _site(files: dict[str, bytes], **changes: Any) -> list[dict[str, Any]]:
    """What the site would list once all of them had been sent."""
    listed = []
    for number, name in enumerate(sorted(name for name in files if name.startswith("create/")), 1):
        sent = json.loads(files[name])
        user = {"login": "github-actions[bot]", "type": "Bot"}
        listed.append({"number": number, "state": "open", "user": user, "title": sent["title"], "body": sent["body"], **changes})
    return listed


def _issues(tmp_path: Path, listed: Any) -> str:
    write(tmp_path, {"issues.json": json.dumps(listed)})
    return str(tmp_path / "issues.json")


def _sent(files: dict[str, bytes]) -> list[str]:
    return [name for name in files if "/" in name]


def test_an_issue_says_how_fresh_entries_are_what_would_help_and_what_is_found(tmp_path: Path) -> None:
    files = _night(tmp_path / "out", "--edit-at", "https://github.com/example-org/register/edit/main")
    assert _sent(files) == []
    golden("ci/nightly-index.json", files["index.json"].decode())
    for name in ("ashby.md", "cedarham.md", "_shared.md"):
        golden(f"ci/nightly-{name.removeprefix('_')}", files[name].decode())
    index = json.loads(files["index.json"])
    assert {each["file"] for each in index["issues"]} == files.keys() - {"index.json"}
    assert all(files[each["file"]].decode().startswith(f"{each['marker']}\n") for each in index["issues"])


def test_it_is_the_same_whenever_it_is_made(tmp_path: Path) -> None:
    assert _night(tmp_path / "one") == _night(tmp_path / "two")


def test_titles_and_markers_do_not_change_with_the_day(tmp_path: Path) -> None:
    told = [json.loads(_night(tmp_path / day, as_of=day)["index.json"])["issues"] for day in ("2026-11-23", "2031-01-01")]
    first, second = ([(each["title"], each["marker"]) for each in issues] for issues in told)
    assert first == second
    assert len(set(first)) == len(first)


def test_lines_to_confirm_begin_their_list_only_where_there_is_none(tmp_path: Path) -> None:
    files = _night(tmp_path / "out", as_of="2031-01-01")
    assert "\nconfirmations:" in (REGISTER / "data/boroughs/ashby/borough.yaml").read_text("utf-8")
    assert "\nconfirmations:" not in (REGISTER / "data/boroughs/dalewick/borough.yaml").read_text("utf-8")
    begun = {name: "   confirmations:\n     - {kind: " in files[name].decode() for name in ("ashby.md", "dalewick.md")}
    assert begun == {"ashby.md": False, "dalewick.md": True}
    assert "     - {kind: technology, on: 2031-01-01, by: YOUR ROLE}" in files["ashby.md"].decode()


def test_the_first_night_makes_them_and_the_next_sends_nothing(tmp_path: Path) -> None:
    first = _night(tmp_path / "one", "--issues", _issues(tmp_path, []))
    wanted = {each["borough"] or "_shared" for each in json.loads(first["index.json"])["issues"] if each["open"]}
    assert _sent(first) == sorted(f"create/{name}.json" for name in wanted)
    assert wanted
    sent = json.loads(first[_sent(first)[0]])
    assert sent.keys() == {"title", "body", "labels"}
    assert sent["labels"] == ["register"]
    assert _sent(_night(tmp_path / "two", "--issues", _issues(tmp_path, [_site(first)]))) == []


def test_what_the_site_does_to_line_ends_is_no_difference(tmp_path: Path) -> None:
    listed = _site(_night(tmp_path / "one", "--issues", _issues(tmp_path, [])))
    for each in listed:
        each["body"] = each["body"].replace("\n", "\r\n")
    assert _sent(_night(tmp_path / "two", "--issues", _issues(tmp_path, listed))) == []


def test_one_that_was_closed_or_written_over_is_put_back(tmp_path: Path) -> None:
    listed = _site(_night(tmp_path / "one", "--issues", _issues(tmp_path, [])))
    listed[0] |= {"state": "closed"}
    listed[1] |= {"title": "Something else"}
    files = _night(tmp_path / "two", "--issues", _issues(tmp_path, listed))
    assert _sent(files) == ["update/1.json", "update/2.json"]
    assert json.loads(files["update/1.json"]).keys() == {"title", "body", "state"}
    assert json.loads(files["update/1.json"])["state"] == "open"


def test_one_that_need_not_stand_any_more_is_closed(tmp_path: Path) -> None:
    files = _night(tmp_path / "one")
    shared = next(each for each in json.loads(files["index.json"])["issues"] if not each["open"])
    user = {"login": "github-actions[bot]"}
    listed = [{"number": 4, "state": "open", "user": user, "title": shared["title"], "body": files[shared["file"]].decode()}]
    sent = _night(tmp_path / "two", "--issues", _issues(tmp_path, listed))
    assert json.loads(sent["update/4.json"])["state"] == "closed"


@pytest.mark.parametrize(
    "changes", [{"user": {"login": "somebody"}}, {"user": None}, {"pull_request": {"url": "x"}}, {"body": None}, {"body": "no marker"}]
)
def test_an_issue_of_somebody_else_is_left_alone_whatever_its_marker(tmp_path: Path, changes: dict[str, Any]) -> None:
    first = _night(tmp_path / "one", "--issues", _issues(tmp_path, []))
    second = _night(tmp_path / "two", "--issues", _issues(tmp_path, _site(first, **changes)))
    assert _sent(second) == _sent(first)


def test_of_two_the_oldest_is_kept(tmp_path: Path) -> None:
    listed = _site(_night(tmp_path / "one", "--issues", _issues(tmp_path, [])))
    newer = [{**each, "number": 100 + each["number"], "state": "closed"} for each in listed]
    assert _sent(_night(tmp_path / "two", "--issues", _issues(tmp_path, [*newer, *listed]))) == []


def test_a_faulty_file_is_told_to_its_borough_and_what_it_takes_with_it_to_all(tmp_path: Path) -> None:
    files = {path.relative_to(REGISTER).as_posix(): path.read_bytes() for path in REGISTER.rglob("*.yaml")}
    files["data/boroughs/ashby/technology.yaml"] = b"schema: 1\nsystems:\n\t- {id: '@everybody', <b>: [x](https://evil.example)}\n"
    files["data/catalogue/skills.yaml"] += b"  - {id: x}\n"
    made = _night(tmp_path / "out", root=write(tmp_path / "in", files))
    golden("ci/nightly-faulty-borough.md", made["ashby.md"].decode())
    golden("ci/nightly-faulty-shared.md", made["_shared.md"].decode())


def test_a_name_that_is_markup_is_shown_as_it_is(tmp_path: Path) -> None:
    files = {path.relative_to(REGISTER).as_posix(): path.read_bytes() for path in REGISTER.rglob("*.yaml")}
    path = "data/boroughs/ashby/borough.yaml"
    files[path] = files[path].replace(b"name: Ashby", b'name: "@ashby [x](https://evil.example) <!-- #1"')
    assert b"@ashby" in files[path]
    made = _night(tmp_path / "out", root=write(tmp_path / "in", files))["ashby.md"].decode()
    assert "`@ashby [x](https://evil.example) <!-- #1` reports" in made


@pytest.mark.parametrize("address", ["http://x", "https://x/) @a", "javascript:alert(1)", "https://x\n"])
def test_what_is_no_address_is_refused(tmp_path: Path, address: str) -> None:
    done = run("ci", "nightly", "--out", str(tmp_path / "out"), "--root", str(REGISTER), "--edit-at", address)
    assert done.code == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("data", ["", "{}", "[1]", '[{"number": "1"}]', '[{"number": true}]', "[" * 100_000])
def test_what_is_no_list_of_issues_is_refused(tmp_path: Path, data: str) -> None:
    write(tmp_path, {"issues.json": data})
    done = run("ci", "nightly", "--out", str(tmp_path / "out"), "--root", str(REGISTER), "--issues", str(tmp_path / "issues.json"))
    assert done.code == 2
    assert "the list of issues" in done.err
