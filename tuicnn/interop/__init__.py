"""Networks for others: what a report or a document says, in the formats people use.

These modules never touch a file: they return text, and others write it.
"""
