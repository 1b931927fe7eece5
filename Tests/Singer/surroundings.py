"""What the tests of real taps stand on: virtual environments, a PostgreSQL, an HTTP API, and runs of the program."""

import glob
import http.server
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.parse

FOLDER = os.path.dirname(os.path.abspath(__file__))


def requirements():
    """The packages with their versions, by their names."""
    with open(os.path.join(FOLDER, "requirements.txt"), encoding="utf-8") as lines:
        return {line.split("==")[0]: line.strip() for line in lines if line.strip()}


class Environments:
    """Virtual environments, one for each package, made when they are first needed."""

    def __init__(self, folder):
        self.folder = folder
        self.known = {}

    def program(self, package, name):
        """The path of a package's program; None where pip cannot install it."""
        if package not in self.known:
            self.known[package] = self.install(package)
        folder = self.known[package]
        return folder and os.path.join(folder, "bin", name)

    def install(self, package):
        requirement = requirements()[package]
        folder = os.path.join(self.folder, requirement)
        if os.path.exists(os.path.join(folder, "complete")):
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        print(f"Installing {requirement} …", file=sys.stderr)
        steps = [
            [sys.executable, "-m", "venv", folder],
            [os.path.join(folder, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1",
             requirement],
        ]
        for step in steps:
            if subprocess.run(step, check=False).returncode != 0:
                print(f"{requirement} cannot be installed: its tests are skipped.", file=sys.stderr)
                return None
        open(os.path.join(folder, "complete"), "w", encoding="utf-8").close()
        return folder


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class PostgreSQL:
    """A database server of its own, in a folder of its own."""

    @staticmethod
    def binaries():
        """The folder of its programs; None where it is not installed."""
        for folder in sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True) + ["/usr/local/bin", "/usr/bin"]:
            if os.path.exists(os.path.join(folder, "initdb")):
                return folder
        return None

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="postgres-")
        self.port = free_port()
        # The server does not run as root.
        self.prefix = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.prefix = ["runuser", "-u", "postgres", "--"]
        self.data = os.path.join(self.folder, "data")
        self.run("initdb", "--pgdata", self.data, "--auth", "trust", "--username", "postgres", "--encoding", "UTF8")
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self.run("pg_ctl", "--pgdata", self.data, "-o", options, "--log", os.path.join(self.folder, "log"), "--wait", "start")

    def run(self, program, *arguments, text=None):
        words = self.prefix + [os.path.join(self.binaries(), program), *arguments]
        done = subprocess.run(words, cwd="/", input=text, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stderr}")
        return done.stdout

    def query(self, text):
        """Runs SQL; the rows of the last statement, a line each."""
        return self.run(
            "psql", "--host", "127.0.0.1", "--port", str(self.port), "--username", "postgres", "--quiet", "--tuples-only", "--no-align",
            "--set", "ON_ERROR_STOP=1", text=text).split("\n")[:-1]

    @property
    def config(self):
        """What both taps for it need."""
        return {
            "host": "127.0.0.1", "port": self.port, "user": "postgres", "password": "s3cret-pass", "database": "postgres",
            "dbname": "postgres", "ssl_mode": "disable",
        }

    def close(self):
        try:
            self.run("pg_ctl", "--pgdata", self.data, "--mode", "immediate", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


class API:
    """An HTTP API with items that are numbered from 1, a page of 50 at a time."""

    def __init__(self, count=130):
        self.items = [{"id": number, "name": f"Item {number} é", "updated_at": f"2024-01-{number % 28 + 1:02}T00:00:00Z"}
                      for number in range(1, count + 1)]
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
                start = (int(query.get("page", "1")) - 1) * 50
                since = query.get("since", "")
                items = [item for item in api.items if item["updated_at"] >= since][start:start + 50]
                body = json.dumps({"items": items}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Run:
    """What a run of the program left."""

    def __init__(self, status, output, errors):
        self.status = status
        self.output = output
        self.errors = errors
        self.messages = []
        for line in output.split("\n"):
            # A run that was killed may have written half of its last line.
            try:
                self.messages.append(json.loads(line))
            except ValueError:
                pass

    def of(self, kind):
        return [message[kind.lower()] for message in self.messages if message.get("type") == kind]

    def records(self, stream=None):
        return [record["data"] for record in self.of("RECORD") if stream in (None, record["stream"])]

    def statuses(self, stream):
        found = [trace["stream_status"] for trace in self.of("TRACE") if trace["type"] == "STREAM_STATUS"]
        return [status["status"] for status in found if status["stream_descriptor"]["name"] == stream]

    @property
    def failures(self):
        return [trace["error"] for trace in self.of("TRACE") if trace["type"] == "ERROR"]

    def result(self, kind, member):
        found = [message[member] for message in self.messages if message.get("type") == kind]
        assert len(found) == 1, (self.output[-2000:], self.errors[-2000:])
        return found[0]


class Program:
    """The program, run in a folder."""

    def __init__(self, path, folder):
        self.path = os.path.abspath(path)
        self.folder = folder

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))
        return path

    def run(self, *arguments, environment=None):
        done = subprocess.run(
            [self.path, *arguments], cwd=self.folder, capture_output=True, text=True, check=False,
            env={**os.environ, **(environment or {})})
        return Run(done.returncode, done.stdout, done.stderr)

    def run_until(self, records, *arguments, kill):
        """Runs until so many records came, and then has `kill` end something, which is given the process."""
        process = subprocess.Popen(
            [self.path, *arguments], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lines, seen = [], 0
        for line in process.stdout:
            lines.append(line)
            if '"type":"RECORD"' in line:
                seen += 1
                if seen == records:
                    kill(process)
        errors = process.stderr.read()
        process.wait()
        process.stdout.close()
        process.stderr.close()
        return Run(process.returncode, "".join(lines), errors)


def children(number):
    """The processes that a process started."""
    found = []
    for path in glob.glob(f"/proc/{number}/task/*/children"):
        with open(path, encoding="utf-8") as file:
            found += [int(word) for word in file.read().split()]
    return found


def kill_program(process):
    process.send_signal(signal.SIGKILL)


def kill_tap(process):
    for number in children(process.pid):
        os.kill(number, signal.SIGKILL)
