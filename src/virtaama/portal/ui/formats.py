"""Numbers, periods and moments as people write them in Finnish, Swedish and English."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import gettext as _

from virtaama.metrics.question import Grain

LOCALES = {"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}
MINUS = "\N{MINUS SIGN}"
WRITTEN = re.compile(r"(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2])|-?[Qq](?P<quarter>[1-4]))?")


@cache
def locale_of(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language, "fi_FI"))


def number(value: float, decimals: int, language: str) -> str:
    """The value with exactly so many decimals, digits grouped, a real minus sign."""
    places = "." + "0" * decimals if decimals else ""
    rounded = round(value, decimals) or 0.0  # no "-0"
    text = format_decimal(rounded, format=f"#,##0{places}", locale=locale_of(language))
    return text.replace("-", MINUS)


def difference(value: float, decimals: int, language: str) -> str:
    """The value with its sign, also when it grows."""
    text = number(value, decimals, language)
    return text if text.startswith(MINUS) or not round(value, decimals) else f"+{text}"


def period_name(first_day: date, grain: Grain, language: str) -> str:
    match grain:
        case Grain.MONTH:
            return format_date(first_day, "LLLL y", locale=locale_of(language))
        case Grain.QUARTER:
            return _("quarter %(quarter)s of %(year)s") % {
                "quarter": (first_day.month + 2) // 3,
                "year": first_day.year,
            }
        case Grain.YEAR:
            return str(first_day.year)


def period_written(first_day: date, grain: Grain) -> str:
    """The period as an address has it: 2026-09, 2026Q3, 2026."""
    match grain:
        case Grain.MONTH:
            return f"{first_day.year}-{first_day.month:02d}"
        case Grain.QUARTER:
            return f"{first_day.year}Q{(first_day.month + 2) // 3}"
        case Grain.YEAR:
            return str(first_day.year)


def read_period(text: str) -> tuple[date, Grain] | None:
    """What `period_written` wrote, in any grain; None when it is no period."""
    found = WRITTEN.fullmatch(text)
    if found is None or not 1900 <= int(found["year"]) <= 2200:
        return None
    year = int(found["year"])
    if found["month"]:
        return date(year, int(found["month"]), 1), Grain.MONTH
    if found["quarter"]:
        return date(year, int(found["quarter"]) * 3 - 2, 1), Grain.QUARTER
    return date(year, 1, 1), Grain.YEAR


def day(value: date, language: str) -> str:
    return format_date(value, "d.M.y" if language != "en" else "d MMM y", locale=locale_of(language))


def moment(value: datetime, language: str) -> str:
    """Date and time in Finland, whatever zone the moment was recorded in; recorded without one, it is UTC."""
    local = timezone.localtime(value if timezone.is_aware(value) else value.replace(tzinfo=UTC))
    return local_moment(local.replace(tzinfo=None), language)


def local_moment(value: datetime, language: str) -> str:
    pattern = "d MMM y HH:mm" if language == "en" else "d.M.y HH.mm"
    return format_datetime(value, pattern, locale=locale_of(language))


def duration(value: timedelta, language: str) -> str:
    seconds = value.total_seconds()
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": number(seconds, 1, language)}
    minutes, rest = divmod(round(seconds), 60)
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}
