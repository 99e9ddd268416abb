"""Folding what somebody handed in into the dataset: first a plan, record by record, then, if asked, the files that change.

A submission is merged in three ways against the state that it was made from. Where nobody names that state it is taken to be the
dataset as it is now, so that what was changed in the submission is all that changes. What is missing in it is not thereby removed.
"""

from citytools.merge.planning import Asked, Plan, in_place, plan
from citytools.merge.told import checked, counted, tables

__all__ = ["Asked", "Plan", "checked", "counted", "in_place", "plan", "tables"]
