"""The one exception that people see; apart from the nouns, because ``--help`` needs nothing else."""


class CitytoolsError(Exception):
    """What was asked cannot be done; the message says why and what to do instead (exit code 2)."""
