"""Records the reference's DatetimeParser: one JSON array a line, [operation, arguments, answer].

Run in an environment with airbyte-cdk 7.39.1: `python record_datetimes.py > datetimes.jsonl`.
"""

import json
from datetime import datetime, timedelta, timezone

from airbyte_cdk.sources.declarative.datetime.datetime_parser import DatetimeParser

parser = DatetimeParser()


def record(operation, arguments, answer):
    try:
        text = answer()
    except Exception as error:
        text = f"error: {type(error).__name__}"
    print(json.dumps([operation, arguments, text]))


FORMATS = ["%s", "%s_as_float", "%ms", "%epoch_microseconds", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%_msZ",
           "%Y-%m-%dT%H:%M:%S.%_ms%z", "%_ms", "%Y%m%d", "x%s", "%ms%s", "%d %b %Y", "%Y-%m-%dT%H:%M:%S+00:00"]
TEXTS = ["1658505815", "1658505815.223235", "-1", "0", " 5 ", "1_000", "abc", "", "1e3", "nan", "inf", "99999999999999999999", "253402300800", "2022-01-14", "2022-01-14T13:45:30.123456+02:00",
         "2022-01-14T13:45:30Z", "2022-01-14T13:45:30.123Z", "2022-01-14T13:45:30.5+0000", "20220114", "123", "123456", "14 Jan 2022", "2022-01-14T13:45:30+00:00", "2022-1-4", "1658505815123", "1658505815123456"]
for form in FORMATS:
    for text in TEXTS:
        record("parse", [text, form], lambda: repr(parser.parse(text, form)))
    for number in [0, 1658505815, -1, 20220114, 1658505815123, 10**18]:
        record("parseNumber", [number, form], lambda: repr(parser.parse(number, form)))
    for fields in [(2022, 1, 14, 13, 45, 30, 123456, 0), (2022, 1, 14, 13, 45, 30, 0, 7200), (1, 1, 1, 0, 0, 0, 0, 0), (9999, 12, 31, 23, 59, 59, 999999, -3600), (1969, 12, 31, 23, 59, 59, 500, 0), (2001, 9, 9, 1, 46, 40, 45, 0)]:
        moment = datetime(*fields[:7], tzinfo=timezone(timedelta(seconds=fields[7])))
        # Here a text without an offset means UTC, so the moment is converted before the reference writes it.
        try:
            moment = moment if "%z" in form else moment.astimezone(timezone.utc)
        except OverflowError:
            pass
        record("format", [list(fields), form], lambda: parser.format(moment, form))

