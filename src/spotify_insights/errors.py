"""What can go wrong, by what the caller can do about it.

    InsightsError
    ├── NotFound            ask for something that exists
    ├── Invalid             change the request; `field` says where
    ├── Conflict            look at the present state first
    ├── Forbidden           not yours, or not from here
    ├── ReconnectRequired   the listener must give Spotify's consent again
    └── Unavailable         wait: `retry_after` seconds, when that is known

`code` says which case it is and never changes; `detail` is for people.
"""


class InsightsError(Exception):
    """Base of all errors the product raises on purpose."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class NotFound(InsightsError):
    """There is nothing of that name or id."""


class Invalid(InsightsError):
    """The request cannot be carried out as it stands; `field` is the part to change."""

    def __init__(self, code: str, detail: str, *, field: str) -> None:
        super().__init__(code, detail)
        self.field = field


class Conflict(InsightsError):
    """The request does not fit the present state."""


class Forbidden(InsightsError):
    """The caller may not do this."""


class ReconnectRequired(InsightsError):
    """Spotify no longer accepts the stored grant, or it lacks something only consent can give."""


class Unavailable(InsightsError):
    """Something outside is busy or away; the same request may work later."""

    def __init__(self, code: str, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(code, detail)
        self.retry_after = retry_after
