"""The page on which a listener agrees: plain HTML that names what is asked for."""

from html import escape

from starlette.datastructures import QueryParams

from spotify_insights.demo.tokens import SCOPES

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Agree to share your listening? · Demo Spotify</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; padding: 0 1rem;
  color: #1c1a17; background: #faf8f4 }}
button {{ font: inherit; padding: .5rem 1.25rem; margin-right: .5rem; border-radius: 9px;
  border: 1px solid #5f594f; background: none; color: inherit; cursor: pointer }}
button[value=agree] {{ background: #1c1a17; color: #faf8f4 }}
small {{ color: #5f594f }}
</style>
</head>
<body>
<main>
<h1>Agree to share your listening?</h1>
<p>The app <strong>{app}</strong> would like to:</p>
<ul>
{wishes}
</ul>
<form method="get" action="">
{fields}
<button name="consent" value="agree">Agree</button>
<button name="consent" value="deny">Cancel</button>
</form>
<p><small>This is the demo Spotify: account, listener and music are invented.
Afterwards you return to {target}.</small></p>
</main>
</body>
</html>
"""


def page(query: QueryParams) -> str:
    scopes = query.get("scope", "").split()
    wishes = ["See your name and picture", *(SCOPES.get(scope, scope) for scope in scopes)]
    return _PAGE.format(
        app=escape(query["client_id"]),
        wishes="\n".join(f"<li>{escape(wish)}</li>" for wish in wishes),
        fields="\n".join(_field(*pair) for pair in query.items()),
        target=escape(query["redirect_uri"]),
    )


def _field(name: str, value: str) -> str:
    return f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
