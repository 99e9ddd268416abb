"""The database engine behind the index. The only user of sqlite3."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from citytools.errors import CitytoolsError

_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}

Rows = list[tuple[Any, ...]]


class Database(Protocol):
    """What the index and the reports need of an engine."""

    def run(self, script: str) -> None:
        """Execute statements that return nothing."""

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows to a table."""

    def create(self, table: str, select: str, parameters: Mapping[str, Any]) -> None:
        """Fill a table, in place of one of that name, with what a SELECT returns."""

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> tuple[list[str], Rows]:
        """Column names and rows of one SELECT. Raises CitytoolsError for a statement that the engine refuses."""

    def only_reading(self) -> None:
        """From now on refuse everything but SELECT."""


class Sqlite:
    """SQLite in memory."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        # Gives Python a chance to notice Ctrl-C while a long query runs; SQLite then ends it as interrupted.
        self._connection.set_progress_handler(lambda: 0, 100_000)

    def __del__(self) -> None:
        self._connection.close()

    def run(self, script: str) -> None:
        """Execute statements that return nothing."""
        self._connection.executescript(script)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows to a table."""
        marks = ", ".join("?" * len(columns))
        self._connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)

    def create(self, table: str, select: str, parameters: Mapping[str, Any]) -> None:
        """Fill a table, in place of one of that name, with what a SELECT returns."""
        self._connection.execute(f"DROP TABLE IF EXISTS {table}")
        self._connection.execute(f"CREATE TABLE {table} AS {select}", parameters)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> tuple[list[str], Rows]:
        """Column names and rows of one SELECT. Raises CitytoolsError for a statement that SQLite refuses."""
        try:
            cursor = self._connection.execute(sql, parameters or {})
        except (sqlite3.Error, sqlite3.Warning) as error:
            if str(error) == "interrupted":
                raise KeyboardInterrupt from error
            if "not authorized" in str(error) or "prohibited" in str(error):
                raise CitytoolsError("the query would do more than read. Only a SELECT over the tables is answered") from error
            raise CitytoolsError(f"the database does not understand the query: {str(error).rstrip('.')}") from error
        if cursor.description is None:
            raise CitytoolsError("the query is not a question: write a SELECT")
        try:
            return [column[0] for column in cursor.description], cursor.fetchall()
        except sqlite3.Error as error:
            if str(error) == "interrupted":
                raise KeyboardInterrupt from error
            raise CitytoolsError(f"the query failed: {error}") from error

    def only_reading(self) -> None:
        """From now on refuse everything but SELECT: a query can neither change tables nor touch files."""
        self._connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY)
