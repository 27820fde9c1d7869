"""Whose listening a page shows."""

from datetime import UTC, datetime
from uuid import UUID

from spotify_insights.models import User
from spotify_insights.models.account import Connection
from spotify_insights.web.pages.listeners import Audience, choose


def a_user(number, **changes):
    values = {
        "id": UUID(int=number),
        "created_at": datetime(2025, 1, number, tzinfo=UTC),
        "is_demo": False,
        "connection": Connection.NONE,
    }
    return User(**values | changes)


def test_the_newest_listener_with_an_import_or_a_connection_is_shown():
    demo = a_user(1, is_demo=True, connection=Connection.CONNECTED)
    importer, connected, idle = a_user(2), a_user(3, connection=Connection.CONNECTED), a_user(4)

    assert choose([importer, idle, demo], {importer.id}) is importer
    assert choose([importer, connected, idle, demo], {importer.id}) is connected


def test_a_listener_who_must_reconnect_still_has_data():
    ended = a_user(2, connection=Connection.RECONNECT_REQUIRED)

    assert choose([ended, a_user(1, is_demo=True)], set()) is ended


def test_the_demo_listener_stands_in_until_there_is_somebody_with_data():
    demo = a_user(1, is_demo=True, connection=Connection.CONNECTED)

    assert choose([a_user(2), demo], set()) is demo


def test_without_a_demo_listener_the_newest_one_is_shown():
    newest = a_user(2)

    assert choose([a_user(1), newest], set()) is newest
    assert choose([], set()) is None


def test_an_import_is_for_the_listener_shown():
    own, other = a_user(1), a_user(2)

    assert Audience(own, [own, other]).recipients == [own]


def test_an_import_never_lands_among_invented_plays():
    demo = a_user(1, is_demo=True)

    assert Audience(demo, [demo], has_demo_plays=True).recipients == []
    assert Audience(demo, [a_user(2), demo], has_demo_plays=True).recipients == []


def test_several_listeners_next_to_invented_plays_are_all_offered():
    demo, first, second = a_user(1, is_demo=True), a_user(2), a_user(3)

    assert Audience(demo, [first, second, demo], has_demo_plays=True).recipients == [first, second]
