"""An API for the tests: shops with orders that grow while a test runs, and that answer as slowly and as badly as it wants."""

from __future__ import annotations

import collections
import datetime
import http.server
import json
import threading
import time
import urllib.parse

FIRST = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
PAGE = 50


def stamp(minutes: int) -> str:
    return (FIRST + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Shop:
    """Serves until it is closed. Its attributes may be changed meanwhile."""

    def __init__(self, orders: int = 120, events: int = 200, delay: float = 0.0):
        self.delay = delay
        self.lock = threading.Lock()
        self.requests: list[tuple[str, dict[str, str]]] = []
        # What a shop answers with, instead of its orders: a status, so many times.
        self.faults: dict[str, collections.deque[int]] = collections.defaultdict(collections.deque)
        self.closed: set[str] = set()
        # With a fault, the first page is still served.
        self.orders = {str(shop): [self.order(shop, number) for number in range(orders)] for shop in range(8)}
        self.events = [{"id": number, "shop": None, "created_at": stamp(number * 24 * 60)} for number in range(events)]
        self.kinds: list[dict] = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    @staticmethod
    def order(shop: int, number: int) -> dict:
        return {"id": shop * 100_000 + number, "shop": str(shop), "created_at": stamp(number)}

    def grow(self, more: int) -> None:
        """Adds orders to each shop, later than all that are there."""
        with self.lock:
            for shop, orders in self.orders.items():
                orders += [self.order(int(shop), number) for number in range(len(orders), len(orders) + more)]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self) -> Shop:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def answer(self, path: str, query: dict[str, str], token: str) -> tuple[int, object]:
        if token != "Bearer sesame":
            return 403, {}
        parts = path.strip("/").split("/")
        if parts == ["kinds"]:
            return 200, {"items": self.kinds}
        if parts == ["events"]:
            found = self.events
        elif len(parts) == 3 and parts[1] in self.orders:
            if parts[1] in self.closed:
                return 403, {}
            if self.faults[parts[1]] and query.get("page") != "1":
                return self.faults[parts[1]].popleft(), {}
            found = self.orders[parts[1]]
        else:
            return 404, {}
        kept = [one for one in found if query.get("since", "") <= one["created_at"] <= query.get("until", "9")]
        first = (int(query.get("page", "1")) - 1) * PAGE
        return 200, {"items": kept[first:first + PAGE]}

    def handler(shop):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                url = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(url.query))
                if shop.delay:
                    time.sleep(shop.delay)
                with shop.lock:
                    shop.requests.append((url.path, query))
                    status, content = shop.answer(url.path, query, self.headers.get("Authorization", ""))
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
