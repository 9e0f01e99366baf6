"""Explanations in words: why each number is what it is, for a person who asks.

Nothing here computes a number: every line shows a step that the core derived.
"""

from tuicnn.core.explain.layer import explain_layer
from tuicnn.core.explain.network import explain_network

__all__ = ["explain_layer", "explain_network"]
