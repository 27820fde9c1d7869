"""Which services are asked, in which order, and whose answer counts."""

import pytest
from tests.tags.services import running_services

from spotify_insights import tags
from spotify_insights.settings import get_settings
from spotify_insights.tags import Found, Source


@pytest.fixture
def services(allowed):
    with running_services(allowed) as services:
        yield services


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"MUSICBRAINZ_CONTACT": "ada@example.org"}, [Source.MUSICBRAINZ]),
        ({"LASTFM_API_KEY": "key"}, [Source.LASTFM]),
        (
            {"LASTFM_API_KEY": "key", "MUSICBRAINZ_CONTACT": "https://example.org/me"},
            [Source.MUSICBRAINZ, Source.LASTFM],
        ),
        ({"LASTFM_API_KEY": "key", "TAGS_CALLS_PER_DAY": "0"}, []),
    ],
)
def test_only_services_the_operator_named_are_asked(clean_database, given, expected):
    for name, value in given.items():
        clean_database.setenv(name, value)
    get_settings.cache_clear()

    assert tags.configured() == expected


def test_the_first_service_that_knows_an_artist_answers(services):
    services.musicbrainz = {"The Painters": {"art rock": 3}}
    services.lastfm = {"The Painters": {"pop": 100}}

    found = tags.find_tags("The Painters")

    assert found == Found(["art rock"], Source.MUSICBRAINZ)
    assert services.asked == [("musicbrainz", "The Painters")]


def test_the_second_one_is_asked_where_the_first_knows_nothing(services):
    services.lastfm = {"The Painters": {"pop": 100}}

    assert tags.find_tags("The Painters") == Found(["pop"], Source.LASTFM)


def test_where_nobody_knows_anything_nobody_told_it(services):
    assert tags.find_tags("The Painters") == Found([], None)
    assert [service for service, _ in services.asked] == ["musicbrainz", "lastfm"]
