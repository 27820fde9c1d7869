"""Caps on questions to the model, in real transactions."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import func, update

from spotify_insights.errors import Conflict
from spotify_insights.insights import calls
from spotify_insights.insights.calls import Usage
from spotify_insights.models import ModelCall
from spotify_insights.models.insight import CallOutcome
from spotify_insights.resources import transaction
from spotify_insights.settings import get_settings


@pytest.fixture
def capped(clean_database):
    def cap(**values):
        for name, value in values.items():
            clean_database.setenv(name, str(value))
        get_settings.cache_clear()

    yield cap
    get_settings.cache_clear()


def reserve(listener):
    with transaction() as session:
        return calls.reserve(session, listener.id, None, "a-model")


def left(listener):
    with transaction() as session:
        return calls.left(session, listener.id)


def test_a_listener_has_so_many_questions_a_day(capped, a_listener):
    capped(MODEL_CALLS_PER_LISTENER=2)
    listener, other = a_listener(), a_listener()
    reserve(listener)
    reserve(listener)

    with pytest.raises(Conflict) as refused:
        reserve(listener)

    assert refused.value.code == "cap_listener"
    assert "free again" in refused.value.detail
    assert left(listener) == 0
    assert left(other) == 2


def test_all_listeners_have_so_many_together(capped, a_listener):
    capped(MODEL_CALLS_PER_DAY=1)
    reserve(a_listener())

    with pytest.raises(Conflict) as refused:
        reserve(a_listener())

    assert refused.value.code == "cap_instance"


def test_a_day_costs_so_much_at_most(capped, a_listener):
    capped(MODEL_USD_PER_DAY="0.50")
    listener = a_listener()
    call = reserve(listener)
    with transaction() as session:
        usage = Usage(input_tokens=10, output_tokens=5, cost_usd=Decimal("0.5"))
        calls.settle(session, call, CallOutcome.ANSWERED, usage=usage)

    with pytest.raises(Conflict) as refused:
        reserve(listener)

    assert refused.value.code == "cap_cost"
    assert left(listener) == 0


def test_questions_of_yesterday_do_not_count(capped, a_listener):
    capped(MODEL_CALLS_PER_LISTENER=1)
    listener = a_listener()
    reserve(listener)
    with transaction() as session:
        session.execute(update(ModelCall).values(created_at=func.now() - timedelta(days=1)))

    assert reserve(listener)


def test_two_at_once_do_not_both_get_the_last_place(capped, a_listener):
    capped(MODEL_CALLS_PER_DAY=3)
    listener = a_listener()

    def one(_):
        try:
            return reserve(listener)
        except Conflict:
            return None

    with ThreadPoolExecutor(8) as threads:
        granted = list(threads.map(one, range(8)))

    assert sum(call is not None for call in granted) == 3


def test_a_listener_who_leaves_still_counts_for_the_instance(capped, a_listener):
    capped(MODEL_CALLS_PER_DAY=1)
    with transaction() as session:
        session.add(ModelCall(id=uuid4(), model="a-model"))

    assert left(a_listener()) == 0
