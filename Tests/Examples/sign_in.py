"""Signs in to each example that has a consent, with a provider that is made up.

    python3 Tests/Examples/sign_in.py .build/release/airbyte-lowcode

It needs PyYAML. The consent is "given" by following the redirect as a browser would; the token endpoint is this program's
mock. What has to be there: the address of the consent with the client's id and the state, the code at the token endpoint, and
all that the manifest extracts at its place in the config. Skipped, with status 0, if the program has no `login`.
"""

import json
import re
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import yaml

ROOT = Path(__file__).resolve().parents[2]
TIME_LIMIT = 60  # Seconds for each sign-in.
TOKENS = {
    "ok": True, "access_token": "access-1", "refresh_token": "refresh-1", "token_type": "bearer", "expires_in": 3600,
    "instance_url": "https://example.my.salesforce.com",
}


def place(config, path, value):
    for key in path[:-1]:
        config = config.setdefault(key, {})
    config[path[-1]] = value


def member(config, path):
    for key in path:
        config = config.get(key, {}) if isinstance(config, dict) else {}
    return config


def request(address, path, value=None):
    data = json.dumps(value).encode() if value is not None else b""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(address + path, method="PUT", data=data), timeout=TIME_LIMIT) as answer:
        return answer.read()


def sign_in(program, folder, address, home):
    """What is wrong with the sign-in of an example."""
    text = (folder / "manifest.yaml").read_text("utf-8")
    consent = yaml.safe_load(text)["spec"]["advanced_auth"]
    places = consent["oauth_config_specification"]
    config = {}
    if "predicate_key" in consent:
        place(config, consent["predicate_key"], consent["predicate_value"])
    for name, field in places["complete_oauth_server_output_specification"]["properties"].items():
        place(config, field["path_in_connector_config"], f"my-{name}")
    (home / "manifest.yaml").write_text(re.sub(r"access_token_url: .*", f"access_token_url: {address}/token", text), "utf-8")
    (home / "config.json").write_text(json.dumps(config), "utf-8")
    request(address, "/mockserver/reset")
    answer = {"httpRequest": {"method": "POST", "path": "/token"}, "httpResponse": {"body": TOKENS}}
    request(address, "/mockserver/expectation", [answer])
    process = subprocess.Popen(
        [program, "login", str(home / "manifest.yaml"), "--config", str(home / "config.json"), "--no-browser", "--print",
         "--timeout", str(TIME_LIMIT)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        found = None
        while not found and (line := process.stderr.readline()):
            found = re.search(r"https://\S+", line)
        if not found:
            return ["there is no address of a consent"]
        asked = dict(parse_qsl(urlsplit(found[0]).query))
        wrong = [f"the consent lacks {name}" for name in ("client_id", "redirect_uri", "state") if not asked.get(name)]
        if wrong:
            return wrong
        back = asked["redirect_uri"] + "?" + urlencode({"code": "my-code", "state": asked["state"]})
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(back, timeout=TIME_LIMIT).read()
        output, messages = process.communicate(timeout=TIME_LIMIT)
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0:
        return [f"the sign-in fails: {messages.strip()}"]
    sent = json.loads(request(address, "/mockserver/retrieve?type=REQUESTS&format=JSON"))[-1]["body"]
    form = dict(parse_qsl(sent if isinstance(sent, str) else sent.get("string", "")))
    if form.get("code") != "my-code" or form.get("client_secret") != "my-client_secret":
        wrong.append("the token endpoint does not get the code and the secret")
    for name, field in places["complete_oauth_output_specification"]["properties"].items():
        if member(json.loads(output), field["path_in_connector_config"]) != TOKENS[name]:
            wrong.append(f"{name} is not at its place in the config")
    return wrong


def main():
    program = str(Path(sys.argv[1]).resolve())
    probe = subprocess.run([program, "login", "--help"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if probe.returncode != 0:
        print("skipped: the program has no `login`")
        return 0
    failed = False
    with tempfile.TemporaryDirectory() as home:
        empty = Path(home) / "empty.json"
        empty.write_text("[]", "utf-8")
        mock = subprocess.Popen([program, "mock", str(empty)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            address = mock.stdout.readline().strip()
            for folder in sorted(path.parent for path in (ROOT / "manifests").glob("*/manifest.yaml")):
                if "advanced_auth:" not in (folder / "manifest.yaml").read_text("utf-8"):
                    continue
                wrong = sign_in(program, folder, address, Path(home))
                failed = failed or bool(wrong)
                print(f"{folder.name}: " + ("; ".join(wrong) or "signed in"), flush=True)
        finally:
            mock.terminate()
            mock.wait()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
