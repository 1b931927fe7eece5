#!/usr/bin/env python3
"""Records what the helper for Singer taps of early versions of airbyte-cdk makes of catalogs and of the output of taps.

    old_helper.py [--check]

The recordings are in Tests/SingerTests/Fixtures/old-helper.json, where OldHelperTests compares them with this program. airbyte-cdk 0.1.83
is the last version that is tried here; it is installed into a virtual environment of its own, made with the Python that runs this,
which has to be 3.7 to 3.9. With --check, nothing is written: the recordings are compared with what the helper does now.

A case has `ours` and `why` where this program means to do something else; docs/singer.md lists these reasons.
"""

import json
import logging
import os
import subprocess
import sys
import tempfile

FOLDER = os.path.dirname(os.path.abspath(__file__))
FIXTURE = os.path.join(FOLDER, "..", "SingerTests", "Fixtures", "old-helper.json")
VERSION = "0.1.83"


def stream(name="orders", metadata=None, **more):
    """A stream of a tap's catalog, with one field, `id`; `metadata` is that of the stream, or a list of all."""
    entry = {"tap_stream_id": name, "stream": name, "schema": {"type": "object", "properties": {"id": {"type": "integer"}}}}
    if metadata is not None:
        entry["metadata"] = metadata if isinstance(metadata, list) else [{"breadcrumb": [], "metadata": metadata}]
    entry.update(more)
    return entry


BOTH = ["full_refresh", "incremental"]

# What discovery finds: the tap's streams, and what is said of the only stream that is left of them.
CATALOGS = [
    {"name": "a stream without a word", "streams": [stream()]},
    {"name": "a primary key", "streams": [stream(key_properties=["id"])]},
    {"name": "a primary key of two fields", "streams": [stream(key_properties=["shop", "id"])]},
    {"name": "an empty primary key", "streams": [stream(key_properties=[])]},
    {"name": "a replication key", "streams": [stream(metadata={"valid-replication-keys": ["at"]})]},
    {
        "name": "several replication keys", "streams": [stream(metadata={"valid-replication-keys": ["updated", "at"]})],
        "ours": {"default_cursor_field": ["updated"]}, "why": "first-key",
    },
    {"name": "a forced incremental read", "streams": [stream(metadata={"forced-replication-method": "INCREMENTAL"})]},
    {"name": "a forced read of the whole", "streams": [stream(metadata={"forced-replication-method": "FULL_TABLE"})]},
    {"name": "a forced method in small letters", "streams": [stream(metadata={"forced-replication-method": "incremental"})]},
    {
        "name": "a forced method as an object",
        "streams": [stream(metadata={"forced-replication-method": {"replication-method": "INCREMENTAL", "reason": "large"}})],
    },
    {
        "name": "a forced read of the whole beside replication keys",
        "streams": [stream(metadata={"forced-replication-method": "FULL_TABLE", "valid-replication-keys": ["at"]})],
        "ours": {"supported_sync_modes": ["full_refresh"], "source_defined_cursor": None, "default_cursor_field": None},
        "why": "forced-whole",
    },
    {
        "name": "a log of changes", "streams": [stream(metadata={"forced-replication-method": "LOG_BASED"})],
        "ours": {"supported_sync_modes": BOTH, "source_defined_cursor": True}, "why": "log-based",
    },
    {
        "name": "the key of a table", "streams": [stream(metadata={"table-key-properties": ["id"]})],
        "ours": {"source_defined_primary_key": [["id"]]}, "why": "table-keys",
    },
    {
        "name": "metadata of fields before that of the stream",
        "streams": [stream(metadata=[
            {"breadcrumb": ["properties", "id"], "metadata": {"inclusion": "automatic"}},
            {"breadcrumb": [], "metadata": {"valid-replication-keys": ["id"]}}])],
    },
    {
        "name": "two names", "streams": [stream(tap_stream_id="public-orders")],
        "ours": {"name": "public-orders"}, "why": "identifiers",
    },
    {
        "name": "a time", "streams": [stream(schema={"properties": {"at": {"type": "string", "format": "date-time"}}})],
        "ours": {"json_schema": {"properties": {"at": {
            "type": "string", "format": "date-time", "airbyte_type": "timestamp_with_timezone"}}, "type": "object"}},
        "why": "types",
    },
    {
        "name": "an unsupported stream", "streams": [stream(metadata={"inclusion": "unsupported"})],
        "ours": "left out", "why": "unsupported",
    },
    {"name": "an excluded stream", "streams": [stream(), stream("pages")], "exclude": ["pages"]},
    {"name": "a key of the connector's", "streams": [stream(key_properties=["id"])], "primary_key": ["shop", "id"]},
    {"name": "a cursor of the connector's", "streams": [stream()], "cursor": "at"},
]

KEYED = {"valid-replication-keys": ["at"]}

# Which catalog a tap gets for a read.
SELECTIONS = [
    {"name": "the whole stream", "streams": [stream(metadata={}), stream("pages", metadata={})], "sync_mode": "full_refresh"},
    {"name": "by its replication key", "streams": [stream(metadata=KEYED)], "sync_mode": "incremental", "cursor_field": ["at"]},
    {"name": "as a whole, though it has a key", "streams": [stream(metadata=KEYED)], "sync_mode": "full_refresh"},
    {
        "name": "by its replication key, which nobody names", "streams": [stream(metadata=KEYED)], "sync_mode": "incremental",
        "ours": {"replication-key": "at"}, "why": "unnamed-key",
    },
    {
        "name": "an unsupported field",
        "streams": [stream(metadata=[
            {"breadcrumb": [], "metadata": {}}, {"breadcrumb": ["properties", "id"], "metadata": {"inclusion": "unsupported"}}])],
        "sync_mode": "full_refresh", "ours": {"fields": {"id": False}}, "why": "unsupported",
    },
]

RECORD = '{"type": "RECORD", "stream": "orders", "record": {"id": 1, "price": 1.25}}'
STATE = '{"type": "STATE", "value": {"bookmarks": {"orders": {"id": 1}}}}'
SCHEMA = '{"type": "SCHEMA", "stream": "orders", "schema": {}, "key_properties": ["id"]}'

# What a tap prints, and what becomes of it: records, states, and whether the read succeeds.
READS = [
    {"name": "records and states", "lines": [SCHEMA, RECORD, STATE]},
    {"name": "no records", "lines": [SCHEMA, STATE]},
    {
        "name": "a version", "lines": [SCHEMA, RECORD, '{"type": "ACTIVATE_VERSION", "stream": "orders", "version": 3}'],
    },
    {"name": "a state of all streams", "lines": [RECORD, '{"type": "STATE", "value": {"currently_syncing": "orders"}}']},
    {"name": "a type in small letters", "lines": [RECORD.replace("RECORD", "record")]},
    {
        "name": "a state in small letters", "lines": [RECORD, STATE.replace("STATE", "state")],
        "ours": {"states": [{"bookmarks": {"orders": {"id": 1}}}], "succeeds": True}, "why": "case",
    },
    {
        "name": "a message of another type", "lines": [RECORD, '{"type": "HELLO", "word": 1}'],
        "ours": {"succeeds": True}, "why": "other-messages",
    },
    {"name": "a line that is no message", "lines": ["Starting …", RECORD], "ours": {"records": [{"id": 1, "price": 1.25}], "succeeds": True},
     "why": "other-messages"},
    {"name": "a message that is cut off", "lines": [RECORD, RECORD[:30]]},
    {"name": "a status other than 0", "lines": [RECORD, STATE], "status": 3},
]


class Helper:
    """The helper in its environment: this script runs itself there."""

    def __init__(self, folder):
        self.python = os.path.join(folder, "bin", "python")
        if not os.path.exists(self.python):
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            subprocess.run(
                [self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"airbyte-cdk=={VERSION}"], check=True)

    def answers(self):
        done = subprocess.run([self.python, os.path.abspath(__file__), "--inside"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        return json.loads(done.stdout)


def inside():
    """What the helper does with all cases, as JSON on standard output. It runs where the old airbyte-cdk is installed."""
    from airbyte_cdk.models import ConfiguredAirbyteCatalog, SyncMode
    from airbyte_cdk.sources.singer import SingerHelper, SyncModeInfo

    log = logging.getLogger("helper")
    log.addHandler(logging.NullHandler())
    log.propagate = False

    def discovered(case):
        modes = {"orders": SyncModeInfo([SyncMode.incremental], True, [case["cursor"]])} if "cursor" in case else {}
        keys = {"orders": case["primary_key"]} if "primary_key" in case else {}
        with open("catalog.json", "w", encoding="utf-8") as file:
            json.dump({"streams": case["streams"]}, file)
        catalogs = SingerHelper.get_catalogs(log, "cat catalog.json", modes, keys, case.get("exclude", []))
        return [json.loads(found.json()) for found in catalogs.airbyte_catalog.streams]

    def selected(case):
        configured = ConfiguredAirbyteCatalog.parse_obj({"streams": [{
            "stream": {"name": "orders", "json_schema": {}}, "sync_mode": case["sync_mode"],
            "destination_sync_mode": "append", "cursor_field": case.get("cursor_field", [])}]})
        path = SingerHelper.create_singer_catalog_with_selection(configured, {"streams": case["streams"]})
        with open(path, encoding="utf-8") as file:
            return json.load(file)["streams"]

    def read(case):
        with open("lines.txt", "w", encoding="utf-8") as file:
            # The last line of a tap that dies has no end.
            file.write("\n".join(case["lines"]) + "\n")
        result = {"records": [], "states": [], "succeeds": True}
        try:
            # The helper ends with the first of both outputs that ends, and loses what it has not taken of the other one.
            for message in SingerHelper.read(log, f"cat lines.txt; exec >&-; sleep 0.2; exit {case.get('status', 0)}"):
                if message.record is not None:
                    result["records"].append(message.record.data)
                else:
                    result["states"].append(message.state.data)
        except Exception:
            result["succeeds"] = False
        return result

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        answers = {
            "catalogs": [discovered(case) for case in CATALOGS], "selections": [selected(case) for case in json.loads(json.dumps(SELECTIONS))],
            "reads": [read(case) for case in READS],
        }
    print(json.dumps(answers))


def selection(entries):
    """Of a catalog for a tap, what of it the tap goes by."""
    orders = next(entry for entry in entries if entry["stream"] == "orders")
    whole = next(part["metadata"] for part in orders["metadata"] if not part["breadcrumb"])
    chosen = {
        "selected": sorted(
            entry["stream"] for entry in entries
            if any(part["metadata"].get("selected") for part in entry.get("metadata", []) if not part["breadcrumb"])),
        "replication-method": whole.get("replication-method"), "replication-key": whole.get("replication-key"),
    }
    fields = {part["breadcrumb"][1]: part["metadata"].get("selected") for part in orders["metadata"] if part["breadcrumb"]}
    if fields:
        chosen["fields"] = fields
    return chosen


def recordings(answers):
    facts = ["name", "json_schema", "supported_sync_modes", "source_defined_cursor", "default_cursor_field", "source_defined_primary_key"]
    # What is not said comes as null, or as nothing, by the version of pydantic.
    catalogs = [
        {**case, "theirs": {fact: found[0].get(fact) for fact in facts}} for case, found in zip(CATALOGS, answers["catalogs"])]
    selections = [{**case, "theirs": selection(found)} for case, found in zip(SELECTIONS, answers["selections"])]
    reads = [{**case, "theirs": found} for case, found in zip(READS, answers["reads"])]
    return {"version": VERSION, "catalogs": catalogs, "selections": selections, "reads": reads}


def main():
    if "--inside" in sys.argv:
        return inside()
    folder = os.environ.get("AIRBYTE_CDK_OLD", os.path.join(FOLDER, "..", "..", ".build", "old-helper"))
    found = json.dumps(recordings(Helper(os.path.abspath(folder)).answers()), indent=2, ensure_ascii=False) + "\n"
    if "--check" in sys.argv:
        with open(FIXTURE, encoding="utf-8") as file:
            if file.read() != found:
                raise SystemExit("The recordings are not what the helper does: run old_helper.py without --check and look at the changes.")
        print("The recordings are what the helper does.")
        return None
    os.makedirs(os.path.dirname(FIXTURE), exist_ok=True)
    with open(FIXTURE, "w", encoding="utf-8") as file:
        file.write(found)
    return None


if __name__ == "__main__":
    main()
