"""Drawings: what is emitted keeps to a small grammar, and no name is taken for more than a name."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citytools.model import Edge, Graph, Node
from citytools.render import escape
from citytools.render.graph import MERMAID_EDGES, dot, mermaid

with_graphviz = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed: apt-get install graphviz")

GRAPH = Graph(
    title="A title",
    nodes=(Node("a/x", "Mosaic", "Camden"), Node("a/y", 'The "Portal"', "Camden", faint=True), Node("b/z", "R&D [new]", "Hackney")),
    edges=(Edge("a/x", "a/y", "by API: addresses", "forward"), Edge("a/y", "b/z", "", "both"), Edge("b/z", "b/z", "n", "none")),
    coverage=("2 of 33 authorities (6 %).",),
    notes=("A note.",),
)
HOSTILE = [
    '"', '"]', '"|', "a]b[c", "(x)", "{y}", "line\nbreak", "-->", "--- n1", "end", "subgraph x", "a;b;", "<b>x</b>", "<script>alert(1)</script>",
    '%%{init: {"securityLevel": "loose"}}%%', "%% comment", "%%%{", "#quot;", "#35;", "&amp;", "&lt;b&gt;", "&#60;", "`**md**`", "1. list", "- item", "# heading",
    "https://example.org", "www.example.org", "fa:fa-home", "$$x$$", "style a: x#34;", "click n1 callback", "\\", "\\N \\G \\l", '\\"', "back\\", "//", "/* x */",
    "\u202e1000", "zero\u200bwidth", "\x1b[31m", "\x00", "\ud800", "café", "😀", "ﬂ°°60¶ß", "::: x", "@{shape: x}", "__proto__", "digraph {", "}", "=", "   ", "", "A" * 400,
]  # fmt: skip
TEXTS = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(HOSTILE), max_size=3).map("".join))


def graph_of(texts: list[str]) -> Graph:
    """Every text as a title, a sentence, a frame, a node and an edge."""
    nodes = tuple(Node(f"{number} {text}", text, text, bool(number % 2)) for number, text in enumerate(texts))
    ways = ("forward", "both", "none")
    edges = tuple(Edge(nodes[number - 1].id, node.id, node.label, ways[number % 3]) for number, node in enumerate(nodes))
    return Graph("".join(texts), nodes, edges, tuple(texts), tuple(texts))


def shown(text: str) -> str:
    """What a reader is to see of a text: on one line, nothing invisible."""
    return escape.visible(" ".join(text.split()))


QUOTED = r'"((?:[^\W_]|[ ,]|#\d+;)*)"'
FLOWCHART = {
    "comment": r"%% (.*)",
    "head": "flowchart LR",
    "frame": rf"  subgraph g\d+\[{QUOTED}\]",
    "along": "    direction LR",
    "node": rf"    (n\d+)(?:\[{QUOTED}\]|\(\[{QUOTED}\]\))",
    "end": "  end",
    "edge": rf"  (n\d+) (?:-->|<-->|---)(?:\|{QUOTED}\|)? (n\d+)",
    "class": r"  classDef named stroke-dasharray: 4 3|  class n\d+(?:,n\d+)* named",
}


def flowchart(text: str) -> dict[str, list[tuple[str, ...]]]:
    """The lines of a Mermaid drawing by sort; fails on one that is none of them."""
    found: dict[str, list[tuple[str, ...]]] = {sort: [] for sort in FLOWCHART}
    for line in text.removesuffix("\n").split("\n"):
        sort, match = next((sort, match) for sort, form in FLOWCHART.items() if (match := re.fullmatch(form, line)))
        found[sort].append(tuple(part for part in match.groups() if part is not None))
    return found


def by_number(text: str) -> str:
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text)


STRING = r'"((?:[^"\\\n]|\\["\\nl])*)"'
PLAIN = r"[\w.]+"
ATTRIBUTE = rf"(?:label={STRING}|\w+=(?:{PLAIN}|\"[\w,. ]*\"))"
DIGRAPH = {
    "head": r"digraph connections \{|\}",
    "defaults": rf"  (?:node|edge) \[{ATTRIBUTE}(?:, {ATTRIBUTE})*\]|  graph \[{ATTRIBUTE}(?:, {ATTRIBUTE})*,",
    "title": rf"    label={STRING}\]",
    "frame": rf"  subgraph cluster_\d+ \{{|  \}}|    graph \[label={STRING}, fontsize=12, style=rounded, color=gray60\]",
    "node": rf'    (n\d+) \[label={STRING}(?:, style="rounded,dashed")?\]',
    "edge": rf"  (n\d+) -> (n\d+)(?: \[(?:label={STRING})?(?:, )?(?:dir=(?:both|none))?\])?",
}


def digraph(text: str) -> dict[str, list[tuple[str, ...]]]:
    """The lines of a file for Graphviz by sort; fails on one that is none of them."""
    found: dict[str, list[tuple[str, ...]]] = {sort: [] for sort in DIGRAPH}
    for line in text.removesuffix("\n").split("\n"):
        sort, match = next((sort, match) for sort, form in DIGRAPH.items() if (match := re.fullmatch(form, line)))
        found[sort].append(tuple(part for part in match.groups() if part is not None))
    return found


def test_mermaid() -> None:
    assert mermaid(GRAPH) == (
        "%% A title\n"
        "%% 2 of 33 authorities (6 %).\n"
        "%% A note.\n"
        "flowchart LR\n"
        '  subgraph g2["Hackney"]\n'
        "    direction LR\n"
        '    n3["R#38;D #91;new#93;"]\n'
        "  end\n"
        '  subgraph g1["Camden"]\n'
        "    direction LR\n"
        '    n1["Mosaic"]\n'
        '    n2(["The #34;Portal#34;"])\n'
        "  end\n"
        '  n1 -->|"by API#58; addresses"| n2\n'
        "  n2 <--> n3\n"
        '  n3 ---|"n"| n3\n'
        "  classDef named stroke-dasharray: 4 3\n"
        "  class n2 named\n"
    )


def test_dot() -> None:
    out = dot(GRAPH)
    assert '    label="A title\\l2 of 33 authorities (6 %).\\lA note.\\l"]\n' in out
    assert '    n2 [label="The \\"Portal\\"", style="rounded,dashed"]\n' in out
    assert '    n3 [label="R&amp;D [new]"]\n' in out
    assert out.endswith('  n1 -> n2 [label="by API: addresses"]\n  n2 -> n3 [dir=both]\n  n3 -> n3 [label="n", dir=none]\n}\n')


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_mermaid_keeps_to_its_grammar_and_shows_every_text(texts: list[str]) -> None:
    graph = graph_of(texts)
    lines = flowchart(mermaid(graph))
    assert {name: by_number(label) for name, label in lines["node"]} == {
        f"n{number}": shown(text.replace("ﬂ", "fl")) or " " for number, text in enumerate(texts, start=1)
    }
    assert len(lines["edge"]) == len(texts)
    assert [by_number(line[1]) for line in lines["edge"] if len(line) == 3] == [
        shown(text.replace("ﬂ", "fl")) for text in texts if shown(text)
    ]
    assert len(lines["frame"]) == len(lines["end"]) == len(set(texts))
    assert len(lines["comment"]) == 1 + 2 * len(texts)


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_mermaid_has_no_directive_in_it(texts: list[str]) -> None:
    assert "%%{" not in mermaid(graph_of(texts))


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_dot_keeps_to_its_grammar(texts: list[str]) -> None:
    lines = digraph(dot(graph_of(texts)))
    assert [name for name, *_ in sorted(lines["node"], key=lambda node: int(node[0][1:]))] == [
        f"n{number + 1}" for number in range(len(texts))
    ]
    assert len(lines["edge"]) == len(texts)
    assert len(lines["title"]) == 1


def drawn(text: str) -> ET.Element:
    done = subprocess.run(["dot", "-Tsvg"], input=text.encode(), capture_output=True, check=True, timeout=120)
    assert b"rror" not in done.stderr
    return ET.fromstring(done.stdout)


def texts_of(svg: ET.Element, sort: str) -> list[str]:
    """The text of each node, edge or cluster as drawn, in order, without spaces: lines are broken."""
    space = "{http://www.w3.org/2000/svg}"
    groups = [each for each in svg.iter(f"{space}g") if each.get("class") == sort]
    return ["".join("".join(text.text or "" for text in each.iter(f"{space}text")).split()) for each in groups]


@with_graphviz
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TEXTS, min_size=1, max_size=12))
def test_graphviz_draws_every_text_as_it_is(texts: list[str]) -> None:
    assert_drawn(texts)


@with_graphviz
def test_graphviz_draws_what_is_meant_to_steer_it() -> None:
    assert_drawn(HOSTILE)


def assert_drawn(texts: list[str]) -> None:
    svg = drawn(dot(graph_of(texts)))
    expected = sorted("".join(shown(text).split()) for text in texts)
    assert sorted(texts_of(svg, "node")) == sorted(texts_of(svg, "edge")) == expected
    assert sorted(texts_of(svg, "cluster")) == sorted("".join(shown(text).split()) for text in set(texts))


def test_nothing_to_draw_is_still_a_drawing() -> None:
    empty = Graph("Nothing", (), ())
    assert mermaid(empty) == "%% Nothing\nflowchart LR\n"
    digraph(dot(empty))


@with_graphviz
def test_graphviz_draws_nothing() -> None:
    assert texts_of(drawn(dot(Graph("Nothing", (), ()))), "node") == []


def test_what_mermaid_will_not_draw_is_said() -> None:
    many = replace(GRAPH, edges=GRAPH.edges[:1] * (MERMAID_EDGES + 1))
    assert mermaid(many).startswith("%% Mermaid does not draw more than 500 connections or 50,000 characters unless")
    assert not mermaid(replace(GRAPH, edges=GRAPH.edges[:1] * MERMAID_EDGES)).startswith("%% Mermaid")
    assert mermaid(replace(GRAPH, nodes=(Node("a/x", "x" * 50_000), *GRAPH.nodes[1:]))).startswith("%% Mermaid")
