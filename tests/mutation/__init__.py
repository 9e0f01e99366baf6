"""A mutation run: the rules are broken one by one, and some test must notice."""
