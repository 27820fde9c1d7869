"""Addresses: what is one, how it is kept, and who decides over it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from tests.digest.builders import a_target, jobs_of, run, the_target
from tests.web.asking import everything_stored

from spotify_insights import crypto
from spotify_insights.digest import reading, targets
from spotify_insights.errors import Conflict, Invalid, NotFound
from spotify_insights.models.job import JobKind
from spotify_insights.models.summary import Channel, TargetState
from spotify_insights.resources import transaction

ADA = "ada@example.org"


@pytest.mark.parametrize(
    "address",
    [
        *("ada", "ada@", "@example.org", "ada@example", "ada@@example.org", "a b@example.org"),
        *("ada@example.org\n", "ada@example.org\r\nBcc: eve@example.org", "ada\0@example.org"),
        *("ada@example.org,eve@example.org", "Ada <ada@example.org>", ".ada@example.org"),
        *("ada..l@example.org", "ada@-example.org", "ada@exa_mple.org", "ädä@example.org"),
        *(f"{'a' * 65}@example.org", f"ada@{'example.' * 40}org", "", None),
    ],
)
def test_what_is_no_address_of_a_mailbox_is_refused(listener, mail_server, address):
    with pytest.raises(Invalid) as caught, transaction() as session:
        targets.add(session, listener.id, Channel.EMAIL, address)

    assert (caught.value.code, caught.value.field) == ("not_an_address", "address")


@given(address=st.text(max_size=40) | st.from_regex(r"[ -~]{1,12}@[ -~]{1,20}", fullmatch=True))
def test_whatever_is_taken_for_an_address_fits_into_a_header(address):
    try:
        taken = targets._mail_address(address)
    except Invalid:
        return

    assert taken.isascii()
    assert taken.isprintable()
    assert taken.count("@") == 1
    assert not set(taken) & set(' ,;:<>()[]\\"')


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (ADA, ADA),
        ("Ada.L+music@Example.ORG", "Ada.L+music@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_an_address_of_a_mailbox_is_kept_as_servers_read_it(listener, mail_server, given, kept):
    target = a_target(listener, Channel.EMAIL, given)

    assert targets.address_of(target) == kept


def test_an_address_is_sealed_for_its_row_and_only_a_hint_is_shown(listener, mail_server, service):
    mail = a_target(listener, Channel.EMAIL, "ada.l@example.org")
    other = a_target(listener, Channel.APPRISE, service.url)

    stored = str(everything_stored())
    assert "ada.l" not in stored
    assert "a-secret-path" not in stored
    assert targets.secret_of(mail) not in stored
    assert (mail.hint, other.hint) == ("a…@example.org", "json://…")
    with pytest.raises(crypto.Undecryptable):
        crypto.decrypt(mail.address, owner=f"summary_targets.address:{other.id}")


def test_an_address_sealed_with_a_lost_key_can_be_added_again(
    listener, mail_server, clean_database
):
    target = a_target(listener, Channel.EMAIL, ADA)
    clean_database.setenv("SECRET_KEY", "another key, as long as it has to be")
    targets.notify.get_settings.cache_clear()
    crypto._keys.cache_clear()

    with pytest.raises(Conflict) as caught:
        targets.address_of(target)

    assert caught.value.code == "target_unreadable"


def test_the_same_address_again_is_the_same_target(listener, service):
    first = a_target(listener, Channel.APPRISE, service.url)

    with transaction() as session:
        again = targets.add(session, listener.id, Channel.APPRISE, service.url)

    assert (again.target.id, again.is_new, again.confirmation) == (first.id, False, None)


def test_an_unconfirmed_address_is_asked_at_most_three_times_a_day(a_listener, mail_server):
    ada, bob = a_listener(), a_listener()
    for listener in (ada, bob, ada):
        a_target(listener, Channel.EMAIL, ADA, is_confirmed=False)
        for job in jobs_of(listener, JobKind.DELIVER):
            run(job)

    with pytest.raises(Conflict) as caught:
        a_target(bob, Channel.EMAIL, ADA, is_confirmed=False)

    assert caught.value.code == "too_many_confirmations"
    assert len(mail_server.mails) == 3
    with transaction() as session:
        session.execute(text("update background_jobs set created_at = now() - interval '25 h'"))
    a_target(bob, Channel.EMAIL, ADA, is_confirmed=False)


def test_there_are_at_most_ten_targets(listener):
    for _ in range(targets.MOST_TARGETS):
        target = a_target(listener)

    with pytest.raises(Conflict) as caught:
        a_target(listener)

    assert caught.value.code == "too_many_targets"
    with transaction() as session:
        targets.end(session, targets.get_target(session, target.id))
    a_target(listener)


def test_without_a_mail_server_no_address_is_taken(listener):
    with pytest.raises(Conflict) as caught:
        a_target(listener, Channel.EMAIL, ADA)

    assert caught.value.code == "mail_not_configured"


def test_a_feed_takes_no_address(listener):
    with pytest.raises(Invalid):
        a_target(listener, Channel.FEED, "https://example.org")


def test_an_unknown_listener_has_no_targets(clean_database, listener):
    with pytest.raises(NotFound), transaction() as session:
        targets.add(session, listener.id.__class__(int=1), Channel.FEED)


def test_confirming_twice_is_confirming_once(listener, mail_server):
    target = a_target(listener, Channel.EMAIL, ADA)
    first = the_target(target).confirmed_at

    with transaction() as session:
        again = targets.confirm(session, targets.secret_of(target))

    assert (again.state, again.confirmed_at) == (TargetState.ACTIVE, first)


def test_an_address_that_ended_is_forgotten_and_cannot_be_confirmed(listener, mail_server):
    target = a_target(listener, Channel.EMAIL, ADA, is_confirmed=False)
    secret = targets.secret_of(target)
    with transaction() as session:
        targets.end(session, targets.by_secret(session, secret, Channel.EMAIL))
        targets.end(session, targets.by_secret(session, secret, Channel.EMAIL))

    ended = the_target(target)
    assert (ended.state, ended.address) == (TargetState.ENDED, None)
    with pytest.raises(NotFound), transaction() as session:
        targets.confirm(session, secret)
    with pytest.raises(Conflict):
        targets.address_of(ended)
    with pytest.raises(NotFound), transaction() as session:
        targets.get_target(session, target.id)
    assert a_target(listener, Channel.EMAIL, ADA).id != target.id


def test_a_secret_opens_only_what_it_is_for(listener, mail_server):
    feed = a_target(listener)
    secret = targets.secret_of(feed)

    for wrong in (secret, "nothing", ""):
        with pytest.raises(NotFound), transaction() as session:
            targets.by_secret(session, wrong, Channel.EMAIL)


def test_a_renewed_feed_has_another_address_alone(listener):
    feed = a_target(listener)
    old = targets.secret_of(feed)

    with transaction() as session:
        renewed = targets.renew(session, feed.id)

    assert renewed.id == feed.id
    assert targets.secret_of(renewed) != old
    with pytest.raises(NotFound), transaction() as session:
        reading.read_feed(session, old)
    with transaction() as session:
        assert reading.read_feed(session, targets.secret_of(renewed)).entries == []


def test_only_a_feed_is_renewed_and_only_others_are_tested(listener, mail_server, service):
    feed = a_target(listener)
    service_target = a_target(listener, Channel.APPRISE, service.url)
    asked = a_target(listener, Channel.EMAIL, ADA, is_confirmed=False)

    for step, target, code in (
        (targets.renew, service_target, "not_a_feed"),
        (targets.test, feed, "nothing_to_test"),
        (targets.test, asked, "target_not_active"),
    ):
        with pytest.raises(Conflict) as caught, transaction() as session:
            step(session, target.id)
        assert caught.value.code == code


def test_a_removed_feed_cannot_be_read(listener):
    feed = a_target(listener)
    with transaction() as session:
        targets.end(session, targets.get_target(session, feed.id))

    with pytest.raises(NotFound), transaction() as session:
        reading.read_feed(session, targets.secret_of(feed))


def test_targets_go_with_their_listener(listener, service):
    a_target(listener, Channel.APPRISE, service.url)

    with transaction() as session:
        session.delete(session.get_one(type(listener), listener.id))

    with transaction() as session:
        assert session.scalar(text("select count(*) from summary_targets")) == 0
