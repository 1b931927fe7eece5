"""What the component host costs: `python3 bench_host.py`, with a Python that has airbyte-cdk."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any, Callable

from host_client import HostClient, response

COMPONENTS = """
from dataclasses import InitVar, dataclass
from typing import Any, Mapping
from airbyte_cdk.sources.declarative.auth.declarative_authenticator import DeclarativeAuthenticator
from airbyte_cdk.sources.declarative.extractors import DpathExtractor
from airbyte_cdk.sources.declarative.extractors.record_extractor import RecordExtractor
from airbyte_cdk.sources.declarative.schema import SchemaLoader
from airbyte_cdk.sources.declarative.transformations import RecordTransformation

@dataclass
class Rename(RecordTransformation):
    def transform(self, record, config=None, stream_state=None, stream_slice=None):
        record["changed"] = record.pop("created")

@dataclass
class Below(DpathExtractor):
    def extract_records(self, response):
        for record in super().extract_records(response):
            record["seen"] = True
            yield record

@dataclass
class Own(RecordExtractor):
    def extract_records(self, response):
        for record in response.json()["data"]:
            yield record

@dataclass
class Key(DeclarativeAuthenticator):
    config: Mapping[str, Any]
    auth_header = "X-Key"
    @property
    def token(self):
        return self.config["key"]

@dataclass
class Nothing(SchemaLoader):
    def get_json_schema(self):
        return {}
"""


def record(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"customer number {number}",
        "created": "2024-05-06T07:08:09Z",
        "amount": number * 1.25,
        "tags": ["one", "two", "three"],
        "address": {"street": "High Street 1", "city": "Harbour", "lines": [1, 2, 3]},
        "note": "x" * 220,
    }


def measure(label: str, call: Callable[[], Any], records: int = 0, seconds: float = 1.5) -> None:
    answer = call()
    assert answer["ok"], answer
    times = []
    end = time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        call()
        times.append(time.perf_counter() - start)
    times.sort()
    median, fast = (
        times[len(times) // 2],
        times[len(times) // 10],
    )  # one in ten calls is faster: that is what other work on the machine leaves
    rate = f"{records / median:12,.0f}{records / fast:12,.0f} records/s" if records else ""
    print(f"{label:48}{median * 1e6:10.0f}{fast * 1e6:10.0f} µs{rate}")


def processor(host: HostClient) -> float:
    fields = Path(f"/proc/{host.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(host: HostClient) -> str:
    lines = Path(f"/proc/{host.process.pid}/status").read_text().splitlines()
    return next(line.split(":")[1].strip() for line in lines if line.startswith("VmRSS"))


def main() -> None:
    start = time.perf_counter()
    host = HostClient()
    answer = host.hello(components={"text": COMPONENTS}, config={"key": "k", "credentials": {"a": 1, "b": [1, 2, 3]}})
    assert answer["ok"], answer
    print(
        f"{'ready':48}{time.perf_counter() - start:10.2f} s   ({processor(host):.2f} s of processor time, Python {answer['python']}, airbyte-cdk {answer['cdk']}, {memory(host)})"
    )
    print(f"{'':48}{'median':>10}{'fast':>10}")
    for number, (role, name, fields) in enumerate(
        [
            ("CustomTransformation", "Rename", {}),
            ("CustomRecordExtractor", "Below", {"field_path": ["data"]}),
            ("CustomRecordExtractor", "Own", {}),
            ("CustomAuthenticator", "Key", {}),
            ("CustomSchemaLoader", "Nothing", {}),
        ]
    ):
        item = host.build(role, f"components.{name}", number, **fields)
        assert item["ok"], item
    measure("empty call", lambda: host.call("drop", g=0))
    measure("call of a method that returns {}", lambda: host.call("schema", id=4))
    measure("auth_options", lambda: host.call("auth_options", id=3))
    signed = {"method": "GET", "url": "https://api.test/", "headers": [["Accept", "*/*"]]}
    measure("auth_sign", lambda: host.call("auth_sign", id=3, request=signed))
    for count in (1, 100, 1000):
        records = [record(number) for number in range(count)]
        body = json.dumps(records).encode()
        page = json.dumps({"data": records}).encode()
        size = f"{count} records, {len(body) // 1000} KB"
        measure(f"transformation, {size}", lambda: host.call("run", body, steps=[{"op": "transform", "id": 0}]), count)
        measure(
            f"extractor over DpathExtractor, {size}",
            lambda: host.call("run", page, steps=[{"op": "extract", "id": 1}], response=response()),
            count,
        )
        measure(
            f"extractor with response.json(), {size}",
            lambda: host.call("run", page, steps=[{"op": "extract", "id": 2}], response=response()),
            count,
        )
    print(f"{'memory of the host':48}{memory(host):>13}")
    host.close()


if __name__ == "__main__":
    main()
