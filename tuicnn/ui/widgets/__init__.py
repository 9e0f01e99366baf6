"""The panes of the editor, and what they are made of."""
