"""A small source that is built on airbyte-cdk: tides with a cursor, and moons without one."""

import logging
import sys
from typing import Any, Iterable, Mapping, MutableMapping

from airbyte_cdk.entrypoint import launch
from airbyte_cdk.models import ConnectorSpecification, SyncMode
from airbyte_cdk.sources import AbstractSource
from airbyte_cdk.sources.streams import CheckpointMixin, Stream
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from airbyte_cdk.models import FailureType

logger = logging.getLogger("airbyte")


class Tides(CheckpointMixin, Stream):
    name = "tides"
    primary_key = "id"
    cursor_field = "id"
    state_checkpoint_interval = 100

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config
        self._state: MutableMapping[str, Any] = {}

    @property
    def state(self) -> MutableMapping[str, Any]:
        return self._state

    @state.setter
    def state(self, value: MutableMapping[str, Any]) -> None:
        self._state = value

    def get_json_schema(self) -> Mapping[str, Any]:
        return {"type": "object", "properties": {"id": {"type": "integer"}, "harbour": {"type": "string"}, "height": {"type": "string"}}}

    def read_records(self, sync_mode: SyncMode, **_: Any) -> Iterable[Mapping[str, Any]]:
        logger.info(f"reading with the key {self._config['key']}")
        for number in range(self._state.get("id", 1), self._config["count"] + 1):
            if self._config.get("fails") and number == 50:
                raise AirbyteTracedException(message="The tide is out", internal_message="number 50", failure_type=FailureType.transient_error)
            self._state = {"id": number}
            yield {"id": number, "harbour": self._config["harbour"], "height": number / 10}


class Moons(Stream):
    name = "moons"
    primary_key = None

    def get_json_schema(self) -> Mapping[str, Any]:
        return {"type": "object", "properties": {"phase": {"type": "string"}}}

    def read_records(self, sync_mode: SyncMode, **_: Any) -> Iterable[Mapping[str, Any]]:
        yield from ({"phase": phase} for phase in ["new", "first quarter", "full", "last quarter"])


class TidesSource(AbstractSource):
    def spec(self, logger: logging.Logger) -> ConnectorSpecification:
        return ConnectorSpecification(
            connectionSpecification={
                "type": "object",
                "required": ["harbour", "key", "count"],
                "properties": {
                    "harbour": {"type": "string"},
                    "key": {"type": "string", "airbyte_secret": True},
                    "count": {"type": "integer"},
                    "fails": {"type": "boolean"},
                },
            }
        )

    def check_connection(self, logger: logging.Logger, config: Mapping[str, Any]) -> tuple[bool, Any]:
        return True, None

    def streams(self, config: Mapping[str, Any]) -> list[Stream]:
        return [Tides(config), Moons()]


if __name__ == "__main__":
    launch(TidesSource(), sys.argv[1:])
