"""The rules that reading and the schemas apply, for the manual: they are not functions, but people meet them too."""

from __future__ import annotations

from citytools.model import Severity

GIVEN: dict[str, tuple[Severity, str]] = {
    "byte-order-mark": (Severity.NOTICE, "A file does not begin with an invisible mark (BOM)."),
    "curly-quotes": (Severity.NOTICE, "Quotes round a value are straight: curly ones become part of it."),
    "duplicate-key": (Severity.ERROR, "A field is given once in its record."),
    "empty-file": (Severity.ERROR, "A file holds something; nothing to report is written by leaving the file out."),
    "encoding": (Severity.ERROR, "A file is UTF-8 text."),
    "invisible-character": (Severity.ERROR, "There are no characters that cannot be seen or that change the order of reading."),
    "json-form": (Severity.NOTICE, "A file is written as YAML, although JSON can be read."),
    "key-form": (Severity.ERROR, "A field's name is text of at most 100 characters."),
    "merge-conflict": (Severity.ERROR, "No merge was left unfinished."),
    "missing-field": (Severity.ERROR, "Fields that a record cannot do without are there."),
    "no-break-space": (Severity.ERROR, "Indentation and the space after a colon are ordinary spaces."),
    "not-allowed": (Severity.ERROR, "A coded value is one of the words allowed."),
    "not-fields": (Severity.ERROR, "A file is a set of fields."),
    "not-yaml": (Severity.ERROR, "A file is YAML, not a web page, a workbook or a pointer to another file."),
    "out-of-range": (Severity.ERROR, "A number lies in the range that can be right."),
    "swallowed-comment": (Severity.WARNING, "Text such as #5 is not lost as a comment (a notice where it follows a sentence)."),
    "syntax": (Severity.ERROR, "A file can be read as YAML."),
    "tab": (Severity.ERROR, "Spaces, not tabs, indent lines and follow colons."),
    "too-large": (Severity.ERROR, "Files, lines, values and their depth stay within the limits."),
    "unexpected-file": (Severity.ERROR, "Each file stands where the data model has a place for it."),
    "unknown-field": (Severity.ERROR, "Every field is one that the schema knows."),
    "unreadable": (Severity.ERROR, "A file is an ordinary file that can be opened; links are not followed."),
    "wrong-date": (Severity.ERROR, "A date is written 2027, 2027-03 or 2027-03-31 and stands in the calendar."),
    "wrong-form": (Severity.ERROR, "A text has the form that its field needs."),
    "wrong-type": (Severity.ERROR, "A value is of the kind that its field needs: text, number, list."),
    "yaml-feature": (Severity.ERROR, "YAML's anchors, aliases, tags, merge keys, directives and second documents are not used."),
}
