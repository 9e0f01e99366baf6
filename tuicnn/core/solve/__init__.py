"""Solve: from a shape that is wanted to the edits that reach it exactly.

Nothing here draws or asks: a dialog, or the command line, does this:

    target = parse_target("1x100x50", report)      # or the row of a layer behind it
    if isinstance(target, str):
        ...                                        # what is wrong with the text
    solution = solve(target)
    for answer in solution.answers:                # smallest change first
        answer.proposal                            # a title, and an edit to apply
        answer.consequence.difference              # parameters, MACs
        answer.problems                            # what would be left to mend
    solution.why                                   # where there is no answer

`targets` yields what somebody may mean, for completion; `mirror` makes the decoder of
an encoder. A search takes a fraction of a second, so it may run as a target is typed.
"""

from tuicnn.core.solve.answer import Answer, Order, Solution
from tuicnn.core.solve.mirror import mirror
from tuicnn.core.solve.place import Place
from tuicnn.core.solve.search import LIMIT, solve
from tuicnn.core.solve.target import Target, parse_target, targets

__all__ = [
    "LIMIT",
    "Answer",
    "Order",
    "Place",
    "Solution",
    "Target",
    "mirror",
    "parse_target",
    "solve",
    "targets",
]
