#!/usr/bin/env python3
"""Doubles each size of each input, and fails where the time that the program takes more than triples.

    doubling.py BINARY [--only NAME …] [--seconds 0.25] [--factor 3]

An input begins small and is doubled until a run takes longer than `--seconds` of CPU beyond the program's start (or the input
reaches its greatest size); then it is doubled once more, and the times are compared. Each is the least of three runs. Timings
are no tests: run this on a release build, on a machine with little else to do.
"""

import argparse
import base64
import gzip
import json
import re
import sys
from pathlib import Path

from support import API, Folder, Run, catalog, manifest, stream

CASES = {}


def case(start, limit, about=None):
    """Registers an input: a function of a size that gives a command, and how large it begins and may grow."""
    def add(function):
        CASES[function.__name__.replace("_", "-")] = (function, start, limit)
        return function
    return add


class Context:
    """What the inputs are made of."""

    def __init__(self, binary):
        self.binary = binary
        self.folder = Folder()
        self.body = (200, [], b"[]")
        self.api = API(lambda path, query, body: self.body(path, query) if callable(self.body) else self.body)

    def read(self, *, status=200, headers=(), body=b"[]", config=None, streams=1, extra=(), **changes):
        self.body = body if callable(body) else (status, list(headers), body)
        names = [f"s{number}" for number in range(streams)]
        source = manifest([stream(name, f"{self.api.url}/items", **changes) for name in names])
        return self.folder.read_command(self.binary, source, names, config, extra=extra)

    def validate(self, source, config=None, extra=()):
        command = [self.binary, "validate", self.folder.write("manifest.yaml", source)]
        if config is not None:
            command += ["--config", self.folder.write("config.json", config)]
        return command + list(extra)

    def template(self, template, variables):
        """In a file, as a command may not have longer words than 128 kB."""
        return [self.binary, "interpolate", "--batch", self.folder.write("case.json", {"template": template, "context": variables})]


def text(size):
    return "ab c" * (size // 4)


# Responses

@case(1_000, 2_000_000)
def json_records(c, n):
    return c.read(body=json.dumps([{"id": i} for i in range(n)]))


@case(1_000, 2_000_000)
def json_fields(c, n):
    return c.read(body=json.dumps([{f"field{i}": i for i in range(n)}]))


@case(1_000, 1_000_000)
def json_nested_fields(c, n):
    return c.read(body=json.dumps([{"id": 1, "in": {f"field{i}": {"a": i} for i in range(n)}}]), transformations=[
        {"type": "FlattenFields"}, {"type": "DpathFlattenFields", "field_path": ["in"]}])


@case(1_000, 1_000_000)
def json_normalized_fields(c, n):
    schema = {"type": "object", "properties": {f"field{i}": {"type": "string"} for i in range(n)}}
    return c.read(body=json.dumps([{f"field{i}": i for i in range(n)}]), selector={"schema_normalization": "Default"},
                  schema_loader={"type": "InlineSchemaLoader", "schema": schema})


@case(1_000, 1_000_000)
def json_equal_fields(c, n):
    return c.read(body="[{" + ",".join('"a":1' for _ in range(n)) + "}]")


@case(100, 1_000_000)
def json_nesting(c, n):
    return c.read(body="[" * n + "]" * n)


@case(10_000, 50_000_000)
def json_long_text(c, n):
    return c.read(body=json.dumps(["\n" * n]))


@case(10_000, 4_000_000)
def json_long_number(c, n):
    return c.read(body='[{"n":' + "9" * n + "}]")


@case(100, 10_000)
def headers(c, n):
    return c.read(headers=[(f"X-H{i}", "v") for i in range(n)])


@case(1_000, 80_000)
def header_value(c, n):
    return c.read(headers=[("X-Many", ", ".join("v" for _ in range(n)))])


@case(10, 5_000)
def cookies(c, n):
    return c.read(headers=[("Set-Cookie", f"c{i}=v; Path=/") for i in range(n)])


@case(1_000, 500_000)
def xml_elements(c, n):
    body = "<r>" + "<i><a>1</a></i>" * n + "</r>"
    return c.read(headers=[("Content-Type", "application/xml")], body=body, extractor=["r", "i"],
                  retriever={"decoder": {"type": "XmlDecoder"}})


@case(1_000, 500_000)
def xml_attributes(c, n):
    body = "<r><i " + " ".join(f'a{i}="1"' for i in range(n)) + "/></r>"
    return c.read(body=body, extractor=["r", "i"], retriever={"decoder": {"type": "XmlDecoder"}})


@case(10_000, 20_000_000)
def xml_text(c, n):
    return c.read(body="<r><i>" + "x&amp;" * n + "</i></r>", extractor=["r"], retriever={"decoder": {"type": "XmlDecoder"}})


@case(1_000, 1_000_000)
def csv_rows(c, n):
    return c.read(body="id,name\n" + "1,a\n" * n, retriever={"decoder": {"type": "CsvDecoder"}})


@case(1_000, 1_000_000)
def csv_columns(c, n):
    row = ",".join(str(i) for i in range(n))
    return c.read(body=row + "\n" + row + "\n", retriever={"decoder": {"type": "CsvDecoder"}})


@case(10_000, 10_000_000)
def csv_quotes(c, n):
    return c.read(body='id\n"' + '""' * n + '"\n', retriever={"decoder": {"type": "CsvDecoder"}})


@case(1_000, 1_000_000)
def jsonl_lines(c, n):
    return c.read(body='{"id":1}\n' * n, retriever={"decoder": {"type": "JsonlDecoder"}})


@case(1_000, 1_000_000)
def jsonl_broken_lines(c, n):
    return c.read(body="no json\n" * n, retriever={"decoder": {"type": "JsonlDecoder"}})


@case(1_000, 1_000_000)
def gzip_lines(c, n):
    return c.read(body=gzip.compress(b'{"id":1}\n' * n), retriever={
        "decoder": {"type": "GzipDecoder", "decoder": {"type": "JsonlDecoder"}}})


@case(10_000, 20_000_000)
def error_body(c, n):
    return c.read(status=400, body=json.dumps({"message": text(n)}))


@case(1_000, 200_000)
def link_header(c, n):
    return c.read(headers=[("Link", ", ".join(f'<http://a.test/{i}>; rel="x"' for i in range(min(n, 2_000))))], body=b"[]", retriever={
        "paginator": {"type": "DefaultPaginator", "page_token_option": {"type": "RequestPath"}, "pagination_strategy": {
            "type": "CursorPagination", "cursor_value": "{{ headers['link']['next']['url'] }}"}}})


# Requests

@case(100, 50_000)
def parameters(c, n):
    return c.read(requester={"request_parameters": {f"p{i}": "v" for i in range(min(n, 4_000))}})


@case(100, 200_000)
def body_fields(c, n):
    return c.read(requester={"http_method": "POST", "request_body": {
        "type": "RequestBodyJsonObject", "value": {f"p{i}": "v" for i in range(n)}}})


@case(100, 200_000)
def form_fields(c, n):
    return c.read(requester={"http_method": "POST", "request_body": {
        "type": "RequestBodyUrlEncodedForm", "value": {f"p{i}": "v" for i in range(n)}}})


@case(20, 50_000)
def partitions(c, n):
    return c.read(retriever={"partition_router": {
        "type": "ListPartitionRouter", "values": [str(i) for i in range(n)], "cursor_field": "p"}})


@case(20, 20_000)
def pages(c, n):
    def answer(path, query):
        page = int(query.get("page", 1))
        return 200, [], json.dumps([{"id": page}] if page < n else [])
    return c.read(body=answer, retriever={"paginator": {
        "type": "DefaultPaginator", "page_token_option": {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "page"},
        "pagination_strategy": {"type": "PageIncrement", "start_from_page": 1, "page_size": 1}}})


@case(10, 20_000)
def streams(c, n):
    return c.read(streams=n)


@case(1_000, 1_000_000)
def transformed_fields(c, n):
    return c.read(body=json.dumps([{"CamelCase%d" % i: i for i in range(n)}]), transformations=[
        {"type": "KeysToSnakeCase"}, {"type": "FlattenFields"}, {"type": "KeysReplace", "old": "_", "new": "-"}])


@case(10, 2_000)
def added_fields(c, n):
    return c.read(body=json.dumps([{"id": 1}]), transformations=[
        {"type": "AddFields", "fields": [{"path": [f"f{i}"], "value": "{{ record.id }}"} for i in range(n)]}])


# States, catalogs, configs

@case(1_000, 500_000)
def state_partitions(c, n):
    states = [{"partition": {"p": str(i)}, "cursor": {"at": "2025-01-01T00:00:00Z"}} for i in range(n)]
    state = [{"type": "STREAM", "stream": {"stream_descriptor": {"name": "s0"}, "stream_state": {"states": states}}}]
    c.body = (200, [], b"[]")
    source = manifest([stream("s0", c.api.url + "/items", retriever={"partition_router": {
        "type": "ListPartitionRouter", "values": ["1"], "cursor_field": "p"}}, incremental_sync={
            "type": "DatetimeBasedCursor", "cursor_field": "at", "datetime_format": "%Y-%m-%dT%H:%M:%SZ",
            "start_datetime": "2025-01-01T00:00:00Z"})])
    return c.folder.read_command(c.binary, source, ["s0"], mode="incremental", state=state)


@case(1_000, 500_000)
def config_keys(c, n):
    return c.read(config={f"key{i}": "value" for i in range(n)})


@case(1_000, 200_000)
def catalog_properties(c, n):
    command = c.read()
    c.folder.write("catalog.json", {"streams": [
        {"stream": {"name": "s0", "json_schema": {"properties": {f"p{i}": {"type": "string"} for i in range(n)}},
                    "supported_sync_modes": ["full_refresh"]}, "sync_mode": "full_refresh", "destination_sync_mode": "append"}]})
    return command


@case(100, 20_000)
def catalog_streams(c, n):
    command = c.read(streams=n)
    c.folder.write("catalog.json", catalog(["s0"] + [f"s{i}" for i in reversed(range(1, n))][:n // 2]))
    c.folder.write("manifest.yaml", manifest([stream(f"s{i}", c.api.url + "/items", schema_loader={
        "type": "InlineSchemaLoader", "schema": {}}) for i in range(n)]))
    return command


@case(1_000, 200_000)
def state_streams(c, n):
    state = [{"type": "STREAM", "stream": {"stream_descriptor": {"name": f"s{i}"}, "stream_state": {"at": "1"}}} for i in range(n)]
    c.body = (200, [], b"[]")
    return c.folder.read_command(c.binary, manifest([stream("s0", c.api.url + "/items")]), ["s0"], state=state)


@case(1_000, 200_000)
def shared_parameters(c, n):
    return c.read(**{"$parameters": {f"p{i}": "v" for i in range(n)}},
                  requester={"request_headers": {"X-A": "{{ parameters['p1'] }}"}})


@case(100, 50_000)
def read_parameters(c, n):
    return c.read(**{"$parameters": {f"p{i}": "v" for i in range(n)}}, transformations=[
        {"type": "AddFields", "fields": [{"path": ["f"], "value": "".join("{{ parameters['p%d'] }}" % i for i in range(n))}]}],
        body=b'[{"id": 1}]')


@case(10_000, 10_000_000)
def config_text(c, n):
    return c.read(config={"text": text(n)}, requester={"request_headers": {"X-A": "{{ config['text'][:3] }}"}})


# Manifests

def plain(count, name="s{}"):
    return manifest([stream(name.format(i), "https://a.test/items") for i in range(count)])


@case(50, 20_000)
def validate_streams(c, n):
    return c.validate(plain(n))


@case(50, 20_000)
def validate_equal_streams(c, n):
    return c.validate(plain(n, "s"))


@case(100, 50_000)
def validate_findings(c, n):
    return c.validate(manifest([stream("s", "https://a.test", **{f"unknown{i}": 1 for i in range(n)})]))


@case(100, 50_000)
def validate_reports(c, n):
    """In a report with the place and the text of each finding."""
    return c.validate(manifest([stream("s", "https://a.test", **{f"unknown{i}": 1 for i in range(n)})]), extra=["--format", "sarif"])


@case(100, 50_000)
def validate_unused_parameters(c, n):
    return c.validate(manifest([stream("s", "https://a.test", **{"$parameters": {f"p{i}": 1 for i in range(n)}})]))


@case(100, 50_000)
def validate_unused_definitions(c, n):
    source = manifest([stream("s", "https://a.test")], definitions={f"d{i}": {"type": "NoAuth"} for i in range(n)})
    return c.validate(source)


@case(100, 50_000)
def validate_references(c, n):
    source = plain(1)
    source["definitions"] = {"part": stream("s", "https://a.test")["retriever"]}
    source["streams"] = [{**source["streams"][0], "name": f"s{i}", "retriever": {"$ref": "#/definitions/part"}} for i in range(n)]
    return c.validate(source)


@case(10, 2_000)
def validate_reference_chain(c, n):
    source = plain(1)
    source["definitions"] = {f"d{i}": {"$ref": f"#/definitions/d{i + 1}"} for i in range(n)}
    source["definitions"][f"d{n}"] = {"type": "NoAuth"}
    source["streams"][0]["retriever"]["requester"]["authenticator"] = {"$ref": "#/definitions/d0"}
    return c.validate(source)


@case(10_000, 10_000_000)
def validate_long_line(c, n):
    return c.validate(json.dumps(manifest([stream("s", "https://a.test", unknown1=text(n), unknown2=1, unknown3=2)])))


@case(1_000, 1_000_000)
def validate_schema_properties(c, n):
    source = plain(1)
    source["streams"][0]["schema_loader"]["schema"]["properties"] = {f"p{i}": {"type": "string"} for i in range(n)}
    return c.validate(source)


@case(1_000, 200_000)
def validate_config_properties(c, n):
    source = plain(1)
    source["spec"]["connection_specification"]["properties"] = {f"p{i}": {"type": "string"} for i in range(n)}
    return c.validate(source, {f"p{i}": i for i in range(n)})


@case(100, 20_000)
def validate_one_of(c, n):
    source = plain(1)
    source["spec"]["connection_specification"]["properties"] = {"a": {"oneOf": [
        {"type": "object", "properties": {"kind": {"const": str(i)}}} for i in range(n)]}}
    return c.validate(source, {"a": {"kind": "none"}})


@case(1_000, 200_000)
def validate_config_lines(c, n):
    """Texts that a message shows as Python writes them."""
    source = plain(1)
    source["spec"]["connection_specification"]["properties"] = {"a": {"type": "integer"}}
    return c.validate(source, {"a": "\n" * n})


@case(1_000, 200_000)
def validate_unique_items(c, n):
    source = plain(1)
    source["spec"]["connection_specification"]["properties"] = {"a": {"type": "array", "uniqueItems": True}}
    return c.validate(source, {"a": [[i] for i in range(n)]})


@case(10_000, 2_000_000)
def yaml_list(c, n):
    return c.validate("version: 1\nlist: [" + "1," * n + "]\n")


@case(1_000, 500_000)
def yaml_lines(c, n):
    return c.validate("".join(f"key{i}: value\n" for i in range(n)))


@case(100, 100_000)
def yaml_nesting(c, n):
    return c.validate("[" * n)


@case(1_000, 500_000)
def yaml_comments(c, n):
    return c.validate(json.dumps(plain(1)) + "\n" + "# airbyte-lowcode: ignore insecure-url\n" * n)


@case(1_000, 20_000_000)
def template_text(c, n):
    return c.template("a" * n, {})


@case(1_000, 20_000_000)
def template_comment(c, n):
    return c.template("{# " + text(n) + " #}", {})


@case(1_000, 4_000_000)
def template_literal(c, n):
    return c.template("{{ '" + "\\\\" * n + "' }}", {})


@case(100, 1_000_000)
def template_digits(c, n):
    return c.template("{{ " + "7" * n + " }}", {})


@case(100, 200_000)
def template_operators(c, n):
    return c.template("{{ " + " + ".join("1" for _ in range(n)) + " }}", {})


@case(100, 200_000)
def template_joined(c, n):
    return c.template("{{ " + " ~ ".join("a" for _ in range(n)) + " }}", {"a": "b"})


@case(100, 200_000)
def template_list(c, n):
    return c.template("{{ [" + ",".join("1" for _ in range(n)) + "]|length }}", {})


@case(100, 200_000)
def template_dict(c, n):
    return c.template("{{ {" + ",".join(f"'k{i}': 1" for i in range(n)) + "}|length }}", {})


@case(100, 200_000)
def template_filters(c, n):
    return c.template("{{ 'a'" + "|upper" * n + " }}", {})


@case(100, 100_000)
def template_nesting(c, n):
    return c.template("{{ " + "(" * n + "1" + ")" * n + " }}", {})


@case(100, 100_000)
def template_statement_nesting(c, n):
    return c.template("{% if a %}" * n + "{% endif %}" * n, {"a": 1})


@case(100, 200_000)
def template_expressions(c, n):
    return c.template("".join("{{ v%d }}" % i for i in range(n)), {f"v{i}": "x" for i in range(n)})


@case(100, 200_000)
def template_variables(c, n):
    return c.template("".join("{%% set v%d = 1 %%}" % i for i in range(n)) + "".join("{{ v%d }}" % i for i in range(n)), {})


@case(100, 200_000)
def template_bound_names(c, n):
    return c.template("{% with " + ", ".join(f"v{i} = 1" for i in range(n)) + " %}{{ v0 }}{% endwith %}", {})


@case(100, 200_000)
def template_macros(c, n):
    return c.template("".join("{%% macro m%d() %%}x{%% endmacro %%}" % i for i in range(n)) + "".join(
        "{{ m%d() }}" % i for i in range(n)), {})


@case(100, 200_000)
def template_macro_parameters(c, n):
    return c.template("{% macro m(" + ", ".join(f"p{i}=1" for i in range(n)) + ") %}{{ p0 }}{% endmacro %}{{ m("
                      + ", ".join(f"p{i}=2" for i in range(n)) + ") }}", {})


@case(100, 200_000)
def template_calls(c, n):
    return c.template("{{ dict(" + ", ".join(f"p{i}=2" for i in range(n)) + ")|length }}", {})


@case(100, 200_000)
def template_blocks(c, n):
    return c.template("".join("{%% block b%d %%}x{%% endblock %%}" % i for i in range(n)), {})


@case(100, 200_000)
def template_conditions(c, n):
    return c.template("".join("{%% if a %%}{%% set v%d = 1 %%}{%% endif %%}" % i for i in range(n)), {"a": 1})


@case(100, 200_000)
def template_branches(c, n):
    return c.template("{% if z %}" + "".join("{%% elif z %%}{%% set v%d = 1 %%}" % i for i in range(n)) + "{% endif %}", {})


@case(100, 200_000)
def template_loop_turns(c, n):
    return c.template("{% set x = namespace(s='') %}{% for i in l %}{% set x.s = i %}{{ i }}{% endfor %}", {"l": list(range(n))})


@case(100, 20_000)
def template_loops(c, n):
    return c.template("".join("{%% for i in l %%}{%% set v%d = i %%}{%% endfor %%}" % i for i in range(n)), {"l": [1]})


def validated_template(template):
    source = plain(1)
    source["streams"][0]["retriever"]["requester"]["request_headers"] = {"X-A": template}
    return source


@case(100, 200_000)
def validate_template_text(c, n):
    return c.validate(validated_template("{{ 1 }}a" * n))


@case(100, 200_000)
def validate_template_variables(c, n):
    return c.validate(validated_template("".join("{%% set v%d = 1 %%}{{ v%d }}" % (i, i) for i in range(n))))


@case(100, 200_000)
def validate_template_unknown_variables(c, n):
    return c.validate(validated_template("".join("{{ v%d }}" % i for i in range(n))))


@case(100, 200_000)
def validate_template_conditions(c, n):
    return c.validate(validated_template("".join("{%% if z %%}{%% set v%d = 1 %%}{%% endif %%}" % i for i in range(n))))


@case(100, 200_000)
def validate_template_branches(c, n):
    return c.validate(validated_template(
        "{% if z %}" + "".join("{%% elif z %%}{%% set v%d = 1 %%}" % i for i in range(n)) + "{% endif %}"))


@case(10, 20_000)
def validate_template_nested_branches(c, n):
    depth = min(n, 60)
    return c.validate(validated_template(("{% if z %}{% set a = 1 %}{% else %}" * depth + "{% endif %}" * depth) * (n // depth)))


@case(100, 200_000)
def validate_template_loops(c, n):
    return c.validate(validated_template("".join("{%% for i in l %%}{%% set v%d = i %%}{{ i }}{%% endfor %%}" % i for i in range(n))))


@case(100, 200_000)
def validate_templates(c, n):
    source = plain(1)
    source["streams"][0]["retriever"]["requester"]["request_headers"] = {f"X-{i}": "{{ config['a%d'] }}" % i for i in range(n)}
    return c.validate(source)


# Each filter, test, function, method and operator of templates, as the table of TemplateGrowthTests has them

GROWTH = Path(__file__).resolve().parents[1] / "LowCodeTests" / "Interpolation" / "Fixtures" / "growth.txt"


def growing(expression):
    def make(c, n):
        count = n // 8
        numbers, members = list(range(count)), {f"k{i}": i for i in range(count)}
        words = "ab Cd-e " * count
        everything = {
            "t": words, "u": words, "a": "a" * n, "digits": "7" * n, "l": numbers, "m": numbers, "size": count,
            "s": [f"v{i}" for i in numbers], "d": members, "e": members, "r": [{"k": i, "v": "x"} for i in numbers],
            "b64": base64.b64encode(words.encode()).decode(), "o": numbers, "q": members,
        }
        used = set(re.findall(r"\w+", expression))
        return c.template("{% set x = " + expression + " %}", {name: value for name, value in everything.items() if name in used})
    return make


for line in GROWTH.read_text().splitlines():
    if not line.startswith("#"):
        kind, name, _, expression = line.split(" ", 3)
        CASES[f"template {kind} {expression}"] = (growing(expression), 8_000, 8_000_000)


def least(command, timeout):
    runs = [Run(command, timeout=timeout) for _ in range(3)]
    for run in runs:
        if run.status < 0:
            return None, f"ended by signal {-run.status}" if not run.hangs else f"took more than {timeout} s"
    return min(run.cpu for run in runs), None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--seconds", type=float, default=0.25)
    parser.add_argument("--factor", type=float, default=3)
    options = parser.parse_args()
    context = Context(options.binary)
    start = min(Run([options.binary, "--version"]).cpu for _ in range(3))
    failed = []
    for name, (make, size, limit) in CASES.items():
        if options.only and not any(part in name for part in options.only):
            continue
        fault = None
        run = Run(make(context, size), timeout=60)
        while run.status >= 0 and run.cpu - start < options.seconds and size * 2 <= limit:
            size *= 2
            run = Run(make(context, size), timeout=60)
        before, fault = least(make(context, size), 60)
        after = ratio = None
        if not fault and before - start >= options.seconds / 4:
            after, fault = least(make(context, 2 * size), 120)
            ratio = (after - start) / (before - start) if after else None
        if ratio and ratio > options.factor:
            fault = f"takes {ratio:.1f} times as long"
        shown = f"{before - start:.2f} s" if before else "-"
        print(f"{'FAIL' if fault else 'ok  '} {name}: {size} in {shown}" + (f", doubled {after - start:.2f} s (x {ratio:.1f})" if ratio else "")
              + (f": {fault}" if fault else ""), flush=True)
        if fault:
            failed.append(name)
    print(f"{len(failed)} of {len(CASES)} grow too fast" + (": " + ", ".join(failed) if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
