#!/usr/bin/env python3
"""Compares `test-read --format json` with the reference's `test_read` command on public manifests.

    test_read.py --bin PROGRAM --parity FOLDER --python INTERPRETER [--only NAME ...] [--streams 2] [--resume] [--keep FOLDER] [--least N] [-v]

FOLDER is the parity suite: `cases/NAME/{manifest.yaml,config.json,plan.json}`, and the deterministic API in `server.py` that answers
by the plan. INTERPRETER has airbyte-cdk; its handler runs in a process of its own, which forks for each stream. Both sides see a clock
that stands still. With --resume, the reads continue from the states of `expected/state.json`. With --keep, what the reference answered is kept in a folder and used again.

A manifest counts as equal where all aspects of all its streams are: slices with their descriptors, pages of each, requests, responses,
records, states, the inferred schema and date formats, whether a limit was reached, auxiliary requests, and whether there were errors.
Where one side masks a secret, the other side may have any text. Nothing leaves the machine.

Some things of the reference are not asked for:
- It names slices on one thread while another one reads the first slice, which may then have the name of a later one.
- Where the number of slices is limited, it moves the global cursor all the same: a read that continued from such a state would miss the
  partitions that were left out.
- It masks a secret of a letter or two in the names of its own log as well, and does not know its auxiliary requests any more.
"""
import argparse
import collections
import json
import os
import pathlib
import queue
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from urllib.parse import parse_qsl, urlsplit

ASPECTS = (
    "outcome", "slices", "pages", "requests", "responses", "records", "states", "schema", "formats", "limit", "auxiliary", "update",
    "errors",
)
MASK = "****"
# What belongs to the client or to the moment.
REQUEST_HEADERS = {"user-agent", "host", "connection", "content-length", "accept-encoding"}
RESPONSE_HEADERS = {"date", "server", "connection", "content-length", "transfer-encoding", "keep-alive"}


# ----------------------------------------------------------------- the reference
def serve():
    """Runs orders from standard input, one a line, each in a child."""
    import socket

    connect = socket.socket.connect

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "localhost", "::1"):
            raise ConnectionRefusedError(f"connection to {address} refused")
        return connect(self, address)

    socket.socket.connect = guarded
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import airbyte_cdk.connector_builder.main  # noqa: F401
    import requests_cache  # noqa: F401

    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            answer(order)
        handle = os.pidfd_open(child)
        poller = select.poll()
        poller.register(handle, select.POLLIN)
        is_late = not poller.poll(order["timeout"] * 1000)
        if is_late:
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(handle)
        answers.write(json.dumps({"late": is_late}) + "\n")
        answers.flush()


def answer(order):
    """Writes what the reference's handler says to an order, and ends the process."""
    try:
        import yaml
        import orjson
        from airbyte_cdk.connector_builder import connector_builder_handler as handler
        from airbyte_cdk.connector_builder.main import handle_connector_builder_request
        from airbyte_cdk.models import AirbyteMessageSerializer, ConfiguredAirbyteCatalogSerializer
        from airbyte_cdk.sources.source import Source
        from airbyte_cdk.utils.traced_exception import AirbyteTracedException
        from airbyte_cdk.utils.yaml_loader import safe_load_yaml

        quiet = open(os.devnull, "w")
        os.dup2(quiet.fileno(), 1)
        os.dup2(quiet.fileno(), 2)
        manifest = json.loads(json.dumps(safe_load_yaml(pathlib.Path(order["manifest"]).read_text("utf-8")), default=moment))
        # The handler's own keys would not be in a specification that allows no others.
        manifest.get("spec", {}).get("connection_specification", {}).pop("additionalProperties", None)
        config = {
            **json.loads(pathlib.Path(order["config"]).read_text("utf-8")),
            "__injected_declarative_manifest": manifest, "__command": "test_read",
        }
        stream = {"name": order["stream"], "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]}
        catalog = ConfiguredAirbyteCatalogSerializer.load(
            {"streams": [{"stream": stream, "sync_mode": "incremental", "destination_sync_mode": "append"}]})
        try:
            limits = handler.get_limits(config)
            state = Source.read_state(order["state"]) if order["state"] else []
            source = handler.create_source(config=config, limits=limits, catalog=catalog, state=state)
            message = handle_connector_builder_request(source, "test_read", config, catalog, state, limits)
        except Exception as error:
            message = AirbyteTracedException.from_exception(error).as_airbyte_message()
        pathlib.Path(order["output"]).write_bytes(orjson.dumps(AirbyteMessageSerializer.dump(message)))
    finally:
        os._exit(0)


def moment(value):
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


class Reference:
    def __init__(self, python, environment):
        self.process = subprocess.Popen(
            [python, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=environment)

    def run(self, order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        json.loads(self.process.stdout.readline())
        output = pathlib.Path(order["output"])
        return json.loads(output.read_text("utf-8")) if output.exists() else None

    def close(self):
        self.process.stdin.close()
        self.process.wait()


# ------------------------------------------------------------------- comparison
def normal(value):
    if isinstance(value, dict):
        return {key: normal(member) for key, member in value.items()}
    if isinstance(value, list):
        return [normal(element) for element in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def is_same(one, other):
    """Whether two values are equal, where a mask stands for any text."""
    if isinstance(one, dict) and isinstance(other, dict):
        return len(one) == len(other) and all(
            any(is_same(key, name) and is_same(one[key], other[name]) for name in other) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, str) and isinstance(other, str) and one != other:
        return fits(one, other) or fits(other, one)
    if isinstance(one, str) and MASK in one or isinstance(other, str) and MASK in other:
        return True
    return isinstance(one, bool) == isinstance(other, bool) and normal(one) == normal(other)


def fits(masked, text):
    if MASK not in masked:
        return False
    return re.fullmatch(".*".join(map(re.escape, re.split(r"\*{4,}", masked))), text, re.DOTALL) is not None


def difference(one, other, path="$"):
    if is_same(one, other):
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys(), key=str):
            if key not in other:
                yield f"{path}.{key}: missing, the reference has {short(one[key])}"
            elif key not in one:
                yield f"{path}.{key}: the reference has none, here it is {short(other[key])}"
            else:
                yield from difference(one[key], other[key], f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (left, right) in enumerate(zip(one, other)):
            yield from difference(left, right, f"{path}[{place}]")
    else:
        yield f"{path}: the reference has {short(one)}, here it is {short(other)}"


def short(value, limit=300):
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text if len(text) <= limit else text[:limit] + "…"


def body(text):
    """A body as what it says: JSON or a form, where it is one."""
    if not isinstance(text, str):
        return text
    try:
        value = json.loads(text)
        return value if isinstance(value, (dict, list)) else text
    except ValueError:
        pass
    pairs = parse_qsl(text, keep_blank_values=True) if re.fullmatch(r"[^\s=]+=[^\s]*", text) else []
    return sorted(map(list, pairs)) or text


def headers(values, left_out):
    return {name.lower(): value for name, value in (values or {}).items() if name.lower() not in left_out}


def request(value):
    if value is None:
        return None
    url = urlsplit(value["url"])
    return {
        "method": value["http_method"], "url": f"{url.scheme}://{url.netloc}{url.path}",
        "query": sorted(map(list, parse_qsl(url.query, keep_blank_values=True))), "body": body(value["body"]),
        "headers": headers(value["headers"], REQUEST_HEADERS),
    }


def response(value):
    if value is None:
        return None
    return {"status": value["status"], "body": body(value["body"]), "headers": headers(value["headers"], RESPONSE_HEADERS)}


def auxiliary(data):
    """Each auxiliary request once, and tokens as those of nobody: the reference asks for one for each authenticator, of a stream or of
    a parent, and here all of them that are the same share one."""
    found = list(data["auxiliary_requests"])
    for each in data["slices"]:
        found += each.get("auxiliary_requests") or []
    seen = set()
    for each in found:
        kind, title = each["type"], each["title"]
        if title.endswith(("Refresh token", "Login request")):
            kind, title = "AUTH", title.removeprefix("Parent stream: ")
        seen.add((kind, title, each["request"]["http_method"], urlsplit(each["request"]["url"]).path))
    return sorted(map(list, seen))


def states(each, normal_state):
    out = []
    for state in each.get("state") or []:
        stream = dict(state["stream"], stream_state=normal_state(state["stream"]["stream_state"]))
        out.append({**state, "stream": stream})
    return out


def aspects(message, normal_state):
    """What is compared of an answer, by aspect."""
    if message is None or message.get("type") != "RECORD":
        return {"outcome": "no answer"}
    data = message["record"]["data"]
    pages = [page for each in data["slices"] for page in each["pages"]]
    return {
        "outcome": "an answer",
        "slices": [each["slice_descriptor"] for each in data["slices"]],
        "pages": [[len(page["records"]) for page in each["pages"]] for each in data["slices"]],
        "requests": [request(page["request"]) for page in pages],
        "responses": [response(page["response"]) for page in pages],
        "records": [record for page in pages for record in page["records"]],
        "states": [states(each, normal_state) for each in data["slices"]],
        "schema": data.get("inferred_schema"), "formats": data.get("inferred_datetime_formats"),
        "limit": data["test_read_limit_reached"], "auxiliary": auxiliary(data),
        "update": data.get("latest_config_update"),
        "errors": any(log["level"] == "ERROR" for log in data["logs"]),
    }


def without_global_cursor(slices):
    slices = json.loads(json.dumps(slices))
    for state in (state for each in slices for state in each):
        if "states" in state["stream"]["stream_state"]:
            state["stream"]["stream_state"].pop("state", None)
    return slices


def compare(expected, actual):
    outcome = {}
    for aspect in ASPECTS:
        if aspect not in expected:
            continue
        if aspect not in actual:
            outcome[aspect] = ["there is no answer"]
            continue
        left, right = expected[aspect], actual[aspect]
        if aspect == "slices" and left and right and left[0] in left[1:] and right[0] not in right[1:]:
            left, right = left[1:], right[1:]
        if aspect == "states" and expected["limit"] and actual["limit"]:
            left, right = without_global_cursor(left), without_global_cursor(right)
        outcome[aspect] = list(difference(left, right))
    return outcome


# -------------------------------------------------------------------------- run
def listed(case):
    """The streams of a case that nothing was read of: those of its catalog, of its discovery, or of its check."""
    catalog = json.loads((case / "catalog.json").read_text("utf-8")).get("streams", [])
    discovered = json.loads((case / "expected" / "discover.json").read_text("utf-8")).get("streams", [])
    block = re.search(r"stream_names:[ \t]*\n((?:[ \t]*- .*\n)+)", (case / "manifest.yaml").read_text("utf-8"))
    named = re.findall(r"- *(.+)", block.group(1)) if block else []
    known = [entry["stream"]["name"] for entry in catalog] or [stream["name"] for stream in discovered]
    return known or [name.strip().strip("'\"") for name in named]


def choose(case, count):
    """Streams of a case that differ in their kind of state, those with records first."""
    read = json.loads((case / "expected" / "read.json").read_text("utf-8")).get("streams", {})
    names = list(read) or listed(case)

    def kind(name):
        state = (read.get(name) or {}).get("state") or {}
        return "partitions" if "states" in state else "none" if "__ab_no_cursor_state_message" in state else "cursor" if state else ""

    ranked = sorted(names, key=lambda name: (read.get(name) or {}).get("count", 0) == 0)
    chosen, kinds = [], set()
    for name in ranked:
        if kind(name) not in kinds:
            kinds.add(kind(name))
            chosen.append(name)
    chosen += [name for name in ranked if name not in chosen]
    return chosen[:count]


class Lane:
    """One API, one process of the reference, and one place to work."""

    def __init__(self, arguments, suite):
        self.arguments, self.suite = arguments, suite
        self.server = suite.MockServer(0).start()
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="test-read-"))
        self.environment = suite.clean_env(self.home)
        self.reference = None

    def close(self):
        if self.reference:
            self.reference.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def work(self, case, plan):
        for name in ("manifest.yaml", "config.json", "expected/state.json"):
            if (case / name).exists():
                text = (case / name).read_text("utf-8").replace("127.0.0.1:18199", f"127.0.0.1:{self.server.port}")
                (self.home / pathlib.Path(name).name).write_text(text, "utf-8")
        self.state = str(self.home / "state.json") if self.arguments.resume else None
        self.server.load(plan)

    def canonical(self, message):
        return json.loads(json.dumps(message).replace(f"127.0.0.1:{self.server.port}", "127.0.0.1:18199"))

    def expected(self, case, plan, stream):
        keep = self.arguments.keep
        kind = "resumed.json" if self.arguments.resume else "json"
        kept = keep / case.name / f"{re.sub(r'[^A-Za-z0-9_-]', '_', stream)}.{kind}" if keep else None
        if kept and kept.exists():
            return json.loads(kept.read_text("utf-8"))
        if self.reference is None:
            self.reference = Reference(self.arguments.python, self.environment)
        self.work(case, plan)
        output = self.home / "answer.json"
        output.unlink(missing_ok=True)
        message = self.canonical(self.reference.run({
            "manifest": str(self.home / "manifest.yaml"), "config": str(self.home / "config.json"), "stream": stream,
            "output": str(output), "state": self.state, "timeout": self.arguments.timeout,
        }))
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(message), "utf-8")
        return message

    def actual(self, case, plan, stream):
        self.work(case, plan)
        command = [
            self.arguments.bin, "test-read", str(self.home / "manifest.yaml"), "--config", str(self.home / "config.json"),
            "--stream", stream, "--format", "json", *(["--state", self.state] if self.state else [])]
        try:
            done = subprocess.run(
                command, cwd=self.home, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                timeout=self.arguments.timeout)
        except subprocess.TimeoutExpired:
            return None, f"not done after {self.arguments.timeout} s"
        lines = [line for line in done.stdout.decode("utf-8", "replace").splitlines() if line]
        complaint = done.stderr.decode("utf-8", "replace").strip()
        return (self.canonical(json.loads(lines[-1])) if lines else None), complaint

    @staticmethod
    def hides_auxiliary(case):
        config = json.loads((case / "config.json").read_text("utf-8"))
        return any(isinstance(value, str) and value and value in "is_auxiliary" for value in config.values())

    def examine(self, case):
        plan = json.loads((case / "plan.json").read_text("utf-8"))
        outcome, answers = {}, 0
        for stream in self.arguments.stream or choose(case, self.arguments.streams):
            began = time.monotonic()
            expected = aspects(self.expected(case, plan, stream), self.suite.normal_state)
            between = time.monotonic()
            message, complaint = self.actual(case, plan, stream)
            actual = aspects(message, self.suite.normal_state)
            answers += expected["outcome"] == "an answer"
            outcome[stream] = compare(expected, actual)
            if self.hides_auxiliary(case):
                outcome[stream].pop("auxiliary", None)
            if "error" in complaint and actual["outcome"] != "an answer" and outcome[stream]["outcome"]:
                outcome[stream]["outcome"].append(complaint[:500])
            if self.arguments.verbose:
                print(f"     {case.name} {stream}: {between - began:.1f} s and {time.monotonic() - between:.1f} s", flush=True)
        return outcome, answers


def load_suite(folder):
    sys.path.insert(0, str(folder))
    import harness
    import server

    suite = argparse.Namespace(
        MockServer=server.MockServer, clean_env=harness.clean_env, normal_state=harness.normal_state)
    return suite


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--bin", type=pathlib.Path)
    parser.add_argument("--parity", type=pathlib.Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--stream", nargs="*", help="the streams, with --only and one manifest")
    parser.add_argument("--streams", type=int, default=2, help="how many streams of each manifest")
    parser.add_argument("--resume", action="store_true", help="continue from the states that a read left")
    parser.add_argument("--keep", type=pathlib.Path, help="where the reference's answers are kept")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--least", type=int, default=0, help="how many manifests have to be equal for the exit status 0")
    parser.add_argument("-v", "--verbose", action="store_true")
    arguments = parser.parse_args()
    if arguments.serve:
        return serve()
    if not arguments.bin or not arguments.parity:
        parser.error("--bin and --parity are needed")
    arguments.bin = str(arguments.bin.resolve())
    suite = load_suite(arguments.parity.resolve())
    cases = sorted(path.parent for path in (arguments.parity / "cases").glob("*/plan.json"))
    if arguments.resume:
        cases = [case for case in cases if (case / "expected" / "state.json").exists()]
    if arguments.only:
        cases = [case for case in cases if case.name in arguments.only]
    waiting = queue.Queue()
    for case in cases:
        waiting.put(case)
    passed, total, equal, fields = collections.Counter(), collections.Counter(), [], collections.Counter()
    counts, lock = collections.Counter(), threading.Lock()

    def work():
        lane = Lane(arguments, suite)
        while True:
            try:
                case = waiting.get_nowait()
            except queue.Empty:
                break
            try:
                outcome, answers = lane.examine(case)
            except Exception as error:  # One case that cannot be compared does not stop the others.
                outcome, answers = {"": {"outcome": [f"not compared: {error!r}"]}}, 0
            with lock:
                report(case, outcome, answers)
        lane.close()

    def report(case, outcome, answers):
        is_equal = not any(lines for each in outcome.values() for lines in each.values())
        if is_equal:
            equal.append(case.name)
        counts["streams"] += len(outcome)
        counts["answers"] += answers
        wrong = sorted({aspect for each in outcome.values() for aspect, lines in each.items() if lines}, key=ASPECTS.index)
        print(f"{'ok  ' if is_equal else 'FAIL'} {case.name:<42} {len(outcome)} streams  {' '.join(wrong)}", flush=True)
        for stream, each in outcome.items():
            for aspect, lines in each.items():
                total[aspect] += 1
                passed[aspect] += not lines
                fields.update({re.sub(r"\[\d+\]", "[]", f"{aspect} {line.split(':')[0]}") for line in lines})
                for line in lines[: 40 if arguments.verbose else 3]:
                    print(f"     {stream} {aspect}: {line}", flush=True)

    threads = [threading.Thread(target=work) for _ in range(max(1, arguments.jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print()
    for aspect in ASPECTS:
        if total[aspect]:
            print(f"{aspect:<12} {passed[aspect]:>5}/{total[aspect]}")
    for field, count in fields.most_common(20):
        print(f"  {count:>4} streams differ in {field}")
    print(
        f"{len(equal)} of {len(cases)} manifests equal ({counts['streams']} streams, {counts['answers']} of which the reference reads)")
    return 0 if len(equal) >= (arguments.least or 0) else 1


if __name__ == "__main__":
    sys.exit(main())
