#!/usr/bin/env python3
"""Installs what `make dist` writes, in each way and in clean places, and reads the bookshop there.

    distribution.py [--dist dist] [--build .build-static/release] [--api .build/debug/example-api] [--tools VENV] [--root FOLDER]
                    [--table FILE] [unittest's options]

`--build` is the folder of the program that the release is made from, `--api` the server of the bookshop. `--tools` is a virtual environment for uv, pipx, pre-commit and the readers of bills of
materials, made from PyPI where it is not there. `--root` is a clean Debian, made by debootstrap where it is not there. What is not at
hand is skipped and says so. `--table` gets what each way takes, in Markdown.
"""

import argparse
import base64
import csv
import functools
import hashlib
import http.server
import io
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BOOKSHOP = ROOT / "manifests" / "bookshop"
NAME = "airbyte-lowcode"
LARGEST = 36_000_000
TOOLS = ["uv", "pipx", "pre-commit", "spdx-tools", "cyclonedx-python-lib[json-validation]", "PyYAML"]
# The archive under the name that every release has; the mirror serves the others from it too.
MIRROR = "http://deb.debian.org/debian"
SUITE = "bookworm"


class Places:
    """What the tests run and where; set by main()."""

    dist = ROOT / "dist"
    build = ROOT / ".build-static" / "release"
    api = ROOT / ".build" / "debug" / "example-api"
    tools = pathlib.Path(tempfile.gettempdir()) / "airbyte-lowcode-tools"
    root = pathlib.Path(tempfile.gettempdir()) / f"airbyte-lowcode-{SUITE}"
    rows = []

    @classmethod
    def only(cls, pattern):
        """The one file of the release whose name is of this form."""
        found = sorted(cls.dist.glob(pattern))
        assert len(found) == 1, f"{pattern}: {found}"
        return found[0]

    @classmethod
    def version(cls):
        return run(cls.dist / NAME, "--version").stdout.split()[0]


def run(*command, check=True, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done


def size(*paths):
    """What files and folders take on disk, in MB."""
    return sum(
        each.lstat().st_size for path in paths for each in ([path, *path.rglob("*")] if path.is_dir() else [path]) if not each.is_dir()
    ) / 1e6


def counts(text):
    found = {}
    for line in text.splitlines():
        message = json.loads(line)
        if message["type"] == "RECORD":
            stream = message["record"]["stream"]
            found[stream] = found.get(stream, 0) + 1
    return found


@functools.cache
def tool(name):
    """A program of the virtual environment with tools; skips where it cannot be had."""
    path = Places.tools / "bin" / name
    if not path.exists():
        done = run(sys.executable, "-m", "venv", Places.tools, check=False)
        if done.returncode == 0:
            done = run(Places.tools / "bin" / "pip", "install", "--quiet", *TOOLS, check=False)
        if done.returncode != 0:
            raise unittest.SkipTest(f"{name} cannot be installed: {(done.stderr or done.stdout).strip().splitlines()[-1:]}")
    return path


def clean_system():
    """The folder of a Debian with nothing installed; skips where there is none."""
    if os.geteuid() != 0:
        raise unittest.SkipTest("only root can enter a system in a folder")
    if run("unshare", "--mount", "true", check=False).returncode != 0:
        raise unittest.SkipTest("this system lets nobody mount what a system in a folder needs")
    if not (Places.root / "usr" / "bin" / "dpkg").exists():
        if not shutil.which("debootstrap"):
            raise unittest.SkipTest("debootstrap is not installed (Debian's package has this name)")
        shutil.rmtree(Places.root, ignore_errors=True)
        done = run("debootstrap", "--variant=minbase", SUITE, Places.root, MIRROR, check=False)
        if done.returncode != 0:
            shutil.rmtree(Places.root, ignore_errors=True)
            raise unittest.SkipTest(f"debootstrap makes no system here: {done.stdout.strip().splitlines()[-1:]}")
    return Places.root


class System:
    """A copy of the clean system, for one test: it shares the network, and has what its test puts into `/given`."""

    def __init__(self, case):
        base = clean_system()
        self.scratch = pathlib.Path(tempfile.mkdtemp())
        case.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.root = self.scratch / "root"
        run("cp", "-a", "--reflink=auto", base, self.root)
        self.given = self.root / "given"
        self.given.mkdir()
        for name in ("config.json", "catalog.json"):
            shutil.copy(case.scratch / name, self.given)
        shutil.copy(BOOKSHOP / "manifest.yaml", self.given)
        (self.root / "etc" / "hosts").write_text("127.0.0.1 localhost\n")

    def run(self, *command, check=True):
        enter = 'root=$1; shift; mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && exec chroot "$root" "$@"'
        return run(
            "unshare", "--mount", "sh", "-c", enter, "sh", self.root, *command, check=check,
            env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"})

    def complete(self, word):
        """What bash offers for a command that begins so, after it has loaded the completions itself."""
        script = (
            f"source /usr/share/bash-completion/completions/{NAME}; COMP_WORDS=({NAME} {word}) COMP_CWORD=1; "
            f"COMP_LINE='{NAME} {word}' COMP_POINT={len(NAME) + 1 + len(word)}; "
            rf"$(complete -p {NAME} | sed 's/.*-F \([^ ]*\).*/\1/') {NAME} {word} {NAME}; "
            "printf '%s\\n' \"${COMPREPLY[@]}\"")
        return self.run("bash", "-c", script).stdout.split()


class Bookshop(unittest.TestCase):
    """A running example API, and a scratch folder with its config and catalog."""

    @classmethod
    def setUpClass(cls):
        if not Places.dist.is_dir():
            raise unittest.SkipTest(f"there is no {Places.dist}: run `make dist`")
        cls.server = subprocess.Popen([Places.api, "--port", "0"], stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.stop)
        url = cls.server.stdout.readline().strip()
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.scratch = pathlib.Path(scratch.name)
        cls.config = json.loads((BOOKSHOP / "config.json").read_text())
        # By name, so that names are looked up.
        cls.config["base_url"] = url.replace("127.0.0.1", "localhost")
        (cls.scratch / "config.json").write_text(json.dumps(cls.config))
        shutil.copy(BOOKSHOP / "catalog.json", cls.scratch)
        cls.expected = {"authors": 120, "books": 2960, "orders": 3000}

    @classmethod
    def stop(cls):
        cls.server.kill()
        cls.server.wait()
        cls.server.stdout.close()

    def arguments(self, folder=None, manifest=None):
        folder = folder or self.scratch
        manifest = manifest or (BOOKSHOP / "manifest.yaml" if folder == self.scratch else f"{folder}/manifest.yaml")
        return ["read", "--manifest", manifest, "--config", f"{folder}/config.json", "--catalog", f"{folder}/catalog.json"]

    def expect_records(self, done):
        self.assertEqual(counts(done.stdout), self.expected, done.stderr[-2000:])

    def record(self, way, command, began, megabytes):
        """Adds to the table. `began` is when the installation began; the first record is there now, or was shortly before."""
        Places.rows.append((way, command, time.monotonic() - began, megabytes))


class Executable(Bookshop):
    def test_it_needs_nothing_but_the_c_library(self):
        text = run("objdump", "-p", Places.dist / NAME).stdout
        needed = set(re.findall(r"^\s+NEEDED\s+(\S+)", text, flags=re.M))
        self.assertLessEqual(needed, {"libc.so.6", "libgcc_s.so.1", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"})
        versions = {tuple(map(int, each.split("."))) for each in re.findall(r"GLIBC_([0-9.]+)", text)}
        self.assertLessEqual(max(versions), (2, 34))

    def test_its_size(self):
        self.assertLessEqual((Places.dist / NAME).stat().st_size, LARGEST)

    def test_it_reads_in_a_system_without_libraries(self):
        system = System(self)
        shutil.copy(Places.dist / NAME, system.root / "usr" / "bin")
        self.assertFalse(list((system.root / "usr/lib/x86_64-linux-gnu").glob("libcurl*")))
        self.expect_records(system.run(NAME, *self.arguments("/given"), "--transport", "curl"))
        refused = system.run(NAME, *self.arguments("/given"), "--transport", "urlsession", check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("This program was built without the transport `urlsession`", refused.stdout)

    def test_it_knows_time_zones_in_a_system_without_any(self):
        system = System(self)
        shutil.copy(Places.dist / NAME, system.root / "usr" / "bin")
        shutil.rmtree(system.root / "usr/share/zoneinfo", ignore_errors=True)
        template = "{{ today_with_timezone('pacific/kiritimati') > today_with_timezone('Pacific/Pago_Pago') }}"
        self.assertIn("rue", system.run(NAME, "interpolate", template).stdout)

    def test_it_finds_certificates_where_distributions_keep_them(self):
        system = System(self)
        shutil.copy(Places.dist / NAME, system.root / "usr" / "bin")

        def certificates():
            findings = json.loads(system.run(NAME, "doctor", "--format", "json", check=False).stdout)["findings"]
            return next((each["state"], each["text"]) for each in findings if each["subject"] == "certificates")

        self.assertEqual(certificates()[0], "fails")
        bundle = pathlib.Path("/etc/ssl/certs/ca-certificates.crt").read_bytes()
        for place in ("/etc/ssl/ca-bundle.pem", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt"):
            path = system.root / place[1:]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bundle)
            state, text = certificates()
            self.assertEqual(state, "ok")
            self.assertIn(f" in {place}", text)

    def test_what_it_packages_runs_alone(self):
        system = System(self)
        run(Places.dist / NAME, "package", BOOKSHOP / "manifest.yaml", "-o", system.root / "source-bookshop")
        read = system.run(
            "/source-bookshop", "read", "--config", "/given/config.json", "--catalog", "/given/catalog.json")
        self.expect_records(read)
        damaged = system.root / "damaged"
        damaged.write_bytes((system.root / "source-bookshop").read_bytes()[:-100])
        damaged.chmod(0o755)
        self.assertNotEqual(system.run("/damaged", "spec", check=False).returncode, 0)

    def test_version_names_the_commit_and_the_libraries(self):
        lines = run(Places.dist / NAME, "--version").stdout.splitlines()
        self.assertRegex(lines[1], r"^commit: [0-9a-f]{12}\+?$")
        numbered = "".join(f"{name} [0-9.]+, " for name in ("libcurl", "OpenSSL", "zlib", "PCRE2", "libyaml", "Expat"))
        self.assertRegex(lines[4], numbered + r"tzdata 20[0-9]+[a-z]")


class Checksums(Bookshop):
    def test_every_file_has_one(self):
        names = {line.split("  ", 1)[1] for line in (Places.dist / "SHA256SUMS").read_text().splitlines()}
        self.assertEqual(names, {path.name for path in Places.dist.iterdir()} - {"SHA256SUMS"})
        run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=Places.dist)

    def test_a_changed_file_is_noticed(self):
        copy = self.scratch / "copy"
        shutil.copytree(Places.dist, copy)
        with open(copy / "install.sh", "a") as file:
            file.write("#")
        self.assertEqual(run("sha256sum", "--check", "SHA256SUMS", cwd=copy, check=False).returncode, 1)

    def test_the_same_executable_makes_the_same_files(self):
        again = self.scratch / "elsewhere" / "again"
        epoch = run("git", "-C", ROOT, "log", "-1", "--format=%ct").stdout.strip()
        build = Places.build / NAME
        if not build.exists():
            self.skipTest(f"there is no {build}")
        for folder in (self.scratch / "one", again):
            run(ROOT / "Distribution" / "release", build, folder, env={**os.environ, "SOURCE_DATE_EPOCH": epoch})
        self.assertEqual((self.scratch / "one" / "SHA256SUMS").read_text(), (again / "SHA256SUMS").read_text())


class InstallScript(Bookshop):
    def setUp(self):
        self.prefix = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        self.script = Places.dist / "install.sh"

    def release(self):
        """A copy of what the script takes, to break."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        for path in (Places.only("*.tar.gz"), Places.dist / "SHA256SUMS"):
            shutil.copy(path, folder)
        return folder

    def refused(self, *arguments):
        done = run("sh", self.script, "--prefix", self.prefix, *arguments, check=False)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertEqual(list(self.prefix.rglob("*")), [])
        self.assertTrue(done.stderr.startswith("error: "), done.stderr)
        return done.stderr

    def test_from_a_folder(self):
        began = time.monotonic()
        done = run("sh", self.script, "--prefix", self.prefix)
        self.assertIn(f"Installed {Places.version()} ", done.stdout)
        self.expect_records(run(self.prefix / "bin" / NAME, *self.arguments()))
        self.record("tarball", "sh install.sh", began, size(self.prefix))
        for name in ("man/man1/airbyte-lowcode.1.gz", "doc/airbyte-lowcode/NOTICES.txt", "bash-completion/completions/airbyte-lowcode"):
            self.assertTrue((self.prefix / "share" / name).is_file(), name)

    def test_from_an_address_in_a_clean_system(self):
        handler = functools.partial(Quiet, directory=str(Places.dist))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            url = f"http://127.0.0.1:{server.server_port}"
            piped = run("sh", "-c", f"curl -fsSL {url}/install.sh | sh -s -- --from {url} --prefix {self.prefix}")
            self.assertIn(f"as {self.prefix}/bin/{NAME}.", piped.stdout)
            self.expect_records(run(self.prefix / "bin" / NAME, *self.arguments()))
            missing = run("sh", self.script, "--from", f"{url}/none", "--prefix", self.prefix, check=False)
            self.assertEqual(missing.returncode, 1)
            self.assertIn(f"SHA256SUMS cannot be had from {url}/none", missing.stderr)
            server.shutdown()
        system = System(self)
        shutil.copytree(Places.dist, system.root / "release")
        system.run("sh", "/release/install.sh")
        self.expect_records(system.run(NAME, *self.arguments("/given")))

    def test_a_second_installation_replaces_the_first(self):
        run("sh", self.script, "--prefix", self.prefix)
        (self.prefix / "bin" / NAME).write_text("old")
        run("sh", self.script, "--prefix", self.prefix)
        self.expect_records(run(self.prefix / "bin" / NAME, *self.arguments()))

    def test_a_changed_tarball_is_refused(self):
        release = self.release()
        tarball = next(release.glob("*.tar.gz"))
        bytes = bytearray(tarball.read_bytes())
        bytes[len(bytes) // 2] ^= 1
        tarball.write_bytes(bytes)
        said = self.refused("--from", release)
        self.assertIn("is not what was released: its checksum is ", said)
        self.assertIn("Nothing was installed", said)

    def test_what_is_missing_is_named(self):
        release = self.release()
        next(release.glob("*.tar.gz")).unlink()
        self.assertIn("there is no airbyte-lowcode-", self.refused("--from", release))
        (release / "SHA256SUMS").write_text("")
        self.assertIn("lists no tarball for Linux on ", self.refused("--from", release))
        self.assertIn("lists no airbyte-lowcode-9.9.9-linux-", self.refused("--version", "9.9.9"))
        self.assertIn("there is no option --frobnicate", self.refused("--frobnicate"))
        self.assertIn("--from needs a value", self.refused("--from"))

    def test_it_is_plain_sh(self):
        for shell in ("dash", "bash", "busybox"):
            if shutil.which(shell):
                command = [shell, "sh"] if shell == "busybox" else [shell]
                run(*command, self.script, "--prefix", self.prefix / shell)
        if shutil.which("shellcheck"):
            run("shellcheck", self.script)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


class DebianPackage(Bookshop):
    def test_it_installs_into_a_clean_system(self):
        system = System(self)
        shutil.copy(Places.only("*.deb"), system.root / "package.deb")
        before = size(system.root / "usr")
        began = time.monotonic()
        system.run("dpkg", "--install", "/package.deb")
        self.expect_records(system.run(NAME, *self.arguments("/given")))
        self.record("deb", "apt install ./airbyte-lowcode_*.deb", began, size(system.root / "usr") - before)
        self.assertIn("Status: install ok installed", system.run("dpkg", "--status", NAME).stdout)
        self.assertIn("discover", system.complete("dis"))
        files = system.run("dpkg", "--listfiles", NAME).stdout.split()
        for name in (
            f"/usr/share/man/man1/{NAME}.1.gz", f"/usr/share/zsh/vendor-completions/_{NAME}",
            f"/usr/share/fish/vendor_completions.d/{NAME}.fish", f"/usr/share/doc/{NAME}/copyright",
            f"/usr/share/doc/{NAME}/NOTICES.txt.gz"):
            self.assertIn(name, files)
        system.run("dpkg", "--purge", NAME)
        self.assertFalse((system.root / "usr" / "bin" / NAME).exists())

    def test_a_damaged_one_is_refused(self):
        system = System(self)
        whole = Places.only("*.deb").read_bytes()
        (system.root / "package.deb").write_bytes(whole[: len(whole) // 2])
        self.assertNotEqual(system.run("dpkg", "--install", "/package.deb", check=False).returncode, 0)
        self.assertFalse((system.root / "usr" / "bin" / NAME).exists())


class RPMPackage(Bookshop):
    def setUp(self):
        if not shutil.which("rpm"):
            self.skipTest("rpm is not installed (Debian's package has this name)")

    def install(self, system, package):
        # The system's own libraries are Debian's, of which rpm knows nothing.
        return run("rpm", "--root", system.root, "--install", "--nodeps", package, check=False)

    def test_it_installs_into_a_clean_root(self):
        system = System(self)
        before = size(system.root / "usr")
        began = time.monotonic()
        done = self.install(system, Places.only("*.rpm"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.expect_records(system.run(NAME, *self.arguments("/given")))
        self.record("rpm", "dnf install ./airbyte-lowcode-*.rpm", began, size(system.root / "usr") - before)
        self.assertEqual(run("rpm", "--root", system.root, "--verify", "--nodeps", NAME).stdout, "")
        self.assertIn("validate", system.complete("vali"))
        asked = run("rpm", "--query", "--requires", "--package", Places.only("*.rpm")).stdout
        self.assertIn("glibc >= 2.34", asked)
        with open(system.root / "usr/bin" / NAME, "a") as file:
            file.write(" ")
        self.assertIn(f"/usr/bin/{NAME}", run("rpm", "--root", system.root, "--verify", "--nodeps", NAME, check=False).stdout)

    def test_a_damaged_one_is_refused(self):
        system = System(self)
        bytes = bytearray(Places.only("*.rpm").read_bytes())
        bytes[-1000] ^= 1
        package = self.scratch / "damaged.rpm"
        package.write_bytes(bytes)
        self.assertNotEqual(self.install(system, package).returncode, 0)
        self.assertFalse((system.root / "usr" / "bin" / NAME).exists())


class Wheel(Bookshop):
    def environment(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.scratch)) / "venv"
        run(sys.executable, "-m", "venv", folder)
        return folder

    def install(self, folder, *more):
        return run(
            folder / "bin" / "pip", "install", "--quiet", "--no-index", "--find-links", Places.dist, "--disable-pip-version-check", *more, NAME)

    def test_pip_installs_it(self):
        folder = self.environment()
        before = size(folder)
        began = time.monotonic()
        self.install(folder)
        self.expect_records(run(folder / "bin" / NAME, *self.arguments()))
        self.record("wheel, pip", "pip install airbyte-lowcode", began, size(folder) - before)
        self.expect_records(run(folder / "bin" / "python", "-m", "airbyte_lowcode", *self.arguments()))
        path = run(folder / "bin" / "python", "-c", "import airbyte_lowcode; print(airbyte_lowcode.path())").stdout.strip()
        self.assertEqual(pathlib.Path(path).resolve(), (folder / "bin" / NAME).resolve())
        version = run(folder / "bin" / "python", "-c", "import airbyte_lowcode; print(airbyte_lowcode.__version__)").stdout.strip()
        self.assertEqual(version, Places.version())
        run(folder / "bin" / "pip", "uninstall", "--yes", NAME)
        self.assertFalse((folder / "bin" / NAME).exists())

    def test_the_status_and_the_signals_of_the_program_are_those_of_the_module(self):
        folder = self.environment()
        self.install(folder)
        python = folder / "bin" / "python"
        self.assertEqual(run(python, "-m", "airbyte_lowcode", "frobnicate", check=False).returncode, 64)
        process = subprocess.Popen(
            [python, "-m", "airbyte_lowcode", "validate", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.send_signal(signal.SIGTERM)
        process.communicate()
        self.assertEqual(process.returncode, -signal.SIGTERM)

    def test_a_folder_as_target_and_one_that_lacks_the_program(self):
        folder = self.environment()
        target = self.scratch / "target"
        self.install(folder, "--target", target)
        ask = [folder / "bin" / "python", "-c", "import airbyte_lowcode; print(airbyte_lowcode.path())"]
        environment = {**os.environ, "PYTHONPATH": str(target)}
        found = run(*ask, env=environment).stdout.strip()
        self.assertEqual(found, str(target / "bin" / NAME))
        (target / "bin" / NAME).unlink()
        done = run(*ask, env={**environment, "HOME": str(self.scratch)}, check=False)
        self.assertIn("FileNotFoundError: There is no airbyte-lowcode in any of ", done.stderr)

    def test_its_list_of_files_is_right(self):
        with zipfile.ZipFile(Places.only("airbyte_lowcode-*.whl")) as archive:
            record = next(name for name in archive.namelist() if name.endswith(".dist-info/RECORD"))
            rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(archive.read(record).decode()))}
            self.assertEqual(set(rows), set(archive.namelist()))
            for name, (digest, count) in rows.items():
                if name != record:
                    content = archive.read(name)
                    expected = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
                    self.assertEqual((digest, int(count)), (f"sha256={expected}", len(content)), name)

    def test_its_tag_says_which_c_library_it_needs(self):
        tag = re.search(r"manylinux_(\d+)_(\d+)_", Places.only("airbyte_lowcode-*.whl").name)
        versions = re.findall(r"GLIBC_([0-9.]+)", run("objdump", "-p", Places.dist / NAME).stdout)
        self.assertEqual((int(tag[1]), int(tag[2])), max(tuple(map(int, each.split("."))) for each in versions))

    def test_one_that_needs_libraries_is_not_made(self):
        done = run(sys.executable, ROOT / "Distribution" / "wheel.py", shutil.which("curl") or "/usr/bin/git", "1.0", self.scratch, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("which a wheel cannot expect of a system", done.stderr)

    def test_a_damaged_one_is_refused(self):
        folder = self.environment()
        bytes = bytearray(Places.only("airbyte_lowcode-*.whl").read_bytes())
        bytes[len(bytes) // 2] ^= 1
        wheel = self.scratch / Places.only("airbyte_lowcode-*.whl").name
        wheel.write_bytes(bytes)
        done = run(folder / "bin" / "pip", "install", "--no-index", wheel, check=False)
        self.assertNotEqual(done.returncode, 0)

    def test_uvx_runs_it(self):
        cache = self.scratch / "uv"
        environment = {**os.environ, "UV_CACHE_DIR": str(cache), "UV_TOOL_DIR": str(self.scratch / "uv-tools")}
        began = time.monotonic()
        done = run(tool("uvx"), "--no-index", "--find-links", Places.dist, NAME, *self.arguments(), env=environment)
        self.expect_records(done)
        self.record("wheel, uvx", "uvx airbyte-lowcode", began, size(cache))

    def test_pipx_runs_it(self):
        environment = {**os.environ, "PIPX_HOME": str(self.scratch / "pipx")}
        began = time.monotonic()
        done = run(tool("pipx"), "run", "--spec", Places.only("airbyte_lowcode-*.whl"), NAME, *self.arguments(), env=environment)
        self.expect_records(done)
        self.record("wheel, pipx", "pipx run airbyte-lowcode", began, size(self.scratch / "pipx"))

    def test_pyairbyte_runs_it(self):
        sys.path.insert(0, str(ROOT / "Tests" / "Shipping"))
        import shipping

        python = shipping.PyAirbyteTests.environment()
        target = self.scratch / "beside"
        run(python, "-m", "pip", "install", "--quiet", "--no-index", "--find-links", Places.dist, "--target", target, NAME)
        script = (
            "import json, pathlib, sys, airbyte, airbyte_lowcode, yaml\n"
            "config = json.loads(sys.argv[1])\n"
            "config['__injected_declarative_manifest'] = yaml.safe_load(pathlib.Path(sys.argv[2]).read_text())\n"
            "source = airbyte.get_source('source-shop', config=config, local_executable=airbyte_lowcode.path())\n"
            "source.check()\nsource.select_streams(['authors'])\n"
            "result = source.read(cache=airbyte.DuckDBCache(db_path='shop.duckdb'))\n"
            "print('RESULT', json.dumps([record['id'] for record in result['authors']]))\n")
        environment = {**os.environ, "DO_NOT_TRACK": "1", "AIRBYTE_OFFLINE_MODE": "1", "PYTHONPATH": str(target)}
        began = time.monotonic()
        done = run(python, "-c", script, json.dumps(self.config), BOOKSHOP / "manifest.yaml", env=environment, cwd=self.scratch)
        self.record("wheel, PyAirbyte", "local_executable=airbyte_lowcode.path()", began, size(target))
        line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
        self.assertEqual(len(json.loads(line.removeprefix("RESULT "))), self.expected["authors"])


class Image(Bookshop):
    def test_it_is_unpacked_and_runs(self):
        for name in ("skopeo", "umoci"):
            if not shutil.which(name):
                self.skipTest(f"{name} is not installed (Debian's package has this name)")
        if os.geteuid() != 0:
            self.skipTest("only root can unpack an image with its owners and enter it by chroot")
        archive = Places.only("*-oci.tar")
        seen = json.loads(run("skopeo", "inspect", f"oci-archive:{archive}").stdout)
        self.assertEqual(seen["Os"], "linux")
        began = time.monotonic()
        run("skopeo", "copy", f"oci-archive:{archive}", f"oci:{self.scratch}/layout:it")
        run("umoci", "unpack", "--image", f"{self.scratch}/layout:it", self.scratch / "bundle")
        root = self.scratch / "bundle" / "rootfs"
        megabytes = size(root)
        (root / "etc" / "hosts").write_text("127.0.0.1 localhost\n")
        (root / "secrets").mkdir()
        for path in (self.scratch / "config.json", self.scratch / "catalog.json", BOOKSHOP / "manifest.yaml"):
            shutil.copy(path, root / "secrets")
        config = json.loads(run("skopeo", "inspect", "--config", f"oci-archive:{archive}").stdout)["config"]
        environment = dict(entry.split("=", 1) for entry in config["Env"])
        user = config["User"]
        for folder in ("proc", "dev"):
            (root / folder).mkdir()
        enter = 'root=$1 user=$2; shift 2; mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && '
        enter += 'exec /usr/sbin/chroot --userspec="$user:$user" "$root" "$@"'
        done = run(
            "/usr/bin/unshare", "--mount", "/bin/sh", "-c", enter, "sh", root, user, *config["Entrypoint"], *self.arguments("/secrets"),
            env=environment)
        self.expect_records(done)
        self.record("image", "docker load < airbyte-lowcode-*-oci.tar", began, megabytes)
        # libcurl and the libraries that it brings along are not needed.
        names = [path.name for path in root.rglob("lib*.so*")]
        self.assertFalse([name for name in names if name.startswith(("libcurl", "libldap", "libcrypto", "libyaml"))])

    def test_a_damaged_one_is_noticed(self):
        if not shutil.which("skopeo"):
            self.skipTest("skopeo is not installed (Debian's package has this name)")
        bytes = bytearray(Places.only("*-oci.tar").read_bytes())
        bytes[len(bytes) // 2] ^= 1
        damaged = self.scratch / "damaged.tar"
        damaged.write_bytes(bytes)
        done = run("skopeo", "copy", f"oci-archive:{damaged}", f"oci:{self.scratch}/damaged:it", check=False)
        self.assertNotEqual(done.returncode, 0)


class Formula(Bookshop):
    def test_it_names_the_tarball_and_installs_what_is_there(self):
        text = Places.only("*.rb").read_text()
        tarball = Places.only("*.tar.gz")
        self.assertNotIn("@", re.sub(r"^#.*$", "", text, flags=re.M))
        self.assertIn(f"/{tarball.name}\"", text)
        self.assertEqual(re.search(r'sha256 "([0-9a-f]+)"', text)[1], hashlib.sha256(tarball.read_bytes()).hexdigest())
        held = {line.split("/", 1)[1] for line in run("tar", "-tzf", tarball).stdout.splitlines()}
        installed = re.findall(r'\.install "([^"]+)"', text)
        self.assertEqual(len(installed), 6)
        self.assertLessEqual(set(installed), held)

    def test_ruby_reads_it(self):
        if not shutil.which("ruby"):
            self.skipTest("ruby is not installed (Debian's package has this name)")
        run("ruby", "-c", Places.only("*.rb"))

    def test_brew_installs_it(self):
        if not shutil.which("brew"):
            self.skipTest("brew is not installed")
        formula = self.scratch / f"{NAME}.rb"
        tarball = Places.only("*.tar.gz")
        formula.write_text(re.sub(r'url "[^"]*"', f'url "file://{tarball}"', Places.only("*.rb").read_text()))
        run("brew", "install", "--formula", formula)
        run("brew", "test", NAME)


class Action(Bookshop):
    """The steps of action.yml, as GitHub's runner does them."""

    def run_action(self, repository, **inputs):
        try:
            import yaml
        except ImportError:
            raise unittest.SkipTest("PyYAML is not installed")
        action = yaml.safe_load((ROOT / "action.yml").read_text())
        values = {name: str(about.get("default", "")) for name, about in action["inputs"].items()}
        values |= {name.replace("_", "-"): str(value) for name, value in inputs.items()}
        temporary = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        known = {"github.action_path": ROOT, "runner.temp": temporary, **{f"inputs.{name}": value for name, value in values.items()}}

        def filled(text):
            return re.sub(r"\$\{\{ *([a-z._-]+) *\}\}", lambda match: str(known[match[1]]), text)

        environment, outputs, path = dict(os.environ), {}, os.environ["PATH"]
        for step in action["runs"]["steps"]:
            if condition := re.fullmatch(r"\$\{\{ (inputs\.[a-z]+) != '' \}\}", step.get("if", "")):
                if not known[condition[1]]:
                    continue
            files = {name: temporary / name for name in ("GITHUB_PATH", "GITHUB_OUTPUT")}
            for file in files.values():
                file.write_text("")
            variables = {name: filled(value) for name, value in step.get("env", {}).items()}
            done = run(
                "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"], check=False, cwd=repository,
                env={**environment, **variables, "PATH": path, **{name: str(file) for name, file in files.items()}})
            path = ":".join(files["GITHUB_PATH"].read_text().split() + [path])
            outputs |= dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().split())
            if done.returncode:
                return done, outputs
        return done, outputs

    def repository(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        shutil.copy(BOOKSHOP / "manifest.yaml", folder)
        return folder

    def test_a_right_manifest_passes_and_its_connection_is_tested(self):
        folder = self.repository()
        began = time.monotonic()
        done, outputs = self.run_action(folder, **{"from": Places.dist}, paths="manifest.yaml", config=self.scratch / "config.json")
        self.record("GitHub Action", "uses: airbyte-lowcode", began, size(Places.dist / NAME))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("SUCCEEDED", done.stdout)
        self.assertEqual(json.loads((folder / outputs["sarif"]).read_text())["version"], "2.1.0")

    def test_a_wrong_manifest_fails_and_its_findings_are_there(self):
        folder = self.repository()
        text = (folder / "manifest.yaml").read_text()
        (folder / "manifest.yaml").write_text(text.replace("SimpleRetriever", "SimpleRetreiver", 1))
        done, outputs = self.run_action(folder, **{"from": Places.dist})
        self.assertEqual(done.returncode, 1)
        self.assertIn("::error file=manifest.yaml", done.stdout)
        results = json.loads((folder / outputs["sarif"]).read_text())["runs"][0]["results"]
        self.assertTrue(results)

    def test_a_failing_connection_fails(self):
        folder = self.repository()
        config = self.scratch / "wrong.json"
        config.write_text(json.dumps({**self.config, "base_url": "http://127.0.0.1:9"}))
        done, _ = self.run_action(folder, **{"from": Places.dist}, paths="manifest.yaml", config=config)
        self.assertEqual(done.returncode, 1)

    def test_a_release_that_is_not_there_fails(self):
        done, _ = self.run_action(self.repository(), **{"from": self.scratch / "nowhere"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no SHA256SUMS in ", done.stderr)

    def test_the_workflow_uses_it_with_inputs_that_it_has(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("PyYAML is not installed")
        inputs = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
        workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "validate.yml").read_text())
        steps = [step for job in workflow["jobs"].values() for step in job["steps"] if step.get("uses") == "./"]
        self.assertEqual(len(steps), 1)
        self.assertLessEqual(set(steps[0]["with"]), set(inputs))


class PreCommit(Bookshop):
    """pre-commit itself, in a repository with the hook."""

    def setUp(self):
        self.program = tool("pre-commit")
        self.environment = {
            **os.environ, "PIP_FIND_LINKS": str(Places.dist), "PRE_COMMIT_HOME": str(self.scratch / "pre-commit"),
            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@a.invalid", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@a.invalid"}
        # The hook's repository as it is here, committed or not.
        self.hooks = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        for name in (".pre-commit-hooks.yaml", "pyproject.toml"):
            shutil.copy(ROOT / name, self.hooks)
        self.commit(self.hooks)
        self.work = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        (self.work / "connector").mkdir()
        shutil.copy(BOOKSHOP / "manifest.yaml", self.work / "connector")
        revision = run("git", "-C", self.hooks, "rev-parse", "HEAD").stdout.strip()
        (self.work / ".pre-commit-config.yaml").write_text(
            f"repos:\n  - repo: file://{self.hooks}\n    rev: {revision}\n    hooks: [{{id: airbyte-lowcode-validate}}]\n")

    def commit(self, folder):
        run("git", "-C", folder, "init", "--quiet", env=self.environment)
        run("git", "-C", folder, "add", "--all", env=self.environment)
        run("git", "-C", folder, "commit", "--quiet", "--message", "it", env=self.environment)

    def hook(self):
        run("git", "-C", self.work, "init", "--quiet")
        run("git", "-C", self.work, "add", "--all")
        return run(self.program, "run", cwd=self.work, env=self.environment, check=False)

    def test_it_passes_and_fails(self):
        began = time.monotonic()
        done = self.hook()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("Passed", done.stdout)
        self.record("pre-commit", "pre-commit run", began, size(self.scratch / "pre-commit"))
        manifest = self.work / "connector" / "manifest.yaml"
        manifest.write_text(manifest.read_text().replace("SimpleRetriever", "SimpleRetreiver", 1))
        done = self.hook()
        self.assertEqual(done.returncode, 1)
        self.assertIn("SimpleRetreiver", done.stdout)

    def test_the_hook_asks_for_the_version_of_the_program(self):
        text = (ROOT / "pyproject.toml").read_text()
        self.assertIn(f'dependencies = ["{NAME}=={Places.version()}"]', text)
        self.assertIn(f'\nversion = "{Places.version()}"', text)


class Materials(Bookshop):
    LIBRARIES = {"curl", "openssl", "zlib", "pcre2", "libyaml", "expat", "swift", "swift-collections", "bigint"}

    def artefacts(self):
        return [
            path for path in sorted(Places.dist.iterdir())
            if not path.name.endswith((".json", ".rb", ".sh")) and path.name != "SHA256SUMS"]

    def check(self, kind, path):
        script = {
            "spdx": (
                "import sys\nfrom spdx_tools.spdx.parser.parse_anything import parse_file\n"
                "from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document\n"
                "found = validate_full_spdx_document(parse_file(sys.argv[1]))\nprint(found)\nsys.exit(bool(found))\n"),
            "cdx": (
                "import sys\nfrom cyclonedx.schema import SchemaVersion\nfrom cyclonedx.validation.json import JsonStrictValidator\n"
                "found = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read())\nprint(found)\n"
                "sys.exit(found is not None)\n"),
        }[kind]
        return run(tool("python"), "-c", script, path, check=False)

    def test_every_file_has_both_and_they_are_valid(self):
        tool("uv")
        for path in self.artefacts():
            for kind in ("spdx", "cdx"):
                bill = Places.dist / f"{path.name}.{kind}.json"
                done = self.check(kind, bill)
                self.assertEqual(done.returncode, 0, f"{bill}: {done.stdout}{done.stderr}")
                content = json.loads(bill.read_text())
                parts = content["packages" if kind == "spdx" else "components"]
                self.assertLessEqual(self.LIBRARIES, {part["name"] for part in parts})
                self.assertIn(hashlib.sha256(path.read_bytes()).hexdigest(), bill.read_text())
                for part in parts:
                    self.assertNotEqual(part.get("versionInfo", part.get("version")), "unknown", part["name"])

    def test_the_image_lists_what_it_took_from_the_system(self):
        names = {part["name"] for part in json.loads(Places.only("*-oci.tar.cdx.json").read_text())["components"]}
        self.assertLessEqual({"libc6", "tzdata"}, names)

    def test_wrong_ones_are_noticed(self):
        tool("uv")
        for kind, key in (("spdx", "SPDXID"), ("cdx", "bomFormat")):
            content = json.loads((Places.dist / f"{NAME}.{kind}.json").read_text())
            content[key] = "wrong"
            wrong = self.scratch / f"wrong.{kind}.json"
            wrong.write_text(json.dumps(content))
            self.assertNotEqual(self.check(kind, wrong).returncode, 0, kind)

    def test_the_licences_of_the_libraries_are_there(self):
        text = run("tar", "-xzOf", Places.only("*.tar.gz"), "--wildcards", "*/NOTICES.txt").stdout
        for words in ("Daniel Stenberg", "The OpenSSL", "Jean-loup Gailly", "Kirill Simonov", "University of Cambridge", "Runtime Library Exception"):
            self.assertIn(words, text)


class Pins(unittest.TestCase):
    """Distribution/pins.py on copies that are made stale."""

    def check(self, change_package=lambda text: text, change_pins=lambda text: text):
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder)
            (copy / "Distribution").mkdir()
            shutil.copy(ROOT / "Distribution" / "pins.py", copy / "Distribution")
            (copy / "Package.swift").write_text(change_package((ROOT / "Package.swift").read_text()))
            (copy / "Distribution" / "pins.json").write_text(change_pins((ROOT / "Distribution" / "pins.json").read_text()))
            return run(sys.executable, copy / "Distribution" / "pins.py", "check", check=False)

    def test_they_are_what_the_package_asks_for(self):
        self.assertEqual(self.check().returncode, 0)

    def test_stale_ones_are_named(self):
        later = self.check(change_package=lambda text: text.replace('BigInt", from: "6.0.1"', 'BigInt", from: "7.0.0"'))
        self.assertEqual(later.returncode, 1)
        self.assertIn("bigint is pinned to 6.0.1, but Package.swift asks for 7.0.0 or a later 7", later.stdout)
        missing = self.check(change_pins=lambda text: text.replace('"bigint"', '"other"'))
        self.assertIn("bigint is not pinned", missing.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dist", type=pathlib.Path, default=Places.dist)
    parser.add_argument("--build", type=pathlib.Path, default=Places.build)
    parser.add_argument("--api", type=pathlib.Path, default=Places.api)
    parser.add_argument("--tools", type=pathlib.Path, default=Places.tools)
    parser.add_argument("--root", type=pathlib.Path, default=Places.root)
    parser.add_argument("--table", type=pathlib.Path)
    options, rest = parser.parse_known_args()
    for name in ("dist", "build", "api", "tools", "root"):
        # Not resolved: the folder of a build is behind a link, and what its name says counts.
        setattr(Places, name, getattr(options, name).absolute())
    program = unittest.main(argv=[sys.argv[0], *rest], verbosity=2, exit=False)
    lines = ["| way | command | seconds to the first records | MB on disk |", "| --- | --- | --- | --- |"]
    lines += [f"| {way} | `{command}` | {seconds:.1f} | {megabytes:.0f} |" for way, command, seconds, megabytes in Places.rows]
    if Places.rows:
        print("\n".join(lines))
    if options.table:
        options.table.write_text("\n".join(lines) + "\n")
    sys.exit(not program.result.wasSuccessful())


if __name__ == "__main__":
    main()
