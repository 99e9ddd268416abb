"""Excel workbooks: tables for people to read, sheets for them to fill in, and what they send back. The only user of openpyxl."""

from citytools.workbook.annotate import ISSUES, Annotated, annotate
from citytools.workbook.answers import Heading, Sheet, write
from citytools.workbook.cells import Book, Cell, Content, ReadSheet, column_letters
from citytools.workbook.filling import GUIDANCE, LISTS, fill
from citytools.workbook.form import Filled, Form, FormColumn, FormSheet
from citytools.workbook.note import Note
from citytools.workbook.reading import read

__all__ = [
    "GUIDANCE",
    "ISSUES",
    "LISTS",
    "Annotated",
    "Book",
    "Cell",
    "Content",
    "Filled",
    "Form",
    "FormColumn",
    "FormSheet",
    "Heading",
    "Note",
    "ReadSheet",
    "Sheet",
    "annotate",
    "column_letters",
    "fill",
    "read",
    "write",
]
