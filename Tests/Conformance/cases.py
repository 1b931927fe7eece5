"""Reads the conformance cases: each file FEATURE/RULE.yaml holds a rule, and its variants. README.md here tells the format."""

import functools
import json
import re
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
# Keys that a case passes on to whoever runs it, in this order.
SETTINGS = ("about", "commands", "fails", "partitions", "moving_clock", "uncounted", "failure_type", "alone")
INPUTS = ("manifest", "components", "config", "catalog", "state", "api", "files")
# Where what the script writes begins.
RECORDED = re.compile(r"^recorded:.*", re.DOTALL | re.MULTILINE)


class Case:
    """One case: the texts of its files, how it is run, and what is recorded for it."""

    def __init__(self, file, name, content, recorded):
        self.file = file
        self.short_name = name
        self.name = f"{file.parent.name}/{name}"
        self.about = {key: content[key] for key in SETTINGS if content.get(key)}
        self.about.setdefault("commands", ["read"])
        self.manifest = content["manifest"]
        # The text of the components.py that the manifest names classes of; None where there is none.
        self.components = content.get("components")
        self.config = json_text(content.get("config", {}))
        self.catalog = catalog_text(content, self.about["commands"])
        self.state = None if content.get("state") is None else json_text(content["state"])
        api = content.get("api", [])
        self.api = json_text({"routes": api} if isinstance(api, list) else api)
        # Texts of further files that the manifest names, by their paths.
        self.files = content.get("files") or {}
        # By command, as `record.run_command` returns it; None where nothing is recorded.
        self.recorded = recorded and {command: expanded(results) for command, results in recorded.items()}

    def write_files(self, folder):
        """Writes the further files into a folder."""
        for path, text in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(text.encode())


@functools.cache
def all_cases():
    """Every case, by name."""
    return {case.name: case for file in sorted(HERE.glob("*/*.yaml")) for case in read(file)}


def manifests():
    """The manifests of all cases, by the names that they have in the repository's other fixtures."""
    return {f"Tests/Conformance/{name}": case.manifest for name, case in sorted(all_cases().items())}


def read(file):
    """The cases of a file."""
    content = load(file.read_text("utf-8"))
    recorded = content.pop("recorded", None) or {}
    variants = content.pop("variants", None) or {file.stem: None}
    unknown = set(content).union(*(variant or () for variant in variants.values())) - {*SETTINGS, *INPUTS, "patch"}
    if unknown:
        raise ValueError(f"{file}: there is no key {', '.join(sorted(unknown))}")
    return [
        Case(file, name, combined(content, variant or {}), recorded.get(name)) for name, variant in variants.items()
    ]


def load(text):
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def combined(content, variant):
    """What a file says of a variant: each of its keys takes the place of the file's, and a patch changes the file's manifest."""
    result = {**content, **variant}
    if "patch" in result:
        result["manifest"] = patched(result["manifest"], result.pop("patch"))
    return result


def patched(text, patch):
    """A text with the hunks of a patch applied; each begins at a line `@@`, and fits exactly one place of the text."""
    changes = []
    beginning, *hunks = re.split(r"^@@\n", patch, flags=re.MULTILINE)
    if beginning or not hunks:
        raise ValueError(f"a patch does not begin with @@: {patch}")
    for hunk in hunks:
        lines = [" \n" if line == "\n" else line for line in hunk.splitlines(keepends=True)]
        if any(line[0] not in " +-" for line in lines):
            raise ValueError(f"a line of a patch begins with something else:\n{hunk}")
        old = "\n" + "".join(line[1:] for line in lines if line[0] in " -")
        new = "\n" + "".join(line[1:] for line in lines if line[0] in " +")
        place = f"\n{text}".find(old)
        if place < 0 or f"\n{text}".find(old, place + 1) >= 0:
            raise ValueError(f"this fits no place, or several:\n{hunk}")
        changes.append((place, old, new))
    text = f"\n{text}"
    for place, old, new in sorted(changes, reverse=True):
        text = text[:place] + new + text[place + len(old) :]
    return text[1:]


def json_text(value):
    """The text of a JSON file; what is given as a text is taken as it stands."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def catalog_text(content, commands):
    """The text of a catalog; a list of streams may be written down in short."""
    catalog = content.get("catalog", ["items"] if "read" in commands else None)
    if isinstance(catalog, list):
        catalog = {"streams": [configured(stream) for stream in catalog]}
    return None if catalog is None else json_text(catalog)


def configured(stream):
    """A stream of a catalog, from its name or from its name, sync mode and cursor field."""
    if isinstance(stream, str):
        stream = {"name": stream}
    if "stream" in stream:
        return stream
    modes = ["full_refresh", "incremental"] if "sync_mode" in stream else ["full_refresh"]
    result = {
        "stream": {"name": stream["name"], "json_schema": {}, "supported_sync_modes": modes},
        "sync_mode": stream.get("sync_mode", "full_refresh"), "destination_sync_mode": "append",
    }
    return {**result, "cursor_field": stream["cursor_field"]} if "cursor_field" in stream else result


# What is recorded


def expanded(results):
    """What a command did, from what the file has of it."""
    return {
        "messages": [message_of(line) for line in results.get("messages", "").split("\n") if line],
        "requests": [request_of(line) for line in results.get("requests", "").split("\n") if line],
        "exit": results.get("exit", 0),
        "sleeps": results.get("sleeps", []),
    }


STATUSES = {name: {"status": name} for name in ("STARTED", "RUNNING", "COMPLETE", "INCOMPLETE")}
STATUSES["RATE_LIMITED"] = {"status": "RUNNING", "reasons": [{"type": "RATE_LIMITED"}]}


def message_of(line):
    """The message that a line stands for.

    `STREAM {…}` is a record, `STREAM STATE {…} COUNT` a state, `STREAM STARTED` and the like a status, `STREAM ERROR TYPE` an error
    and `ERROR TYPE` one of no stream. `CHECK SUCCEEDED` or `CHECK FAILED` ends a check. What begins with `{` is a message in full.
    """
    if line.startswith("{"):
        return json.loads(line)
    if line.startswith("CHECK "):
        return {"type": "CONNECTION_STATUS", "connectionStatus": {"status": line[6:]}}
    if line.startswith("ERROR "):
        return {"type": "TRACE", "trace": {"type": "ERROR", "error": {"failure_type": line[6:]}}}
    stream, rest = line.split(" ", 1)
    descriptor = {"stream_descriptor": {"name": stream}}
    if rest.startswith("{"):
        return {"type": "RECORD", "record": {"stream": stream, "data": json.loads(rest)}}
    if rest in STATUSES:
        return {"type": "TRACE", "trace": {"type": "STREAM_STATUS", "stream_status": {**descriptor, **STATUSES[rest]}}}
    kind, rest = rest.split(" ", 1)
    if kind == "ERROR":
        return {"type": "TRACE", "trace": {"type": "ERROR", "error": {"failure_type": rest, **descriptor}}}
    state, count = rest.rsplit(" ", 1)
    stream = {**descriptor, "stream_state": json.loads(state)}
    return {"type": "STATE", "state": {"type": "STREAM", "stream": stream, "sourceStats": {"recordCount": float(count)}}}


def message_line(message):
    """The line that stands for a message."""
    body = message.get("record") or message.get("state") or message.get("trace") or {}
    part = body.get("stream_status") or body.get("error") or body.get("stream") or {}
    stream = part if isinstance(part, str) else (part.get("stream_descriptor") or {}).get("name", "")
    line = ""
    if message["type"] == "RECORD":
        line = f"{stream} {compact(body.get('data'))}"
    elif message["type"] == "STATE":
        line = f"{stream} STATE {compact(part.get('stream_state'))} {body.get('sourceStats', {}).get('recordCount', 0):.0f}"
    elif "failure_type" in part:
        line = f"{stream} ERROR {part['failure_type']}".lstrip()
    elif "status" in part:
        line = f"{stream} {'RATE_LIMITED' if 'reasons' in part else part['status']}"
    elif message["type"] == "CONNECTION_STATUS":
        line = f"CHECK {message['connectionStatus']['status']}"
    try:
        is_same = line and is_line(line) and not re.search(r"\s", stream) and compact(message_of(line)) == compact(message)
    except ValueError:
        is_same = False
    return line if is_same else compact(message)


def request_of(line):
    """The request that a line stands for: METHOD PATH?QUERY, with an object of what else there is, or an object in full."""
    if line.startswith("{"):
        return json.loads(line)
    method, target, *rest = line.split(" ", 2)
    path, mark, query = target.partition("?")
    result = {"method": method, "path": path}
    if mark:
        result["query"] = [pair.split("=", 1) for pair in query.split("&")]
    rest = json.loads(rest[0]) if rest else {}
    return {**result, "headers": rest.pop("headers", {"accept": "*/*"}), **rest}


def request_line(request):
    """The line that stands for a request."""
    line = f"{request['method']} {request['path']}"
    if request.get("query"):
        line += "?" + "&".join("=".join(pair) for pair in request["query"])
    rest = {k: v for k, v in request.items() if k not in ("method", "path", "query")}
    if rest.get("headers") == {"accept": "*/*"}:
        del rest["headers"]
    if rest:
        line += " " + json.dumps(rest, ensure_ascii=False)
    try:
        is_same = is_line(line) and json.dumps(request_of(line)) == json.dumps(request)
    except (ValueError, AttributeError):
        is_same = False
    return line if is_same else json.dumps(request, ensure_ascii=False)


def compact(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Half of a pair of surrogates has no place in a file.
    return json.dumps(value, separators=(",", ":")) if re.search("[\ud800-\udfff]", text) else text


def is_line(text):
    """Whether a text can stand in a line of its own."""
    return len(text.splitlines()) == 1


def record(file, results):
    """Writes what some cases of a file did, by their names, and leaves all before `recorded:` as it is."""
    text = file.read_text("utf-8")
    content = load(text)
    recorded = content.get("recorded") or {}
    for name, by_command in results.items():
        recorded[name] = {command: reduced(result) for command, result in by_command.items()}
    names = content.get("variants") or {file.stem: None}
    head = RECORDED.sub("", text)
    tail = recorded_text({name: recorded[name] for name in names if name in recorded})
    file.write_text(head + ("" if head.endswith("\n") else "\n") + tail, "utf-8")


def reduced(result):
    """What a command did, as it is written down."""
    return {
        "exit": result["exit"], "sleeps": result["sleeps"],
        "messages": "".join(message_line(m) + "\n" for m in result["messages"]),
        "requests": "".join(request_line(r) + "\n" for r in result["requests"]),
    }


def recorded_text(recorded):
    """The end of a file that holds what is recorded."""
    lines = ["recorded:"]
    for name, by_command in recorded.items():
        lines.append(f"  {name if load(name) == name else json.dumps(name)}:")
        for command, result in by_command.items():
            parts = []
            if result.get("exit"):
                parts.append(f"      exit: {result['exit']}")
            if result.get("sleeps"):
                parts.append(f"      sleeps: [{', '.join(map(decimal, result['sleeps']))}]")
            for key in ("messages", "requests"):
                if result.get(key):
                    parts.append(f"      {key}: {block_text(result[key], '        ')}")
            lines += [f"    {command}:", *parts] if parts else [f"    {command}: {{}}"]
    return "\n".join(lines) + "\n"


def decimal(number):
    """A number as YAML has it: with a point even before an exponent."""
    text = repr(float(number))
    return text if "." in text else text.replace("e", ".0e")


# What cannot stand in a block of text: control characters, and what YAML takes for the end of a line.
UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def block_text(text, indent):
    """A text as a YAML value whose further lines have that indent."""
    if not text.strip("\n") or UNPRINTABLE.search(text):
        return UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
    ends = len(text) - len(text.rstrip("\n"))
    hint = "2" if text[0] in " \n" else ""
    mark = "|" + hint + ("-" if ends == 0 else "" if ends == 1 else "+")
    lines = text.removesuffix("\n").split("\n")
    return mark + "".join(f"\n{indent}{line}" if line else "\n" for line in lines)
