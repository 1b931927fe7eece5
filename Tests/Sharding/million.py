#!/usr/bin/env python3
"""Divides a read of many partitions and puts it together again: how long that takes, how much memory, and how large the files are.

    million.py --bin PROGRAM [--partitions 1000000] [--parts 1000] [--read 3] [--memory MB] [--seconds S]

The partitions are the records of a parent stream, which a server on this machine gives, 1,000 a page. Some parts are read for real, so that
it is seen what one costs; for the others an output is made up that says what they would say. With --memory and --seconds, more is a failure.
"""
import argparse
import http.server
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import threading
import time
from urllib.parse import parse_qs, urlsplit

PAGE = 1_000
MANIFEST = """
version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [accounts]}
definitions:
  requester: {type: HttpRequester, url_base: "ADDRESS", http_method: GET}
  selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
  accounts:
    type: DeclarativeStream
    name: accounts
    primary_key: id
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
    retriever:
      type: SimpleRetriever
      requester: {$ref: "#/definitions/requester", path: /accounts}
      record_selector: {$ref: "#/definitions/selector"}
      paginator:
        type: DefaultPaginator
        page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
        pagination_strategy: {type: PageIncrement, page_size: 1000}
streams:
  - type: DeclarativeStream
    name: orders
    primary_key: id
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
    incremental_sync:
      type: DatetimeBasedCursor
      cursor_field: updated_at
      datetime_format: "%Y-%m-%dT%H:%M:%SZ"
      start_datetime: "2025-01-01T00:00:00Z"
    retriever:
      type: SimpleRetriever
      requester: {$ref: "#/definitions/requester", path: "/accounts/{{ stream_partition.account }}/orders"}
      record_selector: {$ref: "#/definitions/selector"}
      partition_router:
        type: SubstreamPartitionRouter
        parent_stream_configs:
          - {type: ParentStreamConfig, parent_key: id, partition_field: account, stream: {$ref: "#/definitions/accounts"}}
spec:
  type: Spec
  connection_specification: {type: object, properties: {}}
"""


class API(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    count = 0

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/accounts":
            page = int(parse_qs(url.query).get("page", ["0"])[0])
            records = [{"id": number} for number in range(page * PAGE, min((page + 1) * PAGE, API.count))]
        else:
            account = int(url.path.split("/")[2])
            records = [{"id": account, "updated_at": f"2025-02-{account % 28 + 1:02}T00:00:00Z"}]
        body = json.dumps({"data": records}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def measured(command, output):
    """Runs a command; how many seconds it took, and how much memory at most, in MB."""
    begun = time.monotonic()
    with open(output, "wb") as file:
        process = subprocess.Popen(command, stdout=file)
        _, status, usage = __import__("os").wait4(process.pid, 0)
    process.returncode = __import__("os").waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[1]} ended with {process.returncode}")
    return time.monotonic() - begun, usage.ru_maxrss / 1024


def made_up(part, division):
    """What reading a part would print at its end."""
    lines = []
    for stream in part["streams"]:
        states, read = [], []
        for line in stream["slices"]:
            start, end = line["window"]
            position = {"start": start, "end": end, "most_recent_cursor_value": f"2025-02-{line['partition']['account'] % 28 + 1:02}T00:00:00Z"}
            states.append({"partition": line["partition"], "cursor": {"state_type": "date-range", "slices": [position]}})
            read.append([line["at"], line["at"]])
        state = {"states": states, "part": {"division": division, "number": part["number"], "read": read, "until": int(time.time() * 1e6)}}
        message = {"type": "STREAM", "stream": {"stream_descriptor": {"name": stream["name"]}, "stream_state": state}}
        lines.append(json.dumps({"type": "STATE", "state": message}))
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--partitions", type=int, default=1_000_000)
    parser.add_argument("--parts", type=int, default=1_000)
    parser.add_argument("--read", type=int, default=3)
    parser.add_argument("--memory", type=float)
    parser.add_argument("--seconds", type=float)
    options = parser.parse_args()
    API.count = options.partitions
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), API)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as home:
        home = pathlib.Path(home)
        (home / "manifest.yaml").write_text(MANIFEST.replace("ADDRESS", f"http://127.0.0.1:{server.server_address[1]}"))
        (home / "config.json").write_text("{}")
        parts, outputs = home / "parts", home / "outputs"
        outputs.mkdir()
        files = ["--manifest", str(home / "manifest.yaml"), "--config", str(home / "config.json")]
        seconds, memory = measured(
            [options.bin, "shard", *files, "--parts", str(options.parts), "-o", str(parts), "--format", "json"], home / "index")
        index = json.loads((home / "index").read_text())
        sizes = [(parts / part["file"]).stat().st_size for part in index["parts"]]
        print(f"shard: {options.partitions:,} partitions into {options.parts:,} parts in {seconds:.1f} s, {memory:.0f} MB")
        print(
            f"files: {min(sizes) / 1e3:.1f} to {max(sizes) / 1e3:.1f} kB a part, {sum(sizes) / 1e6:.1f} MB together; "
            f"the index {(parts / 'index.json').stat().st_size / 1e3:.1f} kB")
        assert sum(part["slices"] for part in index["parts"]) == options.partitions
        read = {}
        for part in index["parts"][: options.read]:
            output = outputs / f"{part['number']:04}.jsonl"
            read[part["number"]] = measured([options.bin, "read", *files, "--part", str(parts / part["file"])], output)
        if read:
            number, (each, most) = max(read.items(), key=lambda item: item[1][0])
            print(f"read:  a part of {index['parts'][number]['slices']:,} partitions in {each:.1f} s, {most:.0f} MB")
        for part in index["parts"][options.read :]:
            content = json.loads((parts / part["file"]).read_text())
            (outputs / f"{part['number']:04}.jsonl").write_text(made_up(content, index["division"]))
        state = home / "state.json"
        merging, merging_memory = measured(
            [options.bin, "state", "merge", str(parts), str(outputs), "-o", str(state), "--require-all"], home / "nothing")
        print(f"merge: in {merging:.1f} s, {merging_memory:.0f} MB; the state has {state.stat().st_size:,} bytes")
        [merged] = json.loads(state.read_text())
        assert merged["stream"]["stream_state"]["state"] == {"updated_at": "2025-02-28T00:00:00Z"}, merged
    server.shutdown()
    slow = options.seconds and max(seconds, merging) > options.seconds
    large = options.memory and max(memory, merging_memory) > options.memory
    return 1 if slow or large else 0


if __name__ == "__main__":
    sys.exit(main())
