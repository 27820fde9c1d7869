"""What a model is told to do: text files, one folder for each version.

Instructions never hold anything of a listener. The version that is stored with an insight ends in a
hash of all files of the folder, so an edited prompt is another version.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from spotify_insights.insights.languages.language import Language
from spotify_insights.models.insight import InsightType, Tone

VERSION = "v1"
_HASH_LENGTH = 8


@cache
def version() -> str:
    """`v1-` and eight hexadecimal digits."""
    whole = hashlib.sha256()
    for name, text in sorted(_files().items()):
        whole.update(f"{name}\n{len(text)}\n{text}".encode())
    return f"{VERSION}-{whole.hexdigest()[:_HASH_LENGTH]}"


def instructions(insight_type: InsightType, tone: Tone, language: Language) -> str:
    """The whole system message for one kind of text."""
    files = _files()
    general = files["system"].format(language=f"{language.name} ({language.code})")
    return "\n".join([general, files[insight_type], files[f"tone_{tone}"]])


def repair(faults: str) -> str:
    """The message that asks for a second attempt; `faults` are JSON."""
    return _files()["repair"].format(faults=faults)


@cache
def _files() -> Mapping[str, str]:
    folder = resources.files(__name__) / VERSION
    return {
        entry.name.removesuffix(".md"): entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".md")
    }
