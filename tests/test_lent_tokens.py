"""An access token that came without a grant: used while it lasts, renewed by nobody."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from spotify_insights import accounts
from spotify_insights.errors import ReconnectRequired
from spotify_insights.models import SpotifyToken
from spotify_insights.models.account import Connection
from spotify_insights.resources import transaction
from spotify_insights.spotify.payloads import Me, Token

HOUR = timedelta(hours=1)


def lend(user, access="lent"):
    with transaction() as session:
        accounts.lend_token(session, user.id, access)


def connect(user):
    with transaction() as session:
        token = Token(access_token="granted", refresh_token="AQC...")
        accounts.save_token(session, user.id, token)


def look_at(user):
    with transaction() as session:
        return accounts.get_user(session, user.id)


def stored(user):
    with transaction() as session:
        return session.scalars(select(SpotifyToken).where(SpotifyToken.user_id == user.id)).one()


def end(user):
    with transaction() as session:
        ended = update(SpotifyToken).where(SpotifyToken.user_id == user.id)
        session.execute(ended.values(expires_at=datetime.now(UTC) - HOUR))


def ending():
    with transaction() as session:
        return accounts.users_with_ending_tokens(session)


def test_a_lent_token_connects_the_listener_for_an_hour(listener):
    lend(listener)

    assert accounts.fresh_token(listener.id) == "lent"
    assert look_at(listener).connection is Connection.CONNECTED
    assert abs(stored(listener).expires_at - datetime.now(UTC) - HOUR) < timedelta(minutes=1)


def test_a_lent_token_is_sealed_and_has_no_refresh_token(listener):
    lend(listener)

    assert stored(listener).refresh_token == b""
    assert b"lent" not in stored(listener).access_token


def test_a_later_lent_token_takes_the_place_of_the_one_before(listener):
    lend(listener, "first")
    lend(listener, "second")

    assert accounts.fresh_token(listener.id) == "second"


def test_a_lent_token_never_takes_the_place_of_a_grant(listener):
    connect(listener)
    lend(listener)

    assert accounts.fresh_token(listener.id) == "granted"


def test_a_grant_takes_the_place_of_a_lent_token(listener):
    lend(listener)
    connect(listener)

    assert accounts.fresh_token(listener.id) == "granted"


@pytest.mark.parametrize("is_forced", [True, False])
def test_a_lent_token_that_ended_is_over_and_spotify_is_not_asked(demo, listener, is_forced):
    lend(listener)
    if not is_forced:
        end(listener)
    asked = demo.calls().get("/api/token", 0)

    with pytest.raises(ReconnectRequired):
        accounts.fresh_token(listener.id, force=is_forced)

    assert demo.calls().get("/api/token", 0) == asked
    assert look_at(listener).connection is Connection.RECONNECT_REQUIRED


def test_after_its_end_another_lent_token_connects_again(listener):
    lend(listener)
    end(listener)
    with pytest.raises(ReconnectRequired):
        accounts.fresh_token(listener.id)

    lend(listener, "another")

    assert accounts.fresh_token(listener.id) == "another"


def test_the_sweep_leaves_lent_tokens_alone(a_listener):
    lent, granted = a_listener(), a_listener()
    lend(lent)
    connect(granted)
    for user in (lent, granted):
        end(user)

    assert ending() == [granted.id]


def test_spotify_s_me_is_recognised_by_what_never_changes(clean_database):
    with transaction() as session:
        new = accounts.recognise(session, Me(id="ada", account_id="one", display_name="Ada"))
        renamed = accounts.recognise(session, Me(id="ada.l", account_id="one"))
        same_name = accounts.recognise(session, Me(id="ada"))

    assert {renamed.id, same_name.id} == {new.id}
    assert (new.display_name, new.connection) == ("Ada", Connection.NONE)
