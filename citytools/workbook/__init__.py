"""Excel workbooks: tables for people to read, sheets for them to fill in, and what they send back. The only user of openpyxl."""

from citytools.workbook.answers import Heading, Sheet, write
from citytools.workbook.cells import Book, Cell, ReadSheet
from citytools.workbook.filling import fill
from citytools.workbook.form import Form, FormColumn, FormSheet

__all__ = ["Book", "Cell", "Form", "FormColumn", "FormSheet", "Heading", "ReadSheet", "Sheet", "fill", "write"]
