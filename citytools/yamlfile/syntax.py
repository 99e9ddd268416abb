"""libyaml's complaints in plain words: what a person did, at the place where they did it."""

from __future__ import annotations

import re
from typing import Any

from citytools.yamlfile.refusal import Refusal


def explain(path: str, text: str, error: Any) -> Refusal:
    """The refusal that tells an officer what libyaml's error means; ``error`` is a yaml.MarkedYAMLError."""
    problem = error.problem or ""
    context = error.context or ""
    lines = text.split("\n")
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    start = (error.context_mark.line + 1, error.context_mark.column + 1) if error.context_mark else (line, column)
    here = lines[line - 1] if line <= len(lines) else ""

    def refuse(place: tuple[int, int], message: str, advice: str) -> Refusal:
        return Refusal(path, *place, "syntax", message, advice)

    if "quoted scalar" in context and "end of stream" in problem:
        return refuse(start, "this quote is never closed", "Write the closing quote, or two apostrophes for one inside '…'")
    if "escape code" in problem:
        return refuse((line, column), "this escape stands for no character that can be used", "Type the character itself")
    if "incompatible YAML" in problem or "directive" in context or "directive" in problem:
        return Refusal(path, line, column, "yaml-feature", "a line that starts with % is not used here", "Remove that line, or quote text that starts with %")
    if "unknown escape" in problem or "escape" in problem or "hexdecimal" in problem or "hexadecimal" in problem:
        return refuse((line, column), "a backslash means something else in double quotes", "Use single quotes round the text")
    if "mapping values are not allowed" in problem:
        return refuse((line, column), 'text with ": " inside needs quotes', f"{_quoted(here)}, or check the indentation")
    if "cannot start any token" in problem:
        character = here[column - 1 : column]
        return refuse((line, column), f'text that starts with "{character}" needs quotes', "Put quotes round the whole value")
    if "flow mapping" in context or "flow sequence" in context or "flow node" in context:
        return _flow(refuse, lines, start, (line, column))
    if "block scalar" in context:
        return refuse((line, column), 'text that starts with "|" or ">" needs quotes', "Put quotes round the whole value")
    if not text.replace(".", "").replace("-", "").strip():
        return Refusal(path, line, column, "empty-file", "the file has nothing in it", "Delete the file or add at least one record")
    if "block sequence entries" in problem:
        return refuse((line, column), 'text that starts with "-" needs quotes', "Put quotes round the whole value, or begin the list on a line of its own")
    if "document start" in problem or "<document start>" in problem:
        return refuse((line, column), 'there is text after the end mark or a second "---"', "One file holds one document: remove it")
    if "alias" in context or "anchor" in context:
        return refuse((line, column), "text that starts with & or * needs quotes", "Put quotes round the whole value")
    if "tag" in context:
        return refuse((line, column), 'text that starts with "!" is read as a tag', "Put quotes round the whole value")
    if "':'" in problem:
        return refuse(start, "this line is neither a field nor part of the text above it", 'Write a field as "name: value", with a space after the colon')
    return _block(refuse, lines, start, (line, column))


def _flow(refuse: Any, lines: list[str], start: tuple[int, int], place: tuple[int, int]) -> Refusal:
    opener = lines[start[0] - 1][start[1] - 1 : start[1]] if start[0] <= len(lines) else "["
    if opener not in "[{":
        opener = "["
    rest = "\n".join(lines[start[0] - 1 :])[start[1] - 1 :]
    if rest.count({"[": "]", "{": "}"}[opener]) < rest.count(opener):
        return refuse(start, f'this "{opener}" is never closed', f'Close it, or put quotes round text that starts with "{opener}"')  # type: ignore[no-any-return]
    return refuse(place, f'something is missing or too much in the list that starts with "{opener}" on line {start[0]}',  # type: ignore[no-any-return]
                  f'Put a comma between items, or quotes round text that starts with "{opener}"')


def _block(refuse: Any, lines: list[str], start: tuple[int, int], place: tuple[int, int]) -> Refusal:
    line, column = place
    here = lines[line - 1] if line <= len(lines) else ""
    before = here[: column - 1]
    if re.search(r"""["']\s*$""", before) and here[column - 1 :].strip():
        return refuse(place, "there is text after the closing quote",  # type: ignore[no-any-return]
                      "Put quotes round the whole value; inside '…' write an apostrophe twice, as in 'St James''s'")
    opened = re.search(r"[:-] +([\[{])[^\]}]*[\]}]\s*$", before)
    if opened and here[column - 1 :].strip():
        return refuse(place, f'text that starts with "{opened[1]}" needs quotes', "Put quotes round the whole value")  # type: ignore[no-any-return]
    if line > len([text for text in lines if text]) and not here.strip():
        return refuse(start, "something that begins here is never finished", "Check quotes, brackets and indentation")  # type: ignore[no-any-return]
    spaces = len(here) - len(here.lstrip(" "))
    return refuse(place, f"this line starts {spaces} spaces in and does not line up with the lines above it",  # type: ignore[no-any-return]
                  "Line it up with the fields of the same record; a new list item starts with \"- \"")


def _quoted(line: str) -> str:
    found = re.match(r"\s*(?:- )?([\w-]+):\s+(.*\S)", line)
    if not found or found[2][0] in "\"'":
        return "Put quotes round the whole value"
    text = found[2].replace('"', '\\"')
    return f'Write {found[1]}: "{text[:60]}{"…" if len(text) > 60 else ""}"'
