"""What is measured: manifests, the requests behind them, and the targets."""

import math
from dataclasses import dataclass, field

import pages

TRANSPORTS = ("curl", "urlsession")
SLOW_PARTITIONS = 500
SLOW_DELAY = 0.05
SLOW_CONCURRENCY = 20
SLOW_RECORDS = 20

SPEC = {
    "type": "Spec",
    "connection_specification": {
        "type": "object", "required": ["base_url"], "properties": {"base_url": {"type": "string"}, "account": {"type": "string"}},
    },
}
SCHEMA = {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {"id": {"type": "integer"}}}}
PAGINATOR = {
    "type": "DefaultPaginator",
    "page_token_option": {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "page"},
    "pagination_strategy": {
        "type": "CursorPagination", "cursor_value": "{{ response.next }}", "stop_condition": "{{ not response.next }}",
    },
}


def stream(name, path, paginator=PAGINATOR, selector=None, retriever=None, **parts):
    return {
        "type": "DeclarativeStream", "name": name, "primary_key": "id", "schema_loader": SCHEMA,
        "retriever": {
            "type": "SimpleRetriever",
            "requester": {"type": "HttpRequester", "url_base": "{{ config['base_url'] }}", "path": path},
            "record_selector": {
                "type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": ["data"]}, **(selector or {}),
            },
            **({"paginator": paginator} if paginator else {}), **(retriever or {}),
        },
        **parts,
    }


def manifest(*streams, **parts):
    return {
        "version": "7.39.1", "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": [streams[0]["name"]]},
        "streams": list(streams), "spec": SPEC, **parts,
    }


PLAIN = manifest(stream("records", "/{{ config['folder'] }}"))

TRANSFORM = manifest(
    stream(
        "records", "/{{ config['folder'] }}",
        selector={"record_filter": {"type": "RecordFilter", "condition": "{{ record['status'] != 'deleted' }}"}},
        transformations=[
            {
                "type": "AddFields",
                "fields": [
                    {"type": "AddedFieldDefinition", "path": ["account"], "value": "{{ config['account'] }}"},
                    {"type": "AddedFieldDefinition", "path": ["total"], "value": "{{ record['amount'] * record['quantity'] }}"},
                    {
                        "type": "AddedFieldDefinition", "path": ["customer_name"],
                        "value": "{{ record['customer']['name'] | upper }}",
                    },
                ],
            },
            {"type": "RemoveFields", "field_pointers": [["customer", "email"], ["tags"]]},
        ],
        incremental_sync={
            "type": "DatetimeBasedCursor", "cursor_field": "updated_at", "datetime_format": "%Y-%m-%dT%H:%M:%SZ",
            "start_datetime": {"type": "MinMaxDatetime", "datetime": "2024-01-01T00:00:00Z"},
        },
    ))

SUBSTREAMS = manifest(
    stream(
        "children", "/children/{{ stream_partition.parent_id }}", paginator=None,
        retriever={
            "partition_router": {
                "type": "SubstreamPartitionRouter",
                "parent_stream_configs": [
                    {
                        "type": "ParentStreamConfig", "parent_key": "id", "partition_field": "parent_id",
                        "stream": stream("parents", "/{{ config['folder'] }}"),
                    }
                ],
            }
        }))

LINES = manifest(
    stream(
        "records", "/lines/{{ config['folder'] }}.jsonl.gz", paginator=None,
        selector={"extractor": {"type": "DpathExtractor", "field_path": []}},
        retriever={"decoder": {"type": "GzipDecoder", "decoder": {"type": "JsonlDecoder"}}}))

SLOW = manifest(
    stream(
        "records", "/slow/{{ stream_partition.part }}", paginator=None,
        retriever={
            "partition_router": {
                "type": "ListPartitionRouter", "cursor_field": "part", "values": [str(n) for n in range(SLOW_PARTITIONS)],
            }
        }),
    concurrency_level={"type": "ConcurrencyLevel", "default_concurrency": SLOW_CONCURRENCY})


@dataclass
class Amount:
    """How much of a workload is read: where it lies, and what it comes to."""

    folder: str = ""
    # Records and bytes that the server sends for it.
    records: int = 0
    sent: int = 0
    # Records that come out.
    written: int = 0
    # The files behind the requests, in their order, as paths below the data folder.
    files: list = field(default_factory=list)
    urls: list = field(default_factory=list)


@dataclass
class Target:
    """A figure that must be reached: at most `limit` where `is_most`, else at least."""

    name: str
    limit: float
    is_most: bool = False


@dataclass
class Workload:
    key: str
    title: str
    manifest: dict
    whole: Amount
    targets: list
    # What the reference reads unless all is asked for.
    fraction: Amount = None
    command: str = "read"
    manifest_file: str = None
    ideal: float = None
    # What carries the requests, where it is not the default alone.
    transports: tuple = ()
    # Which bodies are recorded where it is also measured while it is recorded.
    recorded_bodies: tuple = ()

    @property
    def stream(self):
        return self.manifest["streams"][0]["name"]


def paged(data, folder):
    files = sorted((data / folder).glob("*.json"), key=lambda path: int(path.stem))
    urls = [f"/{folder}"] + [f"/{folder}?page={file.stem}" for file in files[1:]]
    return Amount(folder, sent=sum(file.stat().st_size for file in files), files=files, urls=urls)


def whole_and_fraction(data, name, records, kept=None):
    amounts = []
    for folder in (name, f"{name}-fraction"):
        amount = paged(data, folder)
        amount.records = records(len(amount.files))
        amount.written = amount.records if kept is None else sum(map(kept, range(pages.PAGE, pages.PAGE + amount.records)))
        amounts.append(amount)
    return amounts


def substreams(data, folder, parents):
    amount = paged(data, folder)
    children = [data / "children" / f"{parent}.json" for parent in range(1, parents + 1)]
    amount.files += children
    amount.urls += [f"/children/{parent}" for parent in range(1, parents + 1)]
    amount.sent += sum(file.stat().st_size for file in children)
    amount.records = parents * (pages.CHILDREN + 1)
    amount.written = parents * pages.CHILDREN
    return amount


def lines(data, name):
    file = data / "lines" / f"{name}.jsonl.gz"
    count, size = map(int, file.with_name(file.name + ".count").read_text().split())
    return Amount(name, count, size, count, [file], [f"/lines/{file.name}"])


def is_kept(number):
    return pages.STATUSES[number % pages.VARIETY % len(pages.STATUSES)] != "deleted"


def all_workloads(data):
    memory = Target("MB", 60, is_most=True)
    plain = whole_and_fraction(data, "pages", lambda count: count * pages.PAGE)
    transform = whole_and_fraction(data, "pages", lambda count: count * pages.PAGE, is_kept)
    wide_records = int((data / "wide.count").read_text())
    wide = whole_and_fraction(data, "wide", lambda count: count * wide_records)
    large = data / "large" / "manifest.yaml"
    slow = Amount("", SLOW_PARTITIONS * SLOW_RECORDS, 0, SLOW_PARTITIONS * SLOW_RECORDS)
    return [
        Workload(
            "a", "plain: 200 pages of 1,000 records", PLAIN, plain[0],
            [Target("× wall", 60), Target("× CPU", 40), memory, Target("× CPU recorded, bodies: none", 1.15, is_most=True)],
            plain[1], transports=TRANSPORTS, recorded_bodies=("none", "text")),
        Workload(
            "b", "transform: the same, filtered and changed", TRANSFORM, transform[0],
            [Target("× wall", 100), Target("× CPU", 80), memory], transform[1], transports=TRANSPORTS),
        Workload(
            "c", f"substreams: {pages.PARENTS:,} parents of {pages.CHILDREN} records", SUBSTREAMS,
            substreams(data, "parents", pages.PARENTS), [memory], substreams(data, "parents-fraction", pages.FRACTION_PARENTS)),
        Workload(
            "d", "wide: pages of 20 MB", PLAIN, wide[0],
            [Target("MB", 5 * max(file.stat().st_size for file in wide[0].files) / 1e6, is_most=True)], wide[1]),
        Workload("e", "lines: 1 GB of JSONL in gzip", LINES, lines(data, "lines"), [memory], lines(data, "fraction")),
        Workload("f", "start: spec of a small manifest", PLAIN, Amount(), [Target("× wall", 80), Target("ms", 40, is_most=True)],
                 command="spec"),
        Workload(
            "f", f"start: spec of {large.stat().st_size / 1e6:.1f} MB, {pages.STREAMS} streams", {}, Amount(), [], command="spec",
            manifest_file=str(large)),
        Workload(
            "g", f"slow API: {SLOW_PARTITIONS} partitions, 50 ms each, {SLOW_CONCURRENCY} at a time", SLOW, slow,
            [Target("× ideal", 1.2, is_most=True)],
            ideal=math.ceil(SLOW_PARTITIONS / SLOW_CONCURRENCY) * SLOW_DELAY),
    ]
