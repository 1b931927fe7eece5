#!/usr/bin/env python3
"""Shows that `airbyte-lowcode` does its work, or says why not, where the system allows it little.

    system_limits.py BINARY [--only files threads tasks memory] [--seconds 60]

Each command runs under a limit of open files (`ulimit -n`), of processes and threads (`ulimit -u`, and a container's `pids.max` where a
control group can be made here), or of address space (`ulimit -v`), with one partition at a time and with twenty. A run is good where it
gives every record, or ends with an error that names the limit; a signal, silence, and records that are missing without an error are not.
Limits of threads are tried as another user than root, whom they do not bind. Ends with 1 where a run is not good.
"""

import argparse
import atexit
import http.server
import json
import os
import pwd
import resource
import shutil
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

PARTITIONS = 40
RECORDS = 50
KINDS = {
    "files": (resource.RLIMIT_NOFILE, [4, 5, 6, 8, 9, 10, 12, 14, 16, 20, 24, 32, 48, 64]),
    "threads": (resource.RLIMIT_NPROC, [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32]),
    "tasks": (None, [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32]),
    "memory": (resource.RLIMIT_AS, [megabytes << 20 for megabytes in (100, 150, 200, 250, 300, 400, 500, 700, 1000, 1500)]),
}
NAMES = {"files": "ulimit -n", "threads": "ulimit -u", "tasks": "pids.max", "memory": "ulimit -v"}


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with records, as a list or as lines."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        time.sleep(0.02)
        rows = [json.dumps({"id": i, "note": "x" * 200}) for i in range(RECORDS)]
        body = ("[" + ",".join(rows) + "]" if "lines" not in self.path else "\n".join(rows)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def manifest(port, at_a_time, form, host):
    decoder = {"type": "JsonlDecoder"} if form == "lines" else {"type": "JsonDecoder"}
    stream = {
        "type": "DeclarativeStream", "name": "items",
        "retriever": {
            "type": "SimpleRetriever", "decoder": decoder,
            "partition_router": {"type": "ListPartitionRouter", "cursor_field": "part", "values": [str(i) for i in range(PARTITIONS)]},
            "requester": {"type": "HttpRequester", "url_base": f"http://{host}:{port}", "path": f"/{form}/{{{{ stream_partition.part }}}}"},
            "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": []}},
        },
        "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {}}},
    }
    return {
        "version": "7.39.1", "type": "DeclarativeSource", "check": {"type": "CheckStream", "stream_names": ["items"]},
        "streams": [stream], "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}},
        "concurrency_level": {"type": "ConcurrencyLevel", "default_concurrency": at_a_time},
    }


def user():
    """Somebody who is bound by limits; None where nobody else can be."""
    return pwd.getpwnam("nobody") if os.getuid() == 0 else None


def control_group():
    """A new control group whose tasks can be limited; None where none can be made."""
    for place in ("/sys/fs/cgroup/pids", "/sys/fs/cgroup"):
        group = Path(place) / f"airbyte-lowcode-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        if (group / "pids.max").exists():
            return group
        group.rmdir()
    return None


def run(command, kind, limit, seconds, group):
    """The exit status (None for silence), the messages and standard error of a command under a limit."""
    other = user() if kind == "threads" else None

    def bind():
        if kind == "tasks":
            (group / "cgroup.procs").write_text(str(os.getpid()))
        elif kind:
            resource.setrlimit(KINDS[kind][0], (limit, limit))
        if other:
            os.setgid(other.pw_gid)
            os.setuid(other.pw_uid)

    if kind == "tasks":
        (group / "pids.max").write_text(str(limit))
    environment = dict(os.environ, SWIFT_BACKTRACE="enable=no", TMPDIR="/tmp")
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, preexec_fn=bind, env=environment)
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            status = None
        out.seek(0)
        errors.seek(0)
        return status, out.read().decode(errors="replace"), errors.read().decode(errors="replace")


def verdict(command, kind, status, out, errors):
    """What is wrong with a run; None for nothing."""
    if status is None:
        return "silence"
    if status < 0:
        return f"ended by {signal.Signals(-status).name}: {errors[-200:]!r}"
    if status == 127 or "error while loading shared libraries" in errors:
        return None  # The dynamic linker has named what it lacks.
    if status == 0:
        if command == "check" and NAMES[kind] in out:
            return None  # A check says in its status what keeps it from its work.
        if command == "read" and out.count('"RECORD"') != PARTITIONS * RECORDS:
            return f"only {out.count(chr(34) + 'RECORD' + chr(34))} records"
        if command == "check" and '"SUCCEEDED"' not in out:
            return f"no success: {out[-300:]}"
        return None
    if NAMES[kind] not in out + errors:
        return f"exit {status} without the limit's name: {(out + errors)[-400:]}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--only", nargs="+", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--seconds", type=int, default=60, help="after which a run counts as silent")
    args = parser.parse_args()
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        folder.chmod(0o755)
        # Where a user who is not root can run it.
        binary = shutil.copy(args.binary, folder / "airbyte-lowcode")
        (folder / "config.json").write_text("{}")
        (folder / "catalog.json").write_text(json.dumps({"streams": [{
            "stream": {"name": "items", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
            "sync_mode": "full_refresh", "destination_sync_mode": "append"}]}))
        group = control_group() if "tasks" in args.only else None
        if group:
            atexit.register(group.rmdir)
        for kind in args.only:
            if kind == "tasks" and not group:
                print("pids.max: no control group can be made here")
                continue
            for limit in KINDS[kind][1]:
                told = []
                for command, form, at_a_time, host in [
                    ("spec", "list", 1, "127.0.0.1"), ("check", "list", 1, "127.0.0.1"), ("discover", "list", 1, "127.0.0.1"),
                    ("read", "list", 1, "127.0.0.1"), ("read", "list", 20, "127.0.0.1"), ("read", "lines", 20, "localhost"),
                ]:
                    path = folder / "manifest.yaml"
                    path.write_text(json.dumps(manifest(server.server_address[1], at_a_time, form, host)))
                    line = [binary, command, "--manifest", path]
                    line += ["--config", folder / "config.json"] if command != "spec" else []
                    line += ["--catalog", folder / "catalog.json"] if command == "read" else []
                    status, out, errors = run(line, kind, limit, args.seconds, group)
                    wrong = verdict(command, kind, status, out, errors)
                    failures += wrong is not None
                    told.append("works" if status == 0 and not wrong else "refused" if not wrong else f"\n    {command} {form} {at_a_time}: {wrong}\n")
                shown = f"{limit >> 20} MB" if kind == "memory" else limit
                print(f"{NAMES[kind]} {shown}: {' '.join(told)}", flush=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
