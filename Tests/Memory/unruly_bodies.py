#!/usr/bin/env python3
"""Shows that `airbyte-lowcode read` stays below its limit of memory whatever an API sends.

    unruly_bodies.py BINARY [--limit 600] [--at-a-time 1 20] [--only NAME ...] [--seconds 300]

Each body is huge, endless, or a small one that unpacks to a huge one; as many partitions as are read at a time get one each. Ends with
1 where the peak of resident memory is above the limit (in megabytes), or a read ends by a signal or not in time.
"""

import argparse
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from pathlib import Path

MEGABYTE = 1 << 20


def packed(text, times, wbits=31):
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return b"".join(packer.compress(text) for _ in range(times)) + packer.flush()


def endless(begin, rest):
    yield begin
    while True:
        yield rest


RECORDS = b'{"id":1,"name":"some name","note":"' + b"x" * 200 + b'"},'
NESTED = b"[" * 1000 + b"]" * 1000 + b","
BOMB = packed(b" " * MEGABYTE, 1024)
ROWS_BOMB = packed(b"{}\n" * 350_000, 500)
TWICE = packed(BOMB, 1)
TEXT_BOMB = packed(b"[" + RECORDS * (100 * MEGABYTE // len(RECORDS)) + b"{}]", 1)
OBJECTS_BOMB = packed(b"[" + b"{}," * 13_000_000 + b"{}]", 1)
FLATTENED = {"transformations": [{"type": "FlattenFields"}]}
EXPANDED = {"path": ["data"], "expander": {"type": "RecordExpander", "expand_records_from_field": ["in"]}}


def many(begin, record, size, end):
    """A body of about `size` megabytes."""
    yield begin
    count = MEGABYTE // len(record)
    for _ in range(size):
        yield record * count
    yield end


# What is received and read as it comes, and would be for ever: such a read is ended from outside.
ENDLESS = {"items, endless before"}
# Name: decoder, status, header, what makes the body, and how the stream's records are made of it.
BODIES = {
    "json, endless records": ("JsonDecoder", 200, "", lambda: endless(b"[", RECORDS * 400)),
    "json, endless empty objects": ("JsonDecoder", 200, "", lambda: endless(b"[", b"{}," * 30_000)),
    "json, endless empty lists": ("JsonDecoder", 200, "", lambda: endless(b"[", b"[]," * 30_000)),
    "json, endless digits": ("JsonDecoder", 200, "", lambda: endless(b"[", b"1," * 50_000)),
    "json, endless text": ("JsonDecoder", 200, "", lambda: endless(b'["', b"x" * 100_000)),
    "no json, endless": ("JsonDecoder", 200, "", lambda: endless(b"<", b"x" * 100_000)),
    "json, 100 MB of records": ("JsonDecoder", 200, "", lambda: [b"[" + RECORDS * (100 * MEGABYTE // len(RECORDS)) + b"{}]"]),
    "json, 40 MB of empty objects": ("JsonDecoder", 200, "", lambda: [b"[" + b"{}," * 13_000_000 + b"{}]"]),
    "json, endless lists of lists": ("JsonDecoder", 200, "", lambda: endless(b"[", b"[[1,2],[3]]," * 10_000)),
    "json, endless lists of pairs": ("JsonDecoder", 200, "", lambda: endless(b"[", b'[["a",1],["b",2]],' * 6_000)),
    "json, 8 MB of lists of pairs": ("JsonDecoder", 200, "", lambda: [b"[" + b'[["a",1],["b",2]],' * 440_000 + b"{}]"]),
    "json, one record of endless members": ("JsonDecoder", 200, "", lambda: endless(b"[{", b'"a":1,' * 20_000)),
    "json, endless deep lists": ("JsonDecoder", 200, "", lambda: endless(b"[", NESTED * 50)),
    "json, endless brackets": ("JsonDecoder", 200, "", lambda: endless(b"[", b"[" * 100_000)),
    "json in UTF-16, endless": ("JsonDecoder", 200, "", lambda: endless("\ufeff[".encode("utf-16-le"), "{},".encode("utf-16-le") * 30_000)),
    "xml, endless elements": ("XmlDecoder", 200, "", lambda: endless(b"<r>", b"<a/>" * 25_000)),
    "xml, endless text": ("XmlDecoder", 200, "", lambda: endless(b"<r>", b"x" * 100_000)),
    "xml, 80 MB of elements": ("XmlDecoder", 200, "", lambda: [b"<r>" + b"<a>text of some length</a>" * 3_000_000 + b"</r>"]),
    "xml, 7 MB of empty elements": ("XmlDecoder", 200, "", lambda: [b"<r>" + b"<a/>" * 1_900_000 + b"</r>"]),
    "xml, 1.5 MB of empty elements": ("XmlDecoder", 200, "", lambda: [b"<r>" + b"<a/>" * 390_000 + b"</r>"]),
    "xml, attributes": ("XmlDecoder", 200, "", lambda: endless(b"<r>", b'<a b="1" c="2"/>' * 6_000)),
    "xml, deep": ("XmlDecoder", 200, "", lambda: endless(b"<r>", b"<a>" * 30_000)),
    "lines, endless line": ("JsonlDecoder", 200, "", lambda: endless(b'{"a":"', b"x" * 100_000)),
    "lines, 30 MB of empty objects a line": ("JsonlDecoder", 200, "", lambda: [(b'{"a":[' + b"{}," * 10_000_000 + b"1]}\n")] * 3),
    "lines, 4 MB of empty objects a line": ("JsonlDecoder", 200, "", lambda: [(b'{"a":[' + b"{}," * 1_400_000 + b"1]}\n")] * 20),
    "lines, 200 KB of empty objects a line": ("JsonlDecoder", 200, "", lambda: [(b'{"a":[' + b"{}," * 70_000 + b"1]}\n")] * 200),
    "lines, deep": ("JsonlDecoder", 200, "", lambda: [(b"[" * 1000 + b"]" * 1000 + b"\n") * 1000] * 20),
    "lines, 80 MB of empty objects": ("JsonlDecoder", 200, "", lambda: [b"{}\n" * 500_000] * 50),
    "plain lines, endless": ("IterableDecoder", 200, "", lambda: endless(b"", b"x" * 100_000)),
    "plain lines, empty ones": ("IterableDecoder", 200, "", lambda: [b"\n" * 1_000_000] * 10),
    "csv, endless cell": ("CsvDecoder", 200, "", lambda: endless(b'a,b\n"', b"x" * 100_000)),
    "csv, endless row": ("CsvDecoder", 200, "", lambda: endless(b"a,b\n", b"," * 100_000)),
    "csv, endless header": ("CsvDecoder", 200, "", lambda: endless(b"a", b",a" * 50_000)),
    "csv, 30 MB of cells a row": ("CsvDecoder", 200, "", lambda: [b"a,b\n"] + [b"," * 30_000_000 + b"\n"] * 2),
    "csv, many columns": ("CsvDecoder", 200, "", lambda: [b",".join(b"c%d" % i for i in range(300_000)) + b"\n"] + [b"," * 299_999 + b"\n"] * 30),
    "csv, short rows": ("CsvDecoder", 200, "", lambda: [b"a_long_name_of_a_column\n"] + [b"1\n" * 500_000] * 20),
    "items, endless item": ("JsonItemsDecoder", 200, "", lambda: endless(b'{"data":[{"a":"', b"x" * 100_000)),
    "items, 30 MB of empty objects an item": ("JsonItemsDecoder", 200, "", lambda: [b'{"data":[{"a":[' + b"{}," * 10_000_000 + b"1]}]}"]),
    "items, empty objects": ("JsonItemsDecoder", 200, "", lambda: [b'{"data":['] + [b"{}," * 400_000] * 50 + [b"{}]}"]),
    "items, endless before": ("JsonItemsDecoder", 200, "", lambda: endless(b'{"a":"', b"x" * 100_000)),
    "GzipDecoder, one text of 100 MB": ("GzipDecoder of JsonDecoder", 200, "", lambda: [TEXT_BOMB]),
    "GzipDecoder, one text of empty objects": ("GzipDecoder of JsonDecoder", 200, "", lambda: [OBJECTS_BOMB]),
    "json, endless lists of empty objects": ("JsonDecoder", 200, "", lambda: endless(b"[", (b"[" + b"{}," * 1_000 + b"{}],") * 20)),
    "json, endless lists of records": ("JsonDecoder", 200, "", lambda: endless(b"[", (b"[" + b'{"a":1},' * 1_000 + b"{}],") * 8)),
    "json, 8 MB of lists of one object": ("JsonDecoder", 200, "", lambda: many(b"[", b"[{}],", 8, b"{}]")),
    "json, a record of 100 MB of text": ("JsonDecoder", 200, "", lambda: many(b'[{"a":"', b"x", 100, b'"}]')),
    "json, a record of 12 MB of members": ("JsonDecoder", 200, "", lambda: [
        b"[{" + b",".join(b'"a%d":1' % i for i in range(1_000_000)) + b"}]"]),
    "json, 12 MB of equal members": ("JsonDecoder", 200, "", lambda: many(b"[{", b'"a":1,', 12, b'"b":1}]')),
    "json, 40 MB of records, flattened": ("JsonDecoder", 200, "", lambda: many(
        b"[", b'{"a":{"b":[1,2],"c":"text"},"d":{"e":1}},', 40, b"{}]"), FLATTENED),
    "json, 8 MB of empty objects, flattened": ("JsonDecoder", 200, "", lambda: many(b"[", b"{},", 8, b"{}]"), FLATTENED),
    "json, a record of 4 MB, flattened": ("JsonDecoder", 200, "", lambda: [
        b'[{"x":{' + b",".join(b'"a%d":{"b":1}' % i for i in range(250_000)) + b"}}]"], FLATTENED),
    "json, a record of 60 MB, flattened": ("JsonDecoder", 200, "", lambda: many(b'[{"x":[', b'{"b":1},', 60, b"{}]}]"), FLATTENED),
    "json, 40 MB of items, expanded": ("JsonDecoder", 200, "", lambda: many(
        b'{"data":{"in":[', b'{"b":[1,2],"c":"text"},', 40, b'{}]}}'), EXPANDED),
    "json, 40 MB of items, expanded with fields": ("JsonDecoder", 200, "", lambda: many(
        b'{"data":{"id":1,"in":[', b'{"b":[1,2],"c":"text"},', 40, b'{}]}}'),
        {"path": ["data"], "expander": {**EXPANDED["expander"], "merge_parent": True}}),
    "json, 8 MB of items, expanded with their record": ("JsonDecoder", 200, "", lambda: many(
        b'{"data":{"id":1,"in":[', b"{},", 8, b'{}]}}'),
        {"path": ["data"], "expander": {**EXPANDED["expander"], "remain_original_record": True}}),
    "json, 40 MB below stars": ("JsonDecoder", 200, "", lambda: many(
        b'{"data":{"in":[', b'{"b":{"c":1}},', 40, b'{}]}}'), {"path": ["data", "*", "*", "b"]}),
    "json, 10 MB of records": ("JsonDecoder", 200, "", lambda: many(b"[", RECORDS, 10, b"{}]")),
    "lines, 10 MB of records, flattened": ("JsonlDecoder", 200, "", lambda: many(
        b"", b'{"a":{"b":[1,2],"c":"text"},"d":{"e":1}}\n', 10, b"{}\n"), FLATTENED),
    "error, endless": ("JsonDecoder", 400, "", lambda: endless(b'{"message": "', b"x" * 100_000)),
    "error, endless, lines": ("JsonlDecoder", 503, "", lambda: endless(b'{"message": "', b"x" * 100_000)),
    "gzip of 1 GB": ("JsonDecoder", 200, "Content-Encoding: gzip\r\n", lambda: [BOMB]),
    "gzip of 1 GB, lines": ("JsonlDecoder", 200, "Content-Encoding: gzip\r\n", lambda: [BOMB]),
    "gzip of gzip of 1 GB": ("JsonDecoder", 200, "Content-Encoding: gzip, gzip\r\n", lambda: [TWICE]),
    "gzip of gzip of 1 GB, lines": ("JsonlDecoder", 200, "Content-Encoding: gzip, gzip\r\n", lambda: [TWICE]),
    "GzipDecoder, 1 GB": ("GzipDecoder", 200, "", lambda: [BOMB]),
    "GzipDecoder, empty objects": ("GzipDecoder", 200, "", lambda: [ROWS_BOMB]),
    "gzip of empty objects, lines": ("JsonlDecoder", 200, "Content-Encoding: gzip\r\n", lambda: [ROWS_BOMB]),
}


def serve(given):
    """A server on a free port that answers every request with the body of `given["body"]`."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)

    def answer(connection):
        try:
            with connection:
                data = b""
                while b"\r\n\r\n" not in data:
                    part = connection.recv(65536)
                    if not part:
                        return
                    data += part
                _, status, header, body, *_ = given["body"]
                connection.sendall(f"HTTP/1.1 {status} Given\r\n{header}Connection: close\r\n\r\n".encode())
                for part in body():
                    connection.sendall(part)
        except OSError:
            pass

    def accept():
        while True:
            threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def manifest(port, decoder, at_a_time, path=(), expander=None, **more):
    outer, _, within = decoder.partition(" of ")
    inner = {"type": outer}
    if outer == "GzipDecoder":
        inner["decoder"] = {"type": within or "JsonlDecoder"}
    if outer == "JsonItemsDecoder":
        inner["items_path"] = "data"
    stream = {
        "type": "DeclarativeStream", "name": "items",
        "retriever": {
            "type": "SimpleRetriever", "decoder": inner,
            "partition_router": {"type": "ListPartitionRouter", "cursor_field": "part", "values": [str(i) for i in range(at_a_time)]},
            "requester": {"type": "HttpRequester", "url_base": f"http://127.0.0.1:{port}", "path": "/{{ stream_partition.part }}",
                          "error_handler": {"type": "DefaultErrorHandler", "max_retries": 0}},
            "record_selector": {"type": "RecordSelector", "extractor": {
                "type": "DpathExtractor", "field_path": list(path), **({"record_expander": expander} if expander else {})}},
        },
        "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {}}},
        **more,
    }
    return {
        "version": "7.39.1", "type": "DeclarativeSource", "check": {"type": "CheckStream", "stream_names": ["items"]},
        "streams": [stream], "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}},
        "concurrency_level": {"type": "ConcurrencyLevel", "default_concurrency": at_a_time},
    }


def measure(binary, port, body, at_a_time, folder, seconds):
    (folder / "manifest.yaml").write_text(json.dumps(manifest(port, body[0], at_a_time, **(body[4] if len(body) > 4 else {}))))
    (folder / "config.json").write_text("{}")
    (folder / "catalog.json").write_text(json.dumps({"streams": [{
        "stream": {"name": "items", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
        "sync_mode": "full_refresh", "destination_sync_mode": "append"}]}))
    command = [binary, "read", "--manifest", folder / "manifest.yaml", "--config", folder / "config.json", "--catalog", folder / "catalog.json"]
    # Far above the limit: a machine is not to suffer from a read that fails.
    bind = lambda: resource.setrlimit(resource.RLIMIT_DATA, (4 << 30, 4 << 30))
    begin = time.monotonic()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, preexec_fn=bind, env=dict(os.environ, SWIFT_BACKTRACE="enable=no"))
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        most, is_over = [0], threading.Event()
        watch = threading.Thread(target=observe, args=(process.pid, most, is_over), daemon=True)
        watch.start()
        records, message, rest = 0, "", b""
        while data := process.stdout.read1(MEGABYTE):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                records += line.startswith(b'{"type":"RECORD"')
                if not message and line.startswith(b'{"type":"TRACE","trace":{"type":"ERROR"'):
                    message = json.loads(line)["trace"]["error"]["message"]
        is_over.set()
        watch.join()
        _, status, _ = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, records, message, most[0] / 1024, time.monotonic() - begin


def observe(pid, most, is_over):
    """Takes note of the peak of resident memory, in KB. Not by wait4, whose figure begins with this process's own, of which it is a fork."""
    while not is_over.wait(0.02):
        try:
            with open(f"/proc/{pid}/status") as status:
                found = [int(line.split()[1]) for line in status if line.startswith("VmHWM")]
        except OSError:
            return
        if found:
            most[0] = max(most[0], found[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--limit", type=int, default=600, help="megabytes")
    parser.add_argument("--at-a-time", type=int, nargs="+", default=[1, 20])
    parser.add_argument("--only", nargs="+", choices=list(BODIES), default=list(BODIES))
    parser.add_argument("--seconds", type=int, default=300, help="after which a read is given up")
    args = parser.parse_args()
    given, wrong = {}, False
    port = serve(given)
    for name in args.only:
        given["body"] = BODIES[name]
        for at_a_time in args.at_a_time:
            with tempfile.TemporaryDirectory() as folder:
                status, records, message, most, seconds = measure(args.binary.resolve(), port, BODIES[name], at_a_time, Path(folder), args.seconds)
            ended = status >= 0 or name in ENDLESS and -status == signal.SIGKILL and seconds >= args.seconds
            good = ended and most <= args.limit
            wrong |= not good
            told = f"exit {status}" if status >= 0 else signal.Signals(-status).name
            print(f"{name}, {at_a_time} at a time: {most:.0f} MB, {seconds:.0f} s, {told}, {records} records{'' if good else '  WRONG'}\n    {message[:200]}", flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
