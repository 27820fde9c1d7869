"""What may happen to a listener's ledger, step by step, and what its rows say afterwards."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import strategies as st
from sqlalchemy import text
from tests.listening.builders import a_play, an_episode, import_rows, undo

from spotify_insights.listening import history, packed, polled, recordings
from spotify_insights.models.listening import Provenance
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import PlayHistory

# A Thursday in UTC, on which a week begins.
WEEK_BEGINS = datetime(2024, 5, 2, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
TITLES = ("Blue", "Red", "Green")
PROVENANCES = [one.value for one in Provenance]

starts = st.one_of(
    st.sampled_from([-1, 0, 1, 7 * 86_400 - 1, 7 * 86_400]),
    st.integers(0, 35).map(lambda day: day * 86_400 + 43_200),
)
songs = st.builds(
    lambda *given: ("song", *given),
    starts,
    st.sampled_from([0, 29_000, 30_000, 200_000]),
    st.sampled_from(TITLES),
    st.sampled_from(["The Painters", "The Painters", "The Others", None]),
    st.booleans(),
)
episodes = st.builds(lambda at: ("episode", at, 1_800_000, "One", None, False), starts)
which = st.integers(0, 9)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("bring_in"), st.lists(songs | episodes, min_size=1, max_size=6)),
        st.tuples(st.just("bring_in"), st.lists(songs, min_size=1, max_size=6)),
        st.tuples(
            st.just("poll"), st.lists(st.tuples(starts, st.sampled_from(TITLES)), min_size=1)
        ),
        st.tuples(st.sampled_from(["undo", "delete", "restore", "toggle", "merge"]), which),
    ),
    min_size=2,
    max_size=7,
)


class Stored(NamedTuple):
    """A play as its row says it; 0 stands for a missing track, artist or album."""

    started: int
    ms_played: int
    content: int
    track: int
    artist: int
    album: int
    circumstances: int
    flags: int

    @property
    def is_private(self):
        return self.flags & 1 == 1


class Happenings:
    """One listener's ledger, and the imports that may be undone."""

    def __init__(self, user_id):
        self.user_id = user_id
        self.records = []

    def happen(self, step):
        name, given = step
        getattr(self, name)(given)

    def bring_in(self, some):
        self.records.append(import_rows(self.user_id, *(_row(*one) for one in some)))

    def poll(self, told):
        items = [_told(WEEK_BEGINS + at * SECOND, title) for at, title in told]
        with transaction() as session:
            polled.save(session, self.user_id, items, Provenance.API)

    def undo(self, number):
        if self.records:
            undo(self.records.pop(number % len(self.records)))

    def delete(self, number):
        play = self._choose(number, "not (is_superseded or is_deleted)")
        if play:
            with transaction() as session:
                history.delete(session, self.user_id, play.id)

    def restore(self, number):
        play = self._choose(number, "is_deleted and not is_superseded")
        if play:
            with transaction() as session:
                history.restore(session, self.user_id, play.id)

    def toggle(self, number):
        """Change a play and only say so: whoever reads must not be told what was before."""
        play = self._choose(number, "not (is_superseded or is_deleted)")
        if play:
            with transaction() as session:
                change = "update plays set is_private = not is_private where id = :id"
                session.execute(text(change), {"id": play.id})
                packed.mark(session, self.user_id, play.started_at, play.started_at)

    def merge(self, number):
        """Let two titles of one artist be one recording, or take the oldest merge back."""
        with transaction() as session:
            if number % 3:
                first, second = TITLES[number % 3], TITLES[number % 3 - 1]
                same = "update contents set isrc = 'GBAYE0601498' where name in (:one, :other)"
                session.execute(text(same), {"one": first, "other": second})
                recordings.merge(session, self.user_id)
            elif found := recordings.list_merges(session, self.user_id, 1, 0):
                recordings.unmerge(session, found[0].track_id)

    def _choose(self, number, condition):
        query = f"select id, started_at from plays where user_id = :id and {condition} order by id"
        with transaction() as session:
            found = session.execute(text(query), {"id": self.user_id}).all()
        return found[number % len(found)] if found else None


def rows_of(user_id, kind):
    """The plays of one kind that count, as the ledger has them, in the order of its key."""
    query = """
        select extract(epoch from started_at)::bigint, ms_played, content_id,
            coalesce(track_id, 0), coalesce(artist_id, 0), coalesce(album_id, 0), circumstances_id,
            is_private, is_estimated, provenance::text
        from plays
        where user_id = :user_id and kind = cast(:kind as play_kind)
            and not is_superseded and not is_deleted
        order by started_at, ended_at, content_id, ms_played, origin
    """
    with transaction() as session:
        rows = session.execute(text(query), {"user_id": user_id, "kind": kind.value}).all()
    return [
        Stored(*numbers, is_private + 2 * is_estimated + 4 * PROVENANCES.index(provenance))
        for *numbers, is_private, is_estimated, provenance in rows
    ]


def _row(kind, at, ms, title, artist, is_private):
    ended = f"{WEEK_BEGINS + at * SECOND + timedelta(milliseconds=ms):%Y-%m-%dT%H:%M:%SZ}"
    if kind == "episode":
        return an_episode(ended, ms, title)
    address = f"spotify:track:{title}{artist}"
    return a_play(ended, ms, title, artist, spotify_track_uri=address, incognito_mode=is_private)


def _told(played_at, title):
    track = {
        "uri": f"spotify:track:{title}The Painters",
        "name": title,
        "artists": [{"name": "The Painters"}],
        "duration_ms": 200_000,
    }
    return PlayHistory.model_validate({"track": track, "played_at": played_at})
