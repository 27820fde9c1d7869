"""The laptop mode: a private PostgreSQL and Redis, and the processes that use them.

    engines.started        both engines for the length of a `with` block: imports, tests
    engines.run            the engines and the product's processes until a stop signal: `start`
    running.find_running   where the engines of a start listen, for other commands

In the data folder:

    start.lock   held by the one start; guard.lock until its last process has ended
    running.json what runs and where, for command-line tools
    engines/     the engines' data and sockets, for their account alone
    programs/    copies of the engines, only where their account cannot reach the originals
    *.log        what the engines said since the last start
"""
