"""The ledger a second time, in the plainest way: sources as sets of accounts, no database.

It takes what the parsers and the estimate of polls say for given. Which accounts are of one listen
is worked out anew from all there are, account by account, after every change.
"""

from typing import NamedTuple

from spotify_insights.listening.archives.rows import normalised, title_key

ORIGINS = (
    *("spotify_extended", "spotify_account", "listenbrainz", "maloja", "koito"),
    *("lastfm", "lastfm_minute", "spotify_polled"),
)
BY_THE_MINUTE = ("spotify_account", "lastfm_minute")
NEAR_S, TOLERANCE_S, MINUTE_S, SHORT_MS = 5, 120, 60, 30_000


class Account(NamedTuple):
    """Times are seconds since 1970; `number` is the one that the catalogue gave to the address."""

    started: int
    ended: int
    number: int
    ms: int
    origin: str
    uri: str
    title: str
    artist: str
    is_estimated: bool

    @property
    def rank(self):
        return (*self[:4], ORIGINS.index(self.origin))

    @property
    def heard_until(self):
        return self.started + self.ms / 1000

    @property
    def heard_at(self):
        return self.ended if self.origin == "spotify_polled" else self.started

    @property
    def is_listed(self):
        return self.is_estimated or self.ms >= SHORT_MS


def an_account(row, numbers):
    """What a row of any parser tells."""
    return Account(
        int(row.started_at.timestamp()),
        int(row.ended_at.timestamp()),
        numbers[row.content.uri],
        row.ms_played,
        row.circumstances.origin.value,
        row.content.uri,
        title_key(row.content.name),
        normalised(row.content.artist),
        row.circumstances.is_estimated,
    )


class Model:
    """One listener's sources and what they claim; the imports that brought each of them."""

    def __init__(self):
        self.claims = {}
        self.imports = {}

    def bring_in(self, number, source, accounts):
        self.claims.setdefault(source, set(accounts))
        self.imports[number] = source

    def undo(self, number):
        source = self.imports.pop(number)
        if source not in self.imports.values():
            del self.claims[source]

    def poll(self, accounts):
        self.claims["polls"] = self.claims.get("polls", set()) | set(accounts)

    def plays(self):
        """Every account of the ledger, and whether another one stands for it."""
        accounts = sorted(set().union(*self.claims.values()), key=lambda one: one.rank)
        found = superseded(accounts)
        return {(*one[:2], one.uri, one.ms, one.origin): one in found for one in accounts}


def superseded(accounts):
    found = near_duplicates(accounts)
    found |= with_another_start([one for one in accounts if one not in found])
    for origin in ORIGINS:
        standing = [one for one in accounts if one not in found]
        poor = [one for one in standing if one.origin == origin]
        rich = [one for one in standing if ORIGINS.index(one.origin) < ORIGINS.index(origin)]
        match = same_minute if origin == "spotify_account" else same_moment
        found |= match(poor, rich)
    return found


def near_duplicates(accounts):
    found = set()
    before = {}
    for one in accounts:
        if one.origin == "spotify_polled" or not one.is_listed:
            continue
        alike = (one.uri, one.origin, 0 if one.is_estimated else one.ms)
        last = before.get(alike)
        if last and one.started - last.started <= NEAR_S:
            ends_are_near = abs(one.ended - last.ended) <= NEAR_S
            if one.is_estimated or ends_are_near:
                found.add(one)
        before[alike] = one
    return found


def with_another_start(accounts):
    def is_worked_out(one):
        return abs(one.ended - one.heard_until) <= 1

    def what_ended(one):
        return one.uri, one.origin, one.ms, one.ended

    exact = [one for one in accounts if not one.is_estimated and one.ms >= SHORT_MS]
    noted = {what_ended(one) for one in exact if not is_worked_out(one)}
    return {one for one in exact if is_worked_out(one) and what_ended(one) in noted}


def same_minute(poor, rich):
    def alike(one):
        return one.title, one.ms, one.ended // MINUTE_S

    there = {alike(one) for one in rich}
    return {one for one in poor if alike(one) in there}


def same_moment(poor, rich):
    pairs = {}
    for one in poor:
        for other in rich:
            if one.title == other.title and other.is_listed and may_be_one(one, other):
                pairs[one, other] = cost(one, other)
    return {one for group in groups(pairs) for one, _ in best_pairs(group, pairs)}


def may_be_one(poor, rich):
    vague = sum(MINUTE_S for one in (poor, rich) if one.origin in BY_THE_MINUTE)
    pad = TOLERANCE_S + vague
    closes = max(rich.heard_until, min(rich.ended, rich.heard_until + TOLERANCE_S))
    if rich.started - pad <= poor.heard_at <= closes + pad:
        return True
    was_uploaded_late = rich.ended > rich.heard_until + TOLERANCE_S
    return was_uploaded_late and abs(poor.heard_at - rich.ended) <= pad


def cost(poor, rich):
    ends = (rich.started, rich.heard_until, rich.ended)
    away = min(abs(poor.heard_at - end) for end in ends)
    return away + (0 if poor.uri == rich.uri else 2 if poor.artist == rich.artist else 10)


def groups(pairs):
    """Pairs that share an account, directly or through others."""
    left = list(pairs)
    while left:
        group = [left.pop()]
        for poor, rich in group:
            group += [pair for pair in left if poor in pair or rich in pair]
            left = [pair for pair in left if pair not in group]
        yield group


def best_pairs(group, costs):
    """As many pairs as can be, then the cheapest, both sides in the order of time."""
    poor = sorted({pair[0] for pair in group}, key=lambda one: (one.heard_at, one.rank))
    rich = sorted({pair[1] for pair in group}, key=lambda one: one.rank)
    best = {}
    for i in range(len(poor) + 1):
        for j in range(len(rich) + 1):
            ways = []
            if i:
                left_out, total, pairs = best[i - 1, j]
                ways.append((left_out + 1, total, pairs))
            if j:
                ways.append(best[i, j - 1])
            if i and j and (poor[i - 1], rich[j - 1]) in group:
                pair = poor[i - 1], rich[j - 1]
                left_out, total, pairs = best[i - 1, j - 1]
                ways.append((left_out, total + costs[pair], [*pairs, pair]))
            best[i, j] = min(ways, key=lambda way: way[:2], default=(0, 0.0, []))
    return best[len(poor), len(rich)][2]
