"""Dates and times as people write them in each language, always in Finnish time."""

from datetime import date, datetime, time
from functools import lru_cache

from functions.kernel.durations import HELSINKI

# CLDR patterns (Unicode TS 35): fi "ti 3.3.2026", sv "tis 3.3.2026", en "Tue 3 March 2026".
_DAY = {"fi": "EEE d.M.y", "sv": "EEE d.M.y", "en": "EEE d MMMM y"}
_PLAIN = {"fi": "d.M.y", "sv": "d.M.y", "en": "d MMMM y"}
_SHORT = {"fi": "EEE d.M.", "sv": "EEE d.M.", "en": "EEE d MMMM"}
_MOMENT = {
    "fi": "EEE d.M.y 'klo' H.mm",
    "sv": "EEE d.M.y 'kl.' HH.mm",
    "en": "EEE d MMMM y, HH:mm",
}
_PLAIN_MOMENT = {language: form.removeprefix("EEE ") for language, form in _MOMENT.items()}
_TIME = {"fi": "H.mm", "sv": "HH.mm", "en": "HH:mm"}
_TIMED = (*_MOMENT.values(), *_PLAIN_MOMENT.values(), *_TIME.values())
LOCALES = {"fi": "fi", "sv": "sv_FI", "en": "en_GB"}


def day(moment: datetime | date, language: str) -> str:
    """``ti 3.3.2026``."""
    return _format(moment, _DAY[language], language)


def plain_day(moment: datetime | date, language: str) -> str:
    """``3.3.2026``, for documents."""
    return _format(moment, _PLAIN[language], language)


def short_day(moment: datetime | date, language: str) -> str:
    """``ti 3.3.``, for subjects of mails."""
    return _format(moment, _SHORT[language], language)


def moment(when: datetime, language: str) -> str:
    """``ti 3.3.2026 klo 14.00``."""
    return _format(when, _MOMENT[language], language)


def local_moment(when: datetime, language: str) -> str:
    """The same of a time of day in Finland as answers keep it, which has no zone."""
    return moment(when.replace(tzinfo=HELSINKI), language)


def plain_moment(when: datetime, language: str) -> str:
    """``3.3.2026 klo 14.00`` of such a time, for documents."""
    return _format(when.replace(tzinfo=HELSINKI), _PLAIN_MOMENT[language], language)


def time_of_day(when: time, language: str) -> str:
    """``14.00``, in English ``14:00``."""
    return _format(datetime.combine(date(2026, 1, 1), when, HELSINKI), _TIME[language], language)


def _format(when: datetime | date, pattern: str, language: str) -> str:
    local = when.astimezone(HELSINKI) if isinstance(when, datetime) else when
    if not isinstance(local, datetime) or pattern not in _TIMED:
        local = datetime.combine(local, time(12), HELSINKI)
    return _written(local, pattern, LOCALES[language])


@lru_cache(1024)  # a page of a desk tells the same days again and again
def _written(shown: datetime, pattern: str, locale: str) -> str:
    from babel.dates import format_datetime  # large, and not every page tells a time

    return format_datetime(shown, pattern, locale=locale).replace("\u202f", " ")
