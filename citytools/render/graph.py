"""What is connected with what, as text that Mermaid and Graphviz draw."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from citytools.model import Edge, Graph, Node
from citytools.render import escape

# What Mermaid draws unless a page sets more.
MERMAID_EDGES, MERMAID_CHARACTERS = 500, 50_000
_WRAP = 26
_MERMAID_ARROWS = {"forward": "-->", "both": "<-->", "none": "---"}
_DOT_ARROWS = {"forward": "", "both": "dir=both", "none": "dir=none"}


def mermaid(graph: Graph) -> str:
    """A Mermaid flowchart; ids are made here and all text is quoted, so that no name can be taken for more than a name."""
    text = "".join(f"{line}\n" for line in _flowchart(graph))
    if len(graph.edges) <= MERMAID_EDGES and len(text) <= MERMAID_CHARACTERS:
        return text
    limits = f"more than {MERMAID_EDGES} connections or {MERMAID_CHARACTERS:,} characters"
    return f"%% Mermaid does not draw {limits} unless its settings are changed: ask for less, or for dot.\n{text}"


def _flowchart(graph: Graph) -> Iterator[str]:
    yield from (f"%% {escape.mermaid_comment(line)}" for line in (graph.title, *graph.coverage, *graph.notes))
    yield "flowchart LR"
    names = _names(graph)
    for number, group, nodes in _frames(graph.nodes):
        yield f'  subgraph g{number}["{escape.mermaid(group)}"]'
        yield "    direction LR"
        for node in nodes:
            left, right = ("([", "])") if node.faint else ("[", "]")
            yield f'    {names[node.id]}{left}"{escape.mermaid(node.label)}"{right}'
        yield "  end"
    for edge in graph.edges:
        label = f'|"{escape.mermaid(edge.label)}"|' if edge.label.strip() else ""
        yield f"  {names[edge.start]} {_MERMAID_ARROWS[edge.direction]}{label} {names[edge.end]}"
    if faint := [names[node.id] for node in graph.nodes if node.faint]:
        yield "  classDef named stroke-dasharray: 4 3"
        yield f"  class {','.join(faint)} named"


def dot(graph: Graph) -> str:
    """A directed graph for Graphviz with title and coverage above it; ids are made here and all text is quoted."""
    return "".join(f"{line}\n" for line in _digraph(graph))


def _digraph(graph: Graph) -> Iterator[str]:
    names = _names(graph)
    yield "digraph connections {"
    yield f"  graph [rankdir=LR, nodesep=0.25, ranksep=0.9, {_FONT}, fontsize=13, labelloc=t, labeljust=l,"
    yield f"    label={_above(graph)}]"
    yield f'  node [shape=box, style="rounded", {_FONT}, fontsize=11, margin="0.12,0.06"]'
    yield f"  edge [{_FONT}, fontsize=9, color=gray30, fontcolor=gray30]"
    for number, group, nodes in _frames(graph.nodes):
        yield f"  subgraph cluster_{number} {{"
        yield f"    graph [label={_wrapped(group)}, fontsize=12, style=rounded, color=gray60]"
        for node in nodes:
            style = ', style="rounded,dashed"' if node.faint else ""
            yield f"    {names[node.id]} [label={_wrapped(node.label)}{style}]"
        yield "  }"
    yield from (f"  {names[edge.start]} -> {names[edge.end]}{_attributes(edge)}" for edge in graph.edges)
    yield "}"


_FONT = 'fontname="Helvetica"'


def _names(graph: Graph) -> Mapping[str, str]:
    return {node.id: f"n{number}" for number, node in enumerate(graph.nodes, start=1)}


def _frames(nodes: Sequence[Node]) -> list[tuple[int, str, list[Node]]]:
    """Groups with their numbers and nodes, the last first: both programs draw what comes last at the top."""
    found: dict[str, list[Node]] = {}
    for node in nodes:
        found.setdefault(node.group, []).append(node)
    return [(number, group, inside) for number, (group, inside) in enumerate(found.items(), start=1)][::-1]


def _above(graph: Graph) -> str:
    """Title, coverage and notes as one text, every line to the left."""
    lines = (part for text in (graph.title, *graph.coverage, *graph.notes) for part in textwrap.wrap(text, 4 * _WRAP) or [""])
    return '"' + "".join(f"{escape.dot(line)}\\l" for line in lines) + '"'


def _wrapped(text: str) -> str:
    return '"' + "\\n".join(escape.dot(line) for line in textwrap.wrap(text, _WRAP) or [""]) + '"'


def _attributes(edge: Edge) -> str:
    label = f"label={_wrapped(edge.label)}" if edge.label.strip() else ""
    found = [part for part in (label, _DOT_ARROWS[edge.direction]) if part]
    return f" [{', '.join(found)}]" if found else ""
