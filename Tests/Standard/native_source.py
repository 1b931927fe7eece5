"""A connector of this program as a source of airbyte-cdk: each command runs the program in a process of its own."""

import json
import os
import subprocess
import tempfile

import orjson
from airbyte_cdk.models import AirbyteMessageSerializer, FailureType, Type
from airbyte_cdk.sources.source import Source
from airbyte_cdk.utils.traced_exception import AirbyteTracedException


class NativeSource(Source):
    def __init__(self, program, folder):
        super().__init__()
        self._program = program
        self._manifest = os.path.join(folder, "manifest.yaml")

    def spec(self, logger):
        return self._only(self._messages("spec"), Type.SPEC).spec

    def check(self, logger, config):
        with self._file(config) as path:
            return self._only(self._messages("check", "--config", path), Type.CONNECTION_STATUS).connectionStatus

    def discover(self, logger, config):
        with self._file(config) as path:
            return self._only(self._messages("discover", "--config", path), Type.CATALOG).catalog

    def read_catalog(self, catalog_path):
        # As it is, so that this program says what is wrong with it.
        return catalog_path

    def read(self, logger, config, catalog, state=None):
        with self._file(config) as path:
            for message in self._messages("read", "--config", path, "--catalog", catalog):
                self._raise_errors(message)
                yield message

    def _messages(self, command, *arguments):
        run = subprocess.run(
            [self._program, command, "--manifest", self._manifest, *arguments], stdout=subprocess.PIPE, check=False
        )
        for line in run.stdout.splitlines():
            yield AirbyteMessageSerializer.load(orjson.loads(line))

    def _only(self, messages, kind):
        found = []
        for message in messages:
            if message.type == kind:
                found.append(message)
            elif kind != Type.CONNECTION_STATUS:
                self._raise_errors(message)
        if len(found) != 1:
            raise RuntimeError(f"expected one message of the type {kind}, got {len(found)}")
        return found[0]

    @staticmethod
    def _raise_errors(message):
        error = message.trace.error if message.type == Type.TRACE else None
        if error:
            raise AirbyteTracedException(
                message=error.message,
                internal_message=error.internal_message,
                failure_type=FailureType(error.failure_type or "system_error"),
            )

    @staticmethod
    def _file(config):
        file = tempfile.NamedTemporaryFile("w", suffix=".json")
        json.dump(dict(config), file)
        file.flush()
        return _Named(file)


class _Named:
    """The name of a file that goes when nobody needs it any more."""

    def __init__(self, file):
        self._file = file

    def __enter__(self):
        return self._file.name

    def __exit__(self, *_):
        self._file.close()
