"""The product's own app with one bare endpoint beside it, for `answers.py`."""

import sys

from fastapi import Request, Response
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from spotify_insights.web.app import app

_kept = {"body": b""}


@app.get("/bare", include_in_schema=False)
def bare() -> Response:
    return Response(_kept["body"], media_type="application/json")


@app.put("/bare", include_in_schema=False)
async def keep(request: Request) -> Response:
    _kept["body"] = await request.body()
    return Response(status_code=204)


if __name__ == "__main__":
    Granian(
        "served:app",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.ASGI,
        log_level=LogLevels.warning,
    ).serve()
