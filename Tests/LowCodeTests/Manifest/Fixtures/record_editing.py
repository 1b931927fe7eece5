"""Records what dpath, with which the reference fills its templates, sets and creates: editing.json. Needs dpath 2."""

import copy
import json
from pathlib import Path

import dpath

DOCUMENTS = [
    {"a": {"b": 1, "c": [1, {"d": 2}, [3]]}, "x": {"b": {"b": 5}}, "l": [], "0": {"1": "z"}},
    {
        "retriever": {"requester": {"path": "p", "params": {"one": 1, "two": 2}}},
        "transformations": [{"fields": [{"path": ["a"], "value": "v"}]}, {"fields": []}],
        "name": "",
    },
]
PATHS = [
    ["a"], ["a", "b"], ["*", "b"], ["a", "c", "1", "d"], ["a", "c", 1, "d"], ["a", "c", "*"], ["**", "b"], ["a", "**"],
    ["x", "**", "b"], ["nothing"], ["a", "nothing"], ["a", "b", "q"], ["a", "c", "7"], ["a", "c", "x"], ["0"], ["0", "1"],
    ["[ax]", "b"], ["?"], ["retriever", "requester", "path"], ["retriever", "requester", "params", "*"], ["**", "path"],
    ["transformations", "*", "fields"], ["transformations", "0", "fields", "0", "value"],
    ["transformations", 0, "fields", 0, "path", 0], ["transformations", "1", "fields", "2", "x"], ["name"], ["name", "x"],
    ["new", "0", "x"], ["new", 1, "y"], ["**", "fields", "*", "value"],
]
VALUES = [7, "t", {"k": [1]}, []]


def record():
    for document in DOCUMENTS:
        for number, path in enumerate(PATHS):
            value = VALUES[number % len(VALUES)]
            changed = copy.deepcopy(document)
            case = {"document": document, "path": path, "value": value, "count": dpath.set(changed, path, value)}
            case["set"] = changed
            if case["count"] == 0 and not any(character in str(part) for part in path for character in "*[?"):
                created = copy.deepcopy(document)
                try:
                    dpath.new(created, path, value)
                except Exception:
                    created = None
                case["created"] = created
            yield case


lines = ",\n".join(json.dumps(case) for case in record())
Path(__file__).with_name("editing.json").write_text(f"[\n{lines}\n]\n")
