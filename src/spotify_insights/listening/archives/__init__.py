"""Listening histories as people upload them, turned into plain rows, without a database.

`formats.histories(files.members(paths, names))` gives the members that hold listening history,
each with the parser that reads it.
"""
