"""The page that says what the register holds, made from the shipped data; its questions stand in ``dataset.sql``."""

from __future__ import annotations

import datetime
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from citytools import dataset, timeline
from citytools.index import Index, build
from citytools.model import Column, Dataset, Table
from citytools.render import Screen, escape, render

HERE = Path(__file__).parent
# The contract whose end the page corrects, as an example; another where it is gone.
EXAMPLE = "camden/microsoft-licences-2024"
# So many authorities are named as those with the fewest systems, and with them any that have no more than the last.
FEWEST = 5

Row = dict[str, Any]
Ask = Callable[..., list[Row]]


def page() -> Iterator[str]:
    """The page, part by part."""
    shipped = dataset.load(HERE.parent)
    ask = _questions(build(shipped, as_of(shipped)))
    (totals,) = ask("totals")
    holders = ask("holders")
    yield from _introduction(totals)
    yield from _by_holder(totals, holders)
    yield from _by_area(totals, ask("areas"))
    yield from _thin_spots(totals, holders, ask)
    yield from _correcting(*ask("example", ref=EXAMPLE))


def as_of(shipped: Dataset) -> datetime.date:
    """The day of the latest source or confirmation: the page changes when the data does, and not from day to day."""
    said: list[Any] = []
    for record in shipped.of("system", "contract", "skill", "borough", "body"):
        said += [*record.texts("sources", "on"), *record.texts("confirmations", "on"), record.fields.get("confirmed", {}).get("on")]
    return max(day.date for each in said if (day := timeline.day(each)))


def _questions(index: Index) -> Ask:
    tables, *parts = re.split(r"^-- question: (\w+)\n", (HERE / "dataset.sql").read_text("utf-8"), flags=re.M)
    questions = dict(zip(parts[::2], parts[1::2], strict=True))
    index.database.run(tables)

    def ask(name: str, **parameters: str) -> list[Row]:
        columns, rows = index.database.query(questions[name], parameters)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    return ask


def _introduction(n: Row) -> Iterator[str]:
    yield "# What is in the register\n"
    yield _prose(
        f"""What London's {n["authorities"]} local authorities run, know and have contracted, as far as public sources say so:
        **{n["systems"]} systems, {n["contracts"]} contracts and {n["skills"]} skills** of {n["authorities"]} authorities and
        {n["bodies"]} bodies (consortia, shared services and the like, never counted among the {n["authorities"]}). They rest on
        {n["sources"]} sources, {n["pages"]} different pages; the oldest is from {n["oldest"]}, the newest from {n["newest"]}, and
        {n["undated"]} of the {n["sources"]} have no date. This is not an official publication: {n["confirmed"]} of the
        {n["records"]} records have been confirmed by their holder. **Not reported is never "does not have"**: what is missing here
        was not found in the sources read, and no more can be said."""
    )
    yield _prose(
        f"""All figures are as of {n["as_of"]}, the latest date of a source or confirmation in the data, so that this page changes
        when the data does and not from day to day; reports count from the day on which they are run. Records are counted whatever
        their state, planned and retired ones too; {n["in_use"]} of the {n["systems"]} systems count as in use. What a record can
        hold is in [fields.md](fields.md); where every fact is from, and what was left out, in
        [data/README.md](../data/README.md)."""
    )


def _by_holder(n: Row, holders: list[Row]) -> Iterator[str]:
    yield "## By authority\n"
    yield _prose(
        f"""*Sources* are those of the systems, contracts and skills; *high*, *medium* and *low* count them by confidence
        ({n["unjudged"]} of {n["sources"]} has none stated). A shared contract stands once, with its lead. *Last seen* is the latest
        source or confirmation; *recent* are the systems seen in the last {n["months"]} months, since {n["fresh_from"]}, the limit in
        `data/dataset.yaml`."""
    )
    authorities, bodies = ([row for row in holders if row["counts"] == counts] for counts in (1, 0))
    yield _holders_table("Authority", authorities)
    yield "The bodies, which are not among the authorities:\n"
    yield _holders_table("Body", bodies)


def _holders_table(title: str, rows: list[Row]) -> str:
    counts = ("systems", "contracts", "skills", "sources", "high", "medium", "low")
    total: Row = {count: sum(row[count] for row in rows) for count in (*counts, "recent")}
    total |= {"name": f"All {len(rows)}", "last_seen": max(row["last_seen"] or "" for row in rows)}
    return _table(
        {"name": title, **{count: count.capitalize() for count in counts}, "last_seen": "Last seen", "of": "Recent"},
        [{**row, "of": f"{row['recent']} of {row['systems']}" if row["systems"] else None} for row in (*rows, total)],
        counts=counts,
    )


def _by_area(n: Row, rows: list[Row]) -> Iterator[str]:
    yield "## By area of the capability map\n"
    yield _prose(
        f"""Under each area stand its functions with at least one system. *Authorities* are those of the {n["authorities"]} with a
        system or a contract for it on record. A system with several functions counts with each; a body's counts as a system, and
        the body not as an authority."""
    )
    titles = {"area": "Area", "function": "Function", "authorities": f"Authorities of {n['authorities']}", "systems": "Systems"}
    yield _table(
        titles | {"in_use": "In use", "last_seen": "Last seen"},
        [
            row | ({"area": None} if row["function"] else {"function": f"{row['with_system']} of {row['functions']} functions"})
            for row in rows
        ],
        counts=("authorities", "systems", "in_use"),
    )


def _thin_spots(n: Row, holders: list[Row], ask: Ask) -> Iterator[str]:
    authorities = sorted((row for row in holders if row["counts"]), key=lambda row: row["systems"])
    fewest = [row for row in authorities if row["systems"] <= authorities[FEWEST - 1]["systems"]]
    no_contract, no_skill = ([row for row in holders if row["counts"] and not row[what]] for what in ("parts", "skills"))
    of = f"of the {n['authorities']}"
    yield "## Thin spots\n"
    yield _prose(
        """Where the register knows least, and a line from an officer helps most. Records are named by their ids: what stands
        as `confirm` in Camden's row, `citytools show camden/confirm` shows."""
    )
    yield _prose(
        f"""**Fewest systems**: {_names(fewest, "systems")}, {len(fewest)} {of}; the one in the middle has
        {authorities[len(authorities) // 2]["systems"]}."""
    )
    yield _prose(f"**No contract**, neither as lead nor as party: {_names(no_contract)}, {len(no_contract)} {of}.")
    yield _prose(f"**No skill**: {_names(no_skill)}, {len(no_skill)} {of}.")
    yield from _gaps(n, ask("gaps"))
    spots = {spot: list(rows) for spot, rows in groupby(ask("thin"), key=lambda row: row["spot"])}
    for spot, said in {
        "low": f"**Low confidence only**: # of {n['records']} records rest on nothing but sources in which part is inferred.",
        "undated": f"**No date**: # of {n['systems']} systems have no dated source, so that nothing says when that was so.",
        "endless": f"""**No end**: # of {n["contracts"]} contracts state no end, and no start and term from which it follows.
            {n["unsure_ends"]} more state one, but not whether option years are in it (`end_basis`), so that nothing says when
            they can be left.""",
        "unlisted": f"""**Not in the catalogue**: # of {n["systems"]} systems have a name and no product; reports bring two of them
            together only where name and supplier are the same.""",
    }.items():
        yield from _spot(said, spots.get(spot, []))
    if same := ask("same_name"):
        yield _prose(f"The same name in several authorities: {_names(same, 'authorities')}.")


def _gaps(n: Row, rows: list[Row]) -> Iterator[str]:
    yield _prose(
        f"""**Functions that nobody reports**: {n["unreported"]} of the {n["functions"]} on the map, among them all in
        {n["silent_areas"]} of the {n["areas"]} areas. Another {n["by_contract_only"]} are known from contracts alone."""
    )
    areas = []
    for area, found in groupby(rows, key=lambda row: row["area"]):
        every = list(found)
        nothing, contract = ([row["name"] for row in every if row["known_by"] == by] for by in ("nothing", "contract"))
        areas.append({"area": area, "number": f"{len(nothing)} of {every[0]['functions']}", "nothing": nothing, "contract": contract})
    yield _table(
        {"area": "Area", "number": "How many", "nothing": "Reported by nobody", "contract": "Known from contracts alone"},
        areas,
        lists=("nothing", "contract"),
    )


def _spot(said: str, rows: list[Row]) -> Iterator[str]:
    """What the spot is, with the number of records for #, and a row for each holder; shares are counted with what they are shares of."""
    shares = sum(row["shares"] for row in rows)
    yield _prose(
        said.replace("#", str(len(rows) + shares), 1)
        + (f" {shares} of them are shares in a shared system and are named with it." if shares else "")
    )
    holders = []
    for name, found in groupby(rows, key=lambda row: row["name"]):
        every = list(found)
        holders.append({"name": name, "number": f"{len(every)} of {every[0]['among']}", "ids": [_named(row) for row in every]})
    if holders:
        yield _table({"name": "Holder", "number": "Records", "ids": "Which"}, holders, lists=("ids",))


def _named(row: Row) -> str:
    kind = f" ({row['kind']})" if row["spot"] == "low" and row["kind"] != "system" else ""
    return row["id"] + kind + (f" (with {row['shares']} shares)" if row["shares"] else "")


def _correcting(example: Row) -> Iterator[str]:
    ref, path = example["ref"], example["file"]
    yield f"""## How to correct a fact

Three ways, easiest first; [CONTRIBUTING.md](../CONTRIBUTING.md) says more of each.

1. **Say it.** Open an issue: which borough, which record, what is right, and where the public can read it.
2. **Edit in the browser.** Open the file, press the pencil, change the lines, and propose the change.
3. **With git.** Clone, edit, `make validate`, `make docs` (it counts this page anew), commit, open a pull request.

One wrong date, step by step. Say that the end of `{ref}`, {example["end_date"]}, is wrong:

1. `citytools show {ref}` shows the record: its fields, what follows from them (→), and under
   *Source* every page that it rests on, with date, kind and confidence. The second line says where it stands:
   `{path}`, line {example["line"]}.
2. Read the source. If it was only copied wrongly, put the right date after `end:`, and go on with step 4.
3. If another source says otherwise and is newer or better, put its date after `end:` and add the source below the old one,
   which stays. `on` is the day on which it said so:

   ```yaml
       end: 2027-08-31
       sources:
         - …                                # what stands there already
         - {{url: "https://…", on: 2026-09-01, kind: register, confidence: high}}
   ```

   If neither is clearly right, add the source and leave `end:` as it is.
4. `citytools validate {path.rpartition("/")[0]}` checks the folder. In the browser the pull request does.
5. Propose the change and say what was wrong. An authority that speaks for itself can add to the record
   `confirmed: {{on: 2026-09-01, by: Contracts manager}}`: a role, never a person's name."""


def _table(titles: dict[str, str], rows: Iterable[Row], counts: Sequence[str] = (), lists: Sequence[str] = ()) -> str:
    kinds = {name: "count" if name in counts else "list" if name in lists else "text" for name in titles}
    columns = tuple(Column(name, title, kinds[name]) for name, title in titles.items())
    return render([Table("", columns, tuple(tuple(row[name] for name in titles) for row in rows))], "markdown", Screen())


def _prose(text: str) -> str:
    """A paragraph, wrapped the same way whatever the figures in it."""
    return textwrap.fill(" ".join(text.split()), 120, break_on_hyphens=False, break_long_words=False) + "\n"


def _names(rows: Iterable[Row], count: str = "") -> str:
    """The rows' names within a sentence, each with its figure where one is asked for."""
    *others, last = [escape.markdown(row["name"]) + (f" ({row[count]})" if count else "") for row in rows] or ["none"]
    return f"{', '.join(others)} and {last}" if others else last
