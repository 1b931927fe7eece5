"""Records how the reference normalises values by a schema.

    python record_normalization.py > normalization.json

It needs airbyte-cdk 7.39.1. One line a case:
  schema, record, and the record afterwards as `result`
  mismatches: [path joined by dots, type of the schema] of each value that is reported
  fails: true where the reference raises; then without result and mismatches
"""

import copy
import json
import logging
import random
import re

from airbyte_cdk.sources.utils.transform import TransformConfig, TypeTransformer

VALUES = [
    None, True, False, 0, 1, -5, 2**63, 2**64 - 1, 0.0, 1.0, 1.9, -2.5, 1e16, 1e22, 0.1, 1e-7, 1e300, "", "a", "12", " 12 ", "-7", "+7",
    "1_000", "1__0", "_1", "1_", "1.5", "1e3", ".5", "5.", "1e", "nan", "Infinity", "-inf", "1e400", "0x10", "٣", "1\u00a0", "12345678901234567890123",
    "000", "-0", "true", "Yes ", " NO", "maybe", "1.0", "t", "OFF", "it's", "é", [], ["1", 2, None], [[1]], {}, {"b": "1"}, {"b": {"c": "2"}},
    {"x": [True, None, 1.0, "it's"]},
]
NAMES = ["string", "number", "integer", "boolean", "array", "object", "null"]


def part(rand, depth=0):
    schema = {}
    choice = rand.randrange(10)
    if choice < 5:
        schema["type"] = rand.choice(NAMES)
    elif choice < 8:
        schema["type"] = rand.sample([rand.choice(NAMES[:-1]), "null"], 2)
    elif choice < 9:
        schema["type"] = rand.sample(NAMES, rand.randint(0, 3))
    if depth < 2 and rand.random() < 0.6:
        schema["properties"] = {key: part(rand, depth + 1) for key in rand.sample("abcx", rand.randint(1, 3))}
    if depth < 2 and rand.random() < 0.6:
        schema["items"] = part(rand, depth + 1)
    if rand.random() < 0.1:
        schema["$ref"] = "#/definitions/d"
    items = list(schema.items())
    rand.shuffle(items)
    return dict(items)


WRITTEN = [
    ({"properties": {"a": {"type": "array", "items": [{"type": "integer"}]}}}, {"a": ["1"]}),
    ({"properties": {"a": {"type": "array", "items": True}}}, {"a": 1}),
    ({"properties": {"a": {"type": ["array", "null"], "items": True}}}, {"a": None}),
    ({"properties": {"a": {"items": [{"type": "integer"}]}}}, {"a": []}),
    ({"properties": {"a": True}}, {"a": 1}),
    ({"properties": {"a": True}}, {"b": 1}),
    ({"properties": {"a": {"type": "text"}}}, {"a": "1"}),
    ({"properties": {"a": {"type": ["string", "text"]}}}, {"a": "1"}),
    ({"properties": {"a": {"$ref": "#/definitions/none"}}}, {"a": "1"}),
    ({"properties": {"a": {"oneOf": [{"type": "integer"}]}}}, {"a": "1"}),
    ({"type": "object", "properties": {"a": {"$ref": "#/definitions/n"}},
      "definitions": {"n": {"properties": {"a": {"$ref": "#/definitions/n"}, "v": {"type": "integer"}}}}},
     {"a": {"v": "1", "a": {"v": "2", "a": {"v": "x"}}}}),
    ({"properties": {"a": {"type": "integer"}}}, {"a": "1", "b": "2"}),
    ({"type": "object"}, {"a": "1"}),
    ({"type": "array"}, {"a": "1"}),
]


def main():
    transformer = TypeTransformer(TransformConfig.DefaultSchemaNormalization)
    seen = []

    class Handler(logging.Handler):
        def emit(self, entry):
            seen.append(entry.getMessage())

    logger = logging.getLogger("airbyte")
    logger.handlers = [Handler()]
    logger.propagate = False
    rand = random.Random(3)
    cases = list(WRITTEN)
    for kind in NAMES:
        for value in VALUES:
            cases.append(({"properties": {"a": {"type": kind}}}, {"a": value}))
        cases.append(({"properties": {"a": {"type": ["null", kind]}}}, {"a": None}))
    for _ in range(260):
        schema = {"properties": {key: part(rand) for key in "ab"}, "definitions": {"d": part(rand, 1)}}
        if "$ref" in schema["definitions"]["d"]:
            continue
        cases.append((schema, {key: rand.choice(VALUES) for key in "ab"}))
    lines = []
    for schema, record in cases:
        case = {"schema": schema, "record": copy.deepcopy(record)}
        seen.clear()
        try:
            transformer.transform(record, schema)
            case["result"] = record
            pattern = r"(?s)Failed to transform value from type '.*' to type '(.*)' at path: '(.*)'"
            case["mismatches"] = [list(reversed(re.fullmatch(pattern, text).groups())) for text in seen]
        except Exception:
            case["fails"] = True
        lines.append(json.dumps(case, ensure_ascii=False, separators=(",", ":")))
    print("[\n" + ",\n".join(lines) + "\n]")


main()
