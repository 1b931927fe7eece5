"""Records what the reference's cursors answer, for the tables that the tests beside it read.

Run it with a Python that has airbyte-cdk 7.39.1: `python record_cursors.py`. The clock stands at 2025-03-01T12:00:00.123456Z.
"""

import copy
import itertools
import json
import logging
import os
import random

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.declarative.models import DatetimeBasedCursor, IncrementingCountCursor, RequestOption
from airbyte_cdk.sources.declarative.parsers.model_to_component_factory import ModelToComponentFactory
from airbyte_cdk.sources.declarative.partition_routers import (
    CartesianProductStreamSlicer, GroupingPartitionRouter, ListPartitionRouter, SubstreamPartitionRouter)
from airbyte_cdk.sources.declarative.partition_routers.substream_partition_router import ParentStreamConfig
from airbyte_cdk.sources.declarative.partition_routers.union_partition_router import UnionPartitionRouter
from airbyte_cdk.sources.declarative.requesters.request_options.datetime_based_request_options_provider import (
    DatetimeBasedRequestOptionsProvider)
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import FinalStateCursor
from airbyte_cdk.sources.streams.concurrent.state_converters import datetime_stream_state_converter as converters
from airbyte_cdk.sources.types import Record, StreamSlice
from airbyte_cdk.utils.datetime_helpers import ab_datetime_parse

logging.disable(logging.CRITICAL)
converters.ab_datetime_now = lambda: ab_datetime_parse("2025-03-01T12:00:00.123456Z")
HERE = os.path.dirname(os.path.abspath(__file__))
CONFIG = {"start": "2025-01-01", "lookback": "P2D", "none": ""}


class Partition:
    def __init__(self, stream_slice):
        self.stream_slice = stream_slice

    def to_slice(self):
        return self.stream_slice


def make_cursor(definition, state, config=CONFIG):
    factory = ModelToComponentFactory()
    arguments = dict(
        component_definition=copy.deepcopy(definition), stream_name="items", stream_namespace=None,
        stream_state=copy.deepcopy(state), config=config, message_repository=InMemoryMessageRepository())
    if definition["type"] == "DatetimeBasedCursor":
        return factory.create_concurrent_cursor_from_datetime_based_cursor(model_type=DatetimeBasedCursor, **arguments)
    return factory.create_concurrent_cursor_from_incrementing_count_cursor(model_type=IncrementingCountCursor, **arguments)


def plain(value):
    """Infinity has no JSON."""
    if isinstance(value, float) and value == float("inf"):
        return "Infinity"
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def take(iterator, limit=2000):
    return list(itertools.islice(iterator, limit))


def windows(definition, state):
    try:
        slices = [plain(dict(s.cursor_slice)) for s in take(make_cursor(definition, state).stream_slices())]
    except Exception as error:
        return {"error": type(error).__name__}
    answer = {"count": len(slices), "first": slices[:4], "last": slices[-2:]}
    return answer


def datetime_cursor(**properties):
    cursor = {
        "type": "DatetimeBasedCursor", "cursor_field": "updated_at", "datetime_format": "%Y-%m-%dT%H:%M:%SZ",
        "start_datetime": "2025-01-01T00:00:00Z",
    }
    cursor.update(properties)
    return {key: value for key, value in cursor.items() if value is not None}


STARTS = {
    "%Y-%m-%dT%H:%M:%SZ": "2025-01-01T00:00:00Z",
    "%Y-%m-%dT%H:%M:%S.%fZ": "2025-01-01T00:00:00.000000Z",
    "%Y-%m-%d": "2025-01-01",
    "%s": "1735689600",
    "%ms": "1735689600123",
    "%s_as_float": "1735689600.5",
    "%epoch_microseconds": "1735689600000001",
    "%Y-%m-%dT%H:%M:%S%z": "2025-01-01T03:30:00+0330",
    "%Y-%m-%dT%H:%M:%S.%f%z": "2025-01-01T00:00:00.000000+00:00",
    "%Y-%m-%dT%H:%M:%S.%_msZ": "2025-01-01T00:00:00.250Z",
    "%d/%m/%Y %H:%M": "01/01/2025 00:00",
    "modified_on:gt:%Y-%m-%dT%H:%M:%S%z": "modified_on:gt:2025-01-01T00:00:00+0000",
    "%Y-%m-%dT%H:%M:%S-12:00": "2025-01-01T00:00:00-12:00",
}


def state_values(format):
    """States of each shape for a format, built by the reference's own formatting."""
    converter = converters.CustomFormatConcurrentStreamStateConverter(datetime_format=format)
    text = lambda moment: converter.output_format(ab_datetime_parse(moment))
    slice_ = lambda start, end, recent=None: {
        "start": text(start), "end": text(end), **({"most_recent_cursor_value": text(recent)} if recent else {})}
    return [
        {},
        {"updated_at": text("2025-02-10T06:07:08Z")},
        {"updated_at": text("2024-06-01T00:00:00Z"), "other": 1},
        {"updated_at": text("2025-12-01T00:00:00Z")},
        {"__ab_no_cursor_state_message": True},
        {"state_type": "date-range", "slices": [slice_("2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z", "2025-01-20T00:00:00Z")]},
        {"state_type": "date-range", "legacy": {"old": "x"}, "slices": [
            slice_("2025-01-10T00:00:00Z", "2025-01-20T00:00:00Z"),
            slice_("2025-02-01T00:00:00Z", "2025-02-05T00:00:00Z", "2025-02-04T00:00:00Z"),
            slice_("2025-02-15T12:30:00Z", "2025-02-20T00:00:00Z")]},
        {"state_type": "date-range", "slices": []},
    ]


def window_cases():
    chance = random.Random(7)
    definitions = []
    for format, start in STARTS.items():
        definitions.append(datetime_cursor(datetime_format=format, start_datetime=start))
        definitions.append(datetime_cursor(datetime_format=format, start_datetime=start, step="P20D", cursor_granularity="PT1S"))
        definitions.append(datetime_cursor(
            datetime_format=format, start_datetime=start, step="P1M", cursor_granularity="P1D", lookback_window="P3D"))
    steps = [
        (None, None), ("P1D", "PT1S"), ("P7D", "P1D"), ("P1W", "PT0S"), ("P1M", "P1D"), ("P1M", "PT0.000001S"), ("P1Y", "PT1S"),
        ("P30D", "PT0.001S"), ("PT12H", "PT1H"), ("P10000Y", "PT1S"), ("PT0S", "PT1S"), ("P1M15D", "P1D"), ("P2M", "P1M"),
    ]
    clampings = [
        None, {"target": "DAY"}, {"target": "MONTH"}, {"target": "WEEK", "target_details": {"weekday": "MONDAY"}},
        {"target": "WEEK", "target_details": {"weekday": "SATURDAY"}},
    ]
    ends = [
        None, "2025-02-20T10:11:12Z", "2024-12-31T00:00:00Z", "2025-01-01T00:00:00Z",
        {"type": "MinMaxDatetime", "datetime": "2026-01-01T00:00:00Z", "max_datetime": "2025-02-25T00:00:00Z"},
    ]
    starts = [
        "2025-01-01T00:00:00Z", "2025-01-15T10:20:30Z", "2025-03-01T00:00:00Z", "2026-01-01T00:00:00Z",
        {"type": "MinMaxDatetime", "datetime": "{{ config['start'] }}", "datetime_format": "%Y-%m-%d", "min_datetime": "2025-01-05"},
    ]
    everything = list(itertools.product(
        steps, clampings, ends, starts, [None, "P2D", "{{ config['lookback'] }}", "{{ config['none'] }}"], [None, True]))
    for (step, granularity), clamping, end, start, lookback, strict in chance.sample(everything, 200):
        definitions.append(datetime_cursor(
            step=step, cursor_granularity=granularity, clamping=clamping, end_datetime=end, start_datetime=start,
            lookback_window=lookback, is_compare_strictly=strict))
    cases = []
    for index, definition in enumerate(definitions):
        states = state_values(definition["datetime_format"])
        for state in states if index < 6 else [states[index % 7], states[(index * 3 + 1) % 7]]:
            answer = windows(definition, state)
            # A clamped end from which it cannot take a month's granularity off: nothing to repeat.
            if answer.get("error") != "TypeError":
                cases.append({"cursor": definition, "state": state, "windows": answer})
    for state in [{}, {"n": 5}, {"n": 0}, {"n": 2}, {"n": 7.5}]:
        for start in [None, 3]:
            definition = {"type": "IncrementingCountCursor", "cursor_field": "n", "start_value": start}
            cases.append({"cursor": definition, "state": state, "windows": windows(definition, state)})
    broken = [
        datetime_cursor(step="P1D"), datetime_cursor(cursor_granularity="P1D"), datetime_cursor(clamping={"target": "YEAR"}),
        datetime_cursor(clamping={"target": "WEEK"}), datetime_cursor(start_datetime="2025-01-01"), datetime_cursor(lookback_window="2 days"),
        datetime_cursor(step="P1.5M", cursor_granularity="P1D"),
        datetime_cursor(clamping={"target": "WEEK", "target_details": {"weekday": "monday"}}),
    ]
    for definition in broken:
        cases.append({"cursor": definition, "state": {}, "windows": windows(definition, {})})
    cases.append({"cursor": datetime_cursor(), "state": {"updated_at": "yesterday"},
                  "windows": windows(datetime_cursor(), {"updated_at": "yesterday"})})
    return cases


def reading(definition, state, records_of, order_seed):
    """Reads all windows with the given records, closes them in a shuffled order and notes each state."""
    cursor = make_cursor(definition, state)
    slices = take(cursor.stream_slices(), 12)
    steps = []
    order = list(range(len(slices)))
    random.Random(order_seed).shuffle(order)
    for place in order:
        stream_slice = StreamSlice(partition={}, cursor_slice=slices[place].cursor_slice)
        values = records_of(place)
        error = None
        try:
            for value in values:
                cursor.observe(Record(data={"updated_at": value, "n": value}, stream_name="items", associated_slice=stream_slice))
            cursor.close_partition(Partition(stream_slice))
        except Exception as exception:
            error = type(exception).__name__
        steps.append({"slice": place, "values": values, "state": copy.deepcopy(cursor.state), **({"error": error} if error else {})})
        if error:
            break
    bounds = {}
    probes = ["2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z", "2025-02-08T06:07:08Z", "2025-02-10T06:07:08Z", "2025-02-25T00:00:00Z",
              "2025-03-01T12:00:00Z", "2025-03-01T12:00:01Z", "2030-01-01T00:00:00Z", "nothing"]
    if definition["type"] == "IncrementingCountCursor":
        probes = []
    for probe in probes:
        try:
            bounds[probe] = cursor.should_be_synced(Record(data={"updated_at": probe}, stream_name="items"))
        except Exception as exception:
            bounds[probe] = type(exception).__name__
    return {"cursor": definition, "state": state, "slices": [plain(dict(s.cursor_slice)) for s in slices], "steps": steps, "new": bounds}


def reading_cases():
    cases = []
    definitions = [
        datetime_cursor(),
        datetime_cursor(step="P10D", cursor_granularity="PT1S"),
        datetime_cursor(step="P10D", cursor_granularity="PT1S", lookback_window="P2D"),
        datetime_cursor(step="P1M", cursor_granularity="P1D", datetime_format="%Y-%m-%d", start_datetime="2025-01-01",
                        cursor_datetime_formats=["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%z"]),
        datetime_cursor(step="P7D", cursor_granularity="PT0S"),
        datetime_cursor(step="P20D", cursor_granularity="PT0.000001S", datetime_format="%Y-%m-%dT%H:%M:%S.%fZ",
                        start_datetime="2025-01-01T00:00:00.000000Z", cursor_datetime_formats=["%Y-%m-%dT%H:%M:%SZ", "%s"]),
        datetime_cursor(datetime_format="%s", start_datetime="1735689600", cursor_datetime_formats=["%Y-%m-%dT%H:%M:%SZ"]),
        datetime_cursor(datetime_format="%Y-%m-%dT%H:%M:%S%z", start_datetime="2025-01-01T00:00:00+0000",
                        step="P15D", cursor_granularity="PT1S", end_datetime="2025-02-20T00:00:00+0100"),
        datetime_cursor(step="P1M", cursor_granularity="P1D", clamping={"target": "MONTH"}),
    ]
    values = [
        lambda place: [],
        lambda place: [f"2025-01-{2 + place:02d}T03:04:05Z", f"2025-02-{1 + place:02d}T00:00:00Z", f"2025-01-{20 - place:02d}T00:00:00Z"],
        lambda place: ["2025-02-01T00:00:00+0200", "soon", None, f"2025-02-0{1 + place % 9}T00:00:00Z", 1740000000 + place, True, 17.5],
    ]
    for number, definition in enumerate(definitions):
        for state in state_values(definition["datetime_format"])[: 7 if number < 3 else 2]:
            for kind, records_of in enumerate(values):
                cases.append(reading(definition, state, records_of, number * 10 + kind))
    for state in [{}, {"n": 5}]:
        for records in ([], [7, 6, 9], [3], [0], [12.5, 12]):
            definition = {"type": "IncrementingCountCursor", "cursor_field": "n", "start_value": 2}
            cases.append(reading(definition, state, lambda place: records, 1))
    return cases


def write(name, cases):
    with open(os.path.join(HERE, name), "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
    print(name, len(cases))


if __name__ == "__main__":
    write("windows.json", window_cases())
    write("readings.json", reading_cases())
