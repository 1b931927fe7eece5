#!/usr/bin/env python3
"""Compares what `plan --simulate --parts` predicts with reads in so many parts, of an API that takes a second for each page.

    prediction.py --bin PROGRAM [--seconds 1.0]

There are 8 partitions of 6 pages, of which each process reads two at the same time. A read takes what was predicted and the start of its
processes; it fails here if it is faster than the API can be, or takes half as long again and five seconds more.
"""

import argparse
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

MANIFEST = """
version: 7.39.1
type: DeclarativeSource
check: {type: CheckStream, stream_names: [items]}
concurrency_level: {type: ConcurrencyLevel, default_concurrency: 2, max_concurrency: 2}
streams:
  - type: DeclarativeStream
    name: items
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: "{{ config['base_url'] }}", path: "/{{ stream_partition.shop }}"}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [items]}}
      paginator:
        type: DefaultPaginator
        page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
        pagination_strategy: {type: PageIncrement, start_from_page: 1, page_size: 50, inject_on_first_request: true}
      partition_router: {type: ListPartitionRouter, cursor_field: shop, values: ["0", "1", "2", "3", "4", "5", "6", "7"]}
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
spec: {type: Spec, connection_specification: {type: object, properties: {}}}
"""
PARTITIONS, PAGES, SIZE = 8, 6, 50


def serve(delay):
    """An API of which the last page of a partition is not full."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):  # noqa: N802
            page = int(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))["page"])
            time.sleep(delay)
            body = json.dumps({"items": [{"id": number} for number in range(SIZE - (page == PAGES))]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


class Comparison:
    def __init__(self, program, delay, folder):
        self.program, self.delay, self.folder = program, delay, folder
        (folder / "manifest.yaml").write_text(MANIFEST, encoding="utf-8")
        (folder / "config.json").write_text(json.dumps({"base_url": serve(delay)}), encoding="utf-8")
        self.source = ["--manifest", folder / "manifest.yaml", "--config", folder / "config.json"]

    def predicted(self, workers):
        """Seconds, by the number of workers."""
        plan = subprocess.run(
            [self.program, "plan", *self.source, "--simulate", "--records", f"items={PARTITIONS * (PAGES * SIZE - 1)}",
             "--latency", f"{self.delay}s", "--parts", ",".join(map(str, workers)), "--format", "json"],
            check=True, capture_output=True, text=True).stdout
        return {one["workers"]: one["seconds"] for one in json.loads(plan)["parts"]}

    def read(self, workers):
        """How long a read in so many parts takes, in seconds."""
        parts = self.folder / f"parts{workers}"
        subprocess.run([self.program, "shard", *self.source, "--parts", str(workers), "-o", parts], check=True, stdout=subprocess.DEVNULL)
        began = time.perf_counter()
        reads = [
            subprocess.Popen([self.program, "read", *self.source, "--part", parts / f"{number:04}.json"], stdout=subprocess.DEVNULL)
            for number in range(workers)]
        if any([one.wait() for one in reads]):
            raise SystemExit("A part could not be read.")
        return time.perf_counter() - began


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--seconds", type=float, default=1.0, help="how long the API takes for a page")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(given.bin, given.seconds, pathlib.Path(folder))
        predicted = comparison.predicted([1, 8])
        print("workers  predicted     read")
        misses = []
        for workers, wanted in predicted.items():
            taken = comparison.read(workers)
            print(f"{workers:7}  {wanted:7.1f} s  {taken:6.1f} s")
            if not 0.95 * wanted <= taken <= 1.5 * wanted + 5:
                misses.append(workers)
    if misses:
        sys.exit(f"The prediction for {' and '.join(map(str, misses))} workers is not what the read takes.")


if __name__ == "__main__":
    main()
