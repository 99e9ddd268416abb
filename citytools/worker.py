"""A second process for work that takes seconds: a fork that takes its share, task by task, and sends back what came of it.

Nothing is lost with it: what it does not deliver, because it was killed or could not even be started, this process does itself.
"""

from __future__ import annotations

import marshal
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_TURNS = 256  # a turn is one byte in a pipe, which cannot be read in halves
_LENGTH = 8


def possible() -> bool:
    """Whether a fork is safe and of use here: on Linux, with no other thread in this process and a second processor."""
    if sys.platform != "linux":
        return False
    with suppress(OSError):
        return len(os.listdir("/proc/self/task")) == 1 and len(os.sched_getaffinity(0)) > 1
    return False


def shared(tasks: Sequence[T], do: Callable[[T], R], pack: Callable[[R], Any], unpack: Callable[[Any], R]) -> list[R]:
    """What came of each task, in order, each begun by whichever process is free; ``pack`` makes of it what marshal can carry."""
    step = min(len(tasks), _TURNS)
    turns = _pipe_of(bytes(range(step)))

    def taken() -> Iterator[int]:
        while turn := os.read(turns, 1):
            yield from range(turn[0], len(tasks), step)

    pid, delivery = _start(lambda: {number: marshal.dumps(pack(do(tasks[number]))) for number in taken()})
    try:
        done = {number: do(tasks[number]) for number in taken()}
        done |= {number: unpack(marshal.loads(packed)) for number, packed in _received(delivery).items()}
    finally:
        os.close(turns)
        _end(pid, delivery)
    return [done[number] if number in done else do(task) for number, task in enumerate(tasks)]


def _pipe_of(content: bytes) -> int:
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    return reading


def _start(work: Callable[[], dict[int, bytes]]) -> tuple[int, int]:
    """The worker's process id, 0 if there can be none, and the pipe on which it will deliver."""
    reading, writing = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(writing)
        return 0, reading
    if not pid:
        _deliver(work, reading, writing)
    os.close(writing)
    return pid, reading


def _deliver(work: Callable[[], dict[int, bytes]], reading: int, pipe: int) -> NoReturn:
    """The worker's whole life. It ends without a word and without cleaning up: all that it has belongs to the first process."""
    try:
        os.close(reading)  # so that it ends, should the first process be gone
        content = marshal.dumps(work())
        rest = memoryview(len(content).to_bytes(_LENGTH, "big") + content)
        while rest:
            rest = rest[os.write(pipe, rest) :]
    finally:
        os._exit(0)


def _received(pipe: int) -> dict[int, bytes]:
    """What the worker delivered; nothing where the delivery is not whole."""
    content = b"".join(iter(lambda: os.read(pipe, 1 << 20), b""))
    length, content = content[:_LENGTH], content[_LENGTH:]
    return marshal.loads(content) if length and int.from_bytes(length, "big") == len(content) else {}


def _end(pid: int, pipe: int) -> None:
    os.close(pipe)
    if pid:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
