"""Reports: one ``.sql`` file each, of named sections that return long rows.

What SQL says badly is a pure function of those rows in the module of the same name.
"""

from citytools.reports.asking import Asked, asked
from citytools.reports.declared import Parameter, Question, chapters, question
from citytools.reports.registry import CHAPTERS, answer, other, reports

__all__ = ["CHAPTERS", "Asked", "Parameter", "Question", "answer", "asked", "chapters", "other", "question", "reports"]
