"""Asks the reference whether it takes a manifest: the component schema, the references, and the building of all components."""

import contextlib
import copy
import io
import logging
import os

import requests
from airbyte_cdk.sources.declarative.checks import COMPONENTS_CHECKER_TYPE_MAPPING
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource
from airbyte_cdk.utils.yaml_loader import safe_load_yaml

logging.disable(logging.CRITICAL)


class NetworkWanted(BaseException):
    """Raised in place of a request: what comes after it is nothing that a manifest alone decides."""


def refuse(*_, **__):
    raise NetworkWanted()


requests.Session.send = refuse
requests.Session.prepare_request = refuse


def verdict(text, config, folder):
    """None where the reference takes the manifest, else the stage and the error that it raised."""
    stage = "yaml"
    outer = os.getcwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            manifest = safe_load_yaml(text)
            stage = "manifest"
            source = ConcurrentDeclarativeSource(config=copy.deepcopy(config), catalog=None, state=None, source_config=manifest)
            stage = "check"
            check = source._source_config.get("check")
            if "type" not in check:
                check["type"] = "CheckStream"
            source._constructor.create_component(COMPONENTS_CHECKER_TYPE_MAPPING[check["type"]], check, dict())
            stage = "streams"
            source.streams(config)
        return None
    except NetworkWanted:
        return None
    except Exception as error:
        return {"stage": stage, "error": f"{type(error).__name__}: {error}"[:400]}
    finally:
        os.chdir(outer)
