"""How an operation is computed in blocks, by several threads, in memory it is given.

It never chooses for a layer by its name: windows, channels and sizes decide.
"""
