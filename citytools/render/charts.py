"""Where the parts of a chart stand: plain numbers and words, of which the page's template draws SVG and escapes it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from citytools.model import Bars, Chart, HeatMap, Timeline
from citytools.render import escape

WIDTH = 760
_LABEL, _ROW, _HEAD = 260, 24, 34
_LABEL_LETTERS = 34
_MOST_ROWS = 40
_COLOURS = ("#1d4e89", "#c8553d", "#588157", "#8d6a9f", "#b08900")
_PALE, _DEEP = (232, 240, 250), (16, 62, 115)


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart to draw: its size, its parts by shape (each a mapping of SVG's attributes and text), and what the colours mean."""

    title: str
    height: int
    lines: Sequence[dict[str, Any]]
    boxes: Sequence[dict[str, Any]]
    dots: Sequence[dict[str, Any]]
    words: Sequence[dict[str, Any]]
    legend: Sequence[tuple[str, str]] = ()
    more: int = 0

    @property
    def width(self) -> int:
        """Every picture is as wide as the page's text."""
        return WIDTH


def picture(chart: Chart) -> Picture | None:
    """A chart's parts in place, at most forty rows; None for one without rows."""
    if not chart.rows:
        return None
    if isinstance(chart, Bars):
        return _bars(chart)
    return _timeline(chart) if isinstance(chart, Timeline) else _heat(chart)


def _bars(chart: Bars) -> Picture:
    rows = chart.rows[:_MOST_ROWS]
    longest = max((length for _, length, _ in rows), default=0) or 1
    room = WIDTH - _LABEL - 130
    boxes, words = [], []
    for number, (label, length, figure) in enumerate(rows):
        top, wide = number * _ROW, round(room * length / longest, 1)
        boxes.append({"x": _LABEL, "y": top + 4, "width": wide, "height": _ROW - 8, "fill": _COLOURS[0], "said": f"{label}: {figure}"})
        words += [_label(label, top), {"x": _LABEL + wide + 6, "y": top + 16, "anchor": "start", "text": escape.visible(figure)}]
    return Picture(chart.title, len(rows) * _ROW + 4, (), boxes, (), words, more=len(chart.rows) - len(rows))


def _timeline(chart: Timeline) -> Picture:
    rows = chart.rows[:_MOST_ROWS]
    days = [_day(day) for _, marks in rows for day, _ in marks] + [_day(chart.today)]
    first, last = datetime.date(min(days).year, 1, 1), datetime.date(min(max(days).year, datetime.MAXYEAR - 1) + 1, 1, 1)
    room, span = WIDTH - _LABEL - 20, (last - first).days

    def across(day: datetime.date) -> float:
        return round(_LABEL + room * (day - first).days / span, 1)

    sorts = list(dict.fromkeys(sort for _, marks in rows for _, sort in marks))
    colours = {sort: _COLOURS[number % len(_COLOURS)] for number, sort in enumerate(sorts)}
    height = _HEAD + len(rows) * _ROW + 4
    lines, dots, words = [], [], []
    step = max(1, (last.year - first.year + 11) // 12)
    for year in range(first.year, last.year + 1, step):
        x = across(datetime.date(year, 1, 1))
        lines.append({"x1": x, "y1": _HEAD - 8, "x2": x, "y2": height, "stroke": "#d5d9de", "width": 1})
        words.append({"x": x, "y": 14, "anchor": "middle", "text": str(year)})
    now = across(_day(chart.today))
    lines.append({"x1": now, "y1": _HEAD - 12, "x2": now, "y2": height, "stroke": "#111111", "width": 2})
    for number, (label, marks) in enumerate(rows):
        top = _HEAD + number * _ROW
        places = sorted(across(_day(day)) for day, _ in marks)
        words.append(_label(label, top))
        if len(places) > 1:
            lines.append({"x1": places[0], "y1": top + 12, "x2": places[-1], "y2": top + 12, "stroke": "#8a94a0", "width": 2})
        for day, sort in marks:
            said = f"{label}: {sort} {day}"
            dots.append({"cx": across(_day(day)), "cy": top + 12, "fill": colours[sort], "said": escape.visible(said)})
    legend = [*((escape.visible(sort), colour) for sort, colour in colours.items()), (f"as of {chart.today}", "#111111")]
    return Picture(chart.title, height, lines, (), dots, words, legend, len(chart.rows) - len(rows))


def _heat(chart: HeatMap) -> Picture:
    room = (WIDTH - _LABEL) / max(len(chart.columns), 1)
    boxes, words = [], []
    for number, column in enumerate(chart.columns):
        words.append({"x": round(_LABEL + room * (number + 0.5), 1), "y": 20, "anchor": "middle", "text": escape.visible(column)})
    for row, (label, cells) in enumerate(chart.rows):
        top = _HEAD + row * _ROW
        words.append(_label(label, top))
        for number, (share, figure) in enumerate(cells):
            said = f"{label}, {chart.columns[number]}: {figure or 'not reported'}"
            left, fill = round(_LABEL + room * number, 1), _shade(share)
            boxes.append({"x": left + 1, "y": top + 1, "width": round(room - 2, 1), "height": _ROW - 2, "fill": fill, "said": said})
            words.append(
                {
                    "x": round(left + room / 2, 1),
                    "y": top + 16,
                    "anchor": "middle",
                    "text": escape.visible(figure) or "–",
                    "colour": "#ffffff" if share is not None and share > 0.55 else "#1b1f24",
                }
            )
    return Picture(chart.title, _HEAD + len(chart.rows) * _ROW + 4, (), boxes, (), words, [("– not reported", "#f1f1f1")])


def _shade(share: float | None) -> str:
    if share is None:
        return "#f1f1f1"
    kept = min(max(share, 0.0), 1.0)
    return "#" + "".join(f"{round(pale + (deep - pale) * kept):02x}" for pale, deep in zip(_PALE, _DEEP, strict=True))


def _label(label: str, top: int) -> dict[str, Any]:
    text = escape.visible(label)
    cut = text if len(text) <= _LABEL_LETTERS else f"{text[: _LABEL_LETTERS - 1]}…"
    return {"x": _LABEL - 8, "y": top + 16, "anchor": "end", "text": cut, "said": text}


def _day(text: str) -> datetime.date:
    """An ISO day, or the first of a partial date."""
    return datetime.date.fromisoformat((text + "-01-01")[:10] if len(text) == 4 else f"{text}-01"[:10])
