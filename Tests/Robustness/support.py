"""What the scripts of this folder share: an API on loopback, and runs of the program that are measured."""

import http.server
import json
import os
import resource
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class API:
    """Serves `answer(path, query, body) -> (status, headers, body)` on a port of its own.

    A body that is an iterator is sent as it comes; one that raises ConnectionError breaks the connection off.
    """

    def __init__(self, answer):
        outer = self
        self.requests = 0

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_):
                pass

            def do_GET(self):
                outer.requests += 1
                length = int(self.headers.get("Content-Length") or 0)
                sent = self.rfile.read(length) if length else b""
                address = urlsplit(self.path)
                query = {name: values[-1] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
                try:
                    status, headers, body = answer(address.path, query, sent)
                    self.send_response(status)
                    chunked = not isinstance(body, (bytes, str))
                    body = body.encode() if isinstance(body, str) else body
                    for name, value in headers:
                        self.send_header(name, value)
                    if chunked:
                        self.send_header("Transfer-Encoding", "chunked")
                        self.end_headers()
                        for part in body:
                            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                        self.wfile.write(b"0\r\n\r\n")
                    else:
                        self.send_header("Content-Length", str(len(body)))
                        self.end_headers()
                        self.wfile.write(body)
                except (ConnectionError, BrokenPipeError, OSError):
                    self.close_connection = True

            do_POST = do_GET

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Run:
    """One run of a command: its exit status, output, CPU seconds, wall seconds and peak memory in megabytes."""

    def __init__(self, command, timeout=60, env=None, cwd=None, stdin=None, limits=None):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no", **(env or {})}
            begun = time.monotonic()
            process = subprocess.Popen(
                [str(word) for word in command], stdin=stdin or subprocess.DEVNULL, stdout=out, stderr=err, env=environment, cwd=cwd,
                preexec_fn=(lambda: [resource.setrlimit(*limit) for limit in limits]) if limits else None)
            timer = threading.Timer(timeout, process.kill)
            timer.start()
            _, status, usage = os.wait4(process.pid, 0)
            timer.cancel()
            process.returncode = self.status = os.waitstatus_to_exitcode(status)
            self.seconds = time.monotonic() - begun
            self.cpu = usage.ru_utime + usage.ru_stime
            self.megabytes = usage.ru_maxrss / 1024
            self.hangs = self.seconds >= timeout
            out.seek(0)
            err.seek(0)
            self.stdout = out.read()
            self.stderr = err.read()

    @property
    def messages(self):
        """The whole lines of the output; a last one without its end is none."""
        lines = self.stdout.split(b"\n")[:-1]
        return [json.loads(line) for line in lines]


def manifest(streams, properties=None, **more):
    """A manifest as JSON, which is YAML too."""
    return {
        "version": "7.0.0", "type": "DeclarativeSource", "check": {"type": "CheckStream", "stream_names": [streams[0]["name"]]},
        "streams": streams,
        "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": properties or {}}}, **more,
    }


def stream(name, url, extractor=None, requester=None, retriever=None, selector=None, **more):
    """A stream with a SimpleRetriever."""
    return {
        "type": "DeclarativeStream", "name": name, "primary_key": "id",
        "retriever": {
            "type": "SimpleRetriever",
            "requester": {"type": "HttpRequester", "url": url, **(requester or {})},
            "record_selector": {
                "type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": extractor or []}, **(selector or {})},
            **(retriever or {}),
        },
        "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {}}}, **more,
    }


def catalog(names, mode="full_refresh"):
    return {
        "streams": [
            {"stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]}, "sync_mode": mode,
             "destination_sync_mode": "append"} for name in names],
    }


class Folder:
    """A temporary folder with the files of one run."""

    def __init__(self):
        self.kept = tempfile.TemporaryDirectory()
        self.path = Path(self.kept.name)

    def write(self, name, content):
        path = self.path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def read_command(self, binary, source, streams, config=None, mode="full_refresh", state=None, extra=()):
        """The command that reads `streams` of the manifest `source`."""
        command = [
            binary, "read", "--manifest", self.write("manifest.yaml", source), "--config", self.write("config.json", config or {}),
            "--catalog", self.write("catalog.json", catalog(streams, mode))]
        if state is not None:
            command += ["--state", self.write("state.json", state)]
        return command + list(extra)
