"""Runs one command of the protocol with airbyte-cdk, as a connector's own launcher does; run by the interpreter that has it.

    reference.py MANIFEST COMMAND [options of the protocol]
"""

import sys
from pathlib import Path

from airbyte_cdk.entrypoint import AirbyteEntrypoint, launch
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource as Source
from airbyte_cdk.utils.yaml_loader import safe_load_yaml

manifest, *args = sys.argv[1:]
parsed = AirbyteEntrypoint.parse_args(args)
source = Source(
    config=Source.read_config(parsed.config) if hasattr(parsed, "config") else None,
    catalog=Source.read_catalog(parsed.catalog) if hasattr(parsed, "catalog") else None,
    state=[],
    source_config=safe_load_yaml(Path(manifest).read_text("utf-8")),
)
launch(source, args)
