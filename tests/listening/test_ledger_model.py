"""Whatever is imported, polled and undone, the ledger is the one that a plain model predicts."""

import csv
import json
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.listening.archives.builders import NOW, a_member
from tests.listening.builders import a_play, files_of, import_uploads, undo
from tests.listening.ledger_model import Model, an_account

from spotify_insights.listening import polled
from spotify_insights.listening.archives import lastfm, spotify_account, spotify_extended
from spotify_insights.models.listening import Provenance
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import PlayHistory

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
# Addresses with their names: two recordings of one song, one of another by that name, and another.
SONGS = (
    ("spotify:track:a", "Blue", "The Painters"),
    ("spotify:track:b", "Blue - Remastered 2011", "The Painters"),
    ("spotify:track:c", "BLUE (Live)", "The Others"),
    ("spotify:track:d", "Red", "The Painters"),
)
DAY_S = 86_400

# A listen: which song, when it began, how long it lasted and how much later it was uploaded.
listens = st.tuples(
    st.sampled_from(SONGS),
    st.one_of(st.integers(0, 1_200), st.sampled_from((0, 200, 203, 400, 600, 3_600, 3 * DAY_S))),
    st.sampled_from((0, 20_000, 31_500, 120_000, 200_000, 200_000, 200_000)),
    st.sampled_from((0, 0, 0, 0, 90, 3_600, 3 * DAY_S)),
)
histories = st.lists(listens, min_size=1, max_size=7)


@st.composite
def steps(draw):
    """What happens to a ledger, over one history and parts of it."""
    history = draw(histories)
    some = st.lists(st.sampled_from(history), min_size=1, max_size=8)
    slips = st.lists(st.integers(-4, 4), min_size=8, max_size=8)
    extended = st.tuples(st.just("extended"), some, slips, st.booleans())
    other = st.tuples(st.sampled_from(("account", "lastfm")), some, slips, st.booleans())
    poll = st.tuples(st.just("poll"), some, slips, st.booleans())
    later = st.tuples(st.sampled_from(("again", "undo")), st.integers(0, 5))
    return draw(st.lists(st.one_of(extended, other, poll, later), min_size=2, max_size=7))


def ended(listen):
    _, start_s, ms, late_s = listen
    return NOON + timedelta(seconds=start_s + ms // 1000 + late_s)


def began(listen):
    return NOON + timedelta(seconds=listen[1])


def extended_file(some, slips, is_noted):
    """The device's own start stands in some generations only; a row may be there twice, nearly."""
    rows = []
    for listen, slip_s in zip(some, slips, strict=False):
        (uri, title, artist), _, ms, _ = listen
        noted = int(began(listen).timestamp()) if is_noted and slip_s >= 0 else None
        rows.append(
            a_play(
                f"{ended(listen) + timedelta(seconds=max(slip_s - 2, 0)):%Y-%m-%dT%H:%M:%SZ}",
                ms,
                title,
                artist,
                spotify_track_uri=uri,
                offline_timestamp=noted,
            )
        )
    return json.dumps(rows).encode()


def account_file(some, slips, is_noted):
    rows = [
        {
            "endTime": f"{ended(listen):%Y-%m-%d %H:%M}",
            "artistName": listen[0][2],
            "trackName": listen[0][1],
            "msPlayed": listen[2],
        }
        for listen in some
    ]
    return json.dumps(rows).encode()


def lastfm_file(some, slips, is_noted):
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(("uts", "utc_time", "artist", "album", "track"))
    for listen, slip_s in zip(some, slips, strict=False):
        _, title, artist = listen[0]
        writer.writerow((int(began(listen).timestamp()) + slip_s, "", artist, "Colours", title))
    return file.getvalue().encode()


FILES = {
    "extended": (extended_file, spotify_extended.read),
    "account": (account_file, spotify_account.read),
    "lastfm": (lastfm_file, lastfm.read_csv),
}


def as_polled(some, slips, is_end):
    """What a poll finds of these plays: their ends or their beginnings, by another clock."""
    items = []
    for listen, slip_s in zip(some, slips, strict=False):
        uri, title, artist = listen[0]
        track = {"uri": uri, "name": title, "artists": [{"name": artist}], "duration_ms": 200_000}
        heard_at = (ended if is_end else began)(listen) + timedelta(seconds=slip_s + 0.25)
        items.append(PlayHistory.model_validate({"track": track, "played_at": heard_at}))
    return items


def rows_in(parse, content):
    return [row for batch in parse(a_member(content), NOW) for row in batch.rows]


def numbers():
    with transaction() as session:
        return dict(tuple(row) for row in session.execute(text("select uri, id from contents")))


def stored(user_id):
    """Every account in the ledger, and whether another one stands for it."""
    query = """
        select extract(epoch from p.started_at)::int, extract(epoch from p.ended_at)::int, c.uri,
            p.ms_played, p.origin::text, p.is_superseded
        from plays p join contents c on c.id = p.content_id where p.user_id = :user_id
    """
    with transaction() as session:
        rows = session.execute(text(query), {"user_id": user_id}).all()
    return {tuple(row[:5]): row[5] for row in rows}


def is_linked_throughout(user_id):
    """Whether the superseded plays are the ones with a match, one each, to a play that is there."""
    query = """
        select coalesce(bool_and(p.is_superseded and r.id is not null), true)
            and count(p.id) = (select count(*) from matches where user_id = :user_id)
            and count(p.id) = (
                select count(*) from plays where user_id = :user_id and is_superseded)
        from matches m
        left join plays p on p.user_id = m.user_id and p.id = m.play_id
        left join plays r on r.user_id = m.user_id and r.id = m.by_play_id
        where m.user_id = :user_id
    """
    with transaction() as session:
        return session.scalar(text(query), {"user_id": user_id})


class Story:
    """One listener's ledger beside the model of it."""

    def __init__(self, user_id):
        self.user_id = user_id
        self.model = Model()
        self.files = {}
        self.records = {}

    def bring_in(self, kind, content):
        record = import_uploads(self.user_id, (f"{kind}.file", BytesIO(content)))
        known = numbers()
        accounts = [an_account(row, known) for row in rows_in(FILES[kind][1], content)]
        number = len(self.files)
        self.files[number] = kind, content
        self.records[number] = record
        self.model.bring_in(number, (kind, content), accounts)
        assert record.rows == sum(record.counts.values())
        assert all(count >= 0 for count in record.counts.values())
        assert all(file.rows == sum(file.counts.values()) for file in files_of(record))

    def poll(self, items):
        polls = self.model.claims.get("polls", set())
        oldest = int(min(item.played_at for item in items).timestamp())
        before = max((one.ended for one in polls if one.ended < oldest), default=None)
        after = datetime.fromtimestamp(before, UTC) if before else None
        rows = polled.estimate(items, after=after)
        with transaction() as session:
            polled.save(session, self.user_id, items, Provenance.API)
        told = {(one.ended, one.uri) for one in polls}
        known = numbers()
        found = [an_account(row, known) for row in rows]
        self.model.poll(one for one in found if (one.ended, one.uri) not in told)

    def again(self, number):
        if self.files:
            self.bring_in(*self.files[number % len(self.files)])

    def undo(self, number):
        if self.records:
            chosen = sorted(self.records)[number % len(self.records)]
            undo(self.records.pop(chosen))
            self.model.undo(chosen)

    def happen(self, step):
        kind, *how = step
        if kind in FILES:
            self.bring_in(kind, FILES[kind][0](*how))
        elif kind == "poll":
            self.poll(as_polled(*how))
        else:
            getattr(self, kind)(*how)


@settings(derandomize=True, max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
@given(steps())
def test_whatever_happens_to_a_ledger_it_is_the_one_that_the_model_predicts(a_listener, steps):
    story = Story(a_listener().id)

    for step in steps:
        story.happen(step)

        assert stored(story.user_id) == story.model.plays()
        assert is_linked_throughout(story.user_id)


@settings(derandomize=True, max_examples=20, deadline=None, suppress_health_check=[*HealthCheck])
@given(steps(), st.randoms(use_true_random=False))
def test_in_which_order_files_come_does_not_matter(a_listener, steps, dice):
    files = [(step[0], FILES[step[0]][0](*step[1:])) for step in steps if step[0] in FILES]
    shuffled = dice.sample(files, len(files))
    one, other = Story(a_listener().id), Story(a_listener().id)

    for story, order in ((one, files), (other, shuffled)):
        for file in order:
            story.bring_in(*file)

    assert stored(one.user_id) == stored(other.user_id)
