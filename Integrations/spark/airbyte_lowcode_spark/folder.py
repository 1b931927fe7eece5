"""A folder that driver and executors reach: of a file system, or of a store that Arrow knows, such as `s3://` or `hdfs://`."""

from __future__ import annotations

import posixpath
import uuid

from pyarrow import fs

from .errors import AirbyteLowcodeError


class SharedFolder:
    """Small files by their paths in the folder. Only its place is sent to executors."""

    def __init__(self, place: str):
        self.place = place
        self._open()

    def _open(self) -> tuple[fs.FileSystem, str]:
        try:
            if "://" in self.place or self.place.startswith("file:"):
                return fs.FileSystem.from_uri(self.place)
            if posixpath.isabs(self.place):
                return fs.LocalFileSystem(), self.place
        except Exception as error:
            raise AirbyteLowcodeError(f"The option `states` names {self.place}, which cannot be used: {error}") from None
        raise AirbyteLowcodeError(
            f"The option `states` is an absolute path or an address such as s3://bucket/folder, not `{self.place}`")

    def new_batch(self) -> str:
        return uuid.uuid4().hex

    def write(self, name: str, content: bytes) -> None:
        """Writes a file. Where it can be renamed, nobody sees half of it."""
        system, base = self._open()
        path = posixpath.join(base, name)
        system.create_dir(posixpath.dirname(path), recursive=True)
        # Stores of objects show a file when it is whole, and cannot rename it.
        whole = system.type_name in ("s3", "gcs", "abfs")
        target = path if whole else f"{path}.{uuid.uuid4().hex}.new"
        with system.open_output_stream(target) as stream:
            stream.write(content)
        if target != path:
            system.move(target, path)

    def write_once(self, name: str, content: bytes) -> None:
        """Writes what one of several attempts says, beside what the others say."""
        self.write(f"{name}.{uuid.uuid4().hex}.jsonl", content)

    def files(self, batch: str, kind: str) -> dict[str, bytes]:
        """The whole files of a batch, by name."""
        system, base = self._open()
        selector = fs.FileSelector(posixpath.join(base, batch, kind), allow_not_found=True)
        found = {}
        for info in sorted(system.get_file_info(selector), key=lambda info: info.base_name):
            if info.type == fs.FileType.File and not info.base_name.endswith(".new"):
                with system.open_input_stream(info.path) as stream:
                    found[info.base_name] = stream.read()
        return found

    def remove(self, batch: str) -> None:
        system, base = self._open()
        path = posixpath.join(base, batch)
        if system.get_file_info(path).type == fs.FileType.Directory:
            system.delete_dir(path)
