#!/usr/bin/env python3
"""Records what Python's zoneinfo says of all zones, from the same data as the program carries along: record_zones.py > zones.tsv

The first line has moments, in seconds since the epoch. Each line behind it has a zone, its offsets from UTC at these moments, in seconds,
and then, as MOMENT:OFFSET, those around its last changes.
"""

import datetime
import importlib.resources
import os

os.environ["PYTHONTZPATH"] = ""

import zoneinfo

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MOMENTS = [
    int((datetime.datetime(year, month, 15, 12, tzinfo=datetime.timezone.utc) - EPOCH).total_seconds())
    for year in (1900, 1925, 1943, 1950, 1965, 1975, 1985, 1995, 2005, 2015, 2026, 2040, 2100, 2500) for month in (1, 7)
]


def offset(zone, moment):
    return int((EPOCH + datetime.timedelta(seconds=moment)).astimezone(zone).utcoffset().total_seconds())


def changes(zone):
    """The moments of the changes of three years, found by halving days."""
    found = []
    for start in range(1_735_689_600, 1_735_689_600 + 3 * 366 * 86_400, 86_400):
        low, high = start, start + 86_400
        before = offset(zone, low)
        if before == offset(zone, high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(zone, middle) == before else (low, middle)
        found.append(high)
    return found


def main():
    print("", *MOMENTS, sep="\t")
    names = (importlib.resources.files("tzdata") / "zones").read_text().split()
    for name in sorted(names):
        if name in ("Factory", "localtime"):
            continue
        zone = zoneinfo.ZoneInfo(name)
        last = changes(zone)[:3]
        around = [f"{moment}:{offset(zone, moment)}" for change in last for moment in (change - 1, change)]
        print(name, *(offset(zone, moment) for moment in MOMENTS), *around, sep="\t")


if __name__ == "__main__":
    main()
