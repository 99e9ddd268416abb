"""Reports: one ``.sql`` file each, of named sections that return long rows.

What SQL says badly is a pure function of those rows in the module of the same name.
"""

from citytools.reports.sections import REPORTS, Question, ask, question

__all__ = ["REPORTS", "Question", "ask", "question"]
