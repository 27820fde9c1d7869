"""Numbers, times and names as people read them. Registered as filters of the templates."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_MINUTE_MS = 60_000
_HOUR_MS = 3_600_000


def number(value: float) -> str:
    """With thousands separators: 31,053."""
    return f"{value:,}"


def count(value: int, unit: str) -> str:
    """A number with its unit, given in the plural: 1 play, 1,204 plays."""
    return f"{value:,} {unit.removesuffix('s') if value == 1 else unit}"


def hours(ms: int) -> str:
    """Whole hours, rounded down; the unit stands beside the number."""
    return f"{ms // _HOUR_MS:,}"


def duration(ms: float) -> str:
    """A length of time: 10 h 49, 42 min, under a minute."""
    minutes = round(ms / _MINUTE_MS)
    if ms < _MINUTE_MS:
        return "under a minute" if ms > 0 else "0 min"
    if minutes < 60:  # noqa: PLR2004 - minutes in an hour
        return f"{minutes} min"
    return f"{minutes // 60:,} h {minutes % 60:02}"


def percent(share: float) -> str:
    """A share of 0 to 1; what is there is never written as nothing."""
    if 0 < share < 0.01:  # noqa: PLR2004 - one percent
        return "under 1%"
    return f"{int(100 * share + 0.5)}%"


def day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime, zone: str) -> str:
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local)}, {local:%H:%M}"


def period(start: datetime, end: datetime, zone: str) -> str:
    """From the first to the last local day; `end` itself no longer belongs to it."""
    first = start.astimezone(ZoneInfo(zone)).date()
    last = (end - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
    return day(first) if first >= last else f"{day(first)} to {day(last)}"


def zone_name(zone: str) -> str:
    """A zone as a place: São Paulo time is kept under America/Sao_Paulo."""
    return f"{zone.rpartition('/')[2].replace('_', ' ')} time"


def iso_day(value: str) -> str:
    """A day that came as text, 2025-11-26 or with a time behind it."""
    return day(date.fromisoformat(value[:10]))


def sentence(text: str) -> str:
    """With a capital first letter; the rest stays as it is."""
    return text[:1].upper() + text[1:]


FILTERS = {
    function.__name__: function
    for function in (
        *(number, count, hours, duration, percent),
        *(day, moment, period, iso_day, zone_name, sentence),
    )
}
