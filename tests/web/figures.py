"""The addresses of statistics, how they are asked, and plays to ask about."""

from datetime import UTC, datetime, timedelta

from tests.listening.builders import a_play

from spotify_insights.web.app import app

# Every address there is, so that a new one is held to the same as all others.
ADDRESSES = sorted(path for path in app.openapi()["paths"] if path.startswith("/api/stats/"))
LISTS = [path for path in ADDRESSES if "{" not in path]


def ask(client, listener, address, query=None, headers=None):
    """Ask for a statistic by its whole address or by what stands after `/api/stats/`."""
    path = address if address.startswith("/") else f"/api/stats/{address}"
    asked = {"user_id": str(listener.id), **(query or {})}
    return client.get(path, params=asked, headers=headers)


def told(client, listener, address, query=None):
    """The answer of a statistic that can be told."""
    answer = ask(client, listener, address, query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def filled(client, listener, address):
    """The address with the id of what the listener played most in the place of its parameter."""
    if "{" not in address:
        return address
    kind = address.split("/")[-2]
    most_played = told(client, listener, "top", {"kind": kind})["items"][0]
    return address.partition("{")[0] + str(most_played["id"])


def ids_of(client, listener, kind):
    """The ids of what was played, by name."""
    items = told(client, listener, "top", {"kind": kind})["items"]
    return {item["name"]: item["id"] for item in items}


def starting(at, seconds=200, title="Blue", artist="The Painters", **changes):
    """A row of an export for a play that started at an ISO instant (UTC)."""
    ended_at = datetime.fromisoformat(at).astimezone(UTC) + timedelta(seconds=seconds)
    written = ended_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return a_play(written, seconds * 1000, title, artist, **changes)


def every_day(first, days, title="Blue", artist="The Painters", times=1):
    """`times` plays, five minutes apart, from the instant `first` on and on the days after it."""
    start = datetime.fromisoformat(first)
    starts = (
        start + timedelta(days=day, minutes=5 * n) for day in range(days) for n in range(times)
    )
    return [starting(at.isoformat(), title=title, artist=artist) for at in starts]
