"""What a test of `tests.yaml` expects of a run, compared with what another program said: sentences, none where all holds."""

import json
from collections import Counter
from urllib.parse import parse_qsl, urlsplit


def canonical(value):
    """The text of a JSON value, the same for equal ones: 1.0 is 1."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def contains(value, part):
    """Whether a value has all members of a part, at any depth of objects."""
    if isinstance(part, dict):
        return isinstance(value, dict) and all(key in value and contains(value[key], part[key]) for key in part)
    return canonical(value) == canonical(part)


class Run:
    """The messages of a run, and the requests that it made."""

    def __init__(self, text, requests=()):
        self.messages = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        self.requests = list(requests)

    def of(self, kind, member):
        return [message[member] for message in self.messages if message.get("type") == kind]

    @property
    def status(self):
        return next((status["status"] for status in self.of("CONNECTION_STATUS", "connectionStatus")), None)

    @property
    def streams(self):
        """The discovered streams by name."""
        return {stream["name"]: stream for catalog in self.of("CATALOG", "catalog") for stream in catalog["streams"]}

    @property
    def records(self):
        """The data of records by stream."""
        found = {}
        for record in self.of("RECORD", "record"):
            found.setdefault(record["stream"], []).append(record["data"])
        return found

    @property
    def states(self):
        """The last state of each stream."""
        found = {}
        for state in self.of("STATE", "state"):
            found[state["stream"]["stream_descriptor"]["name"]] = state["stream"].get("stream_state")
        return found

    @property
    def errors(self):
        """The failure type of each stream that failed."""
        traces = [trace["error"] | {"stream": trace["error"].get("stream_descriptor", {}).get("name")}
                  for trace in self.of("TRACE", "trace") if trace["type"] == "ERROR"]
        return {error["stream"]: error.get("failure_type") for error in traces if error["stream"]}


def failures(expect, run):
    """What does not hold. Texts are the program's own, and waits are those of its clock: they do not count."""
    found = []
    if "status" in expect or run.status:
        wanted = {"succeed": "SUCCEEDED", "failed": "FAILED"}.get(expect.get("status", "succeed"))
        if run.status != wanted:
            found.append(f"the check ends with {run.status}, not with {wanted}")
    for name, members in expect.get("catalog", {}).items():
        if not contains(run.streams.get(name), members):
            found.append(f"the stream {name} is not as expected: {json.dumps(run.streams.get(name))[:300]}")
    for name, wanted in expect.get("records", {}).items():
        found += record_failures(name, wanted, run.records.get(name, []))
    for name, wanted in expect.get("state", {}).items():
        if not contains(run.states.get(name), wanted):
            found.append(f"the state of {name} is {json.dumps(run.states.get(name))}, not {json.dumps(wanted)}")
    wanted = {error["stream"]: error.get("failure_type") for error in expect.get("errors", []) if "stream" in error}
    if set(wanted) != set(run.errors) or any(kind and kind != run.errors[name] for name, kind in wanted.items()):
        found.append(f"the streams that failed are {run.errors}, not {wanted}")
    return found + request_failures(expect.get("requests"), run.requests)


def record_failures(name, wanted, records):
    if isinstance(wanted, list):
        lacking = Counter(map(canonical, wanted)) - Counter(map(canonical, records))
        extra = Counter(map(canonical, records)) - Counter(map(canonical, wanted))
        return ([f"{name}: the record {text} did not come" for text in lacking] +
                [f"{name}: the record {text} came" for text in extra])
    found = []
    if "count" in wanted and len(records) != wanted["count"]:
        found.append(f"{name}: {len(records)} records came, not {wanted['count']}")
    for part in wanted.get("contain", []):
        if not any(contains(record, part) for record in records):
            found.append(f"{name}: no record like {json.dumps(part)} came")
    return found


def request_failures(wanted, requests):
    """Requests may be repeated, such as those for tokens; which ones are made is compared."""
    is_partial = isinstance(wanted, dict)
    if is_partial:
        is_partial = "all" not in wanted
        wanted = wanted.get("all") or wanted.get("contain") or []
    wanted = wanted or []
    found = [f"the request {entry if isinstance(entry, str) else json.dumps(entry)} was not made"
             for entry in wanted if not any(is_request(entry, request) for request in requests)]
    if wanted and not is_partial:
        found += [f"the request {method} {path} {json.dumps(query)} was made"
                  for method, path, query in requests if not any(is_request(entry, (method, path, query)) for entry in wanted)]
    return found


def is_request(entry, request):
    """Whether a request is the one that an entry describes: a line `METHOD address`, or an object."""
    method, path, query = request
    if isinstance(entry, str):
        wanted_method, address = entry.split(" ", 1)
        parts = urlsplit(address)
        wanted_path, wanted_query = parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)) if parts.query else None
    else:
        wanted_method = entry.get("method", method)
        wanted_path = entry["path"] if "path" in entry else urlsplit(entry["url"]).path
        wanted_query = {name: str(value) for name, value in entry["query"].items()} if "query" in entry else None
    return (method, path) == (wanted_method, wanted_path) and (wanted_query is None or wanted_query == query)
