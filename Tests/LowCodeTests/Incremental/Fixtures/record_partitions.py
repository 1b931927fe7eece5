"""Records how the reference reads streams with partitions, for the table that the tests beside it read.

Run it with a Python that has airbyte-cdk 7.39.1: `python record_partitions.py`. The clock stands at 2025-03-01T12:00:00.123456Z.
Streams are built from manifests by the reference; only the records of their slices come from the case.
"""

import copy
import json
import logging
import os
import random

from airbyte_cdk.models import AirbyteStateBlob, AirbyteStateMessage, AirbyteStateType, AirbyteStreamState, StreamDescriptor, Type
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.declarative.incremental import concurrent_partition_cursor
from airbyte_cdk.sources.declarative.models import DeclarativeStream
from airbyte_cdk.sources.declarative.parsers.model_to_component_factory import ModelToComponentFactory
from airbyte_cdk.sources.declarative.stream_slicers import declarative_partition_generator
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.sources.streams.concurrent.state_converters import datetime_stream_state_converter as converters
from airbyte_cdk.sources.types import Record
from airbyte_cdk.utils.datetime_helpers import ab_datetime_parse

logging.disable(logging.CRITICAL)
converters.ab_datetime_now = lambda: ab_datetime_parse("2025-03-01T12:00:00.123456Z")
concurrent_partition_cursor.Timer.finish = lambda self: 1
HERE = os.path.dirname(os.path.abspath(__file__))
CONFIG = {"start": "2025-01-01", "lookback": "P2D", "none": "", "teams": ["red", "blue"], "word": "ab"}

RECORDS = {}
READS = {}


def read(partition):
    """The n-th slice of a stream that is read has the n-th list of records; after the last it begins anew."""
    name = partition.stream_name()
    pages = RECORDS.get(name) or [[]]
    place = READS.get(name, 0)
    READS[name] = place + 1
    for data in pages[place % len(pages)]:
        yield Record(data=copy.deepcopy(data), stream_name=name, associated_slice=partition.to_slice())


declarative_partition_generator.DeclarativePartition.read = read


def datetime_cursor(**properties):
    cursor = {
        "type": "DatetimeBasedCursor", "cursor_field": "updated_at", "datetime_format": "%Y-%m-%dT%H:%M:%SZ",
        "start_datetime": "2025-01-01T00:00:00Z",
    }
    cursor.update(properties)
    return cursor


def stream(name="items", router=None, sync=None, **properties):
    retriever = {
        "type": "SimpleRetriever",
        "requester": {"type": "HttpRequester", "url_base": "https://api.test", "path": "/" + name},
        "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": []}},
    }
    if router:
        retriever["partition_router"] = router
    definition = {"type": "DeclarativeStream", "name": name, "retriever": retriever, **properties}
    if sync:
        definition["incremental_sync"] = sync
    return definition


def option(place, name):
    return {"type": "RequestOption", "inject_into": place, **({"field_path": name} if isinstance(name, list) else {"field_name": name})}


def list_router(values=("a", "b", "c"), field="team", **properties):
    values = values if isinstance(values, str) else list(values)
    return {"type": "ListPartitionRouter", "values": values, "cursor_field": field, **properties}


def parent(definition, key="id", field="parent_id", **properties):
    return {"type": "ParentStreamConfig", "stream": definition, "parent_key": key, "partition_field": field, **properties}


def substream(*parents):
    return {"type": "SubstreamPartitionRouter", "parent_stream_configs": list(parents)}


def play(definition, state, records, seed, values):
    """Reads the stream: slices come as the cursor makes them, and in between some of the earlier ones are closed."""
    RECORDS.clear()
    RECORDS.update(records)
    READS.clear()
    chance = random.Random(seed)
    case = {"stream": definition, "state": state, "records": records, "slices": [], "events": []}
    repository = InMemoryMessageRepository()
    messages = []
    if state:
        messages.append(AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=AirbyteStreamState(
            stream_descriptor=StreamDescriptor(name="items"), stream_state=AirbyteStateBlob(copy.deepcopy(state)))))
    try:
        factory = ModelToComponentFactory(connector_state_manager=ConnectorStateManager(messages), message_repository=repository)
        built = factory.create_component(DeclarativeStream, copy.deepcopy(definition), CONFIG)
        cursor = built.cursor
        open_partitions = []

        def has_emitted():
            return any(
                message.type == Type.STATE and message.state.stream.stream_descriptor.name == "items"
                for message in list(repository.consume_queue()))

        def close():
            place, partition = open_partitions.pop(chance.randrange(len(open_partitions)))
            event = {"close": place, "values": values(place)}
            if chance.random() < 0.06:
                case["events"].append({"fail": place})
                return
            for value in event["values"]:
                cursor.observe(Record(data={"updated_at": value}, stream_name="items", associated_slice=partition.to_slice()))
            has_emitted()
            cursor.close_partition(partition)
            event["emits"] = has_emitted()
            if len(case["events"]) % 3 == 0:
                event["state"] = copy.deepcopy(cursor.state)
            case["events"].append(event)

        for partition in built.generate_partitions():
            slice_ = partition.to_slice()
            provider = partition._retriever.request_option_provider
            sent = {
                "parameters": provider.get_request_params(stream_slice=slice_), "headers": provider.get_request_headers(stream_slice=slice_),
                "data": provider.get_request_body_data(stream_slice=slice_), "json": provider.get_request_body_json(stream_slice=slice_),
            }
            case["slices"].append({
                "partition": dict(slice_.partition), "cursor_slice": dict(slice_.cursor_slice), "extra": dict(slice_.extra_fields),
                **{place: dict(value) for place, value in sent.items() if value}})
            case["events"].append("slice")
            open_partitions.append((len(case["slices"]) - 1, partition))
            while open_partitions and chance.random() < 0.6:
                close()
        case["events"].append("end")
        while open_partitions:
            close()
        cursor.ensure_at_least_one_state_emitted()
        case["final"] = copy.deepcopy(cursor.state)
    except Exception as error:
        case["error"] = type(error).__name__
    return case


def child_values(seed):
    def values(place):
        chance = random.Random(seed * 1000 + place)
        texts = [f"2025-{chance.randint(1, 2):02d}-{chance.randint(1, 28):02d}T{chance.randint(0, 23):02d}:00:00Z" for _ in range(chance.randint(0, 4))]
        if chance.random() < 0.2:
            texts.insert(0, "soon")
        if chance.random() < 0.2:
            texts.append(None)
        return texts

    return values


PARENTS = [
    [{"id": 1, "updated_at": "2025-01-05T00:00:00Z", "name": "one", "nested": {"key": "k1", "list": [{"x": 1}]}},
     {"id": 2, "updated_at": "2025-01-20T00:00:00Z", "name": None, "nested": {"key": "k2", "list": []}}],
    [],
    [{"id": None, "updated_at": "2025-02-01T00:00:00Z"}, {"updated_at": "2025-02-02T00:00:00Z"},
     {"id": "three", "updated_at": "2025-02-03T00:00:00Z", "nested": {"key": {"deep": True}}}],
    [{"id": 4.5, "updated_at": "2025-02-10T00:00:00Z"}, {"id": 1, "updated_at": "2025-02-11T00:00:00Z"}, {"id": False, "updated_at": "2025-02-12T00:00:00Z"}],
]


def routers():
    windows = dict(step="P20D", cursor_granularity="PT1S")
    yield "list", list_router(request_option=option("request_parameter", "team")), {}
    yield "list of config", list_router("{{ config['teams'] }}", request_option=option("header", "X-Team")), {}
    yield "letters", list_router("{{ config['word'] }}"), {}
    yield "repeated", list_router(["a", "b", "a"]), {}
    yield "product", [list_router(["a", "b"], "team", request_option=option("body_json", ["filter", "team"])),
                      list_router(["x", "y", ""], "kind", request_option=option("body_json", ["filter", "kind"]))], {}
    yield "product with data", [list_router(["a"], "team", request_option=option("body_data", "t")),
                                list_router(["x", "y"], "kind", request_option=option("body_data", "k"))], {}
    yield "substream", substream(parent(stream("parents"), request_option=option("request_parameter", "p"))), {"parents": PARENTS[:1]}
    yield "substream with windows", substream(parent(
        stream("parents", sync=datetime_cursor(**windows)), incremental_dependency=True,
        extra_fields=[["name"], ["nested", "key"]])), {"parents": PARENTS}
    yield "substream of partitions", substream(parent(
        stream("parents", list_router(["a", "b", "c", "d"]), datetime_cursor()), "nested/key", incremental_dependency=True)), {"parents": PARENTS}
    yield "two parents", substream(
        parent(stream("parents", sync=datetime_cursor()), incremental_dependency=True, request_option=option("body_json", "p")),
        parent(stream("others", list_router(["a", "b"])), "id", "other_id", incremental_dependency=True)), {
            "parents": PARENTS[3:], "others": PARENTS[:1]}
    grand = stream("grandparents", sync=datetime_cursor(**windows))
    middle = stream("parents", substream(parent(grand, incremental_dependency=True)), datetime_cursor())
    yield "three levels", substream(parent(middle, field="child_of", incremental_dependency=True)), {
        "grandparents": PARENTS, "parents": PARENTS}
    yield "groups", {"type": "GroupingPartitionRouter", "group_size": 2, "underlying_partition_router": list_router(["a", "b", "a", "c", "d", "e"])}, {}
    yield "groups of a parent", {"type": "GroupingPartitionRouter", "group_size": 2, "deduplicate": False, "underlying_partition_router": substream(
        parent(stream("parents", sync=datetime_cursor(**windows)), incremental_dependency=True, extra_fields=[["name"]]))}, {"parents": PARENTS}
    yield "union", {"type": "UnionPartitionRouter", "partition_field": "team", "partition_routers": [
        list_router(["a", "b"]), substream(parent(stream("parents", sync=datetime_cursor()), "name", "team", incremental_dependency=True)),
        list_router(["b", "z"])]}, {"parents": [[{"name": "b"}, {"name": "c"}, {"name": "a"}]]}
    yield "nothing", substream(parent(stream("parents", sync=datetime_cursor()), incremental_dependency=True)), {"parents": [[]]}


def child_states(parents):
    parent_state = {name: {"updated_at": "2025-01-30T00:00:00Z"} for name in parents}
    per_partition = [
        {"partition": {"team": "b"}, "cursor": {"updated_at": "2025-02-05T00:00:00Z"}},
        {"partition": {"parent_slice": {}, "parent_id": 1}, "cursor": {"updated_at": "2025-02-06T00:00:00Z"}},
        {"partition": {"team": "gone"}, "cursor": {"updated_at": "2025-01-06T00:00:00Z"}},
    ]
    yield {}
    yield {"updated_at": "2025-02-01T00:00:00Z"}
    yield {"states": per_partition, "state": {"updated_at": "2025-02-07T00:00:00Z"}, "lookback_window": 3600, "use_global_cursor": False,
           "parent_state": parent_state}
    yield {"state": {"updated_at": "2025-02-08T00:00:00Z"}, "lookback_window": 10, "use_global_cursor": True, "parent_state": parent_state}
    yield {"states": per_partition, "use_global_cursor": True}
    yield {"__ab_no_cursor_state_message": True}
    yield {"states": []}


def reads_again(case):
    """Whether the reference read a partition that came again after it was closed: here each is read once, whatever the timing."""
    keys = [json.dumps(each["partition"], sort_keys=True) for each in case.get("slices", [])]
    return any(keys[i] in keys[: i - 1] and keys[i] != keys[i - 1] for i in range(1, len(keys)))


def cases():
    number = 0
    for name, router, records in routers():
        for sync in [None, datetime_cursor(), datetime_cursor(
                step="P25D", cursor_granularity="PT1S", lookback_window="P1D",
                start_time_option=option("request_parameter", "since"), end_time_option=option("body_json", "until"))]:
            states = list(child_states(records))
            for state in [states[0], states[2], states[1 + number % 6]] if sync else [{}]:
                number += 1
                case = {"name": name, **play(stream(router=router, sync=sync), state, records, number, child_values(number))}
                if not sync or not reads_again(case):
                    yield case
    sync = datetime_cursor(global_substream_cursor=True)
    simple = substream(parent(stream("parents", sync=datetime_cursor()), incremental_dependency=True))
    for state in child_states(["parents"]):
        number += 1
        yield {"name": "global", **play(stream(router=simple, sync=sync), state, {"parents": PARENTS[:1]}, number, child_values(number))}
    formats = [("%d/%m/%Y %H:%M", "01/01/2025 00:00"), ("%s", "1735689600"), ("%Y-%m-%dT%H:%M:%S%z", "2025-01-01T00:00:00+0100")]
    for format, start in formats:
        number += 1
        sync = datetime_cursor(datetime_format=format, start_datetime=start, cursor_datetime_formats=["%Y-%m-%dT%H:%M:%SZ"])
        yield {"name": "formats", **play(stream(router=list_router(), sync=sync), {}, {}, number, child_values(number))}
    migration = [{"type": "LegacyToPerPartitionStateMigration"}]
    legacy = {"1": {"updated_at": "2025-02-02T00:00:00Z"}, "9": {"updated_at": "2025-02-03T00:00:00Z"}}
    union = {"type": "UnionPartitionRouter", "partition_field": "team", "partition_routers": [list_router(["1"]), list_router(["2"])]}
    for router in (simple, union, list_router()):
        for state in (legacy, {}, {"updated_at": "2025-02-02T00:00:00Z"}, {"1": {"other": "x"}}, {"states": []}):
            number += 1
            yield {"name": "migration", **play(
                stream(router=router, sync=datetime_cursor(), state_migrations=migration), state, {"parents": PARENTS[:1]}, number,
                child_values(number))}
    broken = [
        {"type": "GroupingPartitionRouter", "group_size": 2, "underlying_partition_router": list_router(request_option=option("header", "x"))},
        {"type": "GroupingPartitionRouter", "group_size": 0, "underlying_partition_router": list_router()},
        {"type": "GroupingPartitionRouter", "group_size": 2, "underlying_partition_router": substream(parent(stream("parents"), "nested"))},
        {"type": "UnionPartitionRouter", "partition_field": "team", "partition_routers": [list_router(), list_router(field="x")]},
        {"type": "UnionPartitionRouter", "partition_field": "team", "partition_routers": [list_router()]},
        list_router("{{ 5 }}"), substream(parent(stream("parents"), "nested/*")), list_router(field="start_time"),
    ]
    for router in broken:
        number += 1
        yield {"name": "broken", **play(stream(router=router, sync=datetime_cursor()), {}, {"parents": PARENTS[:1]}, number, child_values(number))}


if __name__ == "__main__":
    number = 0
    with open(os.path.join(HERE, "partitions.json"), "w") as file:
        file.write("[\n")
        for number, case in enumerate(cases(), 1):
            file.write((",\n" if number > 1 else "") + json.dumps(case, separators=(",", ":")))
        file.write("\n]\n")
    print("partitions.json", number)
