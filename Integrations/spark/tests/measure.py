#!/usr/bin/env python3
"""Measures what Spark costs and saves, beside a read by one process. AIRBYTE_LOWCODE names the program, best a release build.

    measure.py [--records 400000]
"""

from __future__ import annotations

import argparse
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
BINARY = os.environ.get("AIRBYTE_LOWCODE", str(HERE.parents[2] / ".build" / "release" / "airbyte-lowcode"))
MANIFEST = """
version: 7.39.1
type: DeclarativeSource
check: {type: CheckStream, stream_names: [items]}
concurrency_level: {type: ConcurrencyLevel, default_concurrency: "{{ config['at_once'] }}", max_concurrency: 20}
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
        pagination_strategy: {type: PageIncrement, start_from_page: 1, page_size: 5000, inject_on_first_request: true}
      partition_router: {type: ListPartitionRouter, cursor_field: shop, values: ["0", "1", "2", "3", "4", "5", "6", "7"]}
    schema_loader:
      type: InlineSchemaLoader
      schema:
        type: object
        properties:
          id: {type: integer}
          name: {type: string}
          price: {type: number}
          at: {type: string, format: date-time}
          tags: {type: array, items: {type: string}}
          owner: {type: object, properties: {name: {type: string}, city: {type: string}}}
spec: {type: Spec, connection_specification: {type: object, properties: {}}}
"""
PAGE = 5000


def serve(pages: int, delay: float, size: int) -> str:
    """Pages of records for each shop, made before."""
    records = [
        {"id": number, "name": f"Item {number} of many", "price": number / 100, "at": "2024-05-01T10:00:00Z",
         "tags": ["one", "two"], "owner": {"name": "Ada Abara", "city": "Łódź"}} for number in range(size)]
    # Only a full page is followed by another.
    body, last = (json.dumps({"items": one}).encode() for one in (records, records[:-1]))

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            page = int(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))["page"])
            time.sleep(delay)
            content = body if page < pages else last
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


def timed(body, runs=3):
    """The shortest of a few runs, in seconds."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        body()
        times.append(time.perf_counter() - began)
    return min(times)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=400_000)
    wanted = parser.parse_args().records

    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = str(HERE.parent)
    spark = (
        SparkSession.builder.master("local[8]").config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.host", "127.0.0.1").getOrCreate())
    spark.sparkContext.setLogLevel("ERROR")
    from airbyte_lowcode_spark import division, register
    from airbyte_lowcode_spark.options import settings
    from airbyte_lowcode_spark.rows import BatchMaker

    register(spark)
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "manifest.yaml").write_text(MANIFEST)

    def options(url, at_once=2):
        return {
            "manifest": str(folder / "manifest.yaml"), "config": json.dumps({"base_url": url, "at_once": at_once}), "stream": "items",
            "binary": BINARY, "partitions": "8"}

    def alone(url, at_once):
        config = folder / "config.json"
        config.write_text(json.dumps({"base_url": url, "at_once": at_once}))
        subprocess.run([BINARY, "read", "--manifest", folder / "manifest.yaml", "--config", config], check=True, stdout=subprocess.DEVNULL)

    def in_spark(url, **more):
        spark.read.format("airbyte_lowcode").options(**options(url), **more).load().write.format("noop").mode("overwrite").save()

    in_spark(serve(1, 0, 10))  # What the first query of a session costs.
    slow = serve(25, 0.05, PAGE)
    print("An API that takes 50 ms for a page: 8 partitions of 25 pages, 1 million records")
    for at_once in (1, 2, 8):
        print(f"  one process, {at_once} at once  {timed(lambda: alone(slow, at_once), 2):6.2f} s")
    print(f"  Spark, 8 tasks          {timed(lambda: in_spark(slow), 2):6.2f} s")

    pages = max(1, wanted // PAGE // 8)
    url = serve(pages, 0, PAGE)
    count = 8 * pages * PAGE
    print(f"An API that answers at once: {count:,} records")
    plain = timed(lambda: alone(url, 8))
    print(f"  one process             {plain:6.2f} s   {plain / count * 1e6:5.2f} µs a record")
    for name, more in (("Spark, typed", {}), ("Spark, raw", {"raw": "true"}), ("Spark, with extra", {"extra": "_extra"})):
        taken = timed(lambda: in_spark(url, **more))
        print(f"  {name:<22}  {taken:6.2f} s   {taken / count * 1e6:5.2f} µs a record")

    chosen = settings(options(url))
    schema = division.columns(chosen)
    record = json.dumps({"id": 1, "name": "Item 1 of many", "price": 0.01, "at": "2024-05-01T10:00:00Z", "tags": ["one", "two"],
                         "owner": {"name": "Ada Abara", "city": "Łódź"}}).encode()
    block = [record] * 10_000
    print("Records to Arrow, in one thread")
    fast, careful = BatchMaker(schema, stream="items"), BatchMaker(schema, stream="items")
    print(f"  as a block              {timed(lambda: fast.batch(block)) / 10_000 * 1e6:5.2f} µs a record")

    def one_by_one():
        careful.refused = careful.PATIENCE
        careful.batch(block)

    print(f"  record by record        {timed(one_by_one) / 10_000 * 1e6:5.2f} µs a record")
    spark.stop()


if __name__ == "__main__":
    main()
