"""What a test can change about the demo Spotify while it runs; `app` describes each switch."""

from typing import Annotated, Any, Literal

import msgspec

FaultKind = Literal[
    "slow",
    "token_expired",
    "spurious_401",
    "not_registered",
    "premium_required",
    "insufficient_scope",
    "rate_limit",
    "quota_exceeded",
    "bad_gateway_json",
    "bad_gateway_html",
    "truncated_json",
]
Oddity = Literal["no_display_name", "no_images", "local_file", "twin_plays"]


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that goes wrong with API calls: the next `times` of them, or all."""

    kind: FaultKind
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    path: str = "/v1"
    retry_after: int | str | None = 3
    seconds: Annotated[float, msgspec.Meta(ge=0, le=600)] = 0


class Switches(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    consent: Literal["ask", "agree", "deny"] = "ask"
    renewal: Literal["always", "never", "rotate"] = "always"
    revoked: bool = False
    accounts_down: bool = False
    genres: Literal["filled", "empty", "absent"] = "filled"
    payloads: Literal["development", "extended"] = "development"
    oddities: tuple[Oddity, ...] = ()
    clock_offset_s: int = 0
    faults: tuple[Fault, ...] = ()


class SwitchBoard:
    """The switches as they stand now."""

    def __init__(self) -> None:
        self.now = Switches()

    def change(self, some: dict[str, Any]) -> None:
        """Set some of the switches; raise msgspec.ValidationError and set none if one is wrong."""
        self.now = msgspec.convert(msgspec.to_builtins(self.now) | some, Switches)

    def reset(self) -> None:
        self.now = Switches()

    def take_faults(self, path: str) -> list[Fault]:
        """What hits a call to `path`: delays up to the first fault that answers, used once."""
        taken: list[Fault] = []
        left: list[Fault] = []
        for fault in self.now.faults:
            is_open = not taken or taken[-1].kind == "slow"
            hits = is_open and path.startswith(fault.path)
            taken += [fault] if hits else []
            left += _after_use(fault) if hits else [fault]
        self.now = msgspec.structs.replace(self.now, faults=tuple(left))
        return taken


def _after_use(fault: Fault) -> list[Fault]:
    if fault.times is None:
        return [fault]
    return [msgspec.structs.replace(fault, times=fault.times - 1)] if fault.times > 1 else []
