"""Starts a component host and talks to it, for the tests and the benchmark."""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Iterable, Optional

HERE = Path(__file__).resolve().parent
HOST = HERE.parents[1] / "Sources" / "PythonComponents" / "Resources" / "host.py"
Object = dict[str, Any]


class Answer(dict):  # type: ignore[type-arg]
    """The header of a reply, with its body."""

    body: bytes = b""

    @property
    def items(self) -> Any:  # type: ignore[override]
        return json.loads(self.body)


class HostClient:
    """A host in a process of its own."""

    def __init__(self, command: Optional[list[str]] = None, **options: Any) -> None:
        command = command or [sys.executable, "-c", HOST.read_text()]
        to_host, self._out = os.pipe()
        self._in, from_host = os.pipe()
        # The host wants 3 and 4, which may be taken here: a shell moves the descriptors.
        to_host, from_host = self._move(to_host), self._move(from_host)
        script = f'exec 3<&{to_host} 4>&{from_host} {to_host}<&- {from_host}>&-; exec "$@"'
        self.process = subprocess.Popen(
            ["bash", "-c", script, "host", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(to_host, from_host),
            **options,
        )
        os.close(to_host)
        os.close(from_host)
        self._reader = os.fdopen(self._in, "rb")
        self._numbers = itertools.count(1)
        self._answers: dict[int, Answer] = {}
        self._arrived = threading.Condition()
        self._ended = False
        self.logs: list[Object] = []
        self.secrets: list[str] = []
        self.control: list[Object] = []
        self.config: list[Object] = []
        self.output: dict[str, list[str]] = {"stdout": [], "stderr": []}
        self._threads = [threading.Thread(target=self._read, daemon=True)]
        for name in self.output:
            self._threads.append(threading.Thread(target=self._lines, args=(name,), daemon=True))
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _move(descriptor: int) -> int:
        high = fcntl.fcntl(descriptor, fcntl.F_DUPFD, 20)
        os.close(descriptor)
        return high

    def _lines(self, name: str) -> None:
        for line in getattr(self.process, name):
            self.output[name].append(line.decode(errors="replace").rstrip("\n"))

    def _read(self) -> None:
        while len(prefix := self._reader.read(8)) == 8:
            header_length, body_length = struct.unpack("<II", prefix)
            answer = Answer(json.loads(self._reader.read(header_length)))
            answer.body = self._reader.read(body_length)
            with self._arrived:
                self.logs += answer.get("log", [])
                self.secrets += answer.get("secrets", [])
                self.control += answer.get("control", [])
                if "config" in answer and isinstance(answer["config"], dict) and {"set", "removed"} == set(answer["config"]):
                    self.config.append(answer["config"])
                if "n" in answer:
                    self._answers[answer["n"]] = answer
                self._arrived.notify_all()
        with self._arrived:
            self._ended = True
            self._arrived.notify_all()

    def post(self, op: str, *parts: bytes, **header: Any) -> int:
        """Sends a request without waiting for the answer."""
        number = next(self._numbers)
        header = {"n": number, "op": op, **header}
        if len(parts) > 1:
            header["parts"] = [len(part) for part in parts]
        text, body = json.dumps(header).encode(), b"".join(parts)
        data = memoryview(struct.pack("<II", len(text), len(body)) + text + body)
        while data:
            data = data[os.write(self._out, data) :]
        return number

    def wait(self, number: int, timeout: float = 120) -> Answer:
        with self._arrived:
            if not self._arrived.wait_for(lambda: number in self._answers or self._ended, timeout):
                raise TimeoutError(f"no answer to request {number}")
            if number not in self._answers:
                raise EOFError("\n".join(self.output["stderr"]) or "the host has ended")
            return self._answers.pop(number)

    def call(self, op: str, *parts: bytes, **header: Any) -> Answer:
        return self.wait(self.post(op, *parts, **header))

    def hello(self, **header: Any) -> Answer:
        return self.call("hello", **{"protocol": 1, "config": {}, "log_level": "INFO", "components": {}, **header})

    def build(self, role: str, class_name: str, id: int = 0, kwargs: Optional[Object] = None, **fields: Any) -> Object:
        definition = {"type": role, "class_name": class_name, **fields}
        return self.call("build", items=[{"id": id, "role": role, "definition": definition, "kwargs": kwargs or {}}])["items"][0]

    def run(self, steps: Iterable[Object], records: Any, **header: Any) -> Answer:
        return self.call("run", json.dumps(records).encode(), steps=list(steps), **header)

    def close(self, timeout: float = 20) -> int:
        """Ends the input, and waits for the process to end."""
        try:
            os.close(self._out)
        except OSError:
            pass
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        for thread in self._threads:
            thread.join(2)
        for stream in (self._reader, self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        return code


def response(
    body: bytes = b"{}",
    status: int = 200,
    headers: Iterable[tuple[str, str]] = (("Content-Type", "application/json"),),
    **more: Any,
) -> Object:
    """The description of a response, as the runtime sends it."""
    described = {
        "status": status,
        "reason": "OK",
        "url": "https://api.test/things?page=1",
        "headers": [list(pair) for pair in headers],
    }
    described["request"] = {
        "method": "GET",
        "url": "https://api.test/things?page=1",
        "headers": [["Accept", "*/*"]],
        "has_body": False,
    }
    return {**described, **more}
