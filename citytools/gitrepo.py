"""What git knows of the dataset's folder. The only user of subprocess.

Git runs without the GIT_* variables that hooks set, without the repository's own helpers, and is given a commit's hash
and never what a person typed, which might begin with ``-``.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from citytools.errors import CitytoolsError

_SAFE = ("-c", "core.fsmonitor=", "-c", f"core.hooksPath={os.devnull}", "-c", "core.quotePath=off")


def changed_since(folder: Path, ref: str) -> frozenset[str]:
    """Paths from the folder of files that differ from where this branch left ``ref``, uncommitted ones too. Raises CitytoolsError."""
    commit = _commit(folder, ref)
    base = _git(folder, "merge-base", commit, "HEAD").strip() or commit
    differ = _git(folder, "diff", "--name-only", "-z", "--relative", "--no-renames", "--no-ext-diff", "--no-textconv", base, "--", ".")
    new = _git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return frozenset(name for name in (differ + new).split("\0") if name)


def _commit(folder: Path, ref: str) -> str:
    if not _git(folder, "rev-parse", "--is-inside-work-tree").strip() == "true":
        raise CitytoolsError(f"{folder} is not in a git repository, so that nothing can be compared with {ref}")
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").strip()
    if not commit:
        raise CitytoolsError(f'there is no commit, branch or tag "{ref}" here. In a shallow clone, fetch it first')
    return commit


def _git(folder: Path, *arguments: str) -> str:
    """What a git command says; empty where it fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(["git", *_SAFE, *arguments], cwd=folder, env=environment, capture_output=True, check=False)
    except FileNotFoundError:
        raise CitytoolsError("git is not installed, or not on the path") from None
    return done.stdout.decode("utf-8", "surrogateescape") if done.returncode == 0 else ""
