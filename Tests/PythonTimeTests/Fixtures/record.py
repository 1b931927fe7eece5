"""Records what Python's own datetime, dateutil and isodate answer: one JSON array a line, [operation, arguments, answer].

Run in an environment with python-dateutil 2.9.0 and isodate 0.6.1: `python record.py [scale] > times.jsonl`. With a scale
above 1 it makes that many times as many random cases, for a longer comparison.
"""

import json
import random
import sys
from datetime import date, datetime, timedelta, timezone

from dateutil.parser import isoparse
from isodate import parse_duration

scale = int(sys.argv[1]) if len(sys.argv) > 1 else 1
pick = random.Random(7)


def record(operation, arguments, answer):
    try:
        text = answer()
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
    try:
        print(json.dumps([operation, arguments, text]))
    except UnicodeEncodeError:
        pass


def fields(value):
    offset = value.utcoffset()
    return [value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond] + (
        [] if offset is None else [offset // timedelta(microseconds=1)]
    )


def moment():
    zone = pick.choice([None, timezone.utc, timezone(timedelta(minutes=pick.randint(-1439, 1439)))])
    if pick.random() < 0.1:
        zone = timezone(timedelta(microseconds=pick.randint(-86399999999, 86399999999)))
    year = pick.choice([pick.randint(1, 9999), pick.randint(1970, 2030)])
    micro = pick.choice([0, pick.randint(0, 999999), pick.randint(0, 999) * 1000])
    return datetime(year, pick.randint(1, 12), pick.randint(1, 28), pick.randint(0, 23), pick.randint(0, 59),
                    pick.randint(0, 59), micro, zone)


letters = "aAwdbBmyYHIpMSfzZjUWcxXGuVekTlFDRhntCgsrP"
plain = ["%" + letter for letter in letters]
odd = ["%:z", "%i", "%o", "%-d", "%_d", "%0e", "%^a", "%#a", "%#p", "%#Z", "%Ey", "%Od", "%10Y", "%-10d", "%_5m", "%05d", "%-j", "%-I",
       "%-z", "%5", "%E", "%-", "%Ez", "%-f", "%10a", "%010a", "%^10b", "%10%", "%%f", "%%", "%10F", "%_10T", "%12s", "%_Y", "%_C",
       "%+4Y", "%^c", "%#c", "%30c", "%030c", "%E5Y", "%OY", "%EY", "%é", "%^i", "100%", "%99999Y", "", "naïve %Y", "%k%%l", "%_H"]
for form in plain + odd:
    for value in [datetime(2021, 3, 4, 5, 6, 7, 89, timezone(timedelta(hours=5, minutes=30))), datetime(45, 12, 31, 23, 59, 59)]:
        record("strftime", [fields(value), form], lambda: value.strftime(form))
    record("strftimeDate", [2024, 2, 29, form], lambda: date(2024, 2, 29).strftime(form))
for _ in range(60 * scale):
    value, form = moment(), pick.choice(["-", " ", "T", ""]).join(pick.choice(plain + odd) for _ in range(pick.randint(1, 6)))
    record("strftime", [fields(value), form], lambda: value.strftime(form))

common = ["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S", "%Y%m%d", "%d/%m/%y",
          "%a, %d %b %Y %H:%M:%S %Z", "%A %d %B %Y %I:%M %p", "%G-W%V-%u", "%Y-%j", "%Y %U %w", "%Y %W %a", "%c", "%x %X", "%H%M%S%f", "%m/%d/%Y",
          "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%S.%f", "%y%m%d", "%d%m%Y", "%I%p", "%b %d", "%d %b"]
for _ in range(80 * scale):
    value, form = moment(), pick.choice(common)
    text = value.strftime(form)
    if pick.random() < 0.5:
        place = pick.randint(0, max(len(text) - 1, 0))
        text = text[:place] + pick.choice(["", "0", "1", "9", " ", ":", "-", "Z", "x", "+01:00"]) + text[place + pick.randint(0, 2):]
    record("strptime", [text, form], lambda: repr(datetime.strptime(text, form)))
for text, form in [
    ("2021-1-5", "%Y-%m-%d"), ("2021-1-5T3:4:5", "%Y-%m-%dT%H:%M:%S"), ("111", "%m%d"), ("2021111", "%Y%m%d"), ("1231", "%H%M%S"),
    ("12 3", "%H %d"), ("12  3", "%H%d"), (" 5", "%d"), ("  5", "%d"), ("5 ", "%d"), ("5", "%d "), ("a\t b", "a b"), ("ab", "a b"),
    ("2021-02-30", "%Y-%m-%d"), ("29", "%d"), ("02-29", "%m-%d"), ("02-30", "%m-%d"), ("2021", "%y"), ("69", "%y"), ("68", "%y"),
    ("0000", "%Y"), ("0001", "%Y"), ("12", "%I"), ("12 am", "%I %p"), ("12 PM", "%I %p"), ("1 Pm", "%I %p"), ("13", "%I"), ("PM 3", "%p %I"),
    ("+05:30", "%z"), ("+0530", "%z"), ("-05:30:15", "%z"), ("-053015.5", "%z"), ("+05:3015", "%z"), ("+0530:15", "%z"), ("Z", "%z"),
    ("z", "%z"), ("+24:00", "%z"), ("+23:59", "%z"), ("+05:60", "%z"), ("-00:00", "%z"), ("+05:30:15.123456", "%z"), ("UTC", "%Z"), ("gmt", "%Z"),
    ("EST", "%Z"), ("UTC+0100", "%Z%z"), ("UTC+0000", "%Z%z"), ("123456", "%f"), ("1234567", "%f"), ("1", "%f"), ("1234", "%f%H"),
    ("61", "%S"), ("60", "%S"), ("59", "%S"), ("monday", "%A"), ("MON", "%a"), ("may", "%b"), ("May", "%B"), ("September", "%b"), ("366", "%j"),
    ("2021 366", "%Y %j"), ("000", "%j"), ("1", "%j"), ("2021-53-1", "%Y-%U-%w"), ("2021-00-1", "%Y-%W-%w"), ("2021-00-0", "%Y-%U-%w"),
    ("2020-W53-7", "%G-W%V-%u"), ("2021-W53-7", "%G-W%V-%u"), ("2021-W01", "%G-W%V"), ("2021-1-1", "%Y-%V-%u"), ("2021-1-1", "%G-%V-%j"),
    ("1", "%V"), ("00", "%V"), ("2021", "%G"), ("100%", "100%%"), ("x", "%i"), ("x", "%"), ("x", "% "), ("x", "%-d"), ("x", "%s"), ("x", "%e"),
    ("x", "%+"), ("ABC", "abc"), ("1 2 3", "%d %m %H"), ("2021-03-04t05", "%Y-%m-%dT%H"), ("2021\n", "%Y"), ("", ""), ("", "%Y"),
    ("a", ""), ("it's", "%Y"), ("1.5", "%d.%m"), ("3165", "%d%m%H"), ("1111111", "%d%m%H%M"), ("11111", "%j%H%M"), ("Thu Mar  4 05:06:07 2021", "%c"),
    ("03/04/21 05:06:07", "%x %X"), ("12:00", "%H:%M "), ("2021-03-04 \u2003 05", "%Y-%m-%d %H"), ("0", "%w"), ("7", "%w"), ("7", "%u"), ("0", "%u"),
]:
    record("strptime", [text, form], lambda: repr(datetime.strptime(text, form)))

samples = [
    "2022", "2022-01", "202201", "2022-01-14", "20220114", "2022-W02", "2022W02", "2022-W02-5", "2022W025", "2022-W025", "2022-W60", "2022-W02-9",
    "2022-014", "2022014", "2022-366", "2020-366", "2022-1-1", "2022-01-14T", "2022-01-14T1", "2022-01-14T13", "2022-01-14T13:45", "2022-01-14T1345",
    "2022-01-14 13:45:30", "2022-01-14T134530", "2022-01-14T13:4530", "2022-01-14T13:45:30.1", "2022-01-14T13:45:30,123456789", "2022-01-14T13:45:30.",
    "2022-01-14T24:00", "2022-01-14T24:00:01", "2022-12-31T24", "9999-12-31T24", "2022-01-14T13:45:30Z", "2022-01-14T13:45:30z", "2022-01-14T13:45:30+01:00",
    "2022-01-14T13:45:30+0100", "2022-01-14T13:45:30-01", "2022-01-14T13:45:30+00:00", "2022-01-14T13:45:30-00:30", "2022-01-14T13:45:30+1:00",
    "2022-01-14T13:45:30+01:60", "2022-01-14T13:45:30+24:00", "2022-01-14T13:45:30ZZ", "2022-01-14T13Z", "2022-01-14TZ", "2022-01-14T25", "2022-01-14T13:60",
    "2022-13-01", "2022-02-30", "0000-01-01", "202", "", "abcd", "2022-01-14x13", "2022-01-14T13:45:30 Z", "2022-01-14T13:45:3", "2022-01-1", "2022-0114",
    "\u0662022", " 202-01-01", "+202-01-01", "1_00-01-01", "2022-01-14T 1:45", "2022-01-14T13:45:30.123+05:30", "2022-01-14T13:45:30.123456+05:30:10",
    "2022-01-14T13:45:30.123456Z", "2022-01-14T1:45", "9999-W53-7", "0001-W01-1", "2022-01-14T13:45+01", "2022-01-14T13:45:30.5Zx", "2022-01-14T-05",
]
for text in samples:
    record("isoparse", [text], lambda: repr(isoparse(text)))
for _ in range(60 * scale):
    text = moment().isoformat()
    if pick.random() < 0.5:
        place = pick.randint(0, len(text))
        text = text[:place] + pick.choice(["", "0", "1", "9", " ", ":", "-", "Z", "W", "+", "."]) + text[place + pick.randint(0, 2):]
    record("isoparse", [text], lambda: repr(isoparse(text)))

durations = ["P1D", "PT1H", "P1Y", "P1M", "P1Y2M3W4DT5H6M7S", "-P1D", "+P1M", "P", "PT", "P0.5D", "P1,5D", "PT0.000001S", "PT0.0000005S", "PT0.0000015S",
             "P1.5Y", "P0Y", "P0M0D", "P1W", "p1d", "1D", "", "P1", "P1H", "PT1D", "P1D2M", "P1DT", "P-1D", "P999999999D", "P1000000000D", "P1D\n", "P1D ",
             "-P1Y2MT3S", "P0003-06-04T12:30:05", "P00030604T123005", "P2021-01T10", "P0000-01-01T00:00:00", "PT36H", "P10Y", "P12M", "P25M", "PT90M", "P0D",
             "PT1.123456789S", "P1.D", "P12345678901234567890D", "P2M15D", "P1Y1Y", "PT1S1S", "PT1M1H"]
for text in durations:
    record("duration", [text], lambda: repr(parse_duration(text)))
    record("durationText", [text], lambda: str(parse_duration(text)))
    for value in [datetime(2024, 1, 31, 12, tzinfo=timezone.utc), datetime(9999, 12, 31), datetime(1, 1, 1), moment()]:
        record("durationAdd", [text, fields(value)], lambda: repr(value + parse_duration(text)))
        record("durationSubtract", [text, fields(value)], lambda: repr(value - parse_duration(text)))

for _ in range(60 * scale):
    a = timedelta(days=pick.randint(-3, 3), seconds=pick.randint(-10**6, 10**6), microseconds=pick.randint(-10**6, 10**6))
    b = timedelta(seconds=pick.choice([0, 1, -1, 3600, 7]), microseconds=pick.choice([0, 1, pick.randint(-999, 999)]))
    f = pick.choice([0.5, 1.5, -2.25, 1e-7, 3.0, pick.uniform(-9, 9), 1e300, float("nan")])
    n = pick.choice([0, 1, -1, 2, 7, -3, pick.randint(-99, 99)])
    parts = [a.days, a.seconds, a.microseconds]
    record("deltaText", parts, lambda: f"{a} {a!r} {a.total_seconds()!r} {-a!r} {abs(a)!r} {bool(a)}")
    record("deltaTimesInt", parts + [n], lambda: repr(a * n))
    record("deltaTimesFloat", parts + [repr(f)], lambda: repr(a * f))
    record("deltaOverInt", parts + [n], lambda: repr(a / n))
    record("deltaOverFloat", parts + [repr(f)], lambda: repr(a / f))
    record("deltaFloorInt", parts + [n], lambda: repr(a // n))
    record("deltaOverDelta", parts + [b.days, b.seconds, b.microseconds], lambda: repr(a / b))
    record("deltaDivMod", parts + [b.days, b.seconds, b.microseconds], lambda: repr(divmod(a, b)))
    g = [pick.choice([0.5, 0.1, 1e-6, 5e-7, 1.5e-6, pick.uniform(-1e6, 1e6)]) for _ in range(4)]
    record("deltaFloats", [repr(x) for x in g], lambda: repr(timedelta(days=g[0], seconds=g[1], milliseconds=g[2], hours=g[3])))
for parts in [(999999999, 86399, 999999), (-999999999, 0, 0)]:
    a = timedelta(*parts)
    record("deltaText", list(parts), lambda: f"{a} {a!r} {a.total_seconds()!r} {-a!r} {abs(a)!r} {bool(a)}")
    record("deltaTimesInt", list(parts) + [2], lambda: repr(a * 2))
    record("deltaOverDelta", [0, 0, 0] + list(parts), lambda: repr(timedelta(0) / a))
    record("deltaOverDelta", list(parts) + [0, 0, 1], lambda: repr(a / timedelta(microseconds=1)))
    record("deltaOverDelta", [0, 0, 1] + list(parts), lambda: repr(timedelta(microseconds=1) / a))

for stamp in ["0", "-1", "1658505815", "1658505815.223235", "1e20", "-1e20", "253402300799", "253402300800", "-62135596800", "-62135596801", "1e15", "inf",
              "nan", "0.0000005", "0.0000015", "-0.0000005", "1.9999995", "-1.5", "1099511627776", "36028797018963968", "4611686018427387904", "1e18"]:
    number = int(stamp) if stamp.lstrip("-").isdigit() else float(stamp)
    record("fromTimestamp", [stamp], lambda: repr(datetime.fromtimestamp(number, tz=timezone.utc)))
for _ in range(40 * scale):
    stamp = pick.uniform(-6e10, 2.5e11)
    record("fromTimestamp", [repr(stamp)], lambda: repr(datetime.fromtimestamp(stamp, tz=timezone.utc)))

for _ in range(40 * scale):
    a, b = moment(), moment()
    days = timedelta(days=pick.randint(-10**6, 10**6), seconds=pick.randint(0, 86399), microseconds=pick.randint(0, 999999))
    record("momentText", [fields(a)], lambda: f"{a} {a!r} {a.isoformat()} {a.ctime()} {a.timetuple().tm_yday} {a.weekday()} {tuple(a.isocalendar())}")
    record("momentUTC", [fields(a.replace(tzinfo=a.tzinfo or timezone.utc))],
           lambda: f"{a.replace(tzinfo=a.tzinfo or timezone.utc).timestamp()!r} {a.replace(tzinfo=a.tzinfo or timezone.utc).astimezone(timezone.utc)}")
    record("momentLess", [fields(a), fields(b)], lambda: f"{a < b} {a == b}")
    record("momentMinus", [fields(a), fields(b)], lambda: repr(a - b))
    record("momentPlus", [fields(a), days.days, days.seconds, days.microseconds], lambda: repr(a + days))
    record("datePlus", [a.year, a.month, a.day, days.days], lambda: repr(a.date() + days))
for parts in [(0, 1, 1), (10000, 1, 1), (2021, 0, 1), (2021, 13, 1), (2021, 2, 29), (2024, 2, 29), (2021, 1, 0)]:
    record("date", list(parts), lambda: repr(date(*parts)))
for name in ["hours", "minutes", "seconds", "milliseconds", "microseconds", "auto"]:
    a = datetime(2021, 1, 2, 3, 4, 5, 678901, timezone(timedelta(hours=-3)))
    record("isoformat", [fields(a), name], lambda: a.isoformat(timespec=name))
