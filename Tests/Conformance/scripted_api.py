"""A loopback HTTP server whose answers are written down in a case's `api`.

The rules are those of Tests/Conformance/README.md; ScriptedAPI.swift is the same server for the tests.
"""

import base64
import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

PLACEHOLDER = "127.0.0.1:18200"

# What every HTTP client fills in its own way.
CLIENT_HEADERS = {"user-agent", "host", "connection", "content-length", "accept-encoding"}


class Request:
    """One received request."""

    def __init__(self, method, target, headers, body):
        parts = urlsplit(target)
        self.method = method
        self.path = unquote(parts.path)
        self.query = parse_qsl(parts.query, keep_blank_values=True)
        self.headers = {name.lower(): value.strip() for name, value in headers}
        self.text = body.decode("utf-8", "replace")
        self.body = self._body()

    def _body(self):
        kind = self.headers.get("content-type", "").lower()
        if not self.text:
            return None
        if "json" in kind:
            try:
                return {"json": json.loads(self.text)}
            except ValueError:
                pass
        if "x-www-form-urlencoded" in kind:
            return {"form": sorted(map(list, parse_qsl(self.text, keep_blank_values=True)))}
        return {"text": self.text}

    def identity(self):
        return (self.method, self.path, tuple(sorted(self.query)), self.text)

    def entry(self):
        """The request as it stands in requests.json."""
        entry = {"method": self.method, "path": self.path}
        if self.query:
            entry["query"] = sorted(map(list, self.query))
        entry["headers"] = {n: v for n, v in sorted(self.headers.items()) if n not in CLIENT_HEADERS}
        if self.body is not None:
            entry["body"] = self.body
        return entry


def matches(route, request):
    """Whether a route of api.json answers a request."""
    if route.get("method", request.method) != request.method:
        return False
    path = route["path"]
    if not (request.path.startswith(path[:-1]) if path.endswith("*") else request.path == path):
        return False
    query = dict(request.query)
    if any(query.get(name) != value for name, value in route.get("query", {}).items()):
        return False
    if any(request.headers.get(name.lower()) != value for name, value in route.get("headers", {}).items()):
        return False
    return "body" not in route or route["body"] == request.body


def looked_up(table, request):
    """The page of a route's table that a request asks for."""
    query = dict(request.query)

    def fits(record):
        for rule, holds in RULES.items():
            for name, field in table.get(rule, {}).items():
                if name in query and not holds(record[field], query[name]):
                    return False
        return True

    records = [record for record in table["records"] if fits(record)]
    pages = table.get("pages")
    if not pages:
        return {"items": records}
    given, size = query.get(pages["parameter"]), pages["size"]
    start = (int(given) - 1) * size if given and pages["by"] == "page" else int(given or 0)
    answer = {"items": records[start : start + size]}
    if pages["by"] == "token" and start + size < len(records):
        answer["next"] = str(start + size)
    return answer


def as_type_of(value, text):
    """A parameter's value as records have it."""
    return float(text) if isinstance(value, (int, float)) else text


RULES = {
    "at_least": lambda value, text: value >= as_type_of(value, text),
    "at_most": lambda value, text: value <= as_type_of(value, text),
    "equal": lambda value, text: value == as_type_of(value, text),
    "among": lambda value, text: str(value) in text.split(","),
}


class Script:
    """The routes of one api.json, with the count of identical requests seen."""

    def __init__(self, api):
        self.routes = api["routes"]
        self.seen = Counter()
        self.lock = threading.Lock()

    def answer(self, request):
        """The answer to a request: an object with status, headers and a body."""
        with self.lock:
            self.seen[request.identity()] += 1
            turn = self.seen[request.identity()]
        for route in self.routes:
            if matches(route, request):
                if "table" in route:
                    return {"json": looked_up(route["table"], request)}
                sequence = route["sequence"]
                answer = sequence[min(turn, len(sequence)) - 1]
                if answer != "pass":
                    return answer
        return {"status": 404, "json": {"error": "no route"}}


def payload(answer):
    """(bytes, content type or None) of an answer."""
    if "base64" in answer:
        return base64.b64decode(answer["base64"]), None
    if "text" in answer:
        return answer["text"].encode("utf-8", "surrogatepass"), None
    if "json" in answer:
        return json.dumps(answer["json"], ensure_ascii=False, separators=(",", ":")).encode(), "application/json"
    return b"", None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, self.headers.items(), body)
        answer = self.server.take(request)
        data, kind = payload(answer)
        headers = {"Content-Type": kind} if kind else {}
        headers.update(answer.get("headers", {}))
        self.send_response(answer.get("status", 200))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[: answer.get("cut")])
        self.wfile.flush()
        self.close_connection = self.close_connection or "cut" in answer

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = serve

    def log_message(self, *_):
        pass


class ScriptedAPI(ThreadingHTTPServer):
    """Serves one api.json at a time on a free port of the loopback interface."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server_address[1]}"
        self.load('{"routes": []}')
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def load(self, text):
        """Serve the api.json of this text from now on, with an empty log."""
        self.log = []
        self.script = Script(json.loads(self.localise(text)))

    def take(self, request):
        answer = self.script.answer(request)
        self.log.append(json.loads(self.restore(json.dumps(request.entry()))))
        return answer

    def localise(self, text):
        """Text with the placeholder address replaced by the real one."""
        return text.replace(PLACEHOLDER, self.address)

    def restore(self, text):
        """Text with the real address replaced by the placeholder."""
        return text.replace(self.address, PLACEHOLDER)

    def handle_error(self, *_):
        pass
