"""The forward pass in NumPy: a witness of every shape and count.

It never asks the core for an answer: it reads fields of layers, and looks at arrays.
"""

import os

# Else OpenBLAS's threads, before they sleep, spin for a tenth of a second, as a rule,
# and keep other threads from a core. Read when NumPy is imported: so it stands here.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "20")
