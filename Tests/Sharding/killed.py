#!/usr/bin/env python3
"""Kills the readers of parts at random, reads the parts again, and sees that nothing is lost.

    killed.py --bin PROGRAM [--rounds 20] [--seed N]

Each round divides a read of 12 partitions with 8 windows each into some parts. Every part is read by a process that is killed after a
random time, and again, from what it printed, until it comes to its end; some parts are never read again. Then

- the records of all attempts hold those of the whole read, but for the parts that were given up, and
- the state that `state merge` makes of all outputs leads to a next read that has what those parts miss.
"""
import argparse
import http.server
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time
from urllib.parse import parse_qs, urlsplit

MANIFEST = """
version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [orders]}
streams:
  - type: DeclarativeStream
    name: orders
    primary_key: id
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: string}}}}
    incremental_sync:
      type: DatetimeBasedCursor
      cursor_field: day
      datetime_format: "%Y-%m-%d"
      start_datetime: "2025-01-01"
      end_datetime: "2025-02-09"
      step: P5D
      cursor_granularity: P1D
      start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: from}
      end_time_option: {type: RequestOption, inject_into: request_parameter, field_name: to}
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: "ADDRESS", http_method: GET, path: "/{{ stream_partition.shop }}"}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
      partition_router: {type: ListPartitionRouter, cursor_field: shop, values: [SHOPS]}
spec:
  type: Spec
  connection_specification: {type: object, properties: {}}
"""
SHOPS = [f"shop{number}" for number in range(12)]


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # The reader was killed.


class API(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    delay = 0.0

    def do_GET(self):
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        time.sleep(API.delay)
        days = [f"2025-0{1 + day // 31}-{1 + day % 31:02}" for day in range(40)]
        data = [{"id": f"{url.path}-{day}", "day": day} for day in days if query["from"][0] <= day <= query["to"][0]]
        body = json.dumps({"data": data}).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # The reader was killed.

    def log_message(self, *_):
        pass


def ids(text):
    found = []
    for line in text.splitlines():
        try:
            message = json.loads(line)
        except ValueError:
            continue  # The last line, cut off.
        if message.get("type") == "RECORD":
            found.append(message["record"]["data"]["id"])
    return found


def run(options, *arguments):
    done = subprocess.run([options.bin, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{arguments[0]} ended with {done.returncode}: {done.stderr}{done.stdout[-500:]}")
    return done


def play(options, home, files, whole, number, chance, usual):
    count = chance.randint(1, 9)
    parts, outputs = home / f"parts{number}", home / f"outputs{number}"
    outputs.mkdir()
    run(options, "shard", *files, "--parts", count, "-o", parts)
    kills, given_up, records = 0, set(), []
    for part in range(count):
        gives_up = chance.random() < 0.2
        for attempt in range(100):
            output = outputs / f"{part:04}-{attempt:02}.jsonl"
            earlier = outputs / f"{part:04}-{attempt - 1:02}.jsonl"
            # The state of an attempt holds what the ones before it read.
            state = ["--state", earlier] if attempt and b'"STATE"' in earlier.read_bytes() else []
            with open(output, "wb") as file:
                process = subprocess.Popen([options.bin, "read", *map(str, files), "--part", str(parts / f"{part:04}.json"), *map(str, state)], stdout=file)
                try:
                    process.wait(chance.uniform(0, 2 * usual) if attempt < 6 else None)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    kills += 1
            text = output.read_text("utf-8", "replace")
            records += ids(text)
            if process.returncode == 0:
                break
            if state and '"STATE"' not in text:
                output.write_bytes(earlier.read_bytes())
            if gives_up:
                given_up.add(part)
                break
    lost = set(whole) - set(records)
    if lost and not given_up:
        sys.exit(f"round {number}: lost {sorted(lost)[:5]}")
    state = home / f"state{number}.json"
    merged = run(options, "state", "merge", parts, outputs, "-o", state)
    for part in given_up:
        if f"part {part} " not in merged.stderr.lower():
            sys.exit(f"round {number}: part {part} is not named: {merged.stderr}")
    after = ids(run(options, "read", *files, "--state", state).stdout)
    skipped = set(whole) - set(records) - set(after)
    if skipped:
        sys.exit(f"round {number}: the next read skips {sorted(skipped)[:5]}")
    return kills, len(given_up), len(records)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    chance = random.Random(options.seed)
    server = Server(("127.0.0.1", 0), API)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as home:
        home = pathlib.Path(home)
        text = MANIFEST.replace("ADDRESS", f"http://127.0.0.1:{server.server_address[1]}").replace("SHOPS", ", ".join(SHOPS))
        (home / "manifest.yaml").write_text(text)
        (home / "config.json").write_text("{}")
        files = ["--manifest", home / "manifest.yaml", "--config", home / "config.json"]
        whole = ids(run(options, "read", *files).stdout)
        assert len(whole) == len(set(whole)) == 480, len(whole)
        API.delay = 0.02
        begun = time.monotonic()
        run(options, "shard", *files, "--parts", 4, "-o", home / "parts")
        run(options, "read", *files, "--part", home / "parts" / "0000.json")
        usual = time.monotonic() - begun
        kills = gaps = records = 0
        for number in range(options.rounds):
            k, g, r = play(options, home, files, whole, number, chance, usual)
            kills, gaps, records = kills + k, gaps + g, records + r
    server.shutdown()
    print(
        f"{options.rounds} rounds, {kills} readers killed, {gaps} parts given up: nothing is lost and nothing is skipped; "
        f"{records / (options.rounds * len(whole)):.2f} times the records were printed (seed {options.seed})")
    return 0 if kills else 1


if __name__ == "__main__":
    sys.exit(main())
