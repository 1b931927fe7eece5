"""Tests of the component host over its real descriptors: `python3 -m unittest test_host` with a Python that has airbyte-cdk."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import Any, Optional

from host_client import HERE, HOST, HostClient, Object, response

COMPONENTS = HERE / "fixtures" / "components.py"
CLASSES = "source_declarative_manifest.components."
CONFIG = {"name": "oil", "place": "south", "credentials": {"id": 1}, "old": True, "password": "wick"}
SLICE = {"partition": {"coast": "north"}, "cursor_slice": {"from": 1}, "extra_fields": {"hint": 9}}
MANIFEST = {
    "spec": {"connection_specification": {"properties": {"password": {"type": "string", "airbyte_secret": True}}}},
    "api_budget": {"type": "HTTPAPIBudget", "policies": []},
}


class HostCase(unittest.TestCase):
    """Each test has components of its own, and one host for all tests of the class."""

    host: HostClient
    numbers = iter(range(1, 10_000))

    @classmethod
    def setUpClass(cls) -> None:
        cls.host = HostClient()
        answer = cls.host.hello(components={"path": str(COMPONENTS)}, config=CONFIG, manifest=MANIFEST)
        assert answer["ok"], answer

    @classmethod
    def tearDownClass(cls) -> None:
        cls.host.close()

    def build(self, role: str, name: str, kwargs: Optional[Object] = None, **fields: Any) -> int:
        number = next(self.numbers)
        item = self.host.build(role, CLASSES + name, number, kwargs, **fields)
        self.assertTrue(item["ok"], item)
        self.item = item
        return number

    def fails(self, role: str, name: str, **fields: Any) -> Object:
        item = self.host.build(role, CLASSES + name, 0, **fields)
        self.assertFalse(item["ok"], item)
        return item["error"]

    def trouble(self, *records: Object) -> Any:
        number = self.build("CustomTransformation", "Trouble")
        return self.host.run([{"op": "transform", "id": number}], records)

    def extract(self, number: int, body: bytes = b"{}", **header: Any) -> Any:
        return self.host.call("run", body, steps=[{"op": "extract", "id": number}], response=response(), **header)

    def logged(self, text: str) -> list[Object]:
        return [entry for entry in self.host.logs if text in entry["message"]]


class RoleTests(HostCase):
    """The 16 roles, as they should be."""

    def test_authenticator(self) -> None:
        number = self.build(
            "CustomAuthenticator",
            "Lantern",
            {"name": "lamps", "url_base": "https://api.test"},
            prefix="{{ config['name'] }}:",
            **{"$parameters": {"a": 1}},
        )
        self.assertEqual(self.item["flags"], {"signs": True, "signs_with_header": True})
        self.assertIn("requests.auth.AuthBase", self.item["mro"])
        self.assertEqual(self.host.config[-1]["set"], {"place": "north"})
        options = self.host.call("auth_options", id=number)
        self.assertEqual(options["headers"], {"X-Lantern": "oil:lamps@https://api.test"})
        self.assertEqual(options["params"], {"decoder": "JsonDecoder"})
        self.assertEqual((options["body_data"], options["body_json"]), ({}, {}))
        self.assertIn("oil-1", self.host.secrets)
        signed = self.host.call(
            "auth_sign", id=number, request={"method": "GET", "url": "https://api.test/", "headers": [["A", "b"]]}
        )
        self.assertEqual(signed["headers"], [["A", "b"], ["X-Lantern", "oil:lamps@https://api.test"]])

    def test_authenticator_that_signs(self) -> None:
        number = self.build("CustomAuthenticator", "Seal")
        self.assertEqual(self.item["flags"], {"signs": True, "refreshes": True, "observes": True, "rotates": True})
        signed = self.host.call(
            "auth_sign", b"body", id=number, request={"method": "POST", "url": "https://api.test/?a=1", "headers": [["X", "y"]]}
        )
        self.assertEqual(signed["url"], "https://api.test/?a=1&signed=1")
        self.assertEqual(dict(signed["headers"]), {"X": "y", "X-Signed": "POST https://api.test/?a=1 4", "Content-Length": "5"})
        self.assertEqual(signed.body, b"body!")
        self.assertFalse(
            self.host.call("auth_rotates", id=number, request={"method": "GET", "url": "u", "headers": [["X-Lamp", "1"]]})[
                "rotates"
            ]
        )
        self.assertTrue(self.host.call("auth_observe", b"{}", id=number, response=response(status=429))["ok"])
        self.assertTrue(
            self.host.call("auth_rotates", id=number, request={"method": "GET", "url": "u", "headers": [["X-Lamp", "1"]]})[
                "rotates"
            ]
        )
        self.assertTrue(self.host.call("refresh", id=number)["refreshed"])
        self.assertFalse(
            self.host.call("auth_rotates", id=number, request={"method": "GET", "url": "u", "headers": [["X-Lamp", "1"]]})[
                "rotates"
            ]
        )

    def test_authenticator_that_makes_another(self) -> None:
        self.build("CustomAuthenticator", "Another")
        self.assertEqual(self.item["class"], "airbyte_cdk.sources.declarative.auth.token.BearerAuthenticator")

    def test_transformation(self) -> None:
        helper = {"fields": [{"type": "AddedFieldDefinition", "path": ["lit"], "value": "{{ record['n'] * 2 }}"}]}
        number = self.build(
            "CustomTransformation", "Numbered", field_name="n", helper=helper, **{"$parameters": {"keeper": "Ida"}}
        )
        steps = [{"op": "transform", "id": number}]
        answer = self.host.run(steps, [{"a": 1}, {}], slice=SLICE)
        first = {
            "a": 1,
            "n": 1,
            "slice": {"coast": "north", "from": 1},
            "extra": {"hint": 9},
            "keeper": "Ida",
            "same_config": True,
            "lit": 2,
        }
        self.assertEqual(answer.items[0], first)
        self.assertNotIn("origins", answer)
        self.assertEqual([item["n"] for item in self.host.run(steps, [{}, {}], slice=SLICE).items], [3, 4])
        self.assertIsNone(self.host.run(steps, [{}]).items[0]["slice"])

    def test_extractor(self) -> None:
        number = self.build("CustomRecordExtractor", "Lamps", field_path=["data", "{{ config['name'] }}"])
        answer = self.extract(number, b'{"data": {"oil": [{"id": 1}, {"id": 2}]}}')
        self.assertEqual(answer.items[1], {"id": 2, "from": "https://api.test/things?page=1"})
        self.assertNotIn("more", answer)

    def test_extractor_paths_are_those_of_the_library(self) -> None:
        import requests
        from airbyte_cdk.sources.declarative.extractors import DpathExtractor

        document = {
            "a": {
                "b": [{"id": 1}],
                "1": [{"id": 2}],
                "e": {},
                "x?": [{"id": 3}],
                "list": [[{"id": 4}], [{"id": 5}]],
                "n": None,
                "t": "text",
            }
        }
        plain = requests.Response()
        plain._content = json.dumps(document).encode()
        for path in (["a", "b"], ["a", "1"], ["a", "e"], ["a", "?"], ["a", "x?"], ["a", "list", "0"], ["a", "list", "-1"], ["a", "none"], ["a", "b", "id"],
                     ["a", "n"], ["a", "n", "m"], ["a", "[b]"], ["a", "*", "0"], [], ["a", "list", "x"], ["a"], ["a", "B"], [" a", "b"]):  # fmt: skip
            answer = self.extract(self.build("CustomRecordExtractor", "Lamps", field_path=path), plain.content)
            try:
                expected = list(DpathExtractor(field_path=path, config=CONFIG, parameters={}).extract_records(plain))
            except ValueError as error:  # more than one place fits
                self.assertEqual(answer["error"]["message"], str(error))
                continue
            if not all(isinstance(item, dict) for item in expected):
                self.assertFalse(answer["ok"], path)
                continue
            self.assertTrue(answer["ok"], answer)
            self.assertEqual(
                [{key: value for key, value in item.items() if key != "from"} for item in answer.items], expected, path
            )

    def test_filter(self) -> None:
        number = self.build("CustomRecordFilter", "Memory")
        steps = [{"op": "filter", "id": number}]
        answer = self.host.run(steps, [{"name": "a"}, {"name": "b"}, {"name": "a"}, {"name": "c"}], slice=SLICE, token=5)
        self.assertEqual([item["name"] for item in answer.items], ["a", "b", "c"])
        self.assertEqual(answer["origins"], [0, 1, 3])
        self.assertEqual(self.host.run(steps, [{"name": "b"}, {"name": "d"}], slice=SLICE)["origins"], [1])

    def test_chain(self) -> None:
        extractor = self.build("CustomRecordExtractor", "Lamps", field_path=["data"])
        only = self.build("CustomRecordFilter", "FirstOnly")
        normalizer = self.build("CustomSchemaNormalization", "Whole")
        transformation = self.build("CustomTransformation", "Numbered", field_name="n")
        steps = [{"op": "filter", "id": only}, {"op": "transform", "id": transformation}, {"op": "normalize", "id": normalizer}]
        self.host.call("response", b'{"data": [{"v": "1"}, {"v": "2"}]}', response=response(rid=1))
        answer = self.host.call(
            "run", steps=[{"op": "extract", "id": extractor, "rid": 1}, *steps], slice=SLICE, schema={"properties": {"v": {}}}
        )
        self.assertEqual(
            answer.items,
            [
                {
                    "v": 1,
                    "from": "https://api.test/things?page=1",
                    "copied": True,
                    "n": 1,
                    "slice": {"coast": "north", "from": 1},
                    "extra": {"hint": 9},
                    "keeper": None,
                    "same_config": True,
                }
            ],
        )
        pages = self.build("CustomPaginationStrategy", "Pages", page_size=2)
        self.assertEqual(
            self.host.call("next_token", id=pages, rid=1, last_page_size=1, last_token=None)["token"], 1
        )  # two were extracted
        self.assertEqual(self.host.run(steps[2:], [{"v": "3"}], schema={"properties": {"v": {}}}).items, [{"v": 3}])
        self.assertNotIn("origins", self.host.run(steps[2:], [{"v": "3"}], schema={"properties": {"v": {}}}))
        self.assertEqual(self.host.run(steps[:1], [{"v": "3"}, {}])["origins"], [-1])

    def test_error_handler_and_backoff(self) -> None:
        number = self.build("CustomErrorHandler", "Storm")
        self.assertEqual(self.item["flags"], {"max_retries": 3, "backoff": True})
        answer = self.host.call("interpret", b'{"why": "tea"}', id=number, response=response(status=418), attempt=1)
        self.assertEqual((answer["action"], answer["failure_type"], answer["message"]), ("FAIL", "config_error", "tea"))
        answer = self.host.call("interpret", b"", id=number, response=response(), attempt=1)
        self.assertEqual((answer["action"], answer["failure_type"], answer["message"]), ("SUCCESS", None, None))
        exception = {"type": "requests.exceptions.ConnectTimeout", "message": "cut", "request": {"method": "GET", "url": "u"}}
        answer = self.host.call("interpret", id=number, exception=exception, attempt=1)
        self.assertEqual((answer["action"], answer["message"]), ("RETRY", "storm: cut"))
        self.assertEqual(self.host.call("backoff", id=number, exception=exception, attempt=2)["seconds"], 2.5)
        self.assertIsNone(self.host.call("backoff", id=number, exception=exception, attempt=2, strategy=0)["seconds"])
        strategy = self.build("CustomBackoffStrategy", "Calm", offset=1)
        self.assertEqual(self.host.call("backoff", b"{}", id=strategy, response=response(), attempt=3)["seconds"], 4)

    def test_pagination(self) -> None:
        extractor = {"type": "DpathExtractor", "field_path": ["data"]}
        number = self.build(
            "CustomPaginationStrategy", "Steps", {"decoder": {"type": "JsonDecoder"}, "extractor_model": extractor}
        )
        self.assertEqual(self.item["flags"], {"initial_token": {"after": 0}, "page_size": 2, "wants_slice": True})
        token = self.host.call(
            "next_token",
            b'{"kind": "k"}',
            id=number,
            response=response(),
            last_page_size=2,
            last_record={"id": 8},
            last_token=4,
            slice=SLICE,
        )["token"]
        self.assertEqual(
            token, {"after": 8, "was": 4, "slice": {"coast": "north", "from": 1}, "kind": "k", "by": "DpathExtractor"}
        )
        self.assertIsNone(
            self.host.call("next_token", b"", id=number, response=response(), last_page_size=1, last_token=4)["token"]
        )
        self.assertEqual(self.host.call("initial_token", id=number)["token"], {"after": 0})
        self.assertEqual(self.host.call("page_size", id=number)["size"], 2)
        secretive = self.build("CustomPaginationStrategy", "Secretive")
        self.assertEqual(self.item["flags"], {"initial_token": {"after": 0}, "wants_slice": True, "unknown": ["page_size"]})
        self.assertEqual(self.host.call("page_size", id=secretive)["error"]["message"], "nobody knows")
        number = self.build("CustomPaginationStrategy", "Pages", page_size=2)
        self.assertEqual(
            self.item["flags"], {"page_size": 2, "page_increment": True, "wants_slice": True, "wants_page_size_override": True}
        )
        self.assertEqual(
            self.host.call("next_token", b"{}", id=number, response=response(), last_page_size=1, last_token=3, extracted=2)[
                "token"
            ],
            4,
        )
        self.assertIsNone(
            self.host.call("next_token", b"{}", id=number, response=response(), last_page_size=1, last_token=3)["token"]
        )

    def test_decoder(self) -> None:
        number = self.build("CustomDecoder", "Pipes")
        self.assertEqual(self.item["flags"], {"streams": True})
        plain = response(headers=[("Content-Type", "text/plain; charset=utf-8")])
        self.assertEqual(
            self.host.call("decode", "a|b\nü|d".encode(), id=number, response=plain).items,
            [{"values": ["a", "b"]}, {"values": ["ü", "d"]}],
        )
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"1|2\n" * 20_000)
            file.flush()
            headers = [("Content-Encoding", "gzip"), ("Content-Length", "7"), ("Content-Type", "text/plain; charset=utf-8")]
            answer = self.host.call("decode", id=number, response=response(headers=headers, file=file.name))
        count = len(answer.items)
        while "more" in answer:
            answer = self.host.call("pull", g=answer["more"])
            count += len(answer.items)
        self.assertEqual(count, 20_000)

    def announce(self, rid: int) -> None:
        headers = [("Content-Type", "text/plain; charset=utf-8")]
        self.assertTrue(self.host.call("response", response=response(headers=headers, rid=rid, arrives=True))["ok"])

    def test_a_body_in_parts(self) -> None:
        number = self.build("CustomDecoder", "Pipes")
        self.announce(70)
        decoding = self.host.post("decode", id=number, rid=70)
        for part in ("a|", "b\nü".encode()[:3], "b\nü".encode()[3:], b"|d\n"):
            part = part.encode() if isinstance(part, str) else part
            self.assertTrue(self.host.call("body", part, rid=70)["wanted"])
        self.host.post("body", rid=70, end=True)
        items, answer = [], self.host.wait(decoding)
        items += answer.items
        while "more" in answer:
            answer = self.host.call("pull", g=answer["more"])
            items += answer.items
        self.assertEqual(items, [{"values": ["a", "b"]}, {"values": ["ü", "d"]}])
        self.assertFalse(self.host.call("body", b"late", rid=70)["wanted"])

    def test_a_body_that_nobody_reads_waits(self) -> None:
        self.announce(71)
        part = bytes(600_000)
        self.assertTrue(self.host.call("body", part, rid=71)["wanted"])
        waiting = self.host.post("body", part, rid=71)
        with self.assertRaises(TimeoutError):
            self.host.wait(waiting, timeout=0.05)
        self.host.post("release", rids=[71])
        self.assertFalse(self.host.wait(waiting)["wanted"])
        self.assertFalse(self.host.call("body", part, rid=71)["wanted"])

    def test_a_body_that_breaks_off(self) -> None:
        number = self.build("CustomDecoder", "Pipes")
        self.announce(72)
        decoding = self.host.post("decode", id=number, rid=72)
        self.host.call("body", b"1|2\n" * 500, rid=72)
        self.host.post("body", rid=72, end=True, broken="the line is dead")
        count, answer = 0, self.host.wait(decoding)
        count += len(answer.items)
        while "more" in answer:
            answer = self.host.call("pull", g=answer["more"])
            count += len(answer.items)
        self.assertEqual(answer["error"]["type"], "requests.exceptions.ChunkedEncodingError")
        self.assertIn("the line is dead", answer["error"]["message"])
        self.assertGreater(count, 300)

    def test_a_body_that_is_dropped(self) -> None:
        number = self.build("CustomDecoder", "Pipes")
        self.announce(73)
        decoding = self.host.post("decode", id=number, rid=73)
        self.host.call("body", b"1|2\n" * 50_000, rid=73)
        answer = self.host.wait(decoding)
        self.host.call("drop", g=answer["more"])
        self.assertFalse(self.host.call("body", b"3|4\n", rid=73)["wanted"])

    def test_a_shared_decoder(self) -> None:
        definition = {"type": "CustomDecoder", "class_name": CLASSES + "Pipes"}
        items = []
        for id, role, class_name in ((80, "CustomRecordExtractor", "Kept"), (81, "CustomDecoder", "Pipes")):
            given = {"decoder": definition} if id == 80 else {}
            own = {"type": role, "class_name": CLASSES + class_name}
            items += [{"id": id, "role": role, "definition": own, "kwargs": given, "decoder": "one"}]
        items += [{**items[0], "id": 82, "decoder": "other"}]
        built = self.host.call("build", items=items)["items"]
        self.assertEqual([item["ok"] for item in built], [True, True, True])
        self.host.call("decode", b"a", id=81, response=response())
        self.assertEqual(self.extract(80).items, [{"seen": True}])
        self.assertEqual(self.extract(82).items, [{"seen": False}])

    def test_schema(self) -> None:
        number = self.build("CustomSchemaLoader", "Blueprint")
        self.assertEqual(
            self.host.call("schema", id=number).items, {"type": "object", "properties": {"lamp": {"type": "string"}}}
        )

    def test_state_migration(self) -> None:
        stream = stream_definition("http://127.0.0.1:1")
        number = self.build("CustomStateMigration", "Renamed", {"declarative_stream": stream})
        answer = self.host.call("migrate", id=number, state={"old": "2024"})
        self.assertEqual((answer["migrates"], answer["state"]), (True, {"lamps": "2024"}))
        answer = self.host.call("migrate", id=number, state={})
        self.assertEqual((answer["migrates"], answer["state"]), (False, {}))

    def test_config_transformation_and_validation(self) -> None:
        number = self.build("CustomConfigTransformation", "Moved")
        self.assertEqual(
            self.host.call("config", id=number, config={"name": "a", "b": 1})["config"], {"lamp": {"name": "a"}, "b": 1}
        )
        number = self.build("CustomValidationStrategy", "Even")
        self.assertEqual(self.host.call("validate", id=number, value=2)["valid"], True)
        answer = self.host.call("validate", id=number, value=3)
        self.assertEqual((answer["ok"], answer["valid"], answer["message"]), (True, False, "3 is odd"))
        self.assertEqual(self.host.call("validate", id=number, value="x")["error"]["type"], "TypeError")

    def test_partition_router(self) -> None:
        number = self.build("CustomPartitionRouter", "Coasts", {"stream_name": "lamps"})
        slices = self.host.call("slices", id=number).items
        self.assertEqual(
            slices[1], {"partition": {"coast": "south"}, "cursor_slice": {"from": 1}, "extra_fields": {"stream": "lamps"}}
        )
        self.assertEqual(slices[2], {"partition": {"coast": "west"}, "cursor_slice": {}, "extra_fields": {}})
        options = self.host.call("router_options", id=number, slice=SLICE, token=3)
        self.assertEqual(
            (options["headers"], options["params"]), ({"X-Coast": "north"}, {"coast": "north", "token": {"next_page_token": 3}})
        )
        self.assertEqual(self.host.call("parent_state", id=number)["state"], {"coasts": {"at": 3}})
        self.build("CustomPartitionRouter", "Nowhere", {"stream_name": "lamps"})
        self.assertEqual(self.item["flags"], {"single_partition": True, "parent_state": {}})

    def test_requester(self) -> None:
        with Server() as server:
            fields = {
                "url_base": server.url,
                "path": "/lamps/{{ stream_slice['coast'] }}",
                "http_method": "POST",
                "request_headers": {"X-Own": "1"},
            }
            number = self.build("CustomRequester", "Boat", {"name": "lamps"}, **fields)
            answer = self.host.call(
                "send", id=number, rid=70, slice=SLICE, params={"page": 2}, body_json={"a": 1}, headers={"X-Page": "2"}
            )
            self.assertEqual(answer["status"], 200)
            self.assertEqual(answer["request"]["url"], f"{server.url}/lamps/north?page=2")
            self.assertIn(["Content-Type", "application/json"], answer["headers"])
            seen = json.loads(answer.body)["seen"]
            self.assertEqual((seen["method"], seen["path"], seen["body"]), ("POST", "/lamps/north?page=2", '{"a": 1}'))
            self.assertEqual(seen["headers"]["X-Page"], "2")
        extractor = self.build("CustomRecordExtractor", "Lamps", field_path=["data"])
        self.assertEqual(self.host.call("run", steps=[{"op": "extract", "id": extractor, "rid": 70}]).items[0]["id"], 1)

    def test_retriever(self) -> None:
        with Server() as server:
            number = self.build("CustomRetriever", "Messenger", {"stream": stream_definition(server.url)})
            slices = self.host.call("slices", id=number).items
            self.assertEqual([each["partition"]["coast"] for each in slices], ["north", "south", "west"])
            items = self.host.call("read", id=number, slice=slices[0], schema={"properties": {"z": {}}}).items
            self.assertEqual(items[0]["message"]["log"]["message"], "lamps {'coast': 'north', 'from': 1}")
            self.assertEqual(items[1], {"record": {"id": 1, "name": "a", "added": "north"}})
            self.assertEqual(items[-1], {"record": {"last": ["z"]}})
            self.assertEqual(self.host.call("read", id=number, slice=slices[0]).items[-1], {"record": {"last": ["lamp"]}})

    def test_retriever_goes_on_from_its_state(self) -> None:
        with Server() as server:
            stream = stream_definition(server.url)
            del stream["retriever"]["partition_router"]
            stream["incremental_sync"] = {
                "type": "DatetimeBasedCursor", "cursor_field": "at", "datetime_format": "%Y-%m-%d",
                "start_datetime": {"type": "MinMaxDatetime", "datetime": "2024-01-01", "datetime_format": "%Y-%m-%d"},
                "end_datetime": {"type": "MinMaxDatetime", "datetime": "2024-03-01", "datetime_format": "%Y-%m-%d"},
            }  # fmt: skip
            number = self.build("CustomRetriever", "Messenger", {"stream": stream, "state": {"at": "2024-02-01"}})
            slices = self.host.call("slices", id=number).items
            self.assertEqual(slices[0]["cursor_slice"], {"start_time": "2024-02-01", "end_time": "2024-03-01"})

    def test_responses(self) -> None:
        number = self.build("CustomRecordExtractor", "About")
        headers = [("X-Lamp", "1"), ("x-lamp", "2"), ("Content-Type", "text/plain; charset=iso-8859-1")]
        described = response(status=404, headers=headers, elapsed=1.5, rid=5)
        described["reason"] = "Nothing"
        described["request"].update(has_body=True, method="POST", url="https://api.test/sent")
        answer = self.host.call("response", "grün\nlamp".encode("latin-1"), b"q=1", response=described)
        self.assertEqual(answer, {"n": answer["n"], "ok": True})
        expected = {
            "is_response": True, "status": 404, "ok": False, "reason": "Nothing", "header": "1, 2", "url": "https://api.test/things?page=1", "encoding": "iso-8859-1",
            "text": "grün\nlamp", "content": 9, "raw": "grün", "chunks": ["grün", "\nlam", "p"], "lines": ["grün", "lamp"], "elapsed": 1.5, "method": "POST",
            "sent": "*/*", "sent_url": "https://api.test/sent", "body": "q=1",
        }  # fmt: skip
        steps = [{"op": "extract", "id": number, "rid": 5}]
        self.assertEqual(self.host.call("run", steps=steps).items, [expected])
        self.host.post("release", rids=[5])
        error = self.host.call("run", steps=steps)["error"]
        self.assertEqual((error["kind"], error["message"]), ("gone", "response 5 is not known (any more)"))


class ErrorTests(HostCase):
    """Components as they should not be."""

    def test_exception_at_a_record(self) -> None:
        answer = self.trouble({"do": "nothing"}, {"do": "nothing", "n": 2}, {"do": "fail"}, {"do": "nothing"})
        self.assertFalse(answer["ok"])
        self.assertEqual(answer.items, [{"do": "nothing"}, {"do": "nothing", "n": 2}])
        error = answer["error"]
        self.assertEqual((error["type"], error["message"], error["kind"]), ("KeyError", "'missing'", "exception"))
        self.assertEqual((error["file"], error["code"]), (str(COMPONENTS), 'record["missing"]["deep"] = 1'))
        self.assertEqual(error["function"].split(".")[-1], "fail")
        self.assertEqual(COMPONENTS.read_text().splitlines()[error["line"] - 1].strip(), error["code"])
        self.assertTrue(error["traceback"].startswith("Traceback"))
        self.assertNotIn("<string>", error["traceback"])

    def test_traced_exception(self) -> None:
        error = self.trouble({"do": "traced"})["error"]
        self.assertEqual(
            (error["failure_type"], error["user_message"], error["message"]), ("config_error", "Please refill.", "the oil is out")
        )

    def test_errors_that_would_end_a_process(self) -> None:
        for action, name in (
            ("exit", "SystemExit"),
            ("interrupt", "KeyboardInterrupt"),
            ("generator_exit", "GeneratorExit"),
            ("recurse", "RecursionError"),
            ("memory", "MemoryError"),
        ):
            answer = self.trouble({"do": "nothing"}, {"do": action})
            self.assertEqual(answer["error"]["type"], name)
            self.assertEqual(answer.items, [{"do": "nothing"}])
            self.assertLess(len(answer["error"]["traceback"]), 40_000)

    def test_messages_that_are_no_text(self) -> None:
        self.assertEqual(self.trouble({"do": "surrogate"})["error"]["message"], "half \ud83d")
        self.assertIn("cannot be made", self.trouble({"do": "unprintable"})["error"]["message"])

    def test_values(self) -> None:
        values = self.trouble({"do": "values"}).items[0]["values"]
        self.assertEqual(
            values,
            {
                "date": "2024-02-29",
                "time": "2024-02-29T01:02:03+00:00",
                "uuid": "00000000-0000-0000-0000-000000000005",
                "nan": None,
                "tuple": [1, 2],
            },
        )
        self.assertEqual(
            self.trouble({"do": "huge"}).items, [{"do": "huge", "huge": 2**100, "nan": None, "half": "\ud83d", "5": "number"}]
        )
        answer = self.trouble({"do": "nothing"}, {"do": "unwritable"}, {"do": "nothing"})
        self.assertEqual(
            (answer["error"]["kind"], answer["error"]["message"]), ("wrong_type", "the value of `a[0].b` is no JSON value: set")
        )
        self.assertEqual(answer.items, [{"do": "nothing"}])
        self.assertIn("`price`", self.trouble({"do": "decimal"})["error"]["message"])
        self.assertEqual(self.trouble({"do": "cyclic"})["error"]["kind"], "wrong_type")
        self.assertEqual(self.trouble({"do": "nothing", "half": "\ud83d", "huge": 2**64 - 1}).items[0]["half"], "\ud83d")

    def test_output(self) -> None:
        self.trouble({"do": "say"})
        time.sleep(0.1)
        for line in ("a lamp says: hello", "{'not': 'json'}", "a program says: hello"):
            self.assertIn(line, self.host.output["stdout"])

    def test_logs(self) -> None:
        self.host.logs.clear()
        answer = self.trouble({"do": "log"})
        self.assertNotIn("log", answer)
        self.assertEqual(
            [(entry["level"], entry["message"]) for entry in self.host.logs],
            [("WARN", "flickers 1"), ("WARN", "UserWarning: too bright"), ("ERROR", "dark")],
        )
        self.assertIn("ZeroDivisionError", self.host.logs[-1]["internal"])

    def test_printed_messages(self) -> None:
        self.host.control.clear()
        self.trouble({"do": "control"})
        self.assertEqual(self.host.control[0]["control"]["connectorConfig"], {"config": {"token": "renewed"}})
        self.assertEqual(self.logged("by hand")[0]["level"], "WARN")
        self.assertFalse([line for line in self.host.output["stdout"] if "CONTROL" in line])

    def test_changes_of_the_configuration(self) -> None:
        host = HostClient()
        host.hello(components={"path": str(COMPONENTS)}, config=CONFIG)
        host.build("CustomTransformation", CLASSES + "Trouble", 1)
        host.run([{"op": "transform", "id": 1}], [{"do": "change"}])
        self.assertEqual(host.config, [{"set": {"credentials": {"id": 7}, "new": [1]}, "removed": ["place", "old"]}])
        host.run([{"op": "transform", "id": 1}], [{"do": "nothing"}])
        self.assertEqual(len(host.config), 1)
        host.call("configure", config={"credentials": {"id": 9}})
        host.run([{"op": "transform", "id": 1}], [{"do": "change"}])
        self.assertEqual(host.config[-1]["set"], {"credentials": {"id": 7}, "new": [1]})
        host.close()

    def test_threads_and_forks(self) -> None:
        self.assertEqual(self.trouble({"do": "thread"}).items, [{"do": "thread", "by": "thread"}])
        self.assertTrue(self.logged("from a thread"))
        self.assertEqual(self.trouble({"do": "fork"}).items, [{"do": "fork", "status": 0}])
        self.assertEqual(self.trouble({"do": "nothing"}).items, [{"do": "nothing"}])
        self.assertFalse(self.logged("must not be heard"))

    def test_descriptors_and_directory(self) -> None:
        for action in ("chdir", "close"):
            self.assertTrue(self.trouble({"do": action})["ok"])
        error = self.trouble({"do": "fail"})["error"]
        self.assertEqual(error["code"], 'record["missing"]["deep"] = 1')

    def test_calls_do_not_wait_for_each_other(self) -> None:
        number = self.build("CustomTransformation", "Trouble")
        steps = [{"op": "transform", "id": number}]
        start = time.monotonic()
        slow = [self.host.post("run", json.dumps([{"do": "sleep", "seconds": 0.5}]).encode(), steps=steps) for _ in range(8)]
        self.assertTrue(self.host.run(steps, [{"do": "nothing"}])["ok"])
        self.assertLess(time.monotonic() - start, 0.4)
        for each in slow:
            self.assertTrue(self.host.wait(each)["ok"])
        self.assertLess(time.monotonic() - start, 1.5)

    def test_generator_without_end(self) -> None:
        number = self.build("CustomRecordExtractor", "Endless")
        answer = self.extract(number)
        self.assertEqual(len(answer.items), 5000)
        answer = self.host.call("pull", g=answer["more"])
        self.assertEqual(answer.items[0], {"number": 5000})
        self.assertTrue(self.host.call("drop", g=answer["more"])["ok"])
        self.assertEqual(self.host.call("pull", g=answer["more"])["error"]["kind"], "gone")

    def test_slow_generator(self) -> None:
        answer = self.extract(self.build("CustomRecordExtractor", "Slow"))
        numbers = [item["number"] for item in answer.items]
        self.assertLess(len(numbers), 4)
        while "more" in answer:
            answer = self.host.call("pull", g=answer["more"])
            numbers += [item["number"] for item in answer.items]
        self.assertEqual(numbers, [0, 1, 2, 3])

    def test_wrong_types(self) -> None:
        number = self.build("CustomRecordExtractor", "Wrong")
        error = self.extract(number)["error"]
        self.assertEqual(
            (error["kind"], error["message"]), ("wrong_type", "Wrong.extract_records returned NoneType, not an iterable")
        )
        for op, method in (
            ("interpret", "interpret_response"),
            ("schema", "get_json_schema"),
            ("slices", "stream_slices"),
            ("backoff", "backoff_time"),
        ):
            error = self.host.call(
                op,
                b"{}",
                id=self.build("CustomBackoffStrategy" if op == "backoff" else "CustomSchemaLoader", "Wrong"),
                response=response(),
            )["error"]
            self.assertEqual(error["kind"], "wrong_type", error)
            self.assertIn(method, error["message"])
        error = self.host.call("auth_sign", id=number, request={"method": "GET", "url": "u", "headers": []})["error"]
        self.assertIn("__call__ returned NoneType", error["message"])
        self.assertEqual(self.extract(self.build("CustomRecordExtractor", "Wrong", value=[1, "a"])).items, [1, "a"])

    def test_arguments(self) -> None:
        error = self.fails("CustomTransformation", "Needy", wanted="w")
        self.assertEqual((error["kind"], error["missing"], error["file"]), ("signature", ["also"], str(COMPONENTS)))
        self.assertIn(
            "class Needy",
            COMPONENTS.read_text().splitlines()[error["line"] - 1 + 1] + COMPONENTS.read_text().splitlines()[error["line"] - 1],
        )
        error = self.fails("CustomTransformation", "Unfillable", secret_argument="x")
        self.assertEqual((error["kind"], error["missing"]), ("signature", ["secret_argument"]))
        error = self.fails("CustomTransformation", "Broken")
        self.assertEqual(
            (error["kind"], error["type"], error["code"]), ("exception", "KeyError", 'raise KeyError(config["nothing"])')
        )
        error = self.fails("CustomTransformation", "Numbered", field_name="n", helper={"type": "Nothing"})
        self.assertIn("Nothing", error["message"])

    def test_classes(self) -> None:
        error = self.fails("CustomTransformation", "Numberd")
        self.assertEqual(error["kind"], "missing_class")
        self.assertIn("Numbered", error["known"])
        item = self.host.build("CustomTransformation", "not_there.At.all", 0)
        self.assertEqual((item["error"]["kind"], item["error"]["module"]), ("import", "not_there"))
        item = self.host.build("CustomIncrementalSync", CLASSES + "Numbered", 0)
        self.assertEqual((item["error"]["kind"], "CustomIncrementalSync" in item["error"]["message"]), ("signature", True))

    def test_check(self) -> None:
        classes = self.host.call(
            "check", classes=[CLASSES + "Needy", CLASSES + "Unfillable", CLASSES + "No", "json.JSONDecoder"]
        )["classes"]
        self.assertEqual(classes[0]["hints"], {"config": "Mapping[str, Any]", "wanted": "str", "also": "int"})
        self.assertEqual(classes[0]["required"], ["config", "wanted", "also"])
        self.assertEqual(classes[1]["unfillable"], ["secret_argument"])
        self.assertEqual(classes[2]["error"]["kind"], "missing_class")
        self.assertTrue(classes[3]["ok"])

    def test_requests_that_make_no_sense(self) -> None:
        for op in ("nothing", "_reply", "__init__", "responses"):
            self.assertFalse(self.host.call(op)["ok"], op)
        self.assertEqual(self.host.call("schema", id=99_999)["error"]["kind"], "gone")
        self.assertFalse(self.host.call("schema")["ok"])
        self.assertFalse(self.host.call("run", b"[", steps=[])["ok"])


class LifeTests(unittest.TestCase):
    """How a host begins and ends."""

    def start(self, **header: Any) -> tuple[HostClient, Any]:
        host = HostClient()
        self.addCleanup(host.process.kill)
        return host, host.hello(**header)

    def test_hello(self) -> None:
        host, answer = self.start(config={"a": 1})
        self.assertEqual((answer["protocol"], answer["pid"], answer["prefix"]), (1, host.process.pid, sys.prefix))
        self.assertEqual(answer["python"], sys.version.split()[0])
        self.assertTrue(answer["cdk"])
        start = time.monotonic()
        self.assertEqual(host.close(), 0)
        self.assertLess(time.monotonic() - start, 2)

    def test_atexit_and_threads_do_not_hold_up_the_end(self) -> None:
        host, _ = self.start(components={"path": str(COMPONENTS)})
        host.build("CustomTransformation", CLASSES + "Trouble", 1)
        host.run([{"op": "transform", "id": 1}], [{"do": "thread"}])
        host.post("run", json.dumps([{"do": "sleep", "seconds": 60}]).encode(), steps=[{"op": "transform", "id": 1}])
        start = time.monotonic()
        self.assertEqual(host.close(), 0)
        self.assertLess(time.monotonic() - start, 2)

    def test_signals(self) -> None:
        host, _ = self.start()
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(host.process.pid, number)
        time.sleep(0.2)
        self.assertTrue(host.call("check", classes=[])["ok"])
        self.assertEqual(host.close(), 0)

    def test_a_host_that_dies(self) -> None:
        host, _ = self.start(components={"path": str(COMPONENTS)})
        host.build("CustomTransformation", CLASSES + "Trouble", 1)
        with self.assertRaises(EOFError):
            host.run([{"op": "transform", "id": 1}], [{"do": "die"}])
        self.assertEqual(host.process.wait(), 7)

    def test_code_as_text(self) -> None:
        text = "class A:\n    def transform(self, record, **more):\n        record['a']['b']\n"
        sums = {"md5": hashlib.md5(text.encode()).hexdigest(), "sha256": hashlib.sha256(text.encode()).hexdigest()}
        host, answer = self.start(components={"text": text, "checksums": sums})
        self.assertTrue(answer["ok"], answer)
        host.build("CustomTransformation", "components.A", 1)
        error = host.run([{"op": "transform", "id": 1}], [{}])["error"]
        self.assertEqual((error["file"], error["line"], error["code"]), ("components.py", 3, "record['a']['b']"))
        host.close()
        host, answer = self.start(components={"text": text + " ", "checksums": sums})
        self.assertEqual((answer["error"]["kind"], answer["cdk"] is not None), ("checksum", True))
        host.close()
        host, answer = self.start(components={"text": text, "checksums": {"crc": "1"}})
        self.assertEqual(answer["error"]["kind"], "checksum")
        host.close()

    def test_code_that_cannot_be_imported(self) -> None:
        for text, name, line in (
            ("import os\nimport not_installed.part\n", "ModuleNotFoundError", 2),
            ("def f(:\n", "SyntaxError", 1),
            ("x = 1\n\n1 / 0", "ZeroDivisionError", 3),
            ("import sys\nsys.exit('no')", "SystemExit", 2),
        ):
            host, answer = self.start(components={"text": text})
            error = answer["error"]
            self.assertEqual(
                (answer["ok"], error["kind"], error["type"], error["file"], error["line"]),
                (False, "import", name, "components.py", line),
            )
            if name == "ModuleNotFoundError":
                self.assertEqual(error["module"], "not_installed")
            host.close()
        host, answer = self.start(components={"path": "/not/there.py"})
        self.assertEqual(answer["error"]["kind"], "import")
        host.close()

    def test_folder(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            package = Path(folder) / "source_lamps"
            package.mkdir()
            (package / "__init__.py").write_text("")
            (package / "parts.py").write_text(
                "class A:\n    def transform(self, record, **more):\n        raise OSError('dark')\n"
            )
            (package / "bad.py").write_text("import nothing_here\n")
            host = HostClient(cwd=folder)
            self.addCleanup(host.process.kill)
            host.hello(components={"folder": "."})
            self.assertTrue(host.build("CustomTransformation", "source_lamps.parts.A", 1)["ok"])
            error = host.run([{"op": "transform", "id": 1}], [{}])["error"]
            self.assertEqual((error["file"], error["line"], error["message"]), ("source_lamps/parts.py", 3, "dark"))
            error = host.build("CustomTransformation", "source_lamps.bad.A", 2)["error"]
            self.assertEqual(
                (error["kind"], error["module"], error["file"], error["line"]),
                ("import", "nothing_here", "source_lamps/bad.py", 1),
            )
            host.close()

    def test_modules_of_the_working_directory_are_not_taken(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("json", "requests", "queue"):
                (Path(folder) / f"{name}.py").write_text("raise SystemExit('taken')")
            host = HostClient(cwd=folder)
            self.addCleanup(host.process.kill)
            self.assertTrue(host.hello()["cdk"])
            host.close()

    def test_without_airbyte_cdk(self) -> None:
        base = Path(sys.base_prefix) / "bin" / "python3"
        probe = subprocess.run([base, "-I", "-c", "import airbyte_cdk"], stderr=subprocess.DEVNULL)
        if probe.returncode == 0:
            self.skipTest("the base interpreter has airbyte-cdk")
        host = HostClient([str(base), "-I", "-c", HOST.read_text()])
        self.addCleanup(host.process.kill)
        answer = host.hello(components={"path": str(COMPONENTS)})
        self.assertEqual((answer["ok"], answer["cdk"], answer["protocol"]), (True, None, 1))
        item = host.build("CustomTransformation", CLASSES + "Numbered", 1)
        self.assertEqual(item["error"]["kind"], "import")
        host.close()


class MinimalHostTests(unittest.TestCase):
    """The example of a host in another language."""

    @unittest.skipUnless(
        any(os.access(os.path.join(path, "node"), os.X_OK) for path in os.environ["PATH"].split(":")), "there is no node"
    )
    def test_minimal_host(self) -> None:
        host = HostClient(["node", str(HERE / "minimal_host.js")])
        self.addCleanup(host.process.kill)
        self.assertEqual(host.hello(config={"key": "k"})["protocol"], 1)
        self.assertTrue(host.build("CustomTransformation", "lamps.Upper", 1)["ok"])
        self.assertTrue(host.build("CustomAuthenticator", "lamps.Key", 2)["ok"])
        self.assertEqual(host.build("CustomTransformation", "lamps.Nothing", 3)["error"]["kind"], "missing_class")
        answer = host.run([{"op": "transform", "id": 1}], [{"name": "a"}, {"name": "ü"}, {"name": 3}, {"name": "b"}])
        self.assertEqual(
            (answer["ok"], answer.items, answer["error"]["type"]), (False, [{"name": "A"}, {"name": "Ü"}], "TypeError")
        )
        self.assertEqual(host.call("auth_options", id=2)["headers"], {"X-Key": "k"})
        self.assertEqual(host.secrets, ["k"])
        self.assertFalse(host.call("slices", id=1)["ok"])
        self.assertEqual(host.close(), 0)


class Server:
    """Answers everything with two lamps and what it has been asked."""

    def __enter__(self) -> Server:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                seen = {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body}
                data = json.dumps({"data": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}], "seen": seen}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_GET

            def log_message(self, *arguments: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.server.shutdown()
        self.server.server_close()


def stream_definition(url: str) -> Object:
    """A stream as it stands in a manifest whose references and parameters are resolved."""
    retriever = {
        "type": "CustomRetriever",
        "class_name": CLASSES + "Messenger",
        "requester": {"type": "HttpRequester", "url_base": url, "path": "/lamps", "$parameters": {"name": "lamps"}},
        "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": ["data"]}},
        "partition_router": {"type": "CustomPartitionRouter", "class_name": CLASSES + "Coasts"},
        "$parameters": {"name": "lamps", "url_base": url},
        "name": "lamps",
    }
    added = {"type": "AddedFieldDefinition", "path": ["added"], "value": "{{ stream_slice['coast'] }}"}
    return {
        "type": "DeclarativeStream",
        "name": "lamps",
        "primary_key": "id",
        "retriever": retriever,
        "transformations": [{"type": "AddFields", "fields": [added]}],
        "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {"lamp": {"type": "string"}}}},
        "$parameters": {"name": "lamps"},
    }


if __name__ == "__main__":
    unittest.main()
