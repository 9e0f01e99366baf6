"""Budgets: what a network costs as sums over its layers, and how to make it cheaper.

Nothing here is estimated: each proposal has been tried, and gets under the budget.
"""

from tuicnn.core.budget.offers import proposals
from tuicnn.core.budget.terms import Budget, Measure, Sum, Term, sums

__all__ = ["Budget", "Measure", "Sum", "Term", "proposals", "sums"]
