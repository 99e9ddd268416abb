"""A report of a check, whole and small, for the tests of what travels."""

from __future__ import annotations

from citytools.ci.report import Fault, File, Report, Section

BASE, HEAD = "a" * 40, "b" * 40
FAULT = Fault(
    path="data/boroughs/camden/technology.yaml",
    line=7,
    column=12,
    cell="",
    severity="error",
    rule="schema",
    where='system "moderngov"',
    message='since is "31/05/2014", which is no date',
    advice="",
    suggestion="2014-05-31",
    replaces="value",
)
GOOD = Report(
    base=BASE,
    head=HEAD,
    passed=True,
    data_only=True,
    files=(File("data/boroughs/camden/technology.yaml", "changed"),),
    faults=(),
    errors=0,
    warnings=0,
    refusals=(),
    summary="1 system added.",
    impact=(Section("Camden", ("1 system added: Modern.Gov",)),),
    submissions=(),
)
