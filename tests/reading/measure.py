"""Run a command for at most so many seconds, then write its exit code and its largest size in kB as the last line.

A process of its own, because a new process begins with the size of the one that started it, and a test run is large.
"""

import os
import signal
import sys
import time


def main(seconds: float, command: list[str]) -> None:
    sys.stdout.flush()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 1, 2)])
    deadline = time.monotonic() + seconds
    ended = 0
    while not ended:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if not ended and time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)
    sys.stdout.write(f"\n{os.waitstatus_to_exitcode(status)} {usage.ru_maxrss}")


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2:])
