"""Every number that is told of listening, each defined once (docs/statistics.md has them all).

`scope` says which plays are meant and fetches them; all other modules count, and touch nothing but
the arrays they are given. `names` turns the ids in an answer into words.
"""
