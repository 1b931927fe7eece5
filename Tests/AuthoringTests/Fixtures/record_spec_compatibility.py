"""Writes spec-compatibility.json: for pairs of specifications, whether the reference calls the second one compatible.

Run it with a Python that has airbyte-cdk: python record_spec_compatibility.py > spec-compatibility.json
"""

import importlib.util
import json
import sys
from pathlib import Path

import airbyte_cdk

# By its file: its package needs pytest.
path = Path(airbyte_cdk.__file__).parent / "test/standard_tests/_spec_compatibility.py"
spec = importlib.util.spec_from_file_location("spec_compatibility", path)
module = importlib.util.module_from_spec(spec)
sys.modules["spec_compatibility"] = module
spec.loader.exec_module(module)
compare_specs = module.compare_specs


def of(properties, **more):
    return {"connectionSpecification": {"type": "object", "properties": properties, **more}}


def field(**keywords):
    return of({"a": keywords})


def branches(*alternatives, keyword="oneOf"):
    return of({"a": {"type": "object", keyword: list(alternatives)}})


def branch(kind, *fields, required=True, title=None, **more):
    properties = {"kind": {"type": "string", "const": kind}, **{name: {"type": "string"} for name in fields}}
    return {"title": title or kind, "type": "object", "properties": properties,
            "required": (["kind"] if required else []) + list(fields), **more}


S = {"type": "string"}
OAUTH = {"advanced_auth": {"auth_flow_type": "oauth2.0", "predicate_key": ["a", "kind"], "oauth_config_specification": {
    "oauth_connector_input_specification": {"consent_url": "https://a"},
    "complete_oauth_output_specification": {"type": "object", "properties": {"t": {"type": "string", "path_in_connector_config": ["a", "t"]}}}}}}


def oauth(change):
    changed = json.loads(json.dumps(OAUTH))
    change(changed["advanced_auth"])
    return {**of({"a": S}), **changed}


PAIRS = [
    ("nothing", of({"a": S}), of({"a": S})),
    ("property added", of({"a": S}), of({"a": S, "b": S})),
    ("property removed", of({"a": S, "b": S}), of({"a": S})),
    ("property required", of({"a": S}), of({"a": S}, required=["a"])),
    ("new property required", of({"a": S}), of({"a": S, "b": S}, required=["b"])),
    ("not required any more", of({"a": S}, required=["a"]), of({"a": S})),
    ("required emptied", of({"a": S}, required=["a"]), of({"a": S}, required=[])),
    ("title", field(type="string", title="x"), field(type="string", title="y")),
    ("order", field(type="string"), field(type="string", order=1)),
    ("a property named description", of({"description": S}), of({})),
    ("default", field(type="string", default="x"), field(type="string", default="y")),
    ("type narrowed", field(type=["string", "null"]), field(type="string")),
    ("type widened", field(type="string"), field(type=["string", "null"])),
    ("type changed", field(type="string"), field(type="integer")),
    ("integer to number", field(type="integer"), field(type="number")),
    ("number to integer", field(type="number"), field(type="integer")),
    ("type in a list", field(type="string"), field(type=["string"])),
    ("type removed", field(type="string"), field()),
    ("type added", field(), field(type="string")),
    ("enum value added", field(enum=["x"]), field(enum=["x", "y"])),
    ("enum value removed", field(enum=["x", "y"]), field(enum=["x"])),
    ("enum order", field(enum=["x", "y"]), field(enum=["y", "x"])),
    ("enum false and 0", field(enum=[False]), field(enum=[0])),
    ("const changed", field(const="x"), field(const="y")),
    ("const false to 0", field(const=False), field(const=0)),
    ("const 1 to 1.0", field(const=1), field(const=1.0)),
    ("pattern added", field(type="string"), field(type="string", pattern="^x")),
    ("pattern removed", field(type="string", pattern="^x"), field(type="string")),
    ("pattern changed", field(type="string", pattern="^x"), field(type="string", pattern="^y")),
    ("format added", field(type="string"), field(type="string", format="date")),
    ("minimum grown", field(minimum=1), field(minimum=2)),
    ("minimum shrunk", field(minimum=2), field(minimum=1)),
    ("maximum grown", field(maximum=1), field(maximum=2)),
    ("maximum shrunk", field(maximum=2.5), field(maximum=2)),
    ("minLength at its default", field(type="string"), field(type="string", minLength=0)),
    ("minLength to its default", field(minLength=3), field(minLength=0)),
    ("multipleOf divides", field(multipleOf=4), field(multipleOf=2)),
    ("multipleOf does not divide", field(multipleOf=4), field(multipleOf=3)),
    ("additionalProperties false", of({"a": S}), of({"a": S}, additionalProperties=False)),
    ("additionalProperties relaxed", of({"a": S}, additionalProperties=False), of({"a": S}, additionalProperties=True)),
    ("additionalProperties at its default", of({"a": S}), of({"a": S}, additionalProperties=True)),
    ("additionalProperties a schema", of({}, additionalProperties=False), of({}, additionalProperties=S)),
    ("uniqueItems", field(uniqueItems=False), field(uniqueItems=True)),
    ("items added", field(type="array"), field(type="array", items=S)),
    ("items removed", field(type="array", items=S), field(type="array")),
    ("items changed", field(type="array", items=S), field(type="array", items={"type": "integer"})),
    ("items at its default", field(type="array"), field(type="array", items={})),
    ("not added", field(type="string"), field(**{"type": "string", "not": {"const": "x"}})),
    ("not removed", field(**{"type": "string", "not": {"const": "x"}}), field(type="string")),
    ("if changed", field(**{"if": {"const": "x"}}), field(**{"if": {"const": "y"}})),
    ("patternProperties added", of({"a": S}), of({"a": S}, patternProperties={"^x": S})),
    ("pattern of properties removed", of({}, patternProperties={"^x": S, "^y": S}), of({}, patternProperties={"^x": S})),
    ("secret", field(type="string"), field(type="string", airbyte_secret=True)),
    ("no secret any more", field(type="string", airbyte_secret=True), field(type="string")),
    ("secret false", field(type="string", airbyte_secret=True), field(type="string", airbyte_secret=False)),
    ("secret as text", field(type="string", airbyte_secret="true"), field(type="string", airbyte_secret=True)),
    ("hidden", field(type="string"), field(type="string", airbyte_hidden=True)),
    ("branches reordered", branches(branch("x", "p"), branch("y", "q")), branches(branch("y", "q"), branch("x", "p"))),
    ("branch added", branches(branch("x", "p")), branches(branch("x", "p"), branch("y", "q"))),
    ("branch removed", branches(branch("x", "p"), branch("y", "q")), branches(branch("x", "p"))),
    ("branch renamed", branches(branch("x", "p")), branches(branch("z", "p"))),
    ("branch titled otherwise", branches(branch("x", "p")), branches(branch("x", "p", title="new"))),
    ("branch needs more", branches(branch("x", "p")), branches(branch("x", "p", "q"))),
    ("branch without a mark", branches(branch("x", "p")), branches(branch("x", "p"), {"type": "object", "properties": {"p": S}})),
    ("branch of anyOf without a mark", branches(branch("x", "p"), keyword="anyOf"),
     branches(branch("x", "p"), {"type": "object", "properties": {"p": S}}, keyword="anyOf")),
    ("branch apart by its field", branches({"type": "object", "properties": {"p": S}, "required": ["p"]}),
     branches({"type": "object", "properties": {"p": S}, "required": ["p"]}, {"type": "object", "properties": {"q": S}, "required": ["q"]})),
    ("branch added where no mark is required", branches(branch("x", required=False), branch("y", required=False)),
     branches(branch("x", required=False), branch("y", required=False), branch("z", required=False))),
    ("branch added where no mark is required, and another field is", branches(branch("x", "p", required=False), branch("y", "q", required=False)),
     branches(branch("x", "p", required=False), branch("y", "q", required=False), branch("z", required=False))),
    ("branch added beside one without a mark that is required", branches(branch("x", required=False)),
     branches(branch("x", required=False), branch("z", required=False))),
    ("branch added where a branch closes itself", branches(branch("x", required=False), branch("y", required=False, additionalProperties=False)),
     branches(branch("x", required=False), branch("y", required=False, additionalProperties=False), branch("z", required=False))),
    ("branch with an enumeration of one", branches({"type": "object", "properties": {"kind": {"enum": ["x"]}}, "required": ["kind"]}),
     branches({"type": "object", "properties": {"kind": {"enum": ["x"]}}, "required": ["kind"]}, branch("z"))),
    ("mark lost", branches(branch("x"), branch("y")),
     branches({"title": "x", "type": "object", "properties": {"kind": S}, "required": ["kind"]}, branch("y"))),
    ("oneOf removed", branches(branch("x")), field(type="object")),
    ("oneOf added", field(type="object"), branches(branch("x"))),
    ("predicate moved", oauth(lambda a: None), oauth(lambda a: a.update(predicate_key=["kind"]))),
    ("consent changed", oauth(lambda a: None),
     oauth(lambda a: a["oauth_config_specification"]["oauth_connector_input_specification"].update(consent_url="https://b"))),
    ("path in config moved", oauth(lambda a: None),
     oauth(lambda a: a["oauth_config_specification"]["complete_oauth_output_specification"]["properties"]["t"].update(path_in_connector_config=["t"]))),
    ("OAuth removed", oauth(lambda a: None), of({"a": S})),
    ("OAuth added", of({"a": S}), oauth(lambda a: None)),
    ("documentation", {**of({"a": S}), "documentationUrl": "https://a"}, {**of({"a": S}), "documentationUrl": "https://b"}),
]

print("[")
print(",\n".join(
    json.dumps({"name": name, "old": old, "new": new, "compatible": compare_specs(old, new).is_backward_compatible})
    for name, old, new in PAIRS))
print("]")
