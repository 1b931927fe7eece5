"""Filters on the cursor field, as the window of time that a read needs."""

from __future__ import annotations

import datetime
import typing

from . import values

UTC = datetime.timezone.utc
SECOND = datetime.timedelta(seconds=1)
EARLIEST = datetime.datetime(1970, 1, 1, tzinfo=UTC)


def window(filters: typing.Iterable[typing.Any], cursor: tuple[str, ...]) -> str | None:
    """The range `START..END` that has all records which pass the filters, or None if they say nothing of the cursor field.

    APIs know seconds at best, and leave their bounds in or out as they like: the window is wider by a second at each end, and Spark
    looks at each record again.
    """
    from pyspark.sql import datasource

    start: datetime.datetime | None = None
    end: datetime.datetime | None = None
    for one in filters:
        if getattr(one, "attribute", None) != cursor:
            continue
        if isinstance(one, datasource.In):
            moments = [moment(value) for value in one.value]
            if not moments or None in moments:
                continue
            low, high = min(moments), max(moments)
        elif isinstance(one, (datasource.EqualTo, datasource.EqualNullSafe)):
            low = high = moment(one.value)
        elif isinstance(one, (datasource.GreaterThan, datasource.GreaterThanOrEqual)):
            low, high = moment(one.value), None
        elif isinstance(one, (datasource.LessThan, datasource.LessThanOrEqual)):
            low, high = None, moment(one.value)
        else:
            continue
        if low is not None:
            start = max(start or low, low)
        if high is not None:
            end = min(end or high, high)
    if start is None and end is None:
        return None
    # `read --window` needs a beginning.
    first = max(start - SECOND, EARLIEST) if start else EARLIEST
    return f"{_shown(first)}..{_shown(end + 2 * SECOND) if end else ''}"


def moment(value: typing.Any) -> datetime.datetime | None:
    """A literal of a filter as a time in UTC, or None if it is none. A date is its midnight."""
    if isinstance(value, str):
        try:
            value = values.moment(value)
        except ValueError:
            return None
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day, tzinfo=UTC)
    return None


def _shown(time: datetime.datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
