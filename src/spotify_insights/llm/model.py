"""Which model is asked, and where it runs."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import SecretStr

from spotify_insights.settings import get_settings

DEFAULT_MODEL = "gpt-5.6-luna"
OPENAI = "https://api.openai.com/v1"
# LangChain insists on a key, and a server of one's own does not look at it.
NO_KEY = "none"


class Mode(StrEnum):
    """How a model is told the shape of its answer, strictest first."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    TEXT = "text"


@dataclass(frozen=True)
class Model:
    """A model and the server that runs it. `timeout_s` is for one question as a whole."""

    name: str
    base_url: str
    key: SecretStr
    timeout_s: float = 30.0
    temperature: float | None = None

    @property
    def host(self) -> str:
        """The server's name, to be told to whoever is asked for consent."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def is_on_this_machine(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def configured() -> Model | None:
    """The model that the settings name; None while they name neither model, server nor key."""
    settings = get_settings()
    if not (settings.openai_model or settings.openai_base_url or settings.openai_api_key):
        return None
    return Model(
        name=settings.openai_model or DEFAULT_MODEL,
        base_url=str(settings.openai_base_url or OPENAI).rstrip("/"),
        key=settings.openai_api_key or SecretStr(NO_KEY),
        timeout_s=settings.model_timeout_s,
        temperature=settings.model_temperature,
    )
