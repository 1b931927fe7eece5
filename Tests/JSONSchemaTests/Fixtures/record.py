"""Records what Python's jsonschema says of generated pairs of a schema and an instance.

    python record.py COUNT [SEED] > recorded.json

It needs the jsonschema package (4.26). One line a case:
  schema, instance, draft (7 or 2020)
  invalid: true where the schema itself is refused; then nothing else
  errors: [instance path, schema path, keyword, message, number of errors in the context], sorted
  best: the message that `jsonschema.validate` raises; absent where the instance is valid
"""

import json
import random
import sys

import jsonschema
from jsonschema.exceptions import SchemaError, best_match
from jsonschema.validators import Draft7Validator, Draft202012Validator

KEYS = ["a", "b", "c", "type", "ab", "x-1", "é"]
STRINGS = ["", "a", "b", "ab", "abc", "a1", "1", "é", "e\u0301", "😀", "😀😀", "it's", 'say "x"', "line\nend", "x\u00a0y", "A", "foo bar"]
NUMBERS = [0, 1, -1, 2, 3, 5, 10, 1.0, 0.5, 1.5, -2.5, 0.1, 0.3, 1e300, 1e16, 123456.789, 2**53 + 1, 2**63, 2**64 + 1,
           -(2**70), 10**40, 1e22, 1e-7, 9007199254740993.0, 4.35]
PATTERNS = ["^a", "b$", "a|b", r"^\d+$", r"\w", "^[^a]+$", "^x-", "(?P<n>a)b", r"^.{1,2}$", "^(a|b)*$", r"\Aab\Z", "[[a]", "a{,2}b", r"\s", "{a}", "^é", r"^\S+$", "[a-c1]", r"^(\w)\1"]
TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"]


TREE = {"type": "object", "properties": {"value": {"type": "integer"}, "children": {"items": {"$ref": "#"}}}}
# What random schemas hardly hit: identifiers, pointers and recursion.
WRITTEN = [
    (TREE, [{"children": [{"children": [{"value": "x"}]}]}, {"children": [{"value": 1.0}]}, {"children": [5]}]),
    ({"$ref": "#/definitions/a", "type": "string", "definitions": {"a": {"type": "integer"}}}, [1, "x"]),
    ({"$id": "http://h/root.json", "properties": {"a": {"$ref": "b.json"}, "c": {"$ref": "#/definitions/b"}},
      "definitions": {"b": {"$id": "b.json", "type": "integer"}}}, [{"a": "x"}, {"a": 1}, {"c": "x"}]),
    ({"$id": "http://h/x/root.json", "properties": {"a": {"$ref": "../y/b.json#/definitions/c"}},
      "definitions": {"b": {"$id": "/y/b.json", "definitions": {"c": {"$ref": "#/definitions/d"}, "d": {"const": 1}}}}},
     [{"a": 1}, {"a": 2}]),
    ({"properties": {"a": {"$ref": "#named"}}, "definitions": {"n": {"$id": "#named", "minimum": 3}}}, [{"a": 2}, {"a": 3}]),
    ({"properties": {"a": {"$ref": "#/definitions/x~1y~0z%25"}}, "definitions": {"x/y~z%": {"maximum": 1}}}, [{"a": 2}]),
    ({"items": [{"type": "integer"}, {"$ref": "#/items/0"}]}, [[1, "x"], ["x", 1]]),
    ({"properties": {"$ref": {"type": "string"}}}, [{"$ref": 1}, {"$ref": "a"}]),
    ({"$ref": "http://json-schema.org/draft-07/schema#"}, [{"type": "string"}, {"type": "strin"}, {"minimum": "1"}, 5]),
    ({"properties": {"a": {"$id": "urn:x:1", "definitions": {"k": {"const": 2}}, "$ref": "#/definitions/k"}},
      "definitions": {"k": {"const": 1}}}, [{"a": 1}, {"a": 2}]),
    ({"definitions": {"s": {"$id": "http://h/s", "items": {"$ref": "#/definitions/e"}, "definitions": {"e": {"const": "e"}}}},
      "$ref": "#/definitions/s"}, [["e"], ["f"]]),
    ({"allOf": [{"$ref": "#/definitions/a"}, {"$ref": "#/definitions/a"}], "definitions": {"a": {"minLength": 2}}}, ["x", "xy"]),
    ({"enum": [1, [True], {"a": 0}]}, [True, 1.0, [1], [True], {"a": False}, {"a": 0.0}]),
    ({"const": {"a": [1, {"b": None}]}}, [{"a": [1.0, {"b": None}]}, {"a": [True, {"b": None}]}]),
    ({"uniqueItems": True}, [[1, 1.0], [1, True], [{"a": 1, "b": 2}, {"b": 2, "a": 1}], [2**70, 2**70], ["é", "e\u0301", "x"]]),
    ({"type": "integer"}, [1.0, 1.5, 10**30, 1e300, True, "1"]),
    ({"maximum": 2**53}, [2**53, 2**53 + 1, 2.0**53 + 2, 10**40]),
    ({"exclusiveMinimum": 1e22}, [10**22, 10**22 + 1]),
    ({"multipleOf": 0.01}, [4.35, 0.07, 1.1, 19.99, 1e308]),
    ({"multipleOf": 3}, [9, 9.0, 10**30, 10**30 + 2, 10.5]),
    ({"multipleOf": 1e-8}, [12391239123, 1e308, 12.5]),
    ({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, [{}, {"a": 1, "b": 1}, {"b": 1}]),
    ({"type": "strin"}, [1]),
    ({"required": True}, [1]),
    ({"properties": {"a": {"pattern": "("}}}, [1]),
    ({"items": {"minimum": "1"}}, [1]),
    ({"definitions": {"a": {"type": []}}}, [1]),
]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, items):
        return self.random.choice(items)

    def chance(self, share):
        return self.random.random() < share

    def value(self, depth=0):
        kind = self.random.randrange(10 if depth < 3 else 7)
        if kind == 0:
            return self.pick([None, True, False])
        if kind <= 3:
            return self.pick(NUMBERS)
        if kind <= 6:
            return self.pick(STRINGS)
        if kind == 7:
            return [self.value(depth + 1) for _ in range(self.random.randrange(5))]
        return {self.pick(KEYS): self.value(depth + 1) for _ in range(self.random.randrange(5))}

    def some(self, make, low=1, high=3):
        return [make() for _ in range(self.random.randint(low, high))]

    def schema(self, depth=0):
        if self.chance(0.04):
            return self.pick([True, False])
        result = {}
        for _ in range(self.random.randint(1, 3 if depth else 4)):
            self.keyword(result, depth)
        if depth == 0 and self.chance(0.5):
            result["definitions"] = {name: self.schema(depth + 2) for name in ("one", "t/w~o")}
        return result

    def keyword(self, result, depth):
        sub = lambda: self.schema(depth + 1)
        deep = depth < 3
        choice = self.random.randrange(42 if deep else 22)
        r = self.random
        if choice <= 4:
            result["type"] = self.pick(TYPES) if self.chance(0.6) else r.sample(TYPES, r.randint(1, 3))
        elif choice == 5:
            result["enum"] = self.some(self.value, 1, 5)
        elif choice == 6:
            result["const"] = self.value(1)
        elif choice == 7:
            result["minimum"] = self.pick(NUMBERS)
        elif choice == 8:
            result["maximum"] = self.pick(NUMBERS)
        elif choice == 9:
            result[self.pick(["exclusiveMinimum", "exclusiveMaximum"])] = self.pick(NUMBERS)
        elif choice == 10:
            result["multipleOf"] = self.pick([1, 2, 3, 0.5, 0.1, 0.01, 2.0, 7, 1e-8, 2**64])
        elif choice == 11:
            result["minLength"] = self.pick([0, 1, 2, 3])
        elif choice == 12:
            result["maxLength"] = self.pick([0, 1, 2, 3])
        elif choice in (13, 14):
            result["pattern"] = self.pick(PATTERNS)
        elif choice == 15:
            result["minItems"] = self.pick([0, 1, 2])
        elif choice == 16:
            result["maxItems"] = self.pick([0, 1, 2])
        elif choice == 17:
            result["uniqueItems"] = self.chance(0.9)
        elif choice == 18:
            result["minProperties"] = self.pick([0, 1, 2, 3])
        elif choice == 19:
            result["maxProperties"] = self.pick([0, 1, 2])
        elif choice == 20:
            result["required"] = r.sample(KEYS, r.randint(0, 3))
        elif choice == 21:
            result["additionalProperties"] = False
        elif choice in (22, 23, 24):
            result["properties"] = {self.pick(KEYS): sub() for _ in range(r.randint(1, 4))}
        elif choice == 25:
            result["patternProperties"] = {self.pick(PATTERNS): sub() for _ in range(r.randint(1, 2))}
        elif choice == 26:
            result["additionalProperties"] = sub()
        elif choice == 27:
            result["propertyNames"] = sub()
        elif choice == 28:
            result["dependencies"] = {self.pick(KEYS): r.sample(KEYS, 2) if self.chance(0.5) else sub()}
        elif choice == 29:
            result["items"] = sub()
        elif choice == 30:
            result["items"] = self.some(sub)
            if self.chance(0.7):
                result["additionalItems"] = self.pick([False, sub()])
        elif choice == 31:
            result["contains"] = sub()
        elif choice == 32:
            result["allOf"] = self.some(sub)
        elif choice in (33, 34):
            result["anyOf"] = self.some(sub)
        elif choice in (35, 36):
            result["oneOf"] = self.some(sub)
        elif choice == 37:
            result["not"] = sub()
        elif choice == 38:
            result["if"] = sub()
            if self.chance(0.8):
                result["then"] = sub()
            if self.chance(0.8):
                result["else"] = sub()
        elif choice == 39:
            result["$ref"] = self.pick(["#/definitions/one", "#/definitions/t~1w~0o", "#/definitions/t~1w%7Eo"])
        elif choice == 40:
            result["oneOf"] = [
                {"type": "object", "required": ["type", "a"], "properties": {"type": {"const": name}, "a": sub()}}
                for name in ("a", "b", "ab")
            ]
        else:
            result[self.pick(["default", "title", "format"])] = self.pick(["a", "date"])

    def fitting(self, schema, depth=0):
        """A value that has something to do with the schema, so that deep keywords are reached too."""
        if not isinstance(schema, dict) or depth > 4 or self.chance(0.2):
            return self.value(depth)
        if "enum" in schema and self.chance(0.5):
            return self.pick(schema["enum"])
        if "const" in schema and self.chance(0.5):
            return schema["const"]
        for keyword in ("anyOf", "oneOf", "allOf"):
            if keyword in schema and self.chance(0.5):
                return self.fitting(self.pick(schema[keyword]), depth + 1)
        if any(key in schema for key in ("properties", "required", "additionalProperties", "patternProperties",
                                         "dependencies", "propertyNames", "minProperties")) and self.chance(0.85):
            result = {}
            for key, part in schema.get("properties", {}).items():
                if self.chance(0.8):
                    result[key] = self.fitting(part, depth + 1)
            for key in schema.get("required", []):
                if self.chance(0.7) and key not in result:
                    result[key] = self.value(depth + 1)
            for _ in range(self.random.randrange(3)):
                result.setdefault(self.pick(KEYS), self.value(depth + 1))
            return result
        items = schema.get("items", schema.get("contains"))
        if items is not None and self.chance(0.85):
            parts = items if isinstance(items, list) else [items] * self.random.randrange(4)
            return [self.fitting(part, depth + 1) for part in parts] + self.some(lambda: self.value(depth + 1), 0, 2)
        kind = schema.get("type")
        kind = kind if isinstance(kind, str) else self.pick(kind) if kind else None
        if kind == "string" or "pattern" in schema or "minLength" in schema or "maxLength" in schema:
            return self.pick(STRINGS)
        if kind in ("integer", "number") or any(k.lower().endswith(("minimum", "maximum", "multipleof")) for k in schema):
            return self.pick(NUMBERS)
        return self.value(depth)


def record(schema, instance, draft):
    case = {"draft": draft, "schema": schema, "instance": instance}
    validator = Draft7Validator if draft == 7 else Draft202012Validator
    try:
        validator.check_schema(schema)
    except SchemaError:
        return {**case, "invalid": True}
    try:
        errors = list(validator(schema).iter_errors(instance))
        best = best_match(validator(schema).iter_errors(instance))
    except (TypeError, OverflowError, ZeroDivisionError, ValueError, RecursionError, jsonschema.exceptions._WrappedReferencingError):
        return None
    case["errors"] = sorted(
        (
            [list(e.absolute_path), list(e.absolute_schema_path), e.validator or "", e.message, len(e.context)]
            for e in errors
        ),
        key=lambda error: json.dumps(error, ensure_ascii=False),
    )
    if best is not None:
        case["best"] = best.message
    return case


def text(case):
    return json.dumps(case, ensure_ascii=False, separators=(",", ":"))


def main():
    count = int(sys.argv[1])
    generator = Generator(int(sys.argv[2]) if len(sys.argv) > 2 else 7)
    lines = [text(record(schema, instance, 7)) for schema, instances in WRITTEN for instance in instances]
    while len(lines) < count:
        schema = generator.schema()
        draft = 7 if generator.chance(0.75) else 2020
        for _ in range(2):
            case = record(schema, generator.fitting(schema), draft)
            # Half of the valid ones are enough.
            if case is None or ("best" not in case and "invalid" not in case and generator.chance(0.5)):
                continue
            line = text(case)
            if len(line) < 700 and len(lines) < count:
                lines.append(line)
    print("[\n" + ",\n".join(lines) + "\n]")


main()
