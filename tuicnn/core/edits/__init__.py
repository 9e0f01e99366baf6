"""The editor's vocabulary: each edit is a value that makes a network of a network.

None ever checks a shape: a wrong network is a network all the same.
"""

from tuicnn.core.edits.containers import Ungroup, Wrap
from tuicnn.core.edits.edit import Changed, Edit, EditRefused
from tuicnn.core.edits.layers import Duplicate, Insert, Move, Remove, Replace, SetField
from tuicnn.core.edits.places import neighbours, outermost, shifted
from tuicnn.core.edits.splicing import bounded, without
from tuicnn.core.edits.whole import Become, Describe, SetInput

__all__ = [
    "Become",
    "Changed",
    "Describe",
    "Duplicate",
    "Edit",
    "EditRefused",
    "Insert",
    "Move",
    "Remove",
    "Replace",
    "SetField",
    "SetInput",
    "Ungroup",
    "Wrap",
    "bounded",
    "neighbours",
    "outermost",
    "shifted",
    "without",
]
