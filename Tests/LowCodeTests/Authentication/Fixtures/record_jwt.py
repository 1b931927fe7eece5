#!/usr/bin/env python3
"""Records in jwt.json what the reference (airbyte-cdk 7.39.1) signs at 2025-03-01T12:00:00Z, or null where it fails.

    python record_jwt.py

Needs an environment with airbyte-cdk. Keys that a case names and the file does not have are made; the others stay as they are, so
that signatures without a random part stay the same.
"""

import datetime
import json
import subprocess
import warnings
from pathlib import Path

from airbyte_cdk.sources.declarative.auth import jwt
from airbyte_cdk.sources.declarative.models.declarative_component_schema import JwtAuthenticator
from airbyte_cdk.sources.declarative.parsers.model_to_component_factory import ModelToComponentFactory

FILE = Path(__file__).with_name("jwt.json")


class Frozen(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime(2025, 3, 1, 12, tzinfo=datetime.timezone.utc)


def openssl(*arguments, text=None):
    return subprocess.run(["openssl", *arguments], input=text, capture_output=True, text=True, check=True).stdout


def encrypted(key, *how):
    return openssl("pkcs8", "-topk8", "-passout", "pass:open sesame", *how, text=key)


# How each key is made, from those that were made before.
MAKERS = {
    "secp256k1": lambda keys: openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"),
    "secp256k1Traditional": lambda keys: openssl("ecparam", "-name", "secp256k1", "-genkey"),
    "p256Explicit": lambda keys: openssl("ecparam", "-name", "prime256v1", "-genkey", "-param_enc", "explicit"),
    "ed448": lambda keys: openssl("genpkey", "-algorithm", "ed448"),
    "x25519": lambda keys: openssl("genpkey", "-algorithm", "x25519"),
    "rsaShort": lambda keys: openssl("genrsa", "1024"),
    "rsaPublic": lambda keys: openssl("pkey", "-pubout", text=keys["rsa"]),
    "rsaOneLine": lambda keys: keys["rsa"].replace("\n", " "),
    "rsaUnbroken": lambda keys: keys["rsa"].replace("\n", ""),
    "rsaReturns": lambda keys: "\n" + keys["rsa"].replace("\n", "\r\n"),
    "rsaIndented": lambda keys: "a key:\n" + keys["rsa"].replace("\n", "\n   "),
    "rsaLiteralBreaks": lambda keys: keys["rsa"].replace("\n", "\\n"),
    "rsaCutOff": lambda keys: keys["rsa"][:-20],
    "rsaTripleDES": lambda keys: encrypted(keys["rsa"], "-v2", "des3"),
    "rsaScrypt": lambda keys: encrypted(keys["rsa"], "-scrypt"),
    "rsaEncryptedOneLine": lambda keys: keys["rsaEncrypted"].replace("\n", " "),
    "ed448Encrypted": lambda keys: encrypted(keys["ed448"]),
}


def signed(case, keys):
    config = {"id": "me", "n": 7, "key": keys[case["key"]] if case["key"] else case["secret"], **case.get("config", {})}
    try:
        authenticator = ModelToComponentFactory().create_component(JwtAuthenticator, case["manifest"], config)
        return dict(authenticator.get_auth_header())
    except Exception:
        return None


def main():
    warnings.simplefilter("ignore")
    jwt.datetime = Frozen
    fixture = json.loads(FILE.read_text())
    keys = fixture["keys"]
    for name, make in MAKERS.items():
        if name not in keys:
            keys[name] = make(keys)
    for case in fixture["cases"]:
        case["answer"] = signed(case, keys)
    FILE.write_text(json.dumps(fixture, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
