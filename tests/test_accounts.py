"""Listeners, and the life of the consent they gave: the demo Spotify is asked over the wire."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import delete, text, update

from spotify_insights import accounts, crypto, resources
from spotify_insights.errors import Conflict, Invalid, NotFound, ReconnectRequired, Unavailable
from spotify_insights.models import Play, SpotifyToken, User
from spotify_insights.models.account import Connection
from spotify_insights.models.listening import Origin, PlayKind, Provenance
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings
from spotify_insights.spotify.payloads import Me, Token

TOKEN_ADDRESS = "/api/token"
HOUR = timedelta(hours=1)
NOW = datetime.now(UTC)


def a_token(access="an-access-token", refresh="AQC...", **changes):
    return Token(access_token=access, refresh_token=refresh, **changes)


def look_at(user):
    with transaction() as session:
        return accounts.get_user(session, user.id)


def connect(user, token=None, *, ended=False):
    """Store a grant; with `ended` its access token is over."""
    with transaction() as session:
        accounts.save_token(session, user.id, token or a_token())
    if ended:
        move_end(user, -HOUR)
    return user


def move_end(user, by):
    with transaction() as session:
        session.execute(
            update(SpotifyToken)
            .where(SpotifyToken.user_id == user.id)
            .values(expires_at=datetime.now(UTC) + by)
        )


def stored(user, column="refresh_token"):
    """A token as it is stored, opened."""
    query = text(f"select {column} from spotify_tokens where user_id = :id")
    with transaction() as session:
        sealed = session.scalar(query, {"id": user.id})
    return crypto.decrypt(sealed, owner=f"spotify_tokens.{column}:{user.id}")


def refreshes(demo):
    return demo.calls().get(TOKEN_ADDRESS, 0)


def play_of(user, provenance):
    numbers = dict.fromkeys(("id", "content_id", "circumstances_id", "source_id"), 1)
    numbers["ms_played"] = [*Provenance].index(provenance)
    kinds = {"kind": PlayKind.TRACK, "origin": Origin.SPOTIFY_POLLED, "provenance": provenance}
    with transaction() as session:
        session.add(Play(user_id=user.id, started_at=NOW, ended_at=NOW, **numbers, **kinds))


def sign_in(*, token=None, **me):
    with transaction() as session:
        return accounts.sign_in(session, Me(**me), token or a_token())


def import_target():
    with transaction() as session:
        return accounts.import_target(session)


def register(*given):
    with transaction() as session:
        return accounts.register(session, *given)


def test_registered_a_second_time_it_is_the_same_listener_under_the_new_name(clean_database):
    first, is_new = register("ada", "Ada", "ada@example.org")

    second, is_new_again = register("ada", "Ada L.")

    assert (is_new, is_new_again) == (True, False)
    assert second.id == first.id
    assert (second.display_name, second.email) == ("Ada L.", "ada@example.org")


def test_two_registrations_at_once_are_one_listener(clean_database):
    together = Barrier(4)

    def register_ada(_):
        together.wait()
        return register("ada", "Ada")

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(register_ada, range(4)))

    assert len({user.id for user, _ in found}) == 1
    assert sum(is_new for _, is_new in found) == 1


def test_an_unknown_listener_is_not_found(clean_database):
    with transaction() as session, pytest.raises(NotFound):
        accounts.get_user(session, uuid4())


def test_own_listeners_come_first_and_the_demo_last(a_listener):
    demo, first, second = a_listener(is_demo=True), a_listener(), a_listener()

    with transaction() as session:
        listed = accounts.list_users(session)

    assert [user.id for user in listed] == [first.id, second.id, demo.id]


def test_an_import_without_anybody_makes_a_listener(clean_database):
    target = import_target()

    assert target.display_name == "You"
    assert import_target().id == target.id


def test_an_import_is_for_the_only_listener(listener):
    assert import_target().id == listener.id


def test_an_import_among_several_must_name_one(a_listener):
    a_listener(), a_listener()

    with pytest.raises(Invalid) as caught:
        import_target()

    assert (caught.value.code, caught.value.field) == ("which_user", "user_id")


def test_an_import_is_never_for_who_belongs_to_the_demo(a_listener):
    a_listener(is_demo=True)
    play_of(a_listener(), Provenance.DEMO)

    assert import_target().display_name == "You"


def test_own_plays_make_nobody_part_of_the_demo(listener):
    for provenance in (Provenance.EXPORT, Provenance.API):
        play_of(listener, provenance)

    assert import_target().id == listener.id


def test_the_demo_listener_is_added_once_and_is_connected(clean_database):
    with transaction() as session:
        first = accounts.add_demo_listener(session)
    with transaction() as session:
        second = accounts.add_demo_listener(session)

    assert second is None
    assert look_at(first).is_demo
    assert look_at(first).connection is Connection.CONNECTED
    assert stored(first, "access_token") == "BQD..."


def test_somebody_new_who_signs_in_is_added_and_connected(clean_database):
    user = sign_in(id="ada", account_id="acc-1", display_name="Ada")

    found = look_at(user)
    assert (found.spotify_user_id, found.account_id) == ("ada", "acc-1")
    assert found.display_name == "Ada"
    assert found.connection is Connection.CONNECTED
    assert stored(user, "access_token") == "an-access-token"


def test_without_a_name_the_id_is_the_name(clean_database):
    assert sign_in(id="ada").display_name == "ada"


def test_an_account_is_known_again_under_another_id(clean_database):
    first = sign_in(id="ada", account_id="acc-1")

    again = sign_in(id="renamed", account_id="acc-1")

    assert again.id == first.id


def test_a_registered_id_is_known_and_learns_its_account(clean_database):
    with transaction() as session:
        registered, _ = accounts.register(session, "ada", "Ada")

    user = sign_in(id="ada", account_id="acc-1", display_name="Another")

    assert user.id == registered.id
    assert look_at(user).account_id == "acc-1"
    assert look_at(user).display_name == "Ada"


def test_the_account_goes_before_the_id(clean_database):
    of_the_account = sign_in(id="ada", account_id="acc-1")
    of_the_id = sign_in(id="bob")

    user = sign_in(id="bob", account_id="acc-1")

    assert user.id == of_the_account.id != of_the_id.id


def test_an_account_that_is_not_said_is_nobodys(clean_database):
    with transaction() as session:
        other, _ = accounts.register(session, "other", "Other")
    known = sign_in(id="ada", account_id="acc-1")

    again, new = sign_in(id="ada"), sign_in(id="new")

    assert again.id == known.id
    assert look_at(known).account_id == "acc-1"
    assert new.id not in {other.id, known.id}
    assert look_at(other).connection is Connection.NONE


def test_a_grant_without_a_refresh_token_is_not_kept(listener):
    with pytest.raises(Invalid) as caught:
        connect(listener, Token(access_token="short-lived"))

    assert caught.value.field == "refresh_token"
    assert look_at(listener).connection is Connection.NONE


def test_spotify_can_be_asked_for_the_connected_only(listener):
    def require():
        with transaction() as session:
            accounts.require_connection(session, listener.id)

    with pytest.raises(Conflict, match="not connected"):
        require()
    connect(listener)
    require()
    with transaction() as session:
        accounts.mark_reconnect_required(session, listener.id, "It was taken back.")
    with pytest.raises(ReconnectRequired):
        require()
    assert look_at(listener).connection_reason == "It was taken back."


def test_a_token_that_lasts_is_used_as_it_is(listener, demo):
    connect(listener)
    before = refreshes(demo)

    assert accounts.fresh_token(listener.id) == "an-access-token"
    assert refreshes(demo) == before


@pytest.mark.parametrize("left", [timedelta(seconds=-1), timedelta(seconds=110)])
def test_a_token_that_ends_during_a_job_is_renewed(listener, demo, left):
    connect(listener)
    move_end(listener, left)

    fresh = accounts.fresh_token(listener.id)

    assert fresh not in {"an-access-token", ""}
    assert fresh == stored(listener, "access_token")
    assert accounts.fresh_token(listener.id) == fresh


def test_a_refused_token_is_renewed_before_its_time(listener, demo):
    connect(listener)

    assert accounts.fresh_token(listener.id, force=True) != "an-access-token"


def test_many_at_once_cause_one_refresh(listener, demo):
    connect(listener, ended=True)
    before, together = refreshes(demo), Barrier(8)

    def ask(_):
        together.wait()
        return accounts.fresh_token(listener.id)

    with ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(ask, range(8)))

    assert refreshes(demo) == before + 1
    assert tokens == {stored(listener, "access_token")}


def test_a_refresh_token_that_is_not_replaced_is_kept(listener, demo):
    demo.switch(renewal="never")
    connect(listener, ended=True)

    accounts.fresh_token(listener.id)

    assert stored(listener) == "AQC..."
    assert look_at(listener).connection is Connection.CONNECTED


def test_a_rotated_refresh_token_replaces_the_old_one(listener, demo):
    demo.switch(renewal="rotate")
    connect(listener, ended=True)
    accounts.fresh_token(listener.id)
    first = stored(listener)

    accounts.fresh_token(listener.id, force=True)

    assert "AQC..." != first != stored(listener)


def test_the_end_of_a_renewed_token_is_known(listener, demo):
    connect(listener, ended=True)

    accounts.fresh_token(listener.id)

    with transaction() as session:
        ends = session.scalar(text("select expires_at from spotify_tokens"))
    assert timedelta(minutes=55) < ends - datetime.now(UTC) <= HOUR


def test_a_grant_that_was_taken_back_asks_to_reconnect(listener, demo):
    demo.switch(revoked=True)
    connect(listener, ended=True)

    with pytest.raises(ReconnectRequired):
        accounts.fresh_token(listener.id)

    assert look_at(listener).connection is Connection.RECONNECT_REQUIRED
    assert look_at(listener).connection_reason
    before = refreshes(demo)
    with pytest.raises(ReconnectRequired):
        accounts.fresh_token(listener.id)
    assert refreshes(demo) == before


def test_accounts_that_are_down_say_nothing_about_the_consent(listener, demo):
    demo.switch(accounts_down=True)
    connect(listener, ended=True)

    with pytest.raises(Unavailable):
        accounts.fresh_token(listener.id)

    assert look_at(listener).connection is Connection.CONNECTED


def test_tokens_of_a_lost_key_ask_to_reconnect(listener, clean_database):
    connect(listener)
    clean_database.setenv("SECRET_KEY", "another key than the one before" * 2)
    get_settings.cache_clear()
    crypto._keys.cache_clear()

    with pytest.raises(ReconnectRequired) as caught:
        accounts.fresh_token(listener.id)

    assert caught.value.code == "reconnect_required"


def test_without_redis_nothing_is_refreshed(listener, demo, clean_database):
    connect(listener, ended=True)
    before = refreshes(demo)
    clean_database.setenv("REDIS_URL", "unix:///nowhere/redis.sock")
    get_settings.cache_clear()
    resources.redis().close()
    resources.redis.cache_clear()

    with pytest.raises(Unavailable) as caught:
        accounts.fresh_token(listener.id)

    assert (caught.value.code, refreshes(demo)) == ("redis_unavailable", before)


def test_a_refresh_is_asked_for_without_an_open_transaction(listener, accounts_service):
    connect(listener, ended=True)

    accounts.fresh_token(listener.id)

    assert accounts_service.connections_in_use == [0]


def test_a_refresh_that_lost_its_turn_is_repeated_later(listener, accounts_service):
    accounts_service.forgets_turns = True
    connect(listener, ended=True)

    with pytest.raises(Unavailable) as caught:
        accounts.fresh_token(listener.id)

    assert (caught.value.code, caught.value.retry_after) == ("refresh_busy", 10)


class AccountsService(HTTPServer):
    """Answers with a token, and looks at this process while it asks."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), TokenHandler)
        self.connections_in_use = []
        self.forgets_turns = False


class TokenHandler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.server.connections_in_use.append(resources.engine().pool.checkedout())
        if self.server.forgets_turns:
            resources.redis().flushdb()
        body = b'{"access_token": "fresh", "expires_in": 3600}'
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """The tests need no line about each call."""


@pytest.fixture
def accounts_service(clean_database):
    with AccountsService() as service:
        thread = threading.Thread(target=service.serve_forever, args=(0.01,))
        thread.start()
        host, port = service.server_address
        clean_database.setenv("SPOTIFY_ACCOUNTS_URL", f"http://{host}:{port}")
        get_settings.cache_clear()
        yield service
        service.shutdown()
        thread.join()


def test_only_the_connected_are_asked_about(a_listener):
    connected = connect(a_listener())
    move_end(connected, 2 * HOUR)
    a_listener()
    with transaction() as session:
        accounts.mark_reconnect_required(session, connect(a_listener()).id, "It ended.")

    with transaction() as session:
        found = accounts.connected_users(session)
        to_poll = accounts.users_to_poll(session, timedelta(0))
        ending = accounts.users_with_ending_tokens(session)

    assert found == to_poll == [connected.id]
    assert ending == []


def test_tokens_that_end_within_the_hour_are_renewed(a_listener):
    soon, later = connect(a_listener()), connect(a_listener())
    move_end(soon, timedelta(minutes=59))
    move_end(later, timedelta(minutes=61))

    with transaction() as session:
        assert accounts.users_with_ending_tokens(session) == [soon.id]


def test_whoever_was_polled_waits_for_the_next_turn(a_listener):
    polled, waiting = connect(a_listener()), connect(a_listener())
    with transaction() as session:
        session.execute(update(User).values(created_at=NOW - 2 * HOUR))
        accounts.mark_polled(session, [polled.id])

    with transaction() as session:
        assert accounts.users_to_poll(session, HOUR) == [waiting.id]


def disconnect(user):
    with transaction() as session:
        return accounts.disconnect(session, user.id)


def test_who_disconnects_is_not_asked_about_any_more_and_leaves_no_token(listener):
    connect(listener)

    disconnect(listener)

    seen = look_at(listener)
    assert (seen.connection, seen.disconnected_at is None) == (Connection.NONE, False)
    with transaction() as session:
        assert session.scalar(text("select count(*) from spotify_tokens")) == 0
        assert accounts.connected_users(session) == []
    with pytest.raises(Conflict):
        accounts.fresh_token(listener.id)


def test_to_disconnect_again_does_not_put_off_the_deletion(listener):
    first = disconnect(connect(listener)).disconnected_at

    assert disconnect(listener).disconnected_at == first


def test_a_consent_that_has_ended_can_be_disconnected_too(listener):
    connect(listener)
    with transaction() as session:
        accounts.mark_reconnect_required(session, listener.id, "It ended.")

    seen = disconnect(listener)

    assert (seen.connection, seen.connection_reason) == (Connection.NONE, None)


def test_who_never_connected_cannot_disconnect(listener):
    with pytest.raises(Conflict) as caught:
        disconnect(listener)

    assert caught.value.code == "not_connected"


def test_a_job_that_finds_the_consent_gone_does_not_connect_who_has_disconnected(listener):
    disconnect(connect(listener))

    with transaction() as session:
        accounts.mark_reconnect_required(session, listener.id, "It was taken back.")

    assert look_at(listener).connection is Connection.NONE


def test_who_connects_again_counts_as_never_disconnected(listener):
    disconnect(connect(listener))

    connect(listener)

    seen = look_at(listener)
    assert (seen.connection, seen.disconnected_at) == (Connection.CONNECTED, None)


def test_a_deleted_listener_takes_the_tokens_along(listener):
    connect(listener)

    with transaction() as session:
        session.execute(delete(User).where(User.id == listener.id))

    with transaction() as session:
        assert session.scalar(text("select count(*) from spotify_tokens")) == 0


def test_one_transaction_at_a_time_writes_a_ledger(listener):
    with transaction() as writing:
        accounts.lock_ledger(writing, listener.id)
        with transaction() as reading:
            assert accounts.get_user(reading, listener.id)
        with transaction() as other, pytest.raises(Exception, match="lock timeout"):
            other.execute(text("set local lock_timeout = '50ms'"))
            accounts.lock_ledger(other, listener.id)
