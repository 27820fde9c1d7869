"""Favourites, genres and moods, counted a second time: by plays, and as Spotify ranks them."""

import math
import re
from collections import Counter, defaultdict
from datetime import timedelta

from tests.e2e.answers import Answers, Play, artist_of, key_of, plays_of
from tests.e2e.values import Facts, Value, fact, percent, whole

# The first family with a word that begins or ends a word of one of the genres decides.
MOODS = {
    "melancholic": ["blues", "darkwave", "emo", "goth", "sad", "shoegaze", "slowcore"],
    "calm": [
        *("acoustic", "ambient", "chill", "classical", "folk", "jazz", "lo fi", "lofi"),
        *("new age", "piano", "singer songwriter"),
    ],
    "energetic": [
        *("dance", "drum and bass", "edm", "electro", "hip hop", "house", "metal", "punk"),
        *("rap", "rock", "techno"),
    ],
    "bright": ["afrobeat", "disco", "funk", "latin", "pop", "reggae", "ska", "soul"],
}
LIVELY = ("bright", "energetic")
FAVOURITES = 10
LEAST_COVERAGE = 0.3
LEAST_LISTED = 5


def played(plays: list[Play]) -> Facts:
    """How many things there were, how even the plays of them are, and the album played most."""
    counted = [play for play in plays if play.is_counted]
    artists = Counter(key_of(play.artist) for play in counted)
    tracks = Counter(play.title for play in counted)
    return {
        **fact("artists.distinct", Value(len(artists), "artists")),
        **fact("tracks.distinct", Value(len(tracks), "tracks")),
        **_albums(counted),
        **_evenness(artists),
        **_singles(tracks),
        **_loyalty(plays, artists),
    }


def ranked(answers: Answers) -> Facts:
    """What follows from Spotify's own order."""
    return {
        **_leaders(answers),
        **_genres(answers.artists),
        **_moods(answers.artists, answers.tracks),
        **_looked_at(answers),
    }


def _albums(counted):
    """The one played most, three times at least and more often than any other."""
    albums = Counter((key_of(play.artist), key_of(play.track["album"]["name"])) for play in counted)
    facts = fact("albums.distinct", Value(len(albums), "albums"))
    (key, most), *others = albums.most_common(2)
    if most >= 3 and [most] != [count for _, count in others]:
        album = next(play.track["album"] for play in counted if _album_key(play) == key)
        artist = next(play.artist for play in counted if key_of(play.artist) == key[0])
        parts = {"artist": Value(artist, "artist"), "plays": Value(most, "plays")}
        facts |= fact("albums.top", Value(album["name"], "album"), **parts)
    return facts


def _album_key(play):
    return key_of(play.artist), key_of(play.track["album"]["name"])


def _evenness(artists):
    """The entropy of the plays over the artists, as a share of the most possible.

    As many artists, all played alike, as e to the power of the entropy would be as diverse.
    """
    if len(artists) < 5:
        return {}
    shares = [count / artists.total() for count in artists.values()]
    entropy = -sum(share * math.log(share) for share in shares)
    evenness = _share(entropy / math.log(len(artists)))
    effective = Value(whole(round(math.exp(entropy), 4)), "artists")
    return fact("artists.evenness", Value(whole(100 * evenness) / 100, "of 1"), effective=effective)


def _singles(tracks):
    if len(tracks) < 20:
        return {}
    once = sum(count == 1 for count in tracks.values())
    return fact(
        "tracks.singles", percent(_share(once / len(tracks))), tracks=Value(len(tracks), "tracks")
    )


def _loyalty(plays, artists):
    """The favourites have most counted plays, then most time, and were heard first."""
    times, first = defaultdict(timedelta), {}
    for play in plays:
        times[key_of(play.artist)] += play.length
        if play.is_counted:
            first.setdefault(key_of(play.artist), play.started_at)
    if len(artists) < 2 * FAVOURITES:
        return {}
    order = sorted(artists, key=lambda one: (-artists[one], -times[one], first[one]))
    of_favourites = sum((times[one] for one in order[:FAVOURITES]), timedelta())
    share = _share(of_favourites / sum(times.values(), timedelta()))
    return fact("artists.loyalty", percent(share), artists=Value(FAVOURITES, "artists"))


def _leaders(answers):
    first, second = (Value(artist["name"], "artist") for artist in answers.artists[:2])
    track, artist = answers.tracks[0]["name"], artist_of(answers.tracks[0])
    return {
        **fact("artists.top", first),
        **fact("artists.second", second),
        **fact("tracks.top", Value(track, "track"), artist=Value(artist, "artist")),
    }


def _looked_at(answers):
    """Tracks that Spotify lists or that have a counted play."""
    listed = {(key_of(artist_of(track)), key_of(track["name"])) for track in answers.tracks}
    heard = {play.title for play in plays_of(answers.recent) if play.is_counted}
    return fact("tracks.ranked", Value(len(listed | heard), "tracks"))


def _genres(artists):
    """Every artist with genres weighs the same, and so does each of its genres."""
    known = [artist["genres"] for artist in artists if artist["genres"]]
    coverage = _share(len(known) / len(artists))
    if len(known) < LEAST_LISTED or coverage < LEAST_COVERAGE:
        return {}
    weights = defaultdict(float)
    for genres in known:
        for genre in genres:
            weights[genre] += 1 / len(genres) / len(known)
    shares = Counter({genre: _share(weight) for genre, weight in weights.items()})
    (genre, share), (second, less), (_, least) = (*shares.most_common(3), *2 * [("", 0)])[:3]
    if share == less:
        return {}
    parts = {"share": percent(share), "coverage": percent(coverage)}
    facts = fact("genres.top", Value(genre, "genre"), **parts)
    if less > least:
        facts |= fact("genres.second", Value(second, "genre"), share=percent(less))
    return facts


def _moods(artists, tracks):
    """Each track has the mood of its artist, where that is known."""
    of_artist = {key_of(artist["name"]): _mood(artist["genres"]) for artist in artists}
    found = [of_artist.get(key_of(artist_of(track))) for track in tracks]
    counts = Counter(mood for mood in found if mood)
    covered = _share(counts.total() / len(tracks))
    if counts.total() < LEAST_LISTED or covered < LEAST_COVERAGE:
        return {}
    coverage = percent(covered)
    shares = Counter({mood: _share(count / counts.total()) for mood, count in counts.items()})
    lively = sum(shares[mood] for mood in LIVELY)
    facts = fact("moods.score", Value(whole(100 * lively) / 10, "of 10"), coverage=coverage)
    (mood, share), (_, less) = (*shares.most_common(2), ("", 0))[:2]
    if share > less:
        parts = {"share": percent(share), "coverage": coverage}
        facts |= fact("moods.top", Value(mood, "mood"), **parts)
    return facts


def _share(share):
    """Shares are kept with four places, and told in whole percent of these."""
    return round(share, 4)


def _mood(genres):
    plain = [genre.lower().replace("-", " ") for genre in genres]
    words = ((mood, word) for mood, family in MOODS.items() for word in family)
    return next((mood for mood, word in words if any(_knows(word, one) for one in plain)), None)


def _knows(word, genre):
    return re.search(rf"\b{word}|{word}\b", genre) is not None
