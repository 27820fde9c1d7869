"""The interactive description of the API, from our own server."""

from fastapi import APIRouter, Request, Response

from spotify_insights.web.templating import render

router = APIRouter()


@router.get("/docs")
def docs(request: Request) -> Response:
    return render(request, "docs.html", {})
