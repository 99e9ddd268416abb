"""citytools: a register of what London's local authorities run, know and have contracted."""

__version__ = "0.1.0"
SCHEMA_VERSION = 1
