"""A clinic's API with odd pages, for Examples/source-clinic: prints its address, and serves until it is ended."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY = "clinic-sesame"
VISITS = [
    {"id": number, "patient": f"patient {number % 7}", "changed_at": f"2024-01-{1 + number % 28:02}T10:00:00Z"}
    for number in range(1, 51)
]
DOCTORS = [{"name": name, "ward": ward} for ward, name in enumerate(["Ada", "Bruno", "Chiara", "Dmitri", "Élise"])]
# The last page is the one whose numbers are the same.
TICKETS = ["900-377", "8-333", "60-1112", "4-17", "31-31"]


def following(ticket: str) -> str:
    """The number that asks for the page behind a ticket."""
    first, second = ticket.split("-")
    return str(abs(int(first) - int(second)))[::-1]


# The page that each number asks for.
PLACES = {following(ticket): place + 1 for place, ticket in enumerate(TICKETS[:-1])}


class Clinic(BaseHTTPRequestHandler):
    failures = 1

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        if self.headers.get("X-Clinic-Key") != KEY:
            return self.answer(401, {"message": "This key opens nothing"})
        if Clinic.failures > 0:
            Clinic.failures -= 1
            return self.answer(503, {"message": "Lunch"})
        if address.path == "/doctors":
            first = 2 * (int(query["page"]) - 1)
            return self.answer(200, DOCTORS[first : first + 2])
        place = PLACES[query["ticket"]] if "ticket" in query else 0
        wanted = [visit for visit in VISITS if visit["changed_at"] >= query.get("since", "")]
        self.answer(200, {"ticket": TICKETS[place], "visits": wanted[place :: len(TICKETS)]})

    def answer(self, status: int, body) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Clinic)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
