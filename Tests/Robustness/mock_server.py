#!/usr/bin/env python3
"""Sends the mock what no client should: a server that hangs, ends or loses count of a connection's answers fails.

    mock_server.py BINARY [--rounds 200] [--seed 1]

Each case gets a connection of its own; after each, an ordinary request has to be answered. At the end, many connections at once,
half of which send nothing, may not keep the others waiting, and SIGTERM has to end the server while they are open.
"""

import argparse
import json
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SECONDS = 20
EXPECTATIONS = [
    {"httpRequest": {"path": "/data"}, "httpResponse": {"body": "here"}},
    {"httpRequest": {"path": "/empty"}, "httpResponse": {"statusCode": 204}},
    {"httpRequest": {"path": "/echo", "method": "POST", "body": "hello world"}, "httpResponse": {"body": "understood"}},
]


class Server:
    def __init__(self, program, *arguments):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [program, "mock", *arguments], stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise SystemExit(f"the server does not start: {self.log()}")
        self.port = int(self.address.rsplit(":", 1)[1])

    def log(self):
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")

    def end(self, number):
        self.process.send_signal(number)
        return self.process.wait(SECONDS)

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)
        connection.settimeout(SECONDS)
        return connection


def received(connection):
    """All that comes until the connection ends."""
    parts = []
    while True:
        try:
            part = connection.recv(65536)
        except ConnectionResetError:
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts)


def told(server, data, *, pieces=1, pause=0.0, closes=True):
    """The answers to some bytes, after which nothing more is sent."""
    with server.connect() as connection:
        size = max(len(data) // pieces, 1)
        try:
            for start in range(0, len(data), size):
                connection.sendall(data[start:start + size])
                if pause:
                    time.sleep(pause)
            if closes:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # The server has refused already.
        return received(connection)


def get(path="/data", head=""):
    return f"GET {path} HTTP/1.1\r\nHost: mock\r\n{head}\r\n".encode()


def cases():
    """Names, bytes, and how many answers of which status they get."""
    good = get()
    body = b"hello world"
    post = b"POST /echo HTTP/1.1\r\nHost: mock\r\n"
    yield "one request", good, [200]
    yield "pipelined requests", good * 50, [200] * 50
    yield "no host", b"GET /data HTTP/1.1\r\n\r\n", [200]
    yield "HTTP/1.0", b"GET /data HTTP/1.0\r\n\r\n" + good, [200]
    yield "the end of a connection", get(head="Connection: close\r\n") + good, [200]
    yield "the end among other words", get(head="Connection: Keep-Alive, Close\r\n") + good, [200]
    yield "HEAD", b"HEAD /data HTTP/1.1\r\n\r\n" + good, [200, 200]
    yield "no content", get("/empty") + good, [204, 200]
    yield "empty lines before a request", b"\r\n\r\n" + good, [200]
    yield "half a head", good[:-10], [400]
    yield "half a line", b"GET /da", [400]
    yield "nothing", b"", []
    yield "a long head", b"GET /data HTTP/1.1\r\nX: " + b"a" * (1 << 20) + b"\r\n\r\n", [431]
    yield "a long address", b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\n\r\n", [431]
    yield "no version", b"GET /data\r\n\r\n", [400]
    yield "another version", b"GET /data HTTP/2.0\r\n\r\n", [400]
    yield "TLS", bytes.fromhex("1603010200010001fc0303") + bytes(600) + b"\r\n\r\n", [400]
    yield "a line without a colon", b"GET /data HTTP/1.1\r\nnonsense\r\n\r\n", [400]
    yield "a length", post + b"Content-Length: 11\r\n\r\n" + body + good, [200, 200]
    yield "a short body", post + b"Content-Length: 12\r\n\r\n" + body, [400]
    yield "a length below nothing", post + b"Content-Length: -1\r\n\r\n" + body, [400]
    yield "a length that is none", post + b"Content-Length: many\r\n\r\n" + body, [400]
    yield "a length beyond memory", post + b"Content-Length: 99999999999999\r\n\r\n" + body, [413]
    yield "chunks", post + b"Transfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5;x=1\r\nworld\r\n0\r\nX: y\r\n\r\n" + good, [200, 200]
    yield "small chunks", post + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(
        b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n" + good, [200, 200]
    yield "many chunks", post + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 200_000 + b"0\r\n\r\n" + good, [404, 200]
    yield "chunks that end", post + b"Transfer-Encoding: chunked\r\n\r\n6\r\nhel", [400]
    yield "a chunk without a size", post + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n", [400]
    yield "a chunk beyond memory", post + b"Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nhello\r\n", [400]
    yield "an odd path", get("/%zz/%00/../?a=%&&=&b") + good, [404, 200]
    yield "a path that is none", get("data") + good, [404, 200]
    yield "a path with two slashes", get("//data//") + good, [404, 200]
    yield "a proxy's address", get("http://elsewhere.test/data") + good, [200, 200]
    yield "a proxy's tunnel", b"CONNECT elsewhere.test:443 HTTP/1.1\r\n\r\n" + good, [404, 200]
    yield "no text", b"GET /\xff\xfe HTTP/1.1\r\nX: \xc3\x28\r\n\r\n" + good, [404, 200]
    yield "control that is no JSON", b"PUT /mockserver/expectation HTTP/1.1\r\nContent-Length: 2\r\n\r\n[{" + good, [400, 200]


def statuses(answer):
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


def mutant(chance, samples):
    data = bytearray(chance.choice(samples))
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0: data[place:place + chance.randint(1, 20)] = b""
            case 1: data[place:place] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
            case 2: data[place:place] = chance.choice([b"\r\n", b"\n", b"\r", b"\r\n\r\n", b":", b"\x00", b"0", b"9" * 20])
            case _: data[place:place] = chance.choice(samples)[:200]
    return bytes(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "expectations.json")
        file.write_text(json.dumps(EXPECTATIONS))
        server = Server(options.program, str(file))

        def examine(name, action):
            began = time.monotonic()
            try:
                problem = action()
            except (TimeoutError, OSError) as error:
                problem = f"{type(error).__name__} after {time.monotonic() - began:.1f} s"
            if problem:
                failures.append(f"{name}: {problem}")
                print("FAIL", failures[-1][:500], flush=True)

        def is_well(name):
            examine(f"after {name}", lambda: None if statuses(told(server, get())) == [200] else "an ordinary request is not answered")

        for name, data, wanted in cases():
            for pieces, pause in ((1, 0), (7, 0.01)):
                def action():
                    given = statuses(told(server, data, pieces=pieces, pause=pause))
                    # A request that is refused before it has been read may be answered into a closed connection.
                    is_refused = wanted[-1:] == [431] or wanted[-1:] == [413]
                    return None if given == wanted or is_refused and given == wanted[:-1] else f"{given} instead of {wanted}"
                examine(f"{name} in {pieces} parts", action)
            is_well(name)

        chance = random.Random(options.seed)
        samples = [data for _, data, _ in cases() if 0 < len(data) < 5000]
        for number in range(options.rounds):
            data = mutant(chance, samples)
            examine(f"mutant {number} {data[:300]!r}", lambda: told(server, data, pieces=chance.choice([1, 1, 5])) and None)
        is_well("the mutants")

        idle = [server.connect() for _ in range(100)]
        for connection in idle[:50]:
            connection.sendall(b"GET /data HT")
        counts = []

        def ask():
            with server.connect() as connection:
                for _ in range(20):
                    connection.sendall(get())
                    answer = b""
                    while not answer.endswith(b"here"):
                        part = connection.recv(4096)
                        if not part:
                            return
                        answer += part
                counts.append(1)

        def many():
            threads = [threading.Thread(target=ask) for _ in range(200)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(SECONDS)
            return None if len(counts) == 200 else f"{200 - len(counts)} of 200 connections were not served"

        began = time.monotonic()
        examine("200 connections", many)
        print(f"4000 requests of 200 connections: {time.monotonic() - began:.1f} s")

        def ends():
            began = time.monotonic()
            status = server.end(signal.SIGTERM)
            seconds = time.monotonic() - began
            return None if status == 0 and seconds < 3 else f"status {status} after {seconds:.1f} s"

        try:
            examine("SIGTERM with open connections", ends)
        except subprocess.TimeoutExpired:
            failures.append("SIGTERM does not end the server")
            print("FAIL", failures[-1])
            server.process.kill()
        for connection in idle:
            connection.close()
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
