"""Runs the reference's own tests of connectors, `airbyte_cdk.test.standard_tests`, on the bookshop as this program runs it.

    python3 Tests/Standard/standard_tests.py .build/release/airbyte-lowcode [--python PYTHON] [--reference] [--environment FOLDER]

PYTHON names one with airbyte-cdk; without it, airbyte-cdk is installed. The tests run in a virtual environment, which is made if
FOLDER is not one yet, against an API that this program makes up from the manifest. With --reference the reference itself is tested too,
as a comparison. Skipped, with status 0, where pip cannot install what is needed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BOOKSHOP = os.path.join(ROOT, "manifests", "bookshop")
CDK = "airbyte-cdk==7.39.1"

# What has to be among the tests that pass.
EXPECTED = {"test_spec", "test_check", "test_discover", "test_basic_read", "test_fail_read_with_bad_catalog", "test_config_matches_spec"}

SUITES = {
    "native": """
from airbyte_cdk.test.standard_tests import SourceTestSuiteBase
from native_source import NativeSource


class TestNative(SourceTestSuiteBase):
    @classmethod
    def create_connector(cls, scenario):
        return NativeSource({program!r}, str(cls.get_connector_root_dir()))
""",
    "reference": """
from airbyte_cdk.test.standard_tests import DeclarativeSourceTestSuite


class TestReference(DeclarativeSourceTestSuite):
    pass
""",
}


def environment(folder, python):
    """The Python of a virtual environment with pytest and airbyte-cdk; None if it cannot be made."""
    inner = os.path.join(folder, "bin", "python")
    if not os.path.exists(inner):
        subprocess.run([python or sys.executable, "-m", "venv", folder], check=True)
    if python:
        # What PYTHON has is seen from there.
        query = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
        there = subprocess.run([python, "-c", query], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        here = subprocess.run([inner, "-c", query], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        with open(os.path.join(here, "reference.pth"), "w", encoding="utf-8") as file:
            file.write(there + "\n")
    needed = ["pytest"] + ([] if python else [CDK])
    probe = [inner, "-c", "import pytest, airbyte_cdk.test.standard_tests"]
    if subprocess.run(probe, stderr=subprocess.DEVNULL, check=False).returncode != 0:
        install = [inner, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", *needed]
        if subprocess.run(install, check=False).returncode != 0 or subprocess.run(probe, check=False).returncode != 0:
            return None
    return inner


def connector(folder, address):
    """The bookshop's folder, as the tests want it, with a config for the API at an address."""
    shutil.copytree(BOOKSHOP, folder)
    path = os.path.join(folder, "config.json")
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    config["base_url"] = address
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file)


def run(python, folder, name, program):
    """Runs a suite. Returns the outcome of each test by its name."""
    path = os.path.join(folder, "integration_tests", f"test_{name}.py")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(SUITES[name].format(program=program))
    report = os.path.join(folder, f"{name}.xml")
    tests = os.path.dirname(os.path.abspath(__file__))
    status = subprocess.run(
        [python, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "airbyte_cdk.test.standard_tests.pytest_hooks",
         "-m", "not image_tests", f"--rootdir={folder}", f"--junitxml={report}", path],
        cwd=folder, env={**os.environ, "PYTHONPATH": tests, "TERM": "dumb"}, check=False).returncode
    outcomes = {}
    for case in xml.etree.ElementTree.parse(report).iter("testcase"):
        kinds = {child.tag for child in case} & {"failure", "error", "skipped"}
        outcomes[case.get("name")] = kinds.pop() if kinds else "passed"
    passed = {test.split("[")[0] for test, outcome in outcomes.items() if outcome == "passed"}
    missing = EXPECTED - passed
    print(f"{name}: {sum(outcome == 'passed' for outcome in outcomes.values())} of {len(outcomes)} tests passed")
    if missing:
        print(f"{name}: did not pass: {', '.join(sorted(missing))}")
    return status == 0 and not missing


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("program")
    parser.add_argument("--python")
    parser.add_argument("--reference", action="store_true")
    parser.add_argument("--environment", default=os.path.join(ROOT, ".build", "standard-tests"))
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    python = environment(os.path.abspath(arguments.environment), arguments.python)
    if not python:
        print("skipped: pytest and airbyte-cdk cannot be installed")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        api = subprocess.Popen(
            [program, "mock", "--manifest", os.path.join(BOOKSHOP, "manifest.yaml"),
             "--config", os.path.join(BOOKSHOP, "config.json")],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            root = os.path.join(folder, "source-bookshop")
            connector(root, api.stdout.readline().strip())
            names = ["native"] + (["reference"] if arguments.reference else [])
            outcomes = [run(python, root, name, program) for name in names]
        finally:
            api.terminate()
            api.wait()
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
