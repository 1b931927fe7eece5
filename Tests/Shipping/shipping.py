#!/usr/bin/env python3
"""Tries what `package` and `image` make, as those do who get it: with skopeo, umoci, buildah and chroot, and with PyAirbyte.

    shipping.py [--build .build/release] [--pyairbyte VENV] [--components PYTHON] [unittest's options]

`--build` is the folder of airbyte-lowcode and example-api. PyAirbyte is installed from PyPI into a virtual environment outside
the repository unless `--pyairbyte` names one. `--components` names a Python with airbyte-cdk for custom components: by default what
AIRBYTE_LOWCODE_PYTHON names, or the one of `make python-components`. What is not at hand is skipped and says so.
"""

import argparse
import gzip
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
BOOKSHOP = HERE.parent.parent / "manifests" / "bookshop"
PYAIRBYTE = "airbyte==0.71.3"
MANIFEST = "airbyte/integration_code/source_declarative_manifest/manifest.yaml"


class Tools:
    """What the tests run; set by main()."""

    build = HERE.parent.parent / ".build" / "release"
    pyairbyte = None
    components = None

    @classmethod
    def program(cls):
        return str(cls.build / "airbyte-lowcode")


def run(*command, check=True, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done


def messages(text, kind):
    found = [json.loads(line) for line in text.splitlines()]
    return [message for message in found if message["type"] == kind]


def records_by_stream(text):
    counts = {}
    for message in messages(text, "RECORD"):
        stream = message["record"]["stream"]
        counts[stream] = counts.get(stream, 0) + 1
    return counts


def injectable():
    """A manifest of one stream, which a config brings along."""
    return {
        "version": "7.39.1", "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": ["injected"]},
        "streams": [{
            "type": "DeclarativeStream", "name": "injected",
            "retriever": {
                "type": "SimpleRetriever",
                "requester": {
                    "type": "HttpRequester", "url_base": "{{ config['base_url'] }}", "path": "/v1/authors",
                    "authenticator": {"type": "BearerAuthenticator", "api_token": "{{ config['token'] }}"}},
                "record_selector": {
                    "type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": ["authors"]}}},
            "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object"}}}],
        "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}}}


class Bookshop(unittest.TestCase):
    """A running example API, and a scratch folder with its config and catalog."""

    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen([Tools.build / "example-api", "--port", "0"], stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.stop)
        url = cls.server.stdout.readline().strip()
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.scratch = pathlib.Path(scratch.name)
        config = json.loads((BOOKSHOP / "config.json").read_text())
        # By name, so that the image has to know how names are looked up.
        config["base_url"] = url.replace("127.0.0.1", "localhost")
        cls.config = config
        (cls.scratch / "config.json").write_text(json.dumps(config))
        shutil.copy(BOOKSHOP / "catalog.json", cls.scratch)
        arguments = ["--config", cls.scratch / "config.json", "--catalog", cls.scratch / "catalog.json"]
        cls.expected = records_by_stream(
            run(Tools.program(), "read", "--manifest", BOOKSHOP / "manifest.yaml", *arguments).stdout)
        assert len(cls.expected) == 3, cls.expected

    @classmethod
    def stop(cls):
        cls.server.kill()
        cls.server.wait()
        cls.server.stdout.close()


class UnpackedImage(Bookshop):
    """Images that are unpacked and entered."""

    @classmethod
    def setUpClass(cls):
        missing = [tool for tool in ("skopeo", "umoci") if not shutil.which(tool)]
        if missing:
            raise unittest.SkipTest(f"{' and '.join(missing)} not installed (Debian's packages have these names)")
        if os.geteuid() != 0:
            raise unittest.SkipTest("only root can unpack an image with its owners and enter it by chroot")
        if run("unshare", "--mount", "true", check=False).returncode != 0:
            raise unittest.SkipTest("this system lets nobody mount what an engine mounts into a container")
        super().setUpClass()
        cls.make_images()

    @classmethod
    def unpack(cls, layout, tag):
        run("umoci", "unpack", "--image", f"{cls.scratch / layout}:{tag}", cls.scratch / f"{layout}-bundle")
        root = cls.scratch / f"{layout}-bundle" / "rootfs"
        (root / "etc" / "hosts").write_text("127.0.0.1 localhost\n")
        for folder in ("secrets", "proc", "dev"):
            (root / folder).mkdir()
        shutil.copy(cls.scratch / "config.json", root / "secrets")
        shutil.copy(cls.scratch / "catalog.json", root / "secrets")
        return root

    def inside(self, root, *arguments, entrypoint=None):
        """Runs the image's entrypoint as an engine does: as its user, with its environment, /proc and /dev, and nothing else."""
        config = json.loads(run("skopeo", "inspect", "--config", f"oci-archive:{self.tar}").stdout)["config"]
        environment = dict(entry.split("=", 1) for entry in config["Env"])
        user = config["User"]
        enter = 'root=$1 user=$2; shift 2; mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && '
        enter += 'exec /usr/sbin/chroot --userspec="$user:$user" "$root" "$@"'
        command = ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", enter, "sh", root, user]
        return run(*command, *(entrypoint or config["Entrypoint"]), *arguments, check=False, env=environment)


class ImageTests(UnpackedImage):
    @classmethod
    def make_images(cls):
        cls.tar = cls.scratch / "image.tar"
        run(Tools.program(), "image", BOOKSHOP / "manifest.yaml", "-o", cls.tar)
        run(Tools.program(), "image", BOOKSHOP / "manifest.yaml", "-o", f"{cls.scratch}/layout/")
        run(Tools.program(), "image", "-o", f"{cls.scratch}/base/")
        cls.root = cls.unpack("layout", "0.1.0")
        cls.base = cls.unpack("base", run(Tools.program(), "--version").stdout.split()[0])

    def test_skopeo_reads_it(self):
        for transport in ("oci-archive", "docker-archive"):
            seen = json.loads(run("skopeo", "inspect", f"{transport}:{self.tar}").stdout)
            self.assertEqual(
                seen["Labels"], {"io.airbyte.name": "airbyte/source-bookshop", "io.airbyte.version": "0.1.0"})
            self.assertEqual(seen["Os"], "linux")
            self.assertIn("AIRBYTE_ENTRYPOINT=/usr/local/bin/airbyte-lowcode", seen["Env"])
            self.assertEqual(len(seen["Layers"]), 2)

    def test_skopeo_turns_it_into_a_docker_archive(self):
        archive = self.scratch / "docker.tar"
        run("skopeo", "copy", f"oci-archive:{self.tar}", f"docker-archive:{archive}:airbyte/source-bookshop:0.1.0")
        seen = json.loads(run("skopeo", "inspect", f"docker-archive:{archive}").stdout)
        self.assertEqual(seen["Labels"]["io.airbyte.name"], "airbyte/source-bookshop")

    def test_the_tar_and_the_layout_are_the_same_image(self):
        digests = [
            run("skopeo", "inspect", "--format", "{{.Digest}}", image).stdout
            for image in (f"oci-archive:{self.tar}", f"oci:{self.scratch}/layout")
        ]
        self.assertEqual(digests[0], digests[1])

    def test_the_same_input_makes_the_same_bytes(self):
        run(Tools.program(), "image", BOOKSHOP / "manifest.yaml", "-o", self.scratch / "again.tar")
        self.assertEqual((self.scratch / "again.tar").read_bytes(), self.tar.read_bytes())

    def test_owners_and_modes(self):
        manifest = self.root / MANIFEST
        self.assertEqual(manifest.read_bytes(), (BOOKSHOP / "manifest.yaml").read_bytes())
        self.assertEqual((manifest.stat().st_uid, manifest.parent.stat().st_uid), (1000, 1000))
        self.assertEqual((self.root / "tmp").stat().st_mode & 0o7777, 0o1777)
        self.assertEqual((self.root / "usr/local/bin/airbyte-lowcode").stat().st_uid, 0)

    def test_the_unpacked_root_runs(self):
        spec = self.inside(self.root, "spec")
        self.assertEqual(spec.returncode, 0, spec.stderr)
        self.assertIn("base_url", messages(spec.stdout, "SPEC")[0]["spec"]["connectionSpecification"]["properties"])
        check = self.inside(self.root, "check", "--config", "/secrets/config.json")
        self.assertEqual(messages(check.stdout, "CONNECTION_STATUS")[0]["connectionStatus"], {"status": "SUCCEEDED"})
        read = self.inside(
            self.root, "read", "--config", "/secrets/config.json", "--catalog", "/secrets/catalog.json")
        self.assertEqual(read.returncode, 0, read.stderr)
        self.assertEqual(records_by_stream(read.stdout), self.expected)

    def test_the_shell_around_a_connector_runs(self):
        """The platform calls the entrypoint by its variable from a script."""
        script = "mkdir /tmp/out && eval \"$AIRBYTE_ENTRYPOINT spec\" > /tmp/out/spec & wait $! && cat /tmp/out/spec"
        done = self.inside(self.root, "-c", script, entrypoint=["/bin/sh"])
        self.assertEqual(len(messages(done.stdout, "SPEC")), 1, done.stderr)

    def test_time_zones_are_there(self):
        # More than a day lies between these two.
        template = "{{ today_with_timezone('Pacific/Kiritimati') > today_with_timezone('Pacific/Pago_Pago') }}"
        done = self.inside(self.root, "interpolate", template)
        self.assertEqual(done.stdout.strip(), "true", done.stderr)

    def test_character_sets_are_there(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = "name\n\u672c\u5c4b\n".encode("shift_jis")
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            manifest = injectable()
            retriever = manifest["streams"][0]["retriever"]
            retriever["decoder"] = {"type": "CsvDecoder", "encoding": "shift_jis"}
            retriever["record_selector"]["extractor"]["field_path"] = []
            read = self.read_injected(self.root, manifest, f"http://127.0.0.1:{server.server_port}", of="other.yaml")
            server.shutdown()
        records = [message["record"]["data"] for message in messages(read.stdout, "RECORD")]
        self.assertEqual(records, [{"name": "\u672c\u5c4b"}], read.stderr)

    def read_injected(self, root, manifest, base_url, of=None):
        """Reads `manifest`, which comes with the config, or is named where `of` says how."""
        config = {**self.config, "base_url": base_url}
        more = []
        if of:
            (root / "secrets" / of).write_text(json.dumps(manifest))
            more = ["--manifest", f"/secrets/{of}"]
        else:
            config["__injected_declarative_manifest"] = manifest
        (root / "secrets" / "injected.json").write_text(json.dumps(config))
        (root / "secrets" / "injected-catalog.json").write_text(json.dumps({"streams": [{
            "stream": {"name": "injected", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
            "sync_mode": "full_refresh", "destination_sync_mode": "append"}]}))
        return self.inside(
            root, "read", "--config", "/secrets/injected.json", "--catalog", "/secrets/injected-catalog.json", *more)

    def test_a_base_image_serves_what_it_is_given(self):
        def title(*arguments, entrypoint=None):
            done = self.inside(self.base, "spec", *arguments, entrypoint=entrypoint)
            self.assertEqual(done.returncode, 0, done.stderr)
            return messages(done.stdout, "SPEC")[0]["spec"]["connectionSpecification"]

        self.assertEqual(title()["required"], ["__injected_declarative_manifest"])
        read = self.read_injected(self.base, injectable(), self.config["base_url"])
        self.assertGreater(records_by_stream(read.stdout)["injected"], 0)
        # What stands in the image comes before what a config brings along, as with the reference.
        shutil.copy(BOOKSHOP / "manifest.yaml", self.base / MANIFEST)
        self.assertIn("base_url", title()["properties"])
        discover = self.inside(self.base, "discover", "--config", "/secrets/injected.json")
        streams = messages(discover.stdout, "CATALOG")[0]["catalog"]["streams"]
        self.assertEqual(sorted(stream["name"] for stream in streams), sorted(self.expected))
        for entrypoint in (["python"], ["ddtrace-run", "python"]):
            words = [f"/usr/local/bin/{entrypoint[0]}", *entrypoint[1:], "/airbyte/integration_code/main.py"]
            self.assertIn("base_url", title(entrypoint=words)["properties"])

    @unittest.skipUnless(shutil.which("buildah"), "buildah is not installed (Debian's package has this name)")
    def test_a_connectors_dockerfile_builds_on_the_base_image(self):
        context = self.scratch / "context"
        context.mkdir()
        shutil.copy(BOOKSHOP / "manifest.yaml", context)
        (context / "Dockerfile").write_text(CONNECTOR_DOCKERFILE)
        version = run(Tools.program(), "--version").stdout.split()[0]
        buildah = ["buildah", "--storage-driver", "vfs", "--root", self.scratch / "store", "--runroot", self.scratch / "run"]
        run(*buildah, "bud", "--isolation", "chroot", "--build-arg", f"BASE_IMAGE=oci:{self.scratch}/base:{version}",
            "--tag", "connector", context)
        container = run(*buildah, "from", "localhost/connector").stdout.strip()
        spec = run(*buildah, "run", "--isolation", "chroot", container, "--", "python", "/airbyte/integration_code/main.py", "spec")
        self.assertIn("base_url", messages(spec.stdout, "SPEC")[0]["spec"]["connectionSpecification"]["properties"])


COMPONENTS = """
import requests
from dataclasses import dataclass

from airbyte_cdk.sources.declarative.transformations import RecordTransformation


@dataclass
class Loud(RecordTransformation):
    field: str

    def transform(self, record, config=None, stream_state=None, stream_slice=None):
        record[self.field] = record[self.field].upper()
"""


class PythonImageTests(UnpackedImage):
    """An image with a custom component: it has the code, and a Python that was copied from this system."""

    @classmethod
    def setUpClass(cls):
        if Tools.components is None:
            raise unittest.SkipTest("there is no Python with airbyte-cdk: run `make python-components`, or name one with --components")
        super().setUpClass()

    @classmethod
    def make_images(cls):
        cls.folder = cls.scratch / "loud"
        shutil.copytree(BOOKSHOP, cls.folder)
        text = (BOOKSHOP / "manifest.yaml").read_text()
        custom = "    transformations:\n      - {type: CustomTransformation, class_name: source_declarative_manifest.components.Loud, field: name}\n"
        (cls.folder / "manifest.yaml").write_text(text.replace("    schema_loader:\n", custom + "    schema_loader:\n", 1))
        (cls.folder / "components.py").write_text(COMPONENTS)
        cls.tar = cls.scratch / "image.tar"
        cls.said = cls.image("-o", cls.tar).stderr
        run("skopeo", "copy", f"oci-archive:{cls.tar}:0.1.0", f"oci:{cls.scratch}/layout:0.1.0")
        cls.root = cls.unpack("layout", "0.1.0")

    @classmethod
    def image(cls, *more):
        return run(Tools.program(), "image", cls.folder / "manifest.yaml", "--python", Tools.components, *more)

    def test_it_reads_through_the_component(self):
        files = self.root / MANIFEST
        self.assertEqual((files.parent / "components.py").read_text(), COMPONENTS)
        read = self.inside(self.root, "read", "--config", "/secrets/config.json", "--catalog", "/secrets/catalog.json")
        self.assertEqual(read.returncode, 0, read.stdout[:2000] + read.stderr)
        self.assertEqual(records_by_stream(read.stdout), self.expected)
        names = [each["record"]["data"]["name"] for each in messages(read.stdout, "RECORD") if each["record"]["stream"] == "authors"]
        self.assertEqual(names, [name.upper() for name in names])

    def test_it_says_what_it_adds(self):
        self.assertRegex(self.said, r"It has Python 3\.\d+\.\d+ with airbyte-cdk 7\.\d+\.\d+ and \d+ other distributions: [\d.]+ MB")

    def test_the_same_python_makes_the_same_bytes(self):
        self.image("-o", self.scratch / "again.tar")
        self.assertEqual((self.scratch / "again.tar").read_bytes(), self.tar.read_bytes())

    def test_a_package_reads_through_the_component(self):
        run(Tools.program(), "package", self.folder / "manifest.yaml", "-o", self.scratch / "source-loud")
        read = run(
            self.scratch / "source-loud", "read", "--config", self.scratch / "config.json", "--catalog", self.scratch / "catalog.json",
            env={**os.environ, "AIRBYTE_LOWCODE_PYTHON": str(Tools.components)})
        self.assertEqual(records_by_stream(read.stdout), self.expected)


# What a connector's Dockerfile does on a base image: a shell, Airbyte's user, and the entrypoint of Airbyte's own base image.
CONNECTOR_DOCKERFILE = """\
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
RUN mkdir -p source_declarative_manifest
COPY . ./
RUN cp manifest.yaml source_declarative_manifest/ && if [ -f components.py ]; then exit 1; fi
USER airbyte
ENV AIRBYTE_ENTRYPOINT="python /airbyte/integration_code/main.py"
ENTRYPOINT ["python", "/airbyte/integration_code/main.py"]
"""


PYAIRBYTE_READ = """
import json, pathlib, sys
import airbyte as ab

config, executable, folder = json.loads(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
source = ab.get_source("source-bookshop", config=config, local_executable=executable)
source.check()
streams = source.get_available_streams()
source.select_all_streams()
cache = ab.DuckDBCache(db_path=folder / "bookshop.duckdb")
result = source.read(cache=cache)
counts = {name: len(list(dataset)) for name, dataset in result.streams.items()}
again = source.read(cache=cache)
print("RESULT", json.dumps({"streams": streams, "counts": counts, "again": again.processed_records}))
"""


class PyAirbyteTests(Bookshop):
    @classmethod
    def setUpClass(cls):
        cls.python = cls.environment()
        super().setUpClass()
        run(Tools.program(), "package", BOOKSHOP / "manifest.yaml", "-o", cls.scratch / "source-bookshop")

    @classmethod
    def environment(cls):
        folder = pathlib.Path(Tools.pyairbyte or pathlib.Path(tempfile.gettempdir()) / "airbyte-lowcode-pyairbyte")
        python = folder / "bin" / "python"
        if run(python, "-c", "import airbyte", check=False).returncode == 0 if python.exists() else False:
            return python
        done = run(sys.executable, "-m", "venv", folder, check=False)
        if done.returncode == 0:
            done = run(python, "-m", "pip", "--quiet", "install", PYAIRBYTE, check=False)
        if done.returncode != 0:
            raise unittest.SkipTest(f"PyAirbyte cannot be installed: {(done.stderr or done.stdout).strip().splitlines()[-1:]}")
        return python

    def test_pyairbyte_checks_lists_and_reads_into_duckdb(self):
        environment = {**os.environ, "DO_NOT_TRACK": "1", "AIRBYTE_OFFLINE_MODE": "1"}
        done = run(
            self.python, "-c", PYAIRBYTE_READ, json.dumps(self.config), self.scratch / "source-bookshop", self.scratch,
            env=environment, cwd=self.scratch)
        lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
        seen = json.loads(lines[0].removeprefix("RESULT "))
        self.assertEqual(sorted(seen["streams"]), sorted(self.expected))
        self.assertEqual(seen["counts"], self.expected)
        # The second read continues from the states of the first.
        self.assertLess(seen["again"], sum(self.expected.values()))


class Layout(unittest.TestCase):
    """What `make install` puts into a prefix."""

    def test_the_executable_has_its_completions_and_its_man_page(self):
        with tempfile.TemporaryDirectory() as folder:
            prefix = pathlib.Path(folder) / "usr"
            run(HERE.parent.parent / "Distribution" / "layout", Tools.program(), prefix)
            self.assertIn("USAGE: airbyte-lowcode read", run(prefix / "bin/airbyte-lowcode", "read", "--help").stdout)
            files = {str(path.relative_to(prefix)): path for path in prefix.rglob("*") if path.is_file()}
            self.assertEqual(set(files), {
                "bin/airbyte-lowcode", "share/bash-completion/completions/airbyte-lowcode",
                "share/zsh/site-functions/_airbyte-lowcode", "share/fish/vendor_completions.d/airbyte-lowcode.fish",
                "share/man/man1/airbyte-lowcode.1.gz"})
            manual = gzip.decompress(files["share/man/man1/airbyte-lowcode.1.gz"].read_bytes()).decode()
            self.assertIn("EXIT STATUS", manual)

    def test_bash_completes_commands_files_rules_and_names(self):
        with tempfile.TemporaryDirectory() as folder:
            home = pathlib.Path(folder)
            (home / "manifest.yaml").write_text("version: 1\n")
            run(HERE.parent.parent / "Distribution" / "layout", Tools.program(), home / "usr")
            script = home / "usr/share/bash-completion/completions/airbyte-lowcode"

            def completed(*words):
                ask = f"""
                    source {script}
                    COMP_WORDS=({' '.join(words)}) COMP_CWORD={len(words) - 1}
                    COMP_LINE='{' '.join(words)}' COMP_POINT={len(' '.join(words))}
                    $(complete -p airbyte-lowcode | sed 's/.*-F \\([^ ]*\\).*/\\1/') airbyte-lowcode '{words[-1]}' '{words[-2]}'
                    printf '%s\\n' "${{COMPREPLY[@]}}" """
                return run("bash", "-c", ask, cwd=home, env={**os.environ, "PATH": f"{home}/usr/bin:{os.environ['PATH']}"}).stdout.split()

            self.assertIn("discover", completed("airbyte-lowcode", "dis"))
            self.assertIn("manifest.yaml", completed("airbyte-lowcode", "read", "--manifest", "man"))
            self.assertIn("manifest.yaml", completed("airbyte-lowcode", "validate", "man"))
            self.assertIn("insecure-url", completed("airbyte-lowcode", "validate", "--ignore", "insec"))
            self.assertIn("CursorPagination", completed("airbyte-lowcode", "explain", "CursorP"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=Tools.build)
    parser.add_argument("--pyairbyte", type=pathlib.Path)
    made = HERE.parent.parent / ".build" / "python" / "bin" / "python"
    parser.add_argument("--components", type=pathlib.Path, default=os.environ.get("AIRBYTE_LOWCODE_PYTHON") or (made if made.exists() else None))
    options, rest = parser.parse_known_args()
    Tools.build = options.build.resolve()
    Tools.pyairbyte = options.pyairbyte
    Tools.components = options.components
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)


if __name__ == "__main__":
    main()
