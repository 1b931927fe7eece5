#!/usr/bin/env python3
"""Reads real taps from PyPI against real things, and has real targets and Meltano read a manifest as a tap.

    real_taps.py PROGRAM [--environments FOLDER] [unittest's options]

Each package gets a virtual environment in FOLDER. What pip cannot install, and a PostgreSQL that is not there, are skipped.
"""

import argparse
import json
import os
import sys
import tempfile
import unittest

from surroundings import API, Environments, PostgreSQL, Program, kill_program, kill_tap

ROWS = 100_000
PROGRAM = None
ENVIRONMENTS = None


class Case(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="singer-")
        self.addCleanup(self.place.cleanup)
        self.program = Program(PROGRAM, self.place.name)

    def tap(self, package, name):
        path = ENVIRONMENTS.program(package, name)
        if path is None:
            self.skipTest(f"{package} is not installed")
        return path

    def read(self, *arguments, status=0):
        run = self.program.run("read", *arguments)
        self.assertEqual(run.status, status, (run.failures, run.errors[-2000:]))
        return run

    def states(self, run, name="states.jsonl"):
        """A file of the states that a run left, as a platform keeps them."""
        lines = [json.dumps(message) for message in run.messages if message.get("type") == "STATE"]
        self.assertTrue(lines)
        return self.program.write(name, "\n".join(lines) + "\n")


class PostgresCase:
    """What both taps for PostgreSQL have to do."""

    package = None

    @classmethod
    def setUpClass(cls):
        if PostgreSQL.binaries() is None:
            raise unittest.SkipTest("PostgreSQL is not installed")
        cls.database = PostgreSQL()
        cls.addClassCleanup(cls.database.close)
        cls.database.query(f"""
            create table orders (id serial primary key, name text, price numeric(10, 2), changed timestamptz);
            insert into orders (name, price, changed)
              select 'Order ' || n || ' é "x"', n * 0.01, timestamptz '2024-01-01 00:00:00Z' + n * interval '1 second'
              from generate_series(1, {ROWS}) n;
            create table types (
              id int primary key, t text, v varchar(5), n numeric(20, 4), i2 smallint, i8 bigint, r real, d double precision, b boolean,
              da date, ti time, ts timestamp, tz timestamptz, u uuid, j jsonb, a int[], ip inet, x text);
            insert into types values (1, E'a\\nb "c" \\\\ é 漢 😀', 'vvvvv', 12345678901234.5678, -3, 9007199254740993, 1.5, 0.1, true,
              '2024-02-29', '10:11:12', '2024-02-29 01:02:03.456', '2024-02-29 01:02:03.456+02',
              '0d6a4fe8-ffa1-4007-9b28-a97aadf6a544', '{{"a": [1, {{"b": null}}]}}', '{{1,2,3}}', '10.0.0.1', null);
            create view cheap as select * from orders where price < 1;""")

    def setUp(self):
        super().setUp()
        self.command = self.tap(self.package, "tap-postgres")
        self.program.write("config.json", self.database.config)
        self.program.write("manifest.yaml", json.dumps({
            "version": "1.0.0", "type": "SingerSource", "tap": {"command": [self.command]}, "exclude": ["information_schema-*"],
            "streams": [{"name": "public-orders", "cursor_field": "id"}]}))

    def test_check_succeeds_and_tells_why_not(self):
        run = self.program.run("check", "--config", "config.json")
        self.assertEqual(run.result("CONNECTION_STATUS", "connectionStatus"), {"status": "SUCCEEDED"})
        self.program.write("wrong.json", {**self.database.config, "port": 1})
        run = self.program.run("check", "--config", "wrong.json")
        status = run.result("CONNECTION_STATUS", "connectionStatus")
        self.assertEqual(status["status"], "FAILED")
        self.assertIn("failed: it ended with status 1", status["message"])
        self.assertNotIn("s3cret-pass", run.output + run.errors)

    def test_discovery_lists_tables_with_keys_and_types(self):
        run = self.program.run("discover", "--config", "config.json")
        streams = {stream["name"]: stream for stream in run.result("CATALOG", "catalog")["streams"]}
        self.assertEqual(set(streams), {"public-orders", "public-types", "public-cheap"})
        orders = streams["public-orders"]
        self.assertEqual(orders["source_defined_primary_key"], [["id"]])
        self.assertEqual(orders["default_cursor_field"], ["id"])
        self.assertEqual(orders["supported_sync_modes"], ["full_refresh", "incremental"])
        self.assertEqual(orders["json_schema"]["properties"]["changed"]["airbyte_type"], "timestamp_with_timezone")
        self.assertFalse(streams["public-types"]["source_defined_cursor"])

    def test_a_table_is_read_as_a_whole(self):
        run = self.read("--config", "config.json", "--streams", "public-orders", "--full-refresh")
        self.assertEqual(sorted(record["id"] for record in run.records()), list(range(1, ROWS + 1)))
        self.assertEqual(run.statuses("public-orders"), ["STARTED", "RUNNING", "COMPLETE"])
        record = next(record for record in run.records() if record["id"] == 7)
        self.assertEqual((record["name"], record["price"]), ('Order 7 é "x"', 0.07))
        self.assertEqual(sum(int(state["sourceStats"]["recordCount"]) for state in run.of("STATE")), ROWS)

    def test_only_what_is_new_is_read(self):
        first = self.read("--config", "config.json", "--streams", "public-orders")
        self.assertEqual(len(first.records()), ROWS)
        self.database.query("insert into orders (name) select 'New' from generate_series(1, 10)")
        self.addCleanup(self.database.query, f"delete from orders where id > {ROWS}; alter sequence orders_id_seq restart with {ROWS + 1}")
        second = self.read("--config", "config.json", "--streams", "public-orders", "--state", self.states(first))
        # A tap may read the record of its bookmark once more.
        self.assertEqual({record["id"] for record in second.records()} - {ROWS}, set(range(ROWS + 1, ROWS + 11)))
        self.assertLessEqual(len(second.records()), 11)

    def test_every_type_is_passed_on_as_the_tap_writes_it(self):
        run = self.read("--config", "config.json", "--streams", "public-types")
        record, = run.records()
        self.assertEqual(record["t"], 'a\nb "c" \\ é 漢 😀')
        self.assertEqual(record["i8"], 9007199254740993)
        self.assertIn('12345678901234.5678', run.output)
        self.assertEqual((record["b"], record["x"], record["a"]), (True, None, [1, 2, 3]))
        self.assertTrue(record["tz"].startswith("2024-02-28T23:02:03.456"))

    def test_chosen_fields_are_read_alone(self):
        catalog = self.program.run("discover", "--config", "config.json").result("CATALOG", "catalog")
        stream = next(stream for stream in catalog["streams"] if stream["name"] == "public-cheap")
        stream["json_schema"]["properties"] = {name: stream["json_schema"]["properties"][name] for name in ("id", "price")}
        self.program.write("catalog.json", {
            "streams": [{"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}]})
        run = self.read("--config", "config.json", "--catalog", "catalog.json")
        self.assertEqual(len(run.records()), 99)
        self.assertEqual({tuple(sorted(record)) for record in run.records()}, {("id", "price")})

    def test_a_read_that_is_killed_is_resumed_and_nothing_is_lost(self):
        for kill, status in ((kill_program, -9), (kill_tap, 1)):
            with self.subTest(kill=kill.__name__):
                broken = self.program.run_until(
                    35_000, "read", "--config", "config.json", "--streams", "public-orders", kill=kill)
                self.assertEqual(broken.status, status)
                self.assertLess(len(broken.records()), ROWS)
                if kill is kill_tap:
                    self.assertEqual(broken.statuses("public-orders")[-1], "INCOMPLETE")
                    self.assertIn("was ended by signal 9", broken.failures[0]["message"])
                    self.assertEqual(broken.failures[0]["failure_type"], "transient_error")
                # What a platform keeps is what came before the last state.
                last = max(place for place, message in enumerate(broken.messages) if message.get("type") == "STATE")
                kept = [message["record"]["data"]["id"] for message in broken.messages[:last] if message.get("type") == "RECORD"]
                resumed = self.read("--config", "config.json", "--streams", "public-orders", "--state", self.states(broken))
                ids = kept + [record["id"] for record in resumed.records()]
                self.assertEqual(set(ids), set(range(1, ROWS + 1)))
                if kept:
                    self.assertLess(len(resumed.records()), ROWS)


class MeltanoLabsPostgres(PostgresCase, Case):
    package = "meltanolabs-tap-postgres"

    def test_a_manifest_is_wrapped(self):
        run = self.program.run("singer", "wrap", self.command, "--config", "config.json", "--output", "wrapped.yaml")
        self.assertEqual(run.status, 0, run.errors)
        spec = self.program.run("spec", "wrapped.yaml").result("SPEC", "spec")["connectionSpecification"]
        self.assertTrue(spec["properties"]["password"]["airbyte_secret"])
        run = self.program.run("discover", "wrapped.yaml", "--config", "config.json")
        self.assertEqual(len(run.result("CATALOG", "catalog")["streams"]), 3)

    def test_batches_are_read_from_their_files(self):
        folder = os.path.join(self.place.name, "batches")
        os.mkdir(folder)
        self.program.write("batch.json", {
            **self.database.config,
            "batch_config": {"encoding": {"format": "jsonl", "compression": "gzip"}, "storage": {"root": f"file://{folder}"}}})
        run = self.read("--config", "batch.json", "--streams", "public-orders", "--full-refresh")
        self.assertTrue(os.listdir(folder))
        self.assertEqual(sorted(record["id"] for record in run.records()), list(range(1, ROWS + 1)))


class PipelineWisePostgres(PostgresCase, Case):
    package = "pipelinewise-tap-postgres"

    def test_states_are_of_all_streams(self):
        run = self.read("--config", "config.json", "--streams", "public-orders")
        state = run.of("STATE")[-1]
        self.assertEqual(state["type"], "GLOBAL")
        self.assertIn("currently_syncing", state["global"]["shared_state"])
        # The tap gets exactly what it said.
        run = self.program.run("singer", "state", self.states(run))
        value = json.loads(run.output)
        self.assertEqual(value["bookmarks"]["public-orders"]["replication_key_value"], ROWS)
        self.assertIsNone(value["currently_syncing"])


class OtherTaps(Case):
    def test_files_of_json_lines(self):
        command = self.tap("tap-jsonl", "tap-jsonl")
        os.mkdir(os.path.join(self.place.name, "data"))
        self.program.write("data/a.jsonl", "".join(f'{{"id": {number}, "name": "é {number}"}}\n' for number in range(500)))
        self.program.write("config.json", {"path": os.path.join(self.place.name, "data", "*.jsonl"), "primary_keys": ["id"]})
        arguments = ("--singer", command, "--config", "config.json")
        spec = self.program.run("spec", "--singer", command).result("SPEC", "spec")["connectionSpecification"]
        self.assertIn("path", spec["properties"])
        check = self.program.run("check", *arguments)
        self.assertEqual(check.result("CONNECTION_STATUS", "connectionStatus"), {"status": "SUCCEEDED"})
        first = self.read(*arguments)
        self.assertEqual(len(first.records("jsonl")), 500)
        self.assertEqual(len({record["id"] for record in first.records("jsonl")}), 500)
        second = self.read(*arguments, "--state", self.states(first))
        self.assertLessEqual(len(second.records("jsonl")), 500)

    def test_an_http_api(self):
        command = self.tap("tap-rest-api-msdk", "tap-rest-api-msdk")
        api = API()
        self.addCleanup(api.close)
        self.program.write("config.json", {
            "api_url": api.url, "streams": [{
                "name": "items", "path": "/items", "records_path": "$.items[*]", "primary_keys": ["id"],
                "replication_key": "updated_at", "source_search_field": "since", "source_search_query": "$last_run_date",
                "start_date": "2020-01-01T00:00:00Z"}]})
        run = self.read("--singer", command, "--config", "config.json")
        self.assertEqual({record["id"] for record in run.records("items")}, set(range(1, 51)))
        state = run.of("STATE")[-1]["stream"]["stream_state"]
        self.assertEqual(state["replication_key"], "updated_at")

    def test_a_tap_of_the_sdk(self):
        python = self.tap("meltanolabs-tap-postgres", "python")
        here = os.path.dirname(os.path.abspath(__file__))
        self.program.write("manifest.yaml", json.dumps({
            "version": "1.0.0", "type": "SingerSource", "tap": {"command": [python, os.path.join(here, "sample_tap.py")]},
            "config": {"token": "{{ config['credentials']['token'] }}", "people": "{{ config['people'] }}"}}))
        self.program.write("config.json", {"credentials": {"token": "s3cret-token"}, "people": 5})
        run = self.program.run("check", "--config", "config.json")
        self.assertEqual(run.result("CONNECTION_STATUS", "connectionStatus"), {"status": "SUCCEEDED"}, run.output)
        first = self.read("--config", "config.json")
        self.assertEqual(len(first.records("departments")), 3)
        self.assertEqual(len(first.records("people")), 15)
        state = [state for state in first.of("STATE") if state["stream"]["stream_descriptor"]["name"] == "people"][-1]
        self.assertEqual(len(state["stream"]["stream_state"]["partitions"]), 3)
        self.program.write("config.json", {"credentials": {"token": "s3cret-token"}, "people": 7})
        second = self.read("--config", "config.json", "--state", self.states(first))
        self.assertEqual(len(second.records("people")), 6)
        # A tap's state from elsewhere is taken as well, and ours is given back.
        handed = json.loads(self.program.run("singer", "state", "states.jsonl", "--meltano").output)
        self.program.write("meltano.json", handed)
        third = self.read("--config", "config.json", "--state", "meltano.json")
        self.assertEqual(len(third.records("people")), 6)

    def test_a_package_is_installed_when_it_is_first_used(self):
        if ENVIRONMENTS.program("tap-jsonl", "tap-jsonl") is None:
            self.skipTest("tap-jsonl is not installed")
        self.program.write("manifest.yaml", json.dumps({
            "version": "1.0.0", "type": "SingerSource", "tap": {"python": {"package": "tap-jsonl", "version": "0.3.1"}}}))
        self.program.write("config.json", {"path": "nothing/*.jsonl"})
        cache = {"AIRBYTE_LOWCODE_CACHE": os.path.join(self.place.name, "cache")}
        run = self.program.run("spec", environment=cache)
        self.assertIn("Installing the tap tap-jsonl==0.3.1", run.output)
        again = self.program.run("spec", environment=cache)
        self.assertNotIn("Installing", again.output)
        self.assertIn("path", again.result("SPEC", "spec")["connectionSpecification"]["properties"])


MANIFEST = {
    "version": "6.0.0", "type": "DeclarativeSource",
    "check": {"type": "CheckStream", "stream_names": ["items"]},
    "streams": [{
        "type": "DeclarativeStream", "name": "items", "primary_key": ["id"],
        "incremental_sync": {
            "type": "DatetimeBasedCursor", "cursor_field": "updated_at", "datetime_format": "%Y-%m-%dT%H:%M:%SZ",
            "start_datetime": "2024-01-01T00:00:00Z",
            "start_time_option": {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "since"}},
        "retriever": {
            "type": "SimpleRetriever",
            "requester": {"type": "HttpRequester", "url_base": "{{ config['url'] }}", "path": "/items"},
            "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": ["items"]}},
            "paginator": {
                "type": "DefaultPaginator", "page_token_option": {
                    "type": "RequestOption", "inject_into": "request_parameter", "field_name": "page"},
                "pagination_strategy": {"type": "PageIncrement", "page_size": 50, "start_from_page": 1}}},
        "schema_loader": {"type": "InlineSchemaLoader", "schema": {
            "type": "object", "properties": {
                "id": {"type": "integer"}, "name": {"type": "string"}, "updated_at": {"type": "string", "format": "date-time"}}}}}],
    "spec": {"type": "Spec", "connection_specification": {
        "type": "object", "required": ["url"], "properties": {
            "url": {"type": "string"}, "key": {"type": "string", "airbyte_secret": True}}}},
}


class AsTap(Case):
    """A declarative manifest as a tap."""

    def setUp(self):
        super().setUp()
        self.api = API()
        self.addCleanup(self.api.close)
        self.program.write("manifest.yaml", MANIFEST)
        self.program.write("config.json", {"url": self.api.url, "key": "s3cret-key"})

    def as_tap(self, *arguments):
        run = self.program.run("as-tap", "manifest.yaml", *arguments)
        self.assertEqual(run.status, 0, run.errors)
        return run

    def test_it_describes_itself(self):
        about = json.loads(self.as_tap("--about", "--format=json").output)
        self.assertTrue(about["settings"]["properties"]["key"]["secret"])
        self.assertIn("state", about["capabilities"])
        catalog = json.loads(self.as_tap("--config", "config.json", "--discover").output)
        self.assertEqual(catalog["streams"][0]["tap_stream_id"], "items")
        self.assertEqual(catalog["streams"][0]["key_properties"], ["id"])
        self.as_tap("--config", "config.json", "--test")

    def test_it_can_be_wrapped_again(self):
        self.program.write("wrapped.yaml", json.dumps({
            "version": "1.0.0", "type": "SingerSource", "tap": {"command": [self.program.path, "as-tap", "manifest.yaml"]}}))
        direct = self.program.run("read", "manifest.yaml", "--config", "config.json")
        wrapped = self.program.run("read", "wrapped.yaml", "--config", "config.json")
        self.assertEqual(wrapped.status, 0, (wrapped.output[-2000:], wrapped.errors))
        self.assertEqual(wrapped.records(), direct.records())
        self.assertEqual(len(wrapped.records()), 130)
        self.assertEqual(
            wrapped.of("STATE")[-1]["stream"]["stream_state"], direct.of("STATE")[-1]["stream"]["stream_state"])

    def test_a_target_reads_it(self):
        target = self.tap("target-jsonl", "target-jsonl")
        catalog = json.loads(self.as_tap("--config", "config.json", "--discover").output)
        for entry in catalog["streams"][0]["metadata"]:
            entry["metadata"]["selected"] = entry["breadcrumb"] != ["properties", "name"]
        self.program.write("catalog.json", catalog)
        os.mkdir(os.path.join(self.place.name, "out"))
        self.program.write("target.json", {"destination_path": os.path.join(self.place.name, "out"), "do_timestamp_file": False})
        pipe = f'set -e; "{self.program.path}" as-tap manifest.yaml --config config.json --catalog catalog.json $1 | "{target}" --config target.json'
        shell = Program("/bin/bash", self.place.name)
        first = shell.run("-c", "set -o pipefail; " + pipe, "sh", "")
        self.assertEqual(first.status, 0, first.errors)
        with open(os.path.join(self.place.name, "out", "items.jsonl"), encoding="utf-8") as file:
            records = [json.loads(line) for line in file]
        self.assertEqual({record["id"] for record in records}, set(range(1, 131)))
        self.assertEqual({tuple(sorted(record)) for record in records}, {("id", "updated_at")})
        # The target hands the last state back, as a runner keeps it.
        self.program.write("state.json", first.output.strip().split("\n")[-1])
        second = self.as_tap("--config", "config.json", "--catalog", "catalog.json", "--state", "state.json")
        sent = [message for message in second.messages if message["type"] == "RECORD"]
        self.assertTrue(0 < len(sent) < 130, len(sent))

    def test_meltano_runs_it(self):
        meltano = self.tap("meltano", "meltano")
        tap = self.program.write("tap-items", f'#!/bin/sh\nexec "{self.program.path}" as-tap "{self.place.name}/manifest.yaml" "$@"\n')
        os.chmod(tap, 0o755)
        target = self.tap("target-jsonl", "target-jsonl")
        project = os.path.join(self.place.name, "project")
        os.makedirs(os.path.join(project, "out"))
        self.program.write("project/meltano.yml", f"""
version: 1
send_anonymous_usage_stats: false
default_environment: dev
environments: [{{name: dev}}]
plugins:
  extractors:
  - name: tap-items
    namespace: tap_items
    executable: {tap}
    capabilities: [catalog, discover, state, about]
    settings: [{{name: url}}, {{name: key, sensitive: true}}]
    config: {{url: "{self.api.url}", key: s3cret-key}}
    select: ["items.*", "!items.name"]
  loaders:
  - name: target-jsonl
    namespace: target_jsonl
    executable: {target}
    settings: [{{name: destination_path}}, {{name: do_timestamp_file, kind: boolean}}]
    config: {{destination_path: out, do_timestamp_file: false}}
""")
        runner = Program(meltano, project)
        quiet = {"MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false", "NO_COLOR": "1"}
        for expected in (130, None):
            run = runner.run("run", "tap-items", "target-jsonl", environment=quiet)
            self.assertEqual(run.status, 0, run.output[-3000:] + run.errors[-3000:])
            with open(os.path.join(project, "out", "items.jsonl"), encoding="utf-8") as file:
                records = [json.loads(line) for line in file]
            if expected:
                self.assertEqual(len(records), expected)
                self.assertEqual({tuple(sorted(record)) for record in records}, {("id", "updated_at")})
            else:
                # The second run begins where the first one ended: the records of the last day alone.
                self.assertTrue(130 < len(records) < 200, len(records))
        state = runner.run("state", "get", "dev:tap-items-to-target-jsonl", environment=quiet)
        self.assertIn("bookmarks", state.output)


def main():
    global PROGRAM, ENVIRONMENTS
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--environments", default=os.path.join(tempfile.gettempdir(), "singer-environments"))
    options, others = parser.parse_known_args()
    PROGRAM = options.program
    ENVIRONMENTS = Environments(os.path.abspath(options.environments))
    unittest.main(argv=[sys.argv[0], *others])


if __name__ == "__main__":
    main()
