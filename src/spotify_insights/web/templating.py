"""Templates with escaping on, and what every page may use."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates
from jinja2 import StrictUndefined

from spotify_insights import __version__
from spotify_insights.settings import get_settings
from spotify_insights.web import format as written

HERE = Path(__file__).parent

_templates = Jinja2Templates(HERE / "templates")
_templates.env.undefined = StrictUndefined
_templates.env.trim_blocks = _templates.env.lstrip_blocks = True
_templates.env.filters |= written.FILTERS
_templates.env.globals["version"] = __version__
_templates.env.globals["product_name"] = lambda: get_settings().product_name


def render(request: Request, name: str, context: Mapping[str, Any]) -> Response:
    return _templates.TemplateResponse(request, name, dict(context))
