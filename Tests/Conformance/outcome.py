"""What a command of a case did, in a form that does not change from run to run, and where two such forms differ."""

import json
from collections import Counter


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def normalised(message):
    """A message without what a run is free in (times, sentences, order of partitions); None for those that do not count."""
    kind = message.get("type")
    if kind == "RECORD":
        record = {k: v for k, v in message["record"].items() if k != "emitted_at"}
        return {"type": kind, "record": record}
    if kind == "STATE":
        return {**message, "state": steady_state(message["state"])}
    if kind == "CONNECTION_STATUS":
        return {"type": kind, "connectionStatus": {"status": message["connectionStatus"]["status"]}}
    if kind == "TRACE" and message["trace"]["type"] == "STREAM_STATUS":
        return {"type": kind, "trace": {k: v for k, v in message["trace"].items() if k != "emitted_at"}}
    if kind == "TRACE" and message["trace"]["type"] == "ERROR":
        error = {k: v for k, v in message["trace"]["error"].items() if k in ("failure_type", "stream_descriptor")}
        return {"type": kind, "trace": {"type": "ERROR", "error": error}}
    if kind == "CONTROL":
        return {"type": kind, "control": {k: v for k, v in message["control"].items() if k != "emitted_at"}}
    return message if kind in ("SPEC", "CATALOG") else None


def steady_state(value):
    """A state without measured durations, its partitions in a fixed order."""
    if isinstance(value, dict):
        value = {k: steady_state(v) for k, v in value.items() if k != "lookback_window"}
        if isinstance(value.get("states"), list):
            value["states"].sort(key=canonical)
    elif isinstance(value, list):
        value = [steady_state(item) for item in value]
    return value


def stream_of(message):
    """The name of the stream that a message is about; None for others."""
    if message["type"] == "RECORD":
        return message["record"]["stream"]
    if message["type"] == "STATE":
        return message["state"]["stream"]["stream_descriptor"]["name"]
    if message["type"] == "TRACE":
        part = message["trace"].get("stream_status") or message["trace"].get("error")
        return (part.get("stream_descriptor") or {}).get("name")
    return None


def grouped(messages):
    """Messages stream by stream in the order in which streams first appear by name, those of no stream last."""
    return sorted(messages, key=lambda m: (stream_of(m) is None, stream_of(m) or ""))


def message_facts(messages, partitions):
    """What is compared of a command's messages; Outcome.swift has the same rules."""
    facts = {"streams": {}, "errors": [], "others": []}
    for message in messages:
        name = stream_of(message)
        kind = message["type"]
        if kind == "TRACE" and message["trace"]["type"] == "ERROR":
            facts["errors"].append([name, message["trace"]["error"]["failure_type"]])
            continue
        if name is None:
            facts["others"].append(message)
            continue
        stream = facts["streams"].setdefault(
            name, {"records": {}, "statuses": [], "state": None, "states": 0, "counted": 0, "since_state": 0}
        )
        if kind == "RECORD":
            data = message["record"]["data"]
            partition = canonical([data.get(field) for field in partitions.get(name, [])])
            stream["records"].setdefault(partition, []).append(message["record"])
            stream["since_state"] += 1
        elif kind == "STATE":
            count = message["state"]["sourceStats"]["recordCount"]
            if count != stream["since_state"]:
                facts["others"].append(f"{name}: a STATE counts {count} records after {stream['since_state']}")
            stream["since_state"] = 0
            stream["state"] = message["state"]["stream"]
            stream["states"] += 1
            stream["counted"] += count
        else:
            status = dict(message["trace"]["stream_status"])
            status.pop("stream_descriptor")
            stream["statuses"].append(status)
    facts["errors"].sort(key=canonical)
    return facts


def request_facts(entries):
    """[times, request] for each distinct request; times is "any" where the response cache may have answered."""
    counts, free = Counter(), set()
    for entry in entries:
        bare = canonical({k: v for k, v in entry.items() if k != "times"})
        if entry.get("times") == "any":
            free.add(bare)
        counts[bare] += entry.get("times", 1) if entry.get("times") != "any" else 1
    return [["any" if text in free else counts[text], json.loads(text)] for text in sorted(counts)]


def facts(result, partitions):
    """What is compared of one command: {"messages", "requests", "exit", "sleeps"}."""
    return {
        "messages": message_facts(result["messages"], partitions),
        "requests": request_facts(result["requests"]),
        "failed": result["exit"] != 0,
        "sleeps": sorted(result["sleeps"]),
    }


def differences(expected, actual, path="$"):
    """Readable lines for where two JSON values differ."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in list(expected) + [k for k in actual if k not in expected]:
            if key not in actual:
                yield f"{path}.{key}: missing {canonical(expected[key])}"
            elif key not in expected:
                yield f"{path}.{key}: unexpected {canonical(actual[key])}"
            else:
                yield from differences(expected[key], actual[key], f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(actual, list):
        for index in range(max(len(expected), len(actual))):
            if index >= len(actual):
                yield f"{path}[{index}]: missing {canonical(expected[index])}"
            elif index >= len(expected):
                yield f"{path}[{index}]: unexpected {canonical(actual[index])}"
            else:
                yield from differences(expected[index], actual[index], f"{path}[{index}]")
    elif canonical(expected) != canonical(actual):
        yield f"{path}: expected {canonical(expected)}, got {canonical(actual)}"
