"""From a layer's fields and the shapes that reach it to an operation, by family.

It never calls a rule of the core.
"""
