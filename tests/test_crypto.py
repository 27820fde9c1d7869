import stat
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_insights import crypto
from spotify_insights.crypto import Undecryptable
from spotify_insights.settings import get_settings

KEY, OTHER = "k" * 32, "o" * 32
OWNER = "spotify_tokens.access_token:1"
PLAIN = "BQD-a-token"


@pytest.fixture
def process(monkeypatch, tmp_path):
    """Begin anew as a process with these settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))

    def begin(**variables):
        for name in ("SECRET_KEY", "SECRET_KEY_OLD"):
            monkeypatch.setenv(name, variables.get(name, ""))
        get_settings.cache_clear()
        crypto._keys.cache_clear()

    begin()
    yield begin
    get_settings.cache_clear()
    crypto._keys.cache_clear()


def opens(sealed, owner=OWNER):
    try:
        return crypto.decrypt(sealed, owner=owner) == PLAIN
    except Undecryptable:
        return False


def test_what_is_sealed_opens_for_its_owner(process):
    process(SECRET_KEY=KEY)

    sealed = crypto.encrypt(PLAIN, owner=OWNER)

    assert PLAIN.encode() not in sealed
    assert crypto.decrypt(sealed, owner=OWNER) == PLAIN


def test_two_seals_of_the_same_differ(process):
    first, second = (crypto.encrypt(PLAIN, owner=OWNER) for _ in range(2))

    assert first != second


def test_it_does_not_open_for_another_owner(process):
    sealed = crypto.encrypt(PLAIN, owner=OWNER)

    assert not opens(sealed, owner="spotify_tokens.access_token:2")
    assert not opens(sealed, owner="spotify_tokens.refresh_token:1")


def test_with_any_bit_changed_it_does_not_open(process):
    sealed = crypto.encrypt(PLAIN, owner=OWNER)

    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        assert not opens(bytes(altered)), place


def test_cut_short_or_empty_it_does_not_open(process):
    sealed = crypto.encrypt(PLAIN, owner=OWNER)

    for length in range(len(sealed)):
        assert not opens(sealed[:length]), length


def test_with_another_key_it_does_not_open(process):
    process(SECRET_KEY=KEY)
    sealed = crypto.encrypt(PLAIN, owner=OWNER)

    process(SECRET_KEY=OTHER)

    with pytest.raises(Undecryptable, match="SECRET_KEY"):
        crypto.decrypt(sealed, owner=OWNER)


def test_the_old_key_still_opens_what_it_sealed_and_seals_nothing_new(process):
    process(SECRET_KEY=KEY)
    sealed_before = crypto.encrypt(PLAIN, owner=OWNER)

    process(SECRET_KEY=OTHER, SECRET_KEY_OLD=KEY)
    sealed_now = crypto.encrypt(PLAIN, owner=OWNER)

    assert opens(sealed_before)
    process(SECRET_KEY=OTHER)
    assert opens(sealed_now)
    assert not opens(sealed_before)


def test_without_a_key_one_is_made_once_for_its_owner_alone(process, tmp_path):
    sealed = crypto.encrypt(PLAIN, owner=OWNER)

    process()

    path = tmp_path / "data" / "secret.key"
    assert opens(sealed)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text()) >= 32
    assert [one.name for one in path.parent.iterdir()] == ["secret.key"]


def test_a_made_key_can_be_moved_into_the_settings(process, tmp_path):
    sealed = crypto.encrypt(PLAIN, owner=OWNER)

    process(SECRET_KEY=(tmp_path / "data" / "secret.key").read_text())

    assert opens(sealed)


def test_processes_that_start_together_have_one_key(process):
    together = Barrier(8)

    def make(_):
        together.wait()
        return crypto._generated()

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(make, range(8)))

    assert len(keys) == 1
    assert len(keys.pop()) >= 32


@pytest.fixture(scope="module")
def one_key():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET_KEY", KEY)
        get_settings.cache_clear()
        crypto._keys.cache_clear()
        yield
    get_settings.cache_clear()
    crypto._keys.cache_clear()


@given(plain=st.text(st.characters(exclude_categories=["Cs"])), owner=st.text(st.characters()))
def test_any_text_comes_back_as_it_was(one_key, plain, owner):
    owner = owner.encode(errors="ignore").decode()

    assert crypto.decrypt(crypto.encrypt(plain, owner=owner), owner=owner) == plain


def test_a_fingerprint_finds_a_value_and_tells_nobody_without_the_key(process):
    process(SECRET_KEY=KEY)
    (mine,) = crypto.fingerprints("ada@example.org", purpose="a")
    others = [("ada@example.org", "b"), ("bob@example.org", "a")]
    assert all(crypto.fingerprints(value, purpose=use) != (mine,) for value, use in others)

    process(SECRET_KEY=OTHER)
    assert mine not in crypto.fingerprints("ada@example.org", purpose="a")

    process(SECRET_KEY=OTHER, SECRET_KEY_OLD=KEY)
    assert crypto.fingerprints("ada@example.org", purpose="a")[1] == mine
