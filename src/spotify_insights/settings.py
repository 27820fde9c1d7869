"""Settings: environment variables, else a `.env` file, else defaults that suit a laptop."""

import os
import re
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import quote, urlsplit

import platformdirs
from pydantic import Field, SecretStr, UrlConstraints, ValidationError, field_validator
from pydantic import HttpUrl as _HttpUrl
from pydantic_settings import BaseSettings, SettingsConfigDict

HttpUrl = Annotated[_HttpUrl, UrlConstraints(max_length=500, preserve_empty_path=True)]


class SettingsError(Exception):
    """A setting is wrong; the message is one line that names the variable."""


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class LogLevel(StrEnum):
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class InsightsData(StrEnum):
    EXPORT = "export"
    ALL = "all"


class AudioFeatures(StrEnum):
    """Whether to try for what Spotify gives to old apps alone."""

    AUTO = "auto"
    OFF = "off"


def default_data_dir() -> Path:
    """The user's data folder; root gets the system's, which other accounts can reach."""
    return platformdirs.user_data_path(
        "insights-for-spotify", appauthor=False, use_site_for_root=True
    )


class Settings(BaseSettings):
    """Every name the product reads. Documented in docs/configure.md, which a test compares."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    environment: Environment = Environment.DEVELOPMENT
    data_dir: Path = Field(default_factory=default_data_dir)
    log_level: LogLevel = LogLevel.INFO
    product_name: str = "Insights for Spotify"

    api_host: str = "127.0.0.1"
    api_port: int = Field(default=8000, ge=1, le=65535)

    database_url: SecretStr | None = None
    redis_host: str | None = None
    redis_port: int = Field(default=6379, ge=1, le=65535)
    redis_db: int = Field(default=0, ge=0)
    redis_password: SecretStr | None = None
    redis_url: SecretStr | None = None
    celery_broker_url: SecretStr | None = None
    celery_result_backend: str | None = None

    secret_key: SecretStr | None = None
    secret_key_old: SecretStr | None = None

    spotify_client_id: str | None = None
    spotify_client_secret: SecretStr | None = None
    spotify_redirect_uri: str | None = None
    spotify_accounts_url: HttpUrl | None = None
    spotify_api_url: HttpUrl | None = None
    demo_seed: int = Field(default=1, ge=0)
    demo_port: int = Field(default=8001, ge=0, le=65535)

    enrich_calls_per_day: int = Field(default=300, ge=0)
    spotify_audio_features: AudioFeatures = AudioFeatures.OFF
    musicbrainz_contact: str | None = None
    musicbrainz_url: HttpUrl | None = None
    lastfm_api_key: SecretStr | None = None
    lastfm_url: HttpUrl | None = None
    tags_calls_per_day: int = Field(default=1000, ge=0)
    history_retention_days: int | None = Field(default=None, ge=30)

    openai_api_key: SecretStr | None = None
    openai_base_url: HttpUrl | None = None
    openai_model: str | None = None
    insights_data: InsightsData = InsightsData.EXPORT
    model_timeout_s: float = Field(default=30, ge=1, le=300)
    model_temperature: float | None = Field(default=None, ge=0, le=2)
    model_prices_file: Path | None = None
    model_calls_per_listener: int = Field(default=20, ge=0)
    model_calls_per_day: int = Field(default=200, ge=0)
    model_usd_per_day: Decimal | None = Field(default=None, ge=0)

    smtp_url: SecretStr | None = None
    mail_from: str | None = None
    public_url: HttpUrl | None = None

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value and _scheme(value) not in {"postgresql", "postgres", "postgresql+psycopg"}:
            raise ValueError("must be a URL that starts with postgresql://")
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value and _scheme(value) not in {"redis", "rediss", "unix"}:
            raise ValueError("must be a URL that starts with redis://, rediss:// or unix://")
        return value

    @field_validator("celery_broker_url")
    @classmethod
    def _is_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value and "://" not in value.get_secret_value():
            raise ValueError("must be a URL such as redis://127.0.0.1:6379/0")
        return value

    @field_validator("secret_key", "secret_key_old")
    @classmethod
    def _is_long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value and len(value.get_secret_value()) < 32:  # noqa: PLR2004
            raise ValueError("must have at least 32 characters")
        return value

    @field_validator("spotify_redirect_uri")
    @classmethod
    def _is_accepted_by_spotify(cls, value: str | None) -> str | None:
        url = urlsplit(value or "https:")
        is_loopback = url.scheme == "http" and url.hostname in {"127.0.0.1", "::1"}
        if url.scheme != "https" and not is_loopback:
            raise ValueError("Spotify accepts https, or http with 127.0.0.1 (never localhost)")
        return value

    @field_validator("musicbrainz_contact")
    @classmethod
    def _is_a_contact(cls, value: str | None) -> str | None:
        if value and not _CONTACT.fullmatch(value):
            raise ValueError("must be an e-mail address or a URL")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_a_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value and _scheme(value) not in {"smtp", "smtps"}:
            raise ValueError("must be a URL such as smtp://user:password@mail.example.org:587")
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_a_sender(cls, value: str | None) -> str | None:
        if value and not _SENDER.fullmatch(value):
            raise ValueError("must be an address, or a name with the address in angle brackets")
        return value

    @property
    def is_demo(self) -> bool:
        """Without a client id of our own, Spotify is the demo Spotify."""
        return self.spotify_client_id is None

    @property
    def redirect_uri(self) -> str:
        return self.spotify_redirect_uri or f"http://127.0.0.1:{self.api_port}/callback"

    @property
    def accounts_url(self) -> str:
        fallback = f"http://127.0.0.1:{self.demo_port}" if self.is_demo else _SPOTIFY_ACCOUNTS
        return str(self.spotify_accounts_url or fallback).rstrip("/")

    @property
    def spotify_base_url(self) -> str:
        fallback = f"http://127.0.0.1:{self.demo_port}/v1" if self.is_demo else _SPOTIFY_API
        return str(self.spotify_api_url or fallback).rstrip("/")

    @property
    def own_url(self) -> str:
        """Where people reach this instance, for links in what leaves it."""
        return str(self.public_url or f"http://127.0.0.1:{self.api_port}").rstrip("/")

    @property
    def musicbrainz_base_url(self) -> str:
        return str(self.musicbrainz_url or _MUSICBRAINZ).rstrip("/")

    @property
    def lastfm_base_url(self) -> str:
        return str(self.lastfm_url or _LASTFM).rstrip("/")

    @property
    def effective_redis_url(self) -> str | None:
        """One address from `REDIS_URL` or the four `REDIS_*` names; None when neither is set."""
        if self.redis_url:
            return self.redis_url.get_secret_value()
        if self.redis_host is None:
            return None
        password = self.redis_password.get_secret_value() if self.redis_password else ""
        login = f":{quote(password, safe='')}@" if password else ""
        return f"redis://{login}{self.redis_host}:{self.redis_port}/{self.redis_db}"

    @property
    def broker_url(self) -> str | None:
        """The broker for Celery: its own setting, else the same Redis as everything else."""
        if self.celery_broker_url:
            return self.celery_broker_url.get_secret_value()
        url = self.effective_redis_url
        if url is not None and url.startswith("unix://"):
            path, _, query = url.removeprefix("unix://").partition("?db=")
            return f"redis+socket://{path}?virtual_host={query or 0}"
        return url

    def refuse_unready(self) -> None:
        """Raise SettingsError where no safe way to run exists yet."""
        if self.environment is Environment.PRODUCTION:
            raise SettingsError(
                "ENVIRONMENT: production needs accounts, which this version does not have yet; "
                "use development, on this machine only"
            )
        if self.api_host not in {"127.0.0.1", "::1", "localhost"}:
            raise SettingsError("API_HOST: development answers on this machine only: use 127.0.0.1")

    @classmethod
    def load(cls) -> Self:
        """Read the settings; raise SettingsError with one line for the first wrong value."""
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            name = "_".join(str(part) for part in first["loc"]).upper()
            reason = first["msg"].removeprefix("Value error, ")
            raise SettingsError(f"{name}: {reason}") from None


def _scheme(secret: SecretStr) -> str | None:
    """The scheme of a URL; None when it has none or the URL cannot be read."""
    scheme, separator, rest = secret.get_secret_value().partition("://")
    try:
        # Looking at the port is what finds a wrong one.
        _ = urlsplit(f"//{rest}").port
    except ValueError:
        return None
    return scheme if separator else None


_SPOTIFY_ACCOUNTS = "https://accounts.spotify.com"
_SPOTIFY_API = "https://api.spotify.com/v1"
_MUSICBRAINZ = "https://musicbrainz.org"
_LASTFM = "https://ws.audioscrobbler.com/2.0"
# It goes into a header, where brackets enclose it.
_CONTACT = re.compile(r"(https?://|[^\s@()]+@)[^\s@()]+", re.ASCII)
_ADDRESS = r"[!-;=?A-~]+@[!-;=?A-~]+"
_SENDER = re.compile(rf"{_ADDRESS}|[^<>@\x00-\x1f\x7f]+ <{_ADDRESS}>")


@cache
def get_settings() -> Settings:
    """The settings of this process, read once at first use."""
    return Settings.load()


def adopt(**values: object) -> Settings:
    """Let this process, and those it starts, use these settings; None leaves one as it is."""
    for name, value in values.items():
        if value is not None:
            os.environ[name.upper()] = str(value)
    get_settings.cache_clear()
    return get_settings()
