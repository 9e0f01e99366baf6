"""The forward pass in NumPy: a witness of every shape and count.

It never asks the core for an answer: it reads fields of layers, and looks at arrays.
"""
