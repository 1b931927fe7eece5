#!/usr/bin/env python3
"""Writes what the benchmark's servers send: pages of records, lines, and a large manifest.

    pages.py FOLDER      writes what is missing or was made by another version of this script

Everything is computed from the number of a record, so that each run of the script writes the same bytes.
"""

import hashlib
import json
import shutil
import sys
import zlib
from pathlib import Path

PAGES = 200
PAGE = 1_000
FRACTION_PAGES = 20
PARENTS = 2_000
FRACTION_PARENTS = 200
CHILDREN = 20
WIDE_PAGES = 5
WIDE_BYTES = 20_000_000
LINES_BYTES = 1_000_000_000
FRACTION_LINES_BYTES = 40_000_000
STREAMS = 300

WORDS = (
    "harbour lantern meadow quarry saffron timber velvet willow amber basalt cobalt drizzle ember fjord granite hazel "
    "indigo juniper kelp lichen marble nutmeg opal pebble quartz russet sorrel thistle umber vellum walnut yarrow "
    "façade smörgås naïve jalapeño Ærø Čapek"
).split()
STATUSES = ("active", "active", "active", "paused", "trial", "active", "active", "deleted", "active", "invited")
# The text behind an id repeats after this many records: far enough apart for gzip not to notice.
VARIETY = 4_093


def words(seed, count):
    return " ".join(WORDS[(seed * 7 + i * i * 5 + i * seed) % len(WORDS)] for i in range(count))


def rest_of_record(seed):
    """A record behind its id: some 480 bytes, as an API would send them."""
    day, minute = seed % 28 + 1, seed * 7 % 1440
    time = f"T{minute // 60:02}:{minute % 60:02}:{seed % 60:02}Z"
    digest = hashlib.sha256(str(seed).encode()).hexdigest()
    fields = {
        "key": digest[:24],
        "status": STATUSES[seed % len(STATUSES)],
        "created_at": f"2024-{seed % 12 + 1:02}-{day:02}{time}",
        "updated_at": f"2025-01-{day:02}{time}",
        "amount": seed % 100_000 / 100 + 0.25,
        "quantity": seed % 13 + 1,
        "currency": ("EUR", "USD", "ISK", "CHF")[seed % 4],
        "customer": {"id": seed * 31 % 9_973, "name": words(seed, 2).title(), "email": f"{digest[24:34]}@example.com"},
        "tags": [WORDS[seed % len(WORDS)], WORDS[seed * 3 % len(WORDS)]],
        "is_open": seed % 3 == 0,
        "archived_at": None,
        "note": words(seed + 1, 17 + seed % 9),
        "score": seed * 7_919 % 1_000 / 1_000,
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))[1:].encode()


class Records:
    def __init__(self):
        self.rests = [rest_of_record(seed) for seed in range(VARIETY)]

    def record(self, number):
        return b'{"id":%d,' % number + self.rests[number % VARIETY]

    def page(self, first, count, following):
        link = b"null" if following is None else b"%d" % following
        return b'{"data":[' + b",".join(self.record(first + i) for i in range(count)) + b'],"next":' + link + b"}"


def write_pages(folder, records):
    """200 pages, and the first 20 of them with another end."""
    for name, count in (("pages", PAGES), ("pages-fraction", FRACTION_PAGES)):
        (folder / name).mkdir()
        for page in range(1, count + 1):
            following = page + 1 if page < count else None
            (folder / name / f"{page}.json").write_bytes(records.page(page * PAGE, PAGE, following))


def write_wide(folder, records):
    count = WIDE_BYTES // (len(records.page(0, PAGE, 1)) // PAGE)
    for name, pages in (("wide", WIDE_PAGES), ("wide-fraction", 1)):
        (folder / name).mkdir()
        for page in range(1, pages + 1):
            following = page + 1 if page < pages else None
            (folder / name / f"{page}.json").write_bytes(records.page(page * count, count, following))
    (folder / "wide.count").write_text(str(count))


def write_substreams(folder, records):
    children = folder / "children"
    children.mkdir()
    for parent in range(1, PARENTS + 1):
        (children / f"{parent}.json").write_bytes(records.page(parent * CHILDREN, CHILDREN, None))
    for name, count in (("parents", PARENTS), ("parents-fraction", FRACTION_PARENTS)):
        (folder / name).mkdir()
        for page, first in enumerate(range(1, count + 1, PAGE), 1):
            following = page + 1 if first + PAGE <= count else None
            (folder / name / f"{page}.json").write_bytes(records.page(first, min(PAGE, count), following))


def write_lines(folder, records):
    (folder / "lines").mkdir()
    for name, size in (("lines.jsonl.gz", LINES_BYTES), ("fraction.jsonl.gz", FRACTION_LINES_BYTES)):
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        number = written = 0
        with open(folder / "lines" / name, "wb") as file:
            while written < size:
                block = b"\n".join(records.record(number + i) for i in range(PAGE)) + b"\n"
                number += PAGE
                written += len(block)
                file.write(packer.compress(block))
            file.write(packer.flush())
        (folder / "lines" / f"{name}.count").write_text(f"{number} {written}")


def yaml_lines(value, indent):
    """A value in YAML's block style, as manifests are written."""
    blanks = "  " * indent
    pairs = value.items() if isinstance(value, dict) else [(None, item) for item in value]
    for key, item in pairs:
        head = f"{blanks}- " if key is None else f"{blanks}{key}:"
        if isinstance(item, (dict, list)) and item:
            lines = list(yaml_lines(item, indent + 1))
            if key is None:
                yield head + lines[0].lstrip()
                yield from lines[1:]
            else:
                yield head
                yield from lines
        else:
            yield f"{head.rstrip()} {json.dumps(item, ensure_ascii=False)}"


def schema(number):
    kinds = (
        {"type": ["null", "string"]}, {"type": ["null", "integer"]}, {"type": ["null", "number"]}, {"type": ["null", "boolean"]},
        {"type": ["null", "string"], "format": "date-time"}, {"type": ["null", "array"], "items": {"type": ["null", "string"]}},
        {
            "type": ["null", "object"],
            "properties": {"id": {"type": ["null", "integer"]}, "name": {"type": ["null", "string"], "description": "Its name."}},
        },
    )
    properties = {"id": {"type": "integer", "description": "The number of the record."}, "updated_at": kinds[4]}
    for place in range(24):
        seed = number * 24 + place
        kind = dict(kinds[seed % len(kinds)])
        kind["description"] = words(seed, 5).capitalize() + "."
        properties[f"{WORDS[seed % 30]}_{WORDS[seed * 3 % 30]}_{place}"] = kind
    return {
        "$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": True,
        "properties": properties,
    }


def stream(number):
    name = f"{WORDS[number % 30]}_{number}"
    return {
        "type": "DeclarativeStream", "name": name, "primary_key": ["id"],
        "retriever": {
            "type": "SimpleRetriever",
            "requester": {"$ref": "#/definitions/requester", "path": f"/v1/{name}", "http_method": "GET"},
            "record_selector": {
                "type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": ["data", name]},
                "record_filter": {"type": "RecordFilter", "condition": "{{ record['status'] != 'deleted' }}"},
            },
            "paginator": {"$ref": "#/definitions/paginator"},
        },
        "incremental_sync": {
            "type": "DatetimeBasedCursor", "cursor_field": "updated_at", "datetime_format": "%Y-%m-%dT%H:%M:%SZ",
            "start_datetime": {"type": "MinMaxDatetime", "datetime": "{{ config['start_date'] }}"},
            "step": "P30D", "cursor_granularity": "PT1S",
        },
        "transformations": [
            {
                "type": "AddFields",
                "fields": [{"type": "AddedFieldDefinition", "path": ["account"], "value": "{{ config['account'] }}"}],
            }
        ],
        "schema_loader": {"type": "InlineSchemaLoader", "schema": schema(number)},
    }


def write_large_manifest(folder):
    streams = {f"stream_{number}": stream(number) for number in range(STREAMS)}
    manifest = {
        "version": "7.39.1", "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": [streams["stream_0"]["name"]]},
        "definitions": {
            "requester": {
                "type": "HttpRequester", "url_base": "{{ config['base_url'] }}",
                "authenticator": {"type": "BearerAuthenticator", "api_token": "{{ config['token'] }}"},
            },
            "paginator": {
                "type": "DefaultPaginator",
                "page_token_option": {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "page"},
                "pagination_strategy": {
                    "type": "CursorPagination", "cursor_value": "{{ response.next }}", "stop_condition": "{{ not response.next }}",
                },
            },
            "streams": streams,
        },
        "streams": [{"$ref": f"#/definitions/streams/{key}"} for key in streams],
        "spec": {
            "type": "Spec",
            "connection_specification": {
                "$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
                "required": ["base_url", "token", "start_date"],
                "properties": {
                    "base_url": {"type": "string"}, "token": {"type": "string", "airbyte_secret": True},
                    "start_date": {"type": "string", "format": "date-time"}, "account": {"type": "string"},
                },
            },
        },
    }
    (folder / "large").mkdir()
    (folder / "large" / "manifest.yaml").write_text("\n".join(yaml_lines(manifest, 0)) + "\n", "utf-8")


def write_all(folder):
    stamp = folder / "stamp"
    version = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == version:
        return
    print(f"writing 1.5 GB of pages into {folder}, once", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    records = Records()
    write_pages(folder, records)
    write_wide(folder, records)
    write_substreams(folder, records)
    write_lines(folder, records)
    write_large_manifest(folder)
    stamp.write_text(version)


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
