"""libyaml's complaints in plain words: what a person did, at the place where they did it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from citytools.yamlfile.events import last_scalar, tab_words
from citytools.yamlfile.indents import item_under_a_value, out_of_line
from citytools.yamlfile.refusal import NOTHING, RefusalError
from citytools.yamlfile.trouble import CUT, FIELD, NEITHER, WHOLE, Trouble, cut, indent

_CLOSE = "Write the closing quote; inside '…' write an apostrophe twice, as in 'St James''s'"
_GLUED = re.compile(r"[ ]*(?:- +)*([\w-]+):((?!//)\S.*)")
_AT_THE_END = re.compile(r"[ ]*(?:- +)*([\w-]+): +(.*\S)\s*")
_ENTRY = re.compile(r"[ ]*-(?=[^\s-])(.*)")
_NBSP = re.compile(r"[ -]*(?:[\w-]+:)?(?=\u00a0)")
_COLON_IN_BRACES = re.compile(r"([\w-]+): ([^,{}\[\]\"']+)$")
_OF_MERGE = re.compile(r"(={7}|\|{7})(?: |$)")


def explain(path: str, text: str, error: Any) -> RefusalError:
    """The refusal that tells an officer what libyaml's error means; ``error`` is a yaml.MarkedYAMLError."""
    mark, context_mark = error.problem_mark or error.context_mark, error.context_mark or error.problem_mark
    last = last_scalar(text)
    quoted = last if last and last.style in ("'", '"') else None
    trouble = Trouble(
        path,
        text.split("\n"),
        error.problem or "",
        error.context or "",
        (mark.line + 1, mark.column + 1) if mark else (1, 1),
        (context_mark.line + 1, context_mark.column + 1) if context_mark else (1, 1),
        text[quoted.start_mark.index : quoted.end_mark.index] if quoted else "",
        (quoted.start_mark.line + 1, quoted.start_mark.column + 1) if quoted else (0, 0),
        (quoted.end_mark.line + 1, quoted.end_mark.column + 1) if quoted else (0, 0),
    )
    return next(refusal for explanation in _EXPLANATIONS if (refusal := explanation(trouble)))


def space_after_colon(name: str, value: str) -> tuple[str, str]:
    """Message and advice for ``name:value``."""
    return "there is no space after the colon", f"Write {name}: {cut(value)}"


def _nothing(trouble: Trouble) -> RefusalError | None:
    if "".join(trouble.lines).replace(".", "").replace("-", "").strip():
        return None
    return trouble.refuse(*NOTHING, rule="empty-file")


def _tab(trouble: Trouble) -> RefusalError | None:
    line, column = trouble.place
    if "tab character" in trouble.problem or trouble.here[column - 1 : column] == "\t":
        return trouble.refuse(*tab_words(trouble.before), rule="tab")
    found = re.match(r"[ -]*\t", trouble.here)
    return trouble.refuse(*tab_words(""), at=(line, found.end()), rule="tab") if found else None


def _no_break_space(trouble: Trouble) -> RefusalError | None:
    for number in (trouble.start[0], trouble.above(), trouble.place[0]):
        found = _NBSP.match(trouble.line(number))
        if found and (":" in found[0] or number != trouble.above()):
            return trouble.refuse(*no_break_space(), at=(number, found.end() + 1), rule="no-break-space")
    return None


def no_break_space() -> tuple[str, str]:
    """Message and advice for a no-break space in the structure of a file."""
    return "a no-break space (U+00A0) stands where an ordinary space is needed", "Delete it and type an ordinary space"


def _merge(trouble: Trouble) -> RefusalError | None:
    for number in (trouble.start[0], trouble.place[0], trouble.above()):
        found = _OF_MERGE.match(trouble.line(number))
        if found:
            return trouble.refuse(*merge_words(found[1]), at=(number, 1), rule="merge-conflict")
    return None


def merge_words(mark: str) -> tuple[str, str]:
    """Message and advice for a mark that git leaves where a merge has to be finished by hand."""
    return f'a merge was not finished ("{mark}")', "Choose one side and delete the lines of <<<<<<<, ======= and >>>>>>>"


def _unclosed_quote(trouble: Trouble) -> RefusalError | None:
    if "scanning a quoted scalar" in trouble.context:
        return trouble.refuse("this quote is never closed", _CLOSE, at=trouble.start)
    if "simple key" in trouble.context and trouble.at_start in ("'", '"') and trouble.start[0] < trouble.place[0]:
        if trouble.line(trouble.start[0]).count(trouble.at_start) % 2:
            return trouble.refuse("this quote is never closed", _CLOSE, at=trouble.start)
        return trouble.refuse("this text in quotes is not a field", 'Write a field as "name: value"', at=trouble.start)
    swallowed = trouble.quoted.split("\n")[1:]
    if trouble.quoted_to == trouble.place and any(FIELD.match(line) for line in swallowed):
        return trouble.refuse("this quote is never closed", _CLOSE, at=trouble.quoted_from)
    return None


def _escape(trouble: Trouble) -> RefusalError | None:
    if "parsing a quoted scalar" not in trouble.context:
        return None
    line, column = trouble.place
    slash = trouble.here.rfind("\\", 0, column)
    code = re.match(r"\\[uU]([0-9a-fA-F]+)", trouble.here[slash:])
    at = (line, slash + 1)
    if "invalid Unicode" in trouble.problem and code:
        number = int(code[1][:8], 16)
        advice = "Type the character itself"
        if 0xD800 <= number <= 0xDFFF:
            return trouble.refuse(f"the value holds half of a character (U+{number:04X})", advice, at, "invisible-character")
        return trouble.refuse(f'"{code[0]}" stands for no character that can be used', advice, at)
    letter = trouble.here[slash : slash + 2]
    return trouble.refuse(f'"{letter}" means something else in double quotes', "Use single quotes round the text", at)


def _percent(trouble: Trouble) -> RefusalError | None:
    if "directive" not in trouble.context and "incompatible YAML" not in trouble.problem and not trouble.line(1).startswith("%"):
        return None
    line = next((number for number, text in enumerate(trouble.lines, start=1) if text.startswith("%")), trouble.start[0])
    return trouble.refuse(*percent_words(), at=(line, 1), rule="yaml-feature")


def percent_words() -> tuple[str, str]:
    """Message and advice for a line such as ``%YAML 1.1``."""
    return "a line that starts with % is not used here", "Remove that line, or put quotes round text that starts with %"


_CANNOT_START = "cannot start any token", "keys are not allowed", "entries are not allowed", "expected node content"


def _starts_with(trouble: Trouble) -> RefusalError | None:
    at = trouble.place
    if any(word in trouble.context for word in ("block scalar", "alias", "anchor", "tag")):
        at = trouble.start
    elif "flow node" in trouble.context or not any(words in trouble.problem for words in _CANNOT_START):
        return None
    character = trouble.line(at[0])[at[1] - 1 : at[1]]
    if not character:
        return None
    more = ", or begin the list on a line of its own" if character == "-" else ""
    return trouble.refuse(f'text that starts with "{character}" needs quotes', WHOLE + more, at)


def _colon(trouble: Trouble) -> RefusalError | None:
    if "mapping values are not allowed" not in trouble.problem:
        return None
    if trouble.place[1] > 1_000 and not re.search(r"[:,{\[] ", trouble.before[:1_000]):
        return trouble.refuse(f"a field name of {len(trouble.before.strip())} characters", "Shorten it", (trouble.place[0], 1), "key-form")
    whole = re.fullmatch(r"[ ]*(?:- +)*[\w-]+[ ]*", trouble.before)
    above = trouble.above()
    if not trouble.here[trouble.place[1] :].strip() and (found := _AT_THE_END.fullmatch(trouble.before)):
        return trouble.refuse("a colon at the end of the line", _without_colon(found[1], found[2]))
    if refusal := item_under_a_value(trouble):
        return refusal
    if not whole or not above:
        return trouble.refuse('text with ": " inside needs quotes', _in_quotes(trouble.here))
    previous = trouble.line(above)
    if glued := _glued(trouble, above):
        return glued
    if FIELD.match(previous):
        return out_of_line(trouble)
    if previous.lstrip().startswith("- ") or not previous.startswith(" "):
        return trouble.refuse(*NEITHER, at=(above, indent(previous) + 1))
    return trouble.refuse('text with ": " inside needs quotes', f"{WHOLE}, or line the field up with the fields above it")


def _without_colon(name: str, value: str) -> str:
    """Advice for ``name: value:``; the colon may belong to text of more than one word."""
    if len(value) > CUT:
        return f"Delete it, or {WHOLE[0].lower()}{WHOLE[1:]}"
    text = f', or {name}: "{value}:" if the colon belongs to it' if re.fullmatch(r"[^\[{\"'\\]\S*\s[^\"\\]*", value) else ""
    return f"Write {name}: {value}{text}"


def _flow(trouble: Trouble) -> RefusalError | None:
    if "flow" not in trouble.context:
        return None
    if trouble.quoted_to == trouble.place and trouble.here[trouble.place[1] - 1 :].strip():
        return trouble.refuse("there is text after the closing quote", "Check that each quote is closed, and put a comma between items")
    opener, at = _open_bracket(trouble)
    line = trouble.line(at[0])
    comment = re.search(r"\s(#.*)", line[at[1] - 1 :])
    if comment and not re.search(r"[\"'\]}]", line[at[1] : at[1] + comment.start()]):
        message = f'"{cut(comment[1])}" is read as a comment, so that this "{opener}" is never closed'
        return trouble.refuse(message, f"{WHOLE} if # belongs to it", (at[0], at[1] + comment.start(1)))
    if trouble.here[trouble.place[1] - 1 :][:1] == ":" and (inside := _COLON_IN_BRACES.search(trouble.before)):
        rest = re.split(r"[,}\]]", trouble.here[trouble.place[1] - 1 :])[0]
        advice = f'If it is text, write {inside[1]}: "{cut(inside[2] + rest)}"; if another field begins here, put a comma between the two'
        return trouble.refuse('a second ": " without a comma before it', advice)
    rest = "\n".join([trouble.line(at[0])[at[1] - 1 :], *trouble.lines[at[0] :]])
    if rest.count({"[": "]", "{": "}"}[opener]) < rest.count(opener):
        return trouble.refuse(f'this "{opener}" is never closed', f'Close it, or put quotes round text that starts with "{opener}"', at)
    return trouble.refuse(
        f'something is missing or too much in the list that starts with "{opener}" on line {at[0]}',
        f'Put a comma between items, and quotes round text with a comma, quote or bracket in it or that starts with "{opener}"',
    )


def _open_bracket(trouble: Trouble) -> tuple[str, tuple[int, int]]:
    if trouble.at_start and trouble.at_start in "[{":
        return trouble.at_start, trouble.start
    line, column = trouble.start
    open_ones = 0
    for number in range(line, 0, -1):
        text = trouble.line(number)
        for index in range(min(len(text), column - 1 if number == line else len(text)) - 1, -1, -1):
            open_ones += {"[": 1, "{": 1, "]": -1, "}": -1}.get(text[index], 0)
            if open_ones > 0:
                return text[index], (number, index + 1)
    return "[", trouble.start


def _after_the_end(trouble: Trouble) -> RefusalError | None:
    if "document start" not in trouble.problem:
        return None
    if any(re.match(r"\.\.\.(\s|$)", line) for line in trouble.lines[: trouble.place[0]]):
        advice = 'Remove the "..."; one file holds one document'
        return trouble.refuse('there is text after the end mark "..."', advice, rule="yaml-feature")
    first = next((line.lstrip() for line in trouble.lines if line.strip() and not line.lstrip().startswith(("#", "---"))), "")
    if first[:1] in "[{\"'":
        return trouble.refuse("there is text after what should be the end of the file", "Write one field a line: name: value")
    return None


def _no_colon(trouble: Trouble) -> RefusalError | None:
    if "expected ':'" not in trouble.problem:
        return None
    line = trouble.line(trouble.start[0])
    if len(line) > 1_000:
        return trouble.refuse(f"a field name of {len(line.partition(': ')[0])} characters", "Shorten it", trouble.start, "key-form")
    if line.lstrip().startswith("{") and trouble.line(trouble.start[0] - 1).lstrip().startswith("- {"):
        return trouble.refuse("a list item without its dash", f"Write - {cut(line)}", trouble.start)
    return _glued(trouble, trouble.start[0]) or trouble.refuse(*NEITHER, at=trouble.start)


def _glued(trouble: Trouble, number: int) -> RefusalError | None:
    """``name:value``."""
    found = _GLUED.fullmatch(trouble.line(number))
    return trouble.refuse(*space_after_colon(found[1], found[2]), at=(number, found.start(2) + 1)) if found else None


def _after_a_quote(trouble: Trouble) -> RefusalError | None:
    line, column = trouble.place
    rest = trouble.here[column - 1 :]
    if trouble.quoted_to[0] == line and rest.strip() and not trouble.here[trouble.quoted_to[1] - 1 : column - 1].strip():
        return trouble.refuse("there is text after the closing quote", _requoted(trouble.quoted + trouble.here[trouble.quoted_to[1] - 1 :]))
    found = re.search(r"[:-] +([\[{]).*[\]}]\s*$", trouble.before)
    if found and rest.strip():
        return trouble.refuse(f'text that starts with "{found[1]}" needs quotes', _in_quotes(trouble.here))
    return None


def _no_space_after_dash(trouble: Trouble) -> RefusalError | None:
    found = _ENTRY.fullmatch(trouble.here)
    if not found:
        return None
    return trouble.refuse(*space_after_dash(found[1]), at=(trouble.place[0], found.start(1) + 1))


def space_after_dash(text: str) -> tuple[str, str]:
    """Message and advice for ``-item``."""
    return "there is no space after the dash", f"Write - {cut(text)}"


def _requoted(text: str) -> str:
    """Advice for ``'St James's'`` and ``"Adult" social care``: the value as it must be written."""
    text = text.strip()
    if "\n" in text or len(text) > CUT:
        return _CLOSE if text.startswith("'") else f"{WHOLE}, single ones if it has double quotes inside"
    if text.startswith("'") and not text.endswith("'") and not re.search(r'["\\]', text):
        return f'{WHOLE}: "{text}"'
    inner = text[1:-1] if text.startswith("'") and text.endswith("'") else text
    return f"{WHOLE}: '" + inner.replace("'", "''") + "'"


def _in_quotes(line: str) -> str:
    found = re.match(r"\s*(?:- +)*([\w-]+):\s+(.*\S)", line)
    if not found or found[2][0] in "\"'":
        return WHOLE
    text = re.sub(r"^[“‘](.*)[”’]$", r"\1", found[2])
    quote = "'" if '"' in text or "\\" in text else '"'
    text = text.replace("'", "''") if quote == "'" else text
    return f"Write {found[1]}: {quote}{text}{quote}" if len(text) <= CUT else WHOLE


_EXPLANATIONS: tuple[Callable[[Trouble], RefusalError | None], ...] = (
    _nothing,
    _merge,
    _tab,
    _no_break_space,
    _unclosed_quote,
    _escape,
    _percent,
    _colon,
    _starts_with,
    _flow,
    _after_the_end,
    _no_colon,
    _after_a_quote,
    _no_space_after_dash,
    out_of_line,
)
