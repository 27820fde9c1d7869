from tests.insights.check.listener import FACTS, NAMES, checked, faults

from spotify_insights.insights.check import FaultKind, check
from spotify_insights.insights.draft import Draft, Item, Piece, Sentence
from spotify_insights.insights.languages import LANGUAGES


def said(verdict):
    return [
        (piece.words, piece.fact.id, piece.part)
        for sentence in verdict.draft.sentences()
        for piece in sentence.pieces
        if piece.fact
    ]


def test_supported_words_come_back_as_pieces_with_their_fact_and_part():
    verdict = checked("Ister Parade had 48 plays, about a quarter.", "artists.top")

    assert said(verdict) == [
        ("Ister Parade", "artists.top", ""),
        ("48 plays", "artists.top", "plays"),
        ("about a quarter", "artists.top", "share"),
    ]


def test_the_words_of_a_draft_stay_as_they_are():
    words = "“Amber Tides” had 12 plays, and so what?"

    verdict = checked(words, "tracks.top")

    assert verdict.draft.paragraphs[0][0].words == words


def test_a_sentence_with_claims_is_checked_by_its_words_and_kept():
    pieces = (Piece("You gave it "), Piece("12 hours", FACTS["listening.time"]), Piece("."))
    sentence = Sentence(pieces, ("listening.time",))

    verdict = check(Draft(sentence, ()), FACTS, LANGUAGES["en"])

    assert [fault.words for fault in verdict.faults] == ["12 hours"]
    assert verdict.draft.title is sentence


def test_items_are_checked_and_keep_their_category():
    item = Item((Sentence((Piece("Nyx is back."),)),), "variety", "high")
    draft = Draft(Sentence((Piece("Music"),)), (), {"wellness_nudges": (item,)})

    verdict = check(draft, FACTS, LANGUAGES["en"], NAMES)

    assert {fault.kind for fault in verdict.faults} == {FaultKind.NAME, FaultKind.COMPARISON}
    assert verdict.draft.sections["wellness_nudges"][0].category == "variety"


def test_a_cited_fact_that_does_not_exist_is_a_fault():
    assert faults("You like music.", "listening.loud") == [("listening.loud", FaultKind.CITE)]


def test_words_in_a_title_may_have_capitals_and_names_may_not_hide_there():
    draft = Draft(Sentence((Piece("A Week of Quiet Coldbrook Songs"),)), ())

    verdict = check(draft, FACTS, LANGUAGES["en"])

    assert [fault.words for fault in verdict.faults] == ["Coldbrook"]


def test_a_name_that_is_a_word_counts_as_a_name_in_quotes_alone():
    assert faults("You are here.", names=("You", "Here")) == []
    assert faults("It was “You”.", names=("You",)) == [("“You”", FaultKind.NAME)]


def test_a_sentence_of_numbers_alone_is_refused():
    assert FaultKind.NUMBER in dict(map(reversed, faults("1 " * 100, "listening.time")))
