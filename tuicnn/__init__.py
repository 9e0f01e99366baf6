"""Explains convolutional networks: every size, every parameter, every reason.

It never imports anything by itself, so that `tuicnn.__version__` costs nothing.
"""

__version__ = "0.1.0"
