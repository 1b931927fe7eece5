#!/usr/bin/env python3
"""A Python that has airbyte-cdk loaded already, for tests that start many: loading it takes two seconds each time.

    preloaded_python.py serve SOCKET     load it, and fork a process for each one that asks at SOCKET
    PRELOADED_PYTHON=SOCKET preloaded_python.py -c PROGRAM

The second form is to be used as an interpreter: it hands its arguments, its environment and its descriptors 0 to 4 to the server, and
ends as the process does that the server forks for it. Each process is a fork of one that has run nothing of another's.
"""

import array
import fcntl
import json
import os
import signal
import socket
import struct
import sys

DESCRIPTORS = range(5)


def client(address: str, arguments: list[str]) -> None:
    open_ones = [number for number in DESCRIPTORS if is_open(number)]
    low = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with socket.socket(fileno=fcntl.fcntl(low.fileno(), fcntl.F_DUPFD_CLOEXEC, 16)) as server:
        low.close()
        server.connect(address)
        order = json.dumps({"arguments": arguments, "environment": dict(os.environ), "folder": os.getcwd()}).encode()
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", open_ones))
        server.sendmsg([struct.pack("<IB", len(order), len(open_ones)) + bytes(open_ones)], [rights])
        server.sendall(order)
        # The other end of the pipes must see their end when the forked process ends, and not wait for this one.
        for number in open_ones:
            os.close(number)
        status = server.recv(4, socket.MSG_WAITALL)
    code = struct.unpack("<i", status)[0] if len(status) == 4 else -signal.SIGKILL
    if code < 0:
        signal.signal(-code, signal.SIG_DFL) if -code not in (signal.SIGKILL, signal.SIGSTOP) else None
        os.kill(os.getpid(), -code)
    os._exit(code)


def is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def serve(address: str) -> None:
    import airbyte_cdk  # noqa: F401
    from airbyte_cdk.sources.declarative.parsers import model_to_component_factory  # noqa: F401

    if os.path.exists(address):
        os.unlink(address)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(address + ".new")
    listener.listen(64)
    # Who waits for the server waits for this name.
    os.rename(address + ".new", address)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        connection, _ = listener.accept()
        # The keeper waits for the process and passes on how it ended.
        if os.fork() == 0:
            listener.close()
            keep(connection)
        connection.close()


def keep(connection: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    given = array.array("i")
    head, ancillary, _, _ = connection.recvmsg(5 + len(DESCRIPTORS), socket.CMSG_SPACE(len(DESCRIPTORS) * given.itemsize))
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            given.frombytes(data)
    length, count = struct.unpack_from("<IB", head)
    numbers = list(head[5 : 5 + count])
    text = b""
    while len(text) < length:
        piece = connection.recv(length - len(text))
        if not piece:
            os._exit(1)
        text += piece
    order = json.loads(text)
    child = os.fork()
    if child == 0:
        connection.close()
        run(order, dict(zip(numbers, given)))
    for number in given:
        os.close(number)
    _, status = os.waitpid(child, 0)
    try:
        connection.sendall(struct.pack("<i", os.waitstatus_to_exitcode(status)))
    except BrokenPipeError:
        pass  # Whoever asked has been ended.
    os._exit(0)


def run(order: dict, descriptors: dict[int, int]) -> None:
    # Out of the way of the numbers that they are to get.
    moved = {number: os.dup2(given, 900 + number) for number, given in descriptors.items()}
    for number, descriptor in moved.items():
        os.dup2(descriptor, number)
    os.closerange(5, 1000)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    # Those of the server belong to other files.
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    arguments = order["arguments"]
    sys.argv = ["-c"] + arguments[2:]
    for path in reversed(order["environment"].get("PYTHONPATH", "").split(":")):
        if path and path not in sys.path:
            sys.path.insert(0, path)
    names = {"__name__": "__main__", "__builtins__": __builtins__}
    try:
        exec(compile(arguments[1], "<string>", "exec"), names)
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 0 if end.code is None else 1)
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(sys.argv[2])
    else:
        client(os.environ["PRELOADED_PYTHON"], sys.argv[1:])
