#!/usr/bin/env python3
"""Runs the program on inputs that are wrong in random ways, and looks for what may never happen.

    fuzz.py BINARY [--runs 20000] [--seed 1] [--only manifests bodies states configs] [--jobs 6]

Manifests are mutants of the conformance cases' and of the bookshop's; bodies are mutants of what APIs send, in every decoder and
through transformations, normalisation and cursors; states, catalogs and configs are mutants of right ones. A run fails where the
program ends by a signal, takes longer than 20 s or more than 600 MB, ends in silence, prints a line that is not JSON (or a report
that is not what it says it is), or shows the secret of its config. What failed is kept in a folder that is named at the end.
"""

import argparse
import base64
import concurrent.futures
import gzip
import io
import json
import random
import shutil
import sys
import tempfile
import threading
import xml.etree.ElementTree
import zipfile
import zlib
from pathlib import Path

from support import API, Folder, Run, catalog, manifest, stream

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/Conformance"))

import cases  # noqa: E402
SECRET = "SECRET-Zx81Qpl0mEr77"
SECONDS, MEGABYTES = 20, 600
ODD = ["", "~", "null", "true", "-1", "0", "1e999", "99999999999999999999", ".nan", "[]", "{}", "[[]]", "'", '"', "{{", "{{ 1", "{% for",
       "{{ config }}", "{{ config['token'] }}", "{{ [1] * 100000 }}", "{{ 'a' * 1000000 }}", "\x00", "\x1b[2J", "\u202e", "é", "😀", "..", "../../x", "/etc/passwd", "*a", "&a",
       "<<", "!!python/object", "!!binary x", "$ref", "#/definitions/x", "#/", "2024-01-01", "P1D", "(a+)+b", "%Y-%m-%d", "%", "a" * 5000]


def mutated_text(chance, text):
    """Some edits of lines and of characters."""
    lines = text.split("\n")
    for _ in range(chance.choice([1, 1, 2, 3, 8])):
        if not lines:
            break
        at = chance.randrange(len(lines))
        kind = chance.random()
        if kind < 0.15:
            del lines[at]
        elif kind < 0.3:
            lines.insert(at, chance.choice(lines))
        elif kind < 0.4:
            lines[at] = " " * chance.randrange(12) + lines[at].lstrip()
        elif kind < 0.75:
            head, colon, _ = lines[at].partition(":")
            lines[at] = head + colon + " " + chance.choice(ODD) if colon else chance.choice(ODD)
        elif kind < 0.85 and lines[at]:
            place = chance.randrange(len(lines[at]))
            lines[at] = lines[at][:place] + chance.choice(ODD + list("{}[]:,'\"\\&*#?|-<>=!%@`\t")) + lines[at][place + 1:]
        else:
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
    return "\n".join(lines)


def mutated_value(chance, value, depth=0):
    """A JSON value with one place or a few changed."""
    odd = [None, True, False, 0, -1, 1.5, 1e308, 10**30, "", "x", "é😀", "2024-01-01T00:00:00Z", "\x00\x1b", [], {}, [[]], {"a": {"b": []}}, "a" * 3000,
           "{{ config['token'] }}", [1, "1", None], SECRET]
    if chance.random() < 0.12 or depth > 6:
        return chance.choice(odd)
    if isinstance(value, dict):
        copy = {key: mutated_value(chance, item, depth + 1) if chance.random() < 0.4 else item for key, item in value.items()}
        if copy and chance.random() < 0.1:
            copy.pop(chance.choice(list(copy)))
        if chance.random() < 0.08:
            copy[chance.choice(["id", "at", "type", "states", "cursor", "", "a.b", "*", "stream_state", "\ud7ff"])] = chance.choice(odd)
        return copy
    if isinstance(value, list):
        copy = [mutated_value(chance, item, depth + 1) if chance.random() < 0.4 else item for item in value]
        return copy * chance.choice([1, 1, 1, 2, 0, 30])
    return chance.choice(odd) if chance.random() < 0.5 else value


def mutated_bytes(chance, data):
    data = bytearray(data)
    for _ in range(chance.choice([0, 1, 1, 2, 5])):
        kind = chance.random()
        at = chance.randrange(len(data) + 1)
        if kind < 0.3:
            del data[at:]
        elif kind < 0.5:
            data[at:at + chance.choice([1, 1, 4])] = chance.choice([b"", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\n", b'"', b"<", b"&#0;", b"{", b"]", b"\\u", b"\\ud800", b"1e999"])
        elif kind < 0.7 and data:
            place = chance.randrange(len(data))
            data[place] ^= 1 << chance.randrange(8)
        elif kind < 0.85:
            data[at:at] = data[:chance.randrange(len(data) + 1)]
        else:
            data[at:at] = chance.choice([b"[" * 3000, b"<a>" * 3000, b'"' * 100, b"9" * 3000, b",", b"\r\n\r\n", b"\xc3", b"PK\x03\x04", b"\x1f\x8b\x08"])
    return bytes(data)


def archive(data):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.jsonl", data)
    return target.getvalue()


RECORDS = [{"id": number, "at": f"2025-01-{number + 1:02d}T00:00:00Z", "Name": "Köln", "n": {"x": [1, {"y": None}], "f": 1.50}, "big": 2**70} for number in range(5)]
LINES = "".join(json.dumps(record) + "\n" for record in RECORDS).encode()
TABLE = b"id,at,Name\n" + b"".join(f'{r["id"]},{r["at"]},"a, ""b"""\n'.encode() for r in RECORDS)
MARKUP = b'<?xml version="1.0"?><r a="1">' + b"".join(f"<i><id>{r['id']}</id><at>{r['at']}</at>&lt;<![CDATA[x]]></i>".encode() for r in RECORDS) + b"</r>"
DECODERS = {
    "json": ({"type": "JsonDecoder"}, json.dumps({"items": RECORDS, "next": "b"}, ensure_ascii=False).encode(), ["items"]),
    "jsonl": ({"type": "JsonlDecoder"}, LINES, []),
    "csv": ({"type": "CsvDecoder"}, TABLE, []),
    "csv-16": ({"type": "CsvDecoder", "encoding": "utf-16"}, TABLE.decode().encode("utf-16"), []),
    "xml": ({"type": "XmlDecoder"}, MARKUP, ["r", "i"]),
    "iterable": ({"type": "IterableDecoder"}, LINES, []),
    "gzip": ({"type": "GzipDecoder", "decoder": {"type": "JsonlDecoder"}}, gzip.compress(LINES), []),
    "gzip-csv": ({"type": "GzipDecoder", "decoder": {"type": "CsvDecoder"}}, gzip.compress(TABLE), []),
    "zip": ({"type": "ZipfileDecoder", "decoder": {"type": "JsonlDecoder"}}, archive(LINES), []),
    "items": ({"type": "JsonItemsDecoder", "items_path": "items"}, json.dumps({"items": RECORDS}).encode(), []),
}
TRANSFORMATIONS = [
    {"type": "KeysToLower"}, {"type": "KeysToSnakeCase"}, {"type": "FlattenFields"}, {"type": "RemoveFields", "field_pointers": [["n", "x"]]},
    {"type": "AddFields", "fields": [{"path": ["a", "b"], "value": "{{ record['n'] | tojson }}"}]},
    {"type": "DpathFlattenFields", "field_path": ["n"]}, {"type": "KeysReplace", "old": "a", "new": "b"},
]
CURSOR = {"type": "DatetimeBasedCursor", "cursor_field": "at", "datetime_format": "%Y-%m-%dT%H:%M:%SZ", "start_datetime": "2025-01-01T00:00:00Z",
          "end_datetime": "2025-02-01T00:00:00Z"}


class Fuzzer:
    def __init__(self, binary):
        self.binary = binary
        self.answers = {}
        self.api = API(lambda path, query, body: self.answers.get(path.split("/")[1], (404, [], b"")))
        self.manifests = list(cases.manifests().values())
        self.manifests += [path.read_text() for path in sorted((ROOT / "manifests").glob("*/manifest.yaml"))]
        # An API that has nothing.
        self.manifests = [text.replace("http://127.0.0.1:18200", self.api.url) for text in self.manifests]

    # Each kind gives a command and what its output should be: messages, or a format of reports.

    def manifests_run(self, chance, folder, number):
        text = mutated_text(chance, chance.choice(self.manifests))
        path = folder.write("manifest.yaml", text.encode("utf-8", "surrogatepass"))
        config = folder.write("config.json", {"token": SECRET, "n": 1})
        command = chance.choice(["text", "json", "sarif", "github", "junit", "text", "spec", "discover", "check", "fix", "package"])
        if command in ("spec", "discover", "check"):
            return [self.binary, command, "--manifest", path] + (["--config", config] if command != "spec" else []), "messages"
        if command == "fix":
            return [self.binary, "validate", "--fix", path], "text"
        if command == "package":
            return [self.binary, "package", path, "-o", folder.path / "made"], "text"
        return [self.binary, "validate", path, "--format", command] + (["--config", config] if chance.random() < 0.5 else []), command

    def bodies_run(self, chance, folder, number):
        decoder, body, field = DECODERS[chance.choice(list(DECODERS))]
        body = mutated_bytes(chance, body)
        headers = [("Content-Type", chance.choice(["application/json", "text/xml", "text/csv; charset=latin-1", "text/plain; charset=\"utf-16\"", "x/y; charset=none"]))]
        if chance.random() < 0.2:
            packed = chance.choice([gzip.compress(body), zlib.compress(body), body])
            headers.append(("Content-Encoding", chance.choice(["gzip", "deflate", "gzip, deflate", "br"])))
            body = mutated_bytes(chance, packed) if chance.random() < 0.5 else packed
        self.answers[str(number)] = (chance.choice([200, 200, 200, 200, 404, 500]), headers, body)
        more = {}
        if chance.random() < 0.5:
            more["transformations"] = chance.sample(TRANSFORMATIONS, chance.randint(1, 4))
        if chance.random() < 0.5:
            more["incremental_sync"] = CURSOR
        selector = {"schema_normalization": "Default"} if chance.random() < 0.3 else {}
        source = stream("s", f"{self.api.url}/{number}", field, {"error_handler": {"type": "DefaultErrorHandler", "max_retries": 0}},
                        {"decoder": decoder}, selector, **more)
        if "schema_normalization" in selector:
            source["schema_loader"]["schema"] = {"type": "object", "properties": {"id": {"type": "string"}, "n": {"type": ["object", "null"]}, "big": {"type": "number"}}}
        return folder.read_command(self.binary, manifest([source]), ["s"], {"token": SECRET}, "incremental" if "incremental_sync" in more else "full_refresh"), "messages"

    def states_run(self, chance, folder, number):
        self.answers[str(number)] = (200, [], json.dumps(RECORDS))
        router = {"partition_router": {"type": "ListPartitionRouter", "values": ["a", "b"], "cursor_field": "part"}} if chance.random() < 0.6 else {}
        source = manifest([stream("s", f"{self.api.url}/{number}", retriever=router, incremental_sync={**CURSOR, **chance.choice([{}, {"step": "P10D", "cursor_granularity": "PT1S"}, {"global_substream_cursor": True}])})])
        inner = chance.choice([
            {"at": "2025-01-03T00:00:00Z"}, {"states": [{"partition": {"part": "a", "parent_slice": {}}, "cursor": {"at": "2025-01-03T00:00:00Z"}}], "state": {"at": "2025-01-02T00:00:00Z"}, "use_global_cursor": False, "lookback_window": 1},
            {"state_type": "date-range", "slices": [{"start": "2025-01-01T00:00:00Z", "end": "2025-01-03T00:00:00Z"}]}])
        state = [{"type": "STREAM", "stream": {"stream_descriptor": {"name": "s"}, "stream_state": inner}}]
        command = folder.read_command(self.binary, source, ["s"], {"token": SECRET}, "incremental", mutated_value(chance, state))
        if chance.random() < 0.3:
            folder.write("catalog.json", mutated_value(chance, catalog(["s"], "incremental")))
        if chance.random() < 0.2:
            folder.write("state.json", mutated_bytes(chance, json.dumps(state).encode()))
        return command, "messages"

    def configs_run(self, chance, folder, number):
        self.answers[str(number)] = (200, [], json.dumps(RECORDS))
        properties = {"token": {"type": "string", "airbyte_secret": True}, "start": {"type": "string", "format": "date-time", "pattern": "^[0-9TZ:-]+$"}, "page": {"type": "integer", "minimum": 1},
                      "auth": {"oneOf": [{"type": "object", "properties": {"kind": {"const": "a"}, "key": {"type": "string", "airbyte_secret": True}}}, {"type": "object", "properties": {"kind": {"const": "b"}}}]}}
        source = manifest([stream("s", f"{self.api.url}/{number}", requester={
            "request_headers": {"X-A": "{{ config['page'] }}"}, "authenticator": {"type": "BearerAuthenticator", "api_token": "{{ config['token'] }}"}})], mutated_value(chance, properties) if chance.random() < 0.3 else properties)
        config = mutated_value(chance, {"token": SECRET, "start": "2025-01-01T00:00:00Z", "page": 5, "auth": {"kind": "a", "key": SECRET}})
        command = folder.read_command(self.binary, source, ["s"], config)
        if chance.random() < 0.2:
            folder.write("config.json", mutated_bytes(chance, json.dumps(config).encode()))
        kind = chance.choice(["read", "check", "discover", "validate"])
        if kind == "validate":
            form = chance.choice(["text", "json", "sarif", "github", "junit"])
            return [self.binary, "validate", folder.path / "manifest.yaml", "--config", folder.path / "config.json", "--format", form], form
        if kind != "read":
            command = [self.binary, kind, "--manifest", folder.path / "manifest.yaml", "--config", folder.path / "config.json"]
        return command, "messages"

    def fault(self, run, form):
        """What may never happen; nil where it did not."""
        if run.hangs and b"Trying again in" in run.stdout:
            return None  # It waits for an address that chance made up.
        if run.hangs:
            return f"took more than {SECONDS} s"
        if run.status < 0 or run.status > 128:
            return f"ended by signal {-run.status}"
        if run.megabytes > MEGABYTES:
            return f"took {run.megabytes:.0f} MB"
        if run.status and not run.stdout.strip() and not run.stderr.strip():
            return "failed in silence"
        try:
            if form == "messages":
                shown = [line for line in run.stdout.split(b"\n") if line]
                if run.stdout and not run.stdout.endswith(b"\n"):
                    return "ends within a line"
                messages = [json.loads(line) for line in shown]
                text = b"\n".join(line for line, message in zip(shown, messages) if message["type"] not in ("RECORD", "STATE", "SPEC", "CATALOG", "CONTROL"))
                # A catalog that asks for a stream which the manifest lacks has a status of its own, and a warning.
                is_told = run.status == 3 and b"which the manifest does not have" in run.stdout
                if run.status and not is_told and not any(m["type"] == "TRACE" and m["trace"]["type"] == "ERROR" for m in messages) and not run.stderr:
                    return "failed without an error"
            else:
                text = run.stdout
                if form in ("json", "sarif"):
                    json.loads(text) if text.strip() else None
                elif form == "junit" and text.strip():
                    xml.etree.ElementTree.fromstring(text)
        except (ValueError, KeyError, xml.etree.ElementTree.ParseError) as error:
            return f"its output cannot be read: {error}"
        if SECRET.encode() in text + run.stderr:
            return "shows the secret"
        return None

    def one(self, kind, number, seed, kept):
        chance = random.Random(f"{seed}-{kind}-{number}")
        folder = Folder()
        command, form = getattr(self, f"{kind}_run")(chance, folder, number)
        run = Run(command, timeout=SECONDS, cwd=folder.path)
        self.answers.pop(str(number), None)
        fault = self.fault(run, form)
        if fault == "shows the secret" and not is_marked(folder.path):
            fault = None  # Chance put it where nobody would take it for a secret.
        if fault:
            place = kept / f"{kind}-{number}"
            shutil.copytree(folder.path, place)
            (place / "command").write_text(" ".join(map(str, command)))
            (place / "stdout").write_bytes(run.stdout)
            (place / "stderr").write_bytes(run.stderr)
            print(f"FAIL {kind} {number}: {fault} ({place})", flush=True)
        return fault is None


def is_marked(folder):
    """Whether the config holds the secret where the spec says that one is: no other value of it is hidden."""
    try:
        config = json.loads((folder / "config.json").read_bytes())
        manifest = (folder / "manifest.yaml").read_text()
    except (OSError, ValueError):
        return True  # Of what cannot be read nothing may be shown.
    if "airbyte_secret" not in manifest or not isinstance(config, dict):
        return False
    auth = config.get("auth")
    return SECRET in json.dumps([config.get("token"), auth.get("key") if isinstance(auth, dict) else auth])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=["manifests", "bodies", "states", "configs"])
    parser.add_argument("--jobs", type=int, default=6, help="more than there are processors, as many runs wait")
    options = parser.parse_args()
    fuzzer = Fuzzer(str(Path(options.binary).resolve()))
    kept = Path(tempfile.mkdtemp(prefix="fuzz-"))
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(fuzzer.one, options.only[number % len(options.only)], number, options.seed, kept) for number in range(options.runs)]
        failed = sum(not run.result() for run in runs)
    print(f"{options.runs} runs, {failed} failed" + (f"; see {kept}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
