"""Two processes at one job: the same results, dataset and findings as with one, whatever becomes of the second."""

from __future__ import annotations

import datetime
import marshal
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest

from citytools import dataset, packing, schema, worker
from citytools import validate as checks
from citytools.model import Dataset, Finding, Location
from citytools.validate import validate

AS_OF = datetime.date(2026, 11, 23)
FIRST = os.getpid()
TASKS = range(600)  # more than there are turns

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """No open file and no process that nobody waited for, after any of this."""
    before = len(os.listdir("/dev/fd"))
    yield
    assert len(os.listdir("/dev/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def do(in_worker: Callable[[int], object] = int, here: Callable[[int], object] = int) -> Callable[[int], tuple[int, int]]:
    """A task that says which process did it; each of the two does something of its own before it."""

    def task(number: int) -> tuple[int, int]:
        (here if os.getpid() == FIRST else in_worker)(number)
        return number, os.getpid()

    return task


def shared(task: Callable[[int], tuple[int, int]]) -> list[tuple[int, int]]:
    return worker.shared(TASKS, task, list, tuple)


def slowly(_: object) -> None:
    time.sleep(0.001)


def die(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(_: object) -> None:
    raise ValueError("not today")


def test_both_work_and_what_came_of_it_is_in_order() -> None:
    done = shared(do(in_worker=slowly, here=slowly))
    assert [number for number, _ in done] == list(TASKS)
    assert {process == FIRST for _, process in done} == {True, False}


def test_no_task_is_no_trouble() -> None:
    assert worker.shared([], do(), list, tuple) == []


@pytest.mark.parametrize("end", [die, fail, lambda _: os._exit(0)])
@pytest.mark.parametrize("at", [0, 300, 599])
def test_what_a_worker_that_dies_had_taken_is_done_here(end: Callable[[int], None], at: int, capfd: pytest.CaptureFixture[str]) -> None:
    done = shared(do(in_worker=lambda number: end(number) if number >= at else None, here=slowly))
    assert [number for number, _ in done] == list(TASKS)
    if at == 0:
        assert {process for _, process in done} == {FIRST}
    assert capfd.readouterr() == ("", "")


def test_half_a_delivery_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write

    def half(pipe: int, content: Any) -> int:
        if os.getpid() != FIRST:
            write(pipe, content[: len(content) // 2])
            die(None)
        return write(pipe, content)

    monkeypatch.setattr(os, "write", half)
    done = shared(do(here=slowly))
    assert [number for number, _ in done] == list(TASKS)
    assert {process for _, process in done} == {FIRST}


def test_where_no_process_can_be_started_one_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refused)
    assert shared(do()) == [(number, FIRST) for number in TASKS]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_goes_wrong_here_is_raised_and_the_worker_ended(error: type[BaseException]) -> None:
    def go_wrong(_: int) -> None:
        raise error

    with pytest.raises(error):
        shared(do(in_worker=lambda _: time.sleep(60), here=go_wrong))


def test_there_is_no_worker_beside_threads_on_one_processor_or_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.sys, "platform", "linux")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    monkeypatch.setattr(os, "listdir", lambda _: ["1"])
    assert worker.possible()
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(worker.sys, "platform", "darwin")
        assert not worker.possible()
    with monkeypatch.context() as small:
        small.setattr(os, "sched_getaffinity", lambda _: {0})
        assert not worker.possible()
    with monkeypatch.context() as bare:
        bare.delattr(os, "listdir")
        bare.setattr(os, "listdir", refuse, raising=False)
        assert not worker.possible()


def refuse(_: str) -> list[str]:
    raise FileNotFoundError


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="threads cannot be counted here")
def test_a_second_thread_is_seen() -> None:
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        assert not worker.possible()
    finally:
        stop.set()
        other.join()


HOLDERS = ("barnet", "brent", "camden", "sutton")
SYSTEMS = """\
schema: 1
systems:
  - id: one
    product: uniform  # known elsewhere
    since: 2014
    users: 450
    sources:
      - {url: "https://x.uk/?a=1&b=2", on: 2026-09-01, kind: register}
  - id: one
    name: "Zwei – ü"
    notes: |
      two
      lines
    owner: nobody
"""
CONTRACTS = """\
schema: 1
contracts:
  - {id: c, title: "A contract", value: {amount: 19.90, currency: GBP}, parties: [{borough: camden, amount: 0.10}, {borough: brent}]}
  - {id: d, title: 2024, end: 2026-02-30, value: {amount: 1.10, vat: [1.10, {deep: 2.25}]}, notes: item #5}
"""
FILES: dict[str, bytes] = {
    "data/dataset.yaml": b"schema: 1\ntitle: A test\nauthorities: [barnet, brent, camden, sutton]\n",
    "data/README.md": b"# Not data\n",
    "data/boroughs/camden/technolgy.yaml": b"schema: 1\n",
    "data/boroughs/barnet/skills.yaml": b"schema: 1\nskills: [",
    "data/boroughs/brent/skills.yaml": b"\xff\xfe",
    "data/boroughs/camden/skills.yaml": b"\xef\xbb\xbfschema: 1\nskills: []\n",
    "data/boroughs/sutton/skills.yaml": b"",
    **{f"data/boroughs/{holder}/borough.yaml": f"schema: 1\nname: {holder}\n".encode() for holder in HOLDERS},
    **{f"data/boroughs/{holder}/technology.yaml": SYSTEMS.encode() for holder in HOLDERS},
    **{f"data/boroughs/{holder}/contracts.yaml": CONTRACTS.encode() for holder in HOLDERS},
}
LINKS = [Finding(Location(f"data/bodies/x/{name}.yaml"), "unreadable", "the file cannot be read") for name in ("technology", "other")]


def build() -> Dataset:
    return dataset.build(FILES, LINKS, root="/somewhere")


def judging(monkeypatch: pytest.MonkeyPatch, in_worker: Callable[[object], object], here: Callable[[object], object]) -> None:
    """Let each of two processes do something of its own before it judges a file."""
    judge = schema.departures

    def departures(document: Any) -> Any:
        (here if os.getpid() == FIRST else in_worker)(document)
        return judge(document)

    monkeypatch.setattr(schema, "departures", departures)
    monkeypatch.setattr(dataset, "WORTH_A_WORKER", 0)
    monkeypatch.setattr(worker, "possible", lambda: True)


def same(read: Dataset, alone: Dataset) -> None:
    """Whether two datasets agree in everything: also in types, order and places."""
    assert read == alone
    assert validate(read, AS_OF) == validate(alone, AS_OF)
    for found, document in zip(read.documents, alone.documents, strict=True):
        assert repr(found.fields) == repr(document.fields)
        for field in schema.properties(document.kind):
            for path, _ in document.values(field.path):
                assert found.locate(path) == document.locate(path)
                assert found.locate(path, key=True) == document.locate(path, key=True)


def test_two_processes_read_what_one_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = build()
    here: list[object] = []
    judging(monkeypatch, lambda _: None, lambda document: (here.append(document), slowly(document)))
    read = build()
    assert len(here) < len(read.documents)
    same(read, alone)
    assert {finding.rule for finding in read.findings} >= {
        "syntax",
        "encoding",
        "byte-order-mark",
        "empty-file",
        "unexpected-file",
        "unreadable",
    }


@pytest.mark.parametrize("end", [die, fail])
def test_nothing_is_lost_with_a_worker(monkeypatch: pytest.MonkeyPatch, end: Callable[[object], None]) -> None:
    alone = build()
    judging(monkeypatch, end, slowly)
    same(build(), alone)


def test_a_small_dataset_is_not_worth_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "shared", fail)
    assert build().documents


def test_what_is_packed_comes_out_the_same() -> None:
    for document, again in zip(build().documents, build().documents, strict=True):
        back, problems = packing.unpacked(marshal.loads(marshal.dumps(packing.packed((document, list(document.departures))))))
        assert (back, tuple(problems)) == (again, again.departures)
        assert repr(back.fields) == repr(again.fields)


def test_two_processes_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    read = build()
    alone = validate(read, AS_OF)
    assert {finding.rule for finding in alone} >= {"duplicate-id", "unknown-reference"}
    monkeypatch.setattr(checks, "WORTH_A_WORKER", 0)
    monkeypatch.setattr(worker, "possible", lambda: True)
    monkeypatch.setattr(worker, "shared", counting := mock.Mock(side_effect=worker.shared))
    assert validate(read, AS_OF) == alone
    assert counting.call_count == 1
