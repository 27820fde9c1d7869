"""Languages an insight can be written in. Facts carry values; a language carries the words.

    Language     how values, dates and periods are written, and the fact's own sentence
    english, german

A further language is a module here and its texts under `wording`.
"""

from spotify_insights.insights.languages.english import ENGLISH
from spotify_insights.insights.languages.german import GERMAN
from spotify_insights.insights.languages.language import Language

__all__ = ["LANGUAGES", "Language", "of_locale"]

LANGUAGES = {language.code: language for language in (ENGLISH, GERMAN)}


def of_locale(locale: str) -> Language:
    """The language of a locale such as `de-AT`; English where it is not written yet."""
    return LANGUAGES.get(locale.partition("-")[0].lower(), ENGLISH)
