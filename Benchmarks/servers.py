"""What answers while it is measured: nginx for files, and an API that takes its time."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import workloads

NGINX = """
{user}
daemon off;
worker_processes 1;
pid {scratch}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  keepalive_timeout 600;
  types {{ application/json json; application/gzip gz; }}
  client_body_temp_path {scratch}/body;
  proxy_temp_path {scratch}/proxy;
  fastcgi_temp_path {scratch}/fastcgi;
  uwsgi_temp_path {scratch}/uwsgi;
  scgi_temp_path {scratch}/scgi;
  map $arg_page $page {{ "" 1; default $arg_page; }}
  server {{
    listen 127.0.0.1:{port};
    root {data};
    location /children/ {{ try_files $uri.json =404; }}
    location /lines/ {{ }}
    location / {{ try_files $uri/$page.json =404; }}
  }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process that answers on a port of this machine, from `with` to its end."""

    def __init__(self, command, port):
        self.command, self.port = command, port

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.process = subprocess.Popen(self.command)
        for _ in range(200):
            if self.process.poll() is not None:
                sys.exit(f"bench: {self.command[0]} ended at once")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        sys.exit(f"bench: {self.command[0]} does not answer")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def nginx(data):
    program = shutil.which("nginx") or next((p for p in ("/usr/sbin/nginx", "/usr/local/sbin/nginx") if os.path.exists(p)), None)
    if not program:
        sys.exit("bench: nginx is not installed; `make bench` installs it on Debian and Ubuntu")
    scratch, port = Path(tempfile.mkdtemp(prefix="bench-nginx-")), free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    config = scratch / "nginx.conf"
    config.write_text(NGINX.format(user=user, scratch=scratch, port=port, data=data))
    return Server([program, "-p", str(scratch), "-e", "stderr", "-c", str(config)], port)


def slow_api():
    port = free_port()
    return Server([sys.executable, __file__, str(port)], port)


def serve_slowly(port):
    """Answers each request after the delay, any number of them at a time."""
    import asyncio

    import pages

    records = pages.Records()
    body = records.page(0, workloads.SLOW_RECORDS, None)
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    class Connection(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport, self.received = transport, b""

        def data_received(self, data):
            self.received += data
            while b"\r\n\r\n" in self.received:
                _, self.received = self.received.split(b"\r\n\r\n", 1)
                loop.call_later(workloads.SLOW_DELAY, self.transport.write, answer)

    async def serve():
        server = await loop.create_server(Connection, "127.0.0.1", port, backlog=512)
        await server.serve_forever()

    loop = asyncio.new_event_loop()
    loop.run_until_complete(serve())


if __name__ == "__main__":
    serve_slowly(int(sys.argv[1]))
