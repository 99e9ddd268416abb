"""Runs a command and prints two numbers, in megabytes: what its processes together, and the largest of them, held at their most.

In a process of its own, because what the system remembers of finished children is the largest of all there were.
"""

from __future__ import annotations

import contextlib
import resource
import subprocess
import sys
import time
from pathlib import Path

EVERY = 0.01
UNIT = 1 if sys.platform == "darwin" else 1024


def main() -> int:
    """Run the command; exit with its code."""
    with subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, start_new_session=True) as process:
        together = 0
        while process.poll() is None:
            together = max(together, sum(_held(member) for member in _members(process.pid)))
            time.sleep(EVERY)
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * UNIT
    print(f"{max(together, largest) / 1e6:.1f} {largest / 1e6:.1f}")
    return process.returncode


def _members(session: int) -> list[Path]:
    """The processes of a session, on Linux; elsewhere none, and only the largest is known."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                found.append(folder)
    return found


def _held(process: Path) -> int:
    """Bytes that a process holds, pages that it shares with others divided by their number."""
    with contextlib.suppress(OSError):
        for line in (process / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    sys.exit(main())
