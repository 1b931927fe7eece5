"""Records the types that the reference gives to components without one, by place: default_types.json. Needs airbyte-cdk."""

import json
from pathlib import Path

from airbyte_cdk.sources.declarative.parsers import manifest_component_transformer as reference

tables = {"default": reference.DEFAULT_MODEL_TYPES, "custom": reference.CUSTOM_COMPONENTS_MAPPING}
Path(__file__).with_name("default_types.json").write_text(json.dumps(tables, indent=2, sort_keys=True) + "\n")
