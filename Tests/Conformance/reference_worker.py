"""Runs commands with airbyte-cdk: reads one order a line from stdin, forks a process for each, prints its exit status.

An order is {"args": [...], "manifest": path, "cwd": path, "package": folder, "has_components": bool, "moving_clock": bool}; files
that a manifest names by relative paths are found in the package folder, where the reference wants them inside a Python package, and
components are those of components.py in `cwd`. The process leaves stdout, stderr, sleeps (seconds, a line each) and cached (requests
that may come from the response cache) in `cwd`.
"""

import ctypes
import json
import logging
import os
import select
import signal
import sys
import threading
import time
from pathlib import Path

# Seconds slept by these are waits between requests, which are noted instead of waited.
WAITING_MODULES = (
    "backoff", "airbyte_cdk.sources.streams.http", "airbyte_cdk.sources.streams.call_rate",
    "airbyte_cdk.sources.declarative.retrievers", "airbyte_cdk.sources.declarative.async_job", "airbyte_cdk.sources.declarative.auth",
)
TIME_LIMIT = 60
# Where the clock moves, waits up to this many seconds are a way to poll and do not count.
POLL = 0.001


def note_sleeps(moving_clock):
    real = time.sleep
    clock = ctypes.CDLL(os.environ["LD_PRELOAD"])
    clock.advance_clock.argtypes = [ctypes.c_longlong]

    def sleep(seconds):
        if not 0 <= seconds <= threading.TIMEOUT_MAX:
            real(seconds)  # raises
        if sys._getframe(1).f_globals.get("__name__", "").startswith(WAITING_MODULES):
            if moving_clock:
                # Who polls without a wait would never see time pass.
                clock.advance_clock(round(max(seconds, POLL) * 1e9))
            if seconds and not (moving_clock and seconds <= POLL):
                with open("sleeps", "a") as out:
                    out.write(json.dumps(float(seconds)) + "\n")
        else:
            real(seconds)

    time.sleep = sleep


def note_cached_requests():
    import requests_cache

    send = requests_cache.CacheMixin.send

    def noted(self, request, *args, **kwargs):
        with open("cached", "a") as out:
            out.write(json.dumps([request.method, request.url]) + "\n")
        return send(self, request, *args, **kwargs)

    requests_cache.CacheMixin.send = noted


def run(order):
    from airbyte_cdk.cli.source_declarative_manifest._run import _register_components_from_file
    from airbyte_cdk.entrypoint import AirbyteEntrypoint, launch
    from airbyte_cdk.exception_handler import init_uncaught_exception_handler
    from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource as Source
    from airbyte_cdk.utils.yaml_loader import safe_load_yaml

    # A manifest that cannot be loaded ends in an error message too.
    init_uncaught_exception_handler(logging.getLogger("airbyte"))
    if order["has_components"]:
        os.environ["AIRBYTE_ENABLE_UNSAFE_CODE"] = "true"
        _register_components_from_file("components.py")
    parsed = AirbyteEntrypoint.parse_args(order["args"])
    source = Source(
        config=Source.read_config(parsed.config) if hasattr(parsed, "config") else None,
        catalog=Source.read_catalog(parsed.catalog) if hasattr(parsed, "catalog") else None,
        state=Source.read_state(parsed.state) if getattr(parsed, "state", None) else [],
        source_config=safe_load_yaml(Path(order["manifest"]).read_text("utf-8")),
    )
    launch(source, order["args"])


def child(order):
    os.chdir(order["cwd"])
    sys.path.insert(0, order["package"])
    os.environ["HOME"] = os.environ["TMPDIR"] = order["cwd"]
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), number)
    note_sleeps(order["moving_clock"])
    note_cached_requests()
    status = 0
    try:
        run(order)
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 1
    except BaseException:
        status = 1
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def wait(pid):
    """The exit status of a child; it is killed when its time is over."""
    handle = os.pidfd_open(pid)
    poller = select.poll()
    poller.register(handle, select.POLLIN)
    if not poller.poll(TIME_LIMIT * 1000):
        os.kill(pid, signal.SIGKILL)
    os.close(handle)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main():
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import airbyte_cdk.cli.source_declarative_manifest._run  # noqa: F401
    import requests_cache  # noqa: F401

    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            child(json.loads(line))
        replies.write(f"{wait(pid)}\n")
        replies.flush()


main()
