"""Excel workbooks: tables for people to read, sheets for them to fill in, and what they send back. The only user of openpyxl."""

from citytools.workbook.annotate import ISSUES, Annotated, annotate
from citytools.workbook.answers import Heading, Sheet, write
from citytools.workbook.cells import Book, Cell, ReadSheet
from citytools.workbook.filling import GUIDANCE, fill
from citytools.workbook.form import Form, FormColumn, FormSheet
from citytools.workbook.note import Note

__all__ = [
    "GUIDANCE",
    "ISSUES",
    "Annotated",
    "Book",
    "Cell",
    "Form",
    "FormColumn",
    "FormSheet",
    "Heading",
    "Note",
    "ReadSheet",
    "Sheet",
    "annotate",
    "fill",
    "write",
]
