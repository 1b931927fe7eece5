#!/usr/bin/env python3
"""Shows how much memory `airbyte-lowcode read` takes for one large body.

    large_body.py BINARY [--megabytes 500] [--limit 100]
                  [--format jsonl jsonl.gz csv csv.gz json-items zip job.csv job.csv.gz file]

A server of its own sends generated records of some 500 bytes; the records that come out are counted and thrown away. `job` is
the download of a job by a ResponseToFileExtractor, `file` the file of a record. Ends with 1 where the peak of resident memory is
above the limit (in megabytes), or a record or a byte of the file is missing.
"""

import argparse
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
import zlib
from pathlib import Path

RECORD = {
    "name": "A name of some length", "note": "x" * 300, "score": 12.5, "tags": ["a", "b", "c"], "active": True, "nothing": None,
    "place": {"city": "Reykjavík", "zip": "101"},
}
LINES_A_BLOCK = 2000
FORMATS = ["jsonl", "jsonl.gz", "csv", "csv.gz", "json-items", "zip", "job.csv", "job.csv.gz", "file"]


def rows(form):
    """The format of the rows, whatever they are packed in."""
    return "csv" if "csv" in form else "json-items" if form == "json-items" else "jsonl"


def block(form, number):
    """Some records as text, and how many they are."""
    ids = range(number * LINES_A_BLOCK, (number + 1) * LINES_A_BLOCK)
    if rows(form) == "csv":
        rest = ",".join(['"A name, of some length"', "x" * 380, "12.5", '"two\nlines"', "true", ""])
        return "".join(f"{i},2025-03-01T12:00:00Z,{rest}\n" for i in ids).encode()
    rest = json.dumps(RECORD, ensure_ascii=False)[1:]
    end = "," if form == "json-items" else "\n"
    return "".join(f'{{"id": {i}, {rest}{end}' for i in ids).encode()


def parts(form, size):
    """The body, piece by piece; the last thing given is the number of records."""
    count = sent = 0
    if rows(form) == "csv":
        yield b"id,at,name,note,score,text,active,nothing\n"
    elif form == "json-items":
        yield b'{"meta": {}, "data": {"rows": ['
    while sent < size:
        data = block(form, count // LINES_A_BLOCK)
        count += LINES_A_BLOCK
        sent += len(data)
        yield data[:-1] if form == "json-items" and sent >= size else data
    if form == "json-items":
        yield b"]}}"
    yield count


def body(form, size):
    """The same, packed as the format says."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31) if form.endswith(".gz") else None
    for part in parts(form, size):
        if isinstance(part, int):
            if packer:
                yield packer.flush()
            yield part
        elif data := packer.compress(part) if packer else part:
            yield data


def archive(size, path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        with target.open("a.jsonl", "w", force_zip64=True) as file:
            for part in parts("jsonl", size):
                if isinstance(part, int):
                    return part
                file.write(part)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    form, size, records, file, sent = "jsonl", 0, 0, None, 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/items":
            self.send_body()
        elif self.path == "/files":
            self.send_json({"rows": [{"id": 1, "url": self.url("/items")}]})
        else:
            self.send_json({"id": 1, "state": "done", "url": self.url("/items")})

    do_POST = do_GET

    def url(self, path):
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    def send_json(self, value):
        data = json.dumps(value).encode()
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def send_body(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in self.packed():
            if isinstance(part, int):
                self.server.records = part
            else:
                self.server.sent += len(part)
                self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def packed(self):
        if not self.server.file:
            yield from body(self.server.form, self.server.size)
            return
        with open(self.server.file, "rb") as file:
            while part := file.read(1 << 20):
                yield part
        yield self.server.records

    def log_message(self, *_):
        pass


DECODERS = {
    "jsonl": {"type": "JsonlDecoder"}, "csv": {"type": "CsvDecoder"},
    "json-items": {"type": "JsonItemsDecoder", "items_path": "data.rows"},
}


def decoder(form):
    if form == "zip":
        return {"type": "ZipfileDecoder", "decoder": DECODERS["jsonl"]}
    inner = DECODERS[form.removesuffix(".gz")]
    return {"type": "GzipDecoder", "decoder": inner} if form.endswith(".gz") else inner


def field(*path):
    return {"type": "DpathExtractor", "field_path": list(path)}


def requester(port, path, method="GET"):
    return {"type": "HttpRequester", "url_base": f"http://127.0.0.1:{port}", "path": path, "http_method": method}


def selector(*path):
    return {"type": "RecordSelector", "extractor": field(*path)}


def retriever(form, port):
    if form.startswith("job"):
        return {
            "type": "AsyncRetriever", "creation_requester": requester(port, "/jobs", "POST"),
            "polling_requester": requester(port, "/jobs/1"), "status_extractor": field("state"),
            "status_mapping": {"type": "AsyncJobStatusMap", "completed": ["done"], "running": [], "failed": [], "timeout": []},
            "download_target_extractor": field("url"),
            "download_requester": {"type": "HttpRequester", "url": "{{ download_target }}", "http_method": "GET"},
            "download_extractor": {"type": "ResponseToFileExtractor"}, "record_selector": selector(),
        }
    if form == "file":
        return {"type": "SimpleRetriever", "requester": requester(port, "/files"), "record_selector": selector("rows")}
    return {
        "type": "SimpleRetriever", "decoder": decoder(form), "requester": requester(port, "/items"), "record_selector": selector(),
    }


def manifest(form, port):
    stream = {
        "type": "DeclarativeStream", "name": "items", "retriever": retriever(form, port),
        "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {}}},
    }
    if form == "file":
        stream["file_uploader"] = {
            "type": "FileUploader", "requester": {"type": "HttpRequester", "url": "{{ download_target }}"},
            "download_target_extractor": field("url"), "filename_extractor": "body",
        }
    return {
        "version": "7.39.1", "type": "DeclarativeSource", "check": {"type": "CheckStream", "stream_names": ["items"]},
        "streams": [stream], "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}},
    }


def peak(process):
    """The most memory that the process had so far, in megabytes."""
    try:
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def measure(binary, form, megabytes, folder):
    server = Server(("127.0.0.1", 0), Handler)
    server.form, server.size = form, megabytes << 20
    if form == "zip":
        server.file = folder / "body.zip"
        server.records = archive(server.size, server.file)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (folder / "manifest.yaml").write_text(json.dumps(manifest(form, server.server_port)))
    (folder / "config.json").write_text("{}")
    catalog = {"streams": [{
        "stream": {"name": "items", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
        "sync_mode": "full_refresh", "destination_sync_mode": "append"}]}
    (folder / "catalog.json").write_text(json.dumps(catalog))
    command = [binary, "read", "--manifest", folder / "manifest.yaml", "--config", folder / "config.json",
               "--catalog", folder / "catalog.json"]
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"AIRBYTE_STAGING_DIRECTORY": str(folder)})
    most, records, counted = 0, 0, threading.Event()

    def count():
        nonlocal records
        rest = b""
        while data := process.stdout.read1(1 << 20):
            text = rest + data
            records += text.count(b'"type":"RECORD"')
            rest = text[-14:] if not text.endswith(b"\n") else b""
        counted.set()

    threading.Thread(target=count, daemon=True).start()
    while process.poll() is None:
        most = max(most, peak(process))
        time.sleep(0.05)
    counted.wait()
    server.shutdown()
    server.server_close()
    expected = server.records
    if form == "file":
        stored = folder / "items" / "body"
        expected = 1 if stored.exists() and stored.stat().st_size == server.sent else -1
    return most, time.monotonic() - begin, records, expected, process.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--format", nargs="+", default=FORMATS)
    parser.add_argument("--limit", type=float, default=100)
    args = parser.parse_args()
    is_good = True
    for form in args.format:
        with tempfile.TemporaryDirectory() as folder:
            most, seconds, records, expected, status = measure(args.binary.resolve(), form, args.megabytes, Path(folder))
        good = most <= args.limit and records == expected and status == 0
        is_good = is_good and good
        print(f"{form:10} {args.megabytes} MB: peak {most:.0f} MB, {records} of {expected} records, {seconds:.1f} s"
              f"{'' if good else '  TOO MUCH OR NOT ALL'}", flush=True)
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
