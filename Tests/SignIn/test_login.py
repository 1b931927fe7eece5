"""`login` against an authorization server made of Authlib, with a headless Chromium that clicks.

    make test-login

AIRBYTE_LOWCODE names the program. Without Chromium, what needs it is skipped; the rest goes through the same redirects by HTTP.
"""

import json
import os
import pty
import re
import select
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authorization_server import CLIENT_ID, CLIENT_SECRET, Provider, page  # noqa: E402
from flask import jsonify  # noqa: E402

PROGRAM = os.environ["AIRBYTE_LOWCODE"]
HERE = os.path.dirname(os.path.abspath(__file__))
HAS_BROWSER = os.path.exists(os.environ.get("CHROMIUM", "/usr/bin/chromium")) and os.path.exists(
    os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver")
)
needs_browser = pytest.mark.skipif(not HAS_BROWSER, reason="there is no Chromium with its driver")

STREAM = """
version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [books]}
streams:
  - type: DeclarativeStream
    name: books
    retriever:
      type: SimpleRetriever
      requester:
        type: HttpRequester
        url_base: URL
        path: /books
        authenticator:
          type: OAuthAuthenticator
          token_refresh_endpoint: URL/token
          client_id: "{{ config['credentials']['client_id'] }}"
          client_secret: "{{ config['credentials']['client_secret'] }}"
          refresh_token: "{{ config['credentials']['refresh_token'] }}"
          access_token_value: "{{ config['credentials'].get('access_token') }}"
          token_expiry_date: "{{ config['credentials'].get('token_expiry_date') }}"
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [items]}}
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}
spec:
  type: Spec
  connection_specification:
    type: object
    required: [credentials]
    properties:
      credentials:
        type: object
        required: [refresh_token]
        properties:
          auth_type: {type: string, const: oauth}
          client_id: {type: string, airbyte_secret: true}
          client_secret: {type: string, airbyte_secret: true}
          refresh_token: {type: string, airbyte_secret: true}
          access_token: {type: string, airbyte_secret: true}
          token_expiry_date: {type: string, format: date-time}
"""

ADVANCED = """
  advanced_auth:
    auth_flow_type: oauth2.0
    predicate_key: [credentials, auth_type]
    predicate_value: oauth
    oauth_config_specification:
      oauth_connector_input_specification:
        consent_url: URL/authorize?response_type=code&{{client_id_param}}&{{redirect_uri_key}}={{ {{redirect_uri_value}} | urlEncoder }}&{{scopes_param}}&{{state_param}}
        access_token_url: URL/token
        access_token_headers:
          Content-Type: application/x-www-form-urlencoded
          Authorization: "Basic {{ {{client_id_value}}:{{client_secret_value}} | base64Encoder }}"
        access_token_params:
          grant_type: authorization_code
          "{{ auth_code_key }}": "{{ auth_code_value }}"
          redirect_uri: "{{ redirect_uri_value }}"
        scopes: [{scope: books.read}, {scope: offline_access}]
        extract_output: [access_token, refresh_token, expires_in]
      complete_oauth_output_specification:
        type: object
        properties:
          access_token: {type: string, path_in_connector_config: [credentials, access_token]}
          refresh_token: {type: string, path_in_connector_config: [credentials, refresh_token]}
          token_expiry_date: {type: string, path_in_connector_config: [credentials, token_expiry_date]}
      complete_oauth_server_output_specification:
        type: object
        properties:
          client_id: {type: string, path_in_connector_config: [credentials, client_id]}
          client_secret: {type: string, path_in_connector_config: [credentials, client_secret]}
"""


class Login:
    """A folder with a manifest and a config, and the program in it."""

    def __init__(self, folder, provider, advanced=True, config=None):
        self.folder, self.provider = folder, provider
        text = (STREAM + (ADVANCED if advanced else "")).replace("URL", provider.url)
        (folder / "manifest.yaml").write_text(text)
        given = {"credentials": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}} if config is None else config
        (folder / "config.json").write_text(given if isinstance(given, str) else json.dumps(given, indent=4) + "\n")
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb"}

    def start(self, *arguments, command="login", stdin=subprocess.DEVNULL, **environment):
        return subprocess.Popen(
            [PROGRAM, command, "manifest.yaml", "--config", "config.json", *arguments], cwd=self.folder, text=True,
            stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment | environment,
        )

    def run(self, *arguments, **options):
        process = self.start(*arguments, **options)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    @property
    def config(self):
        return json.loads((self.folder / "config.json").read_text())

    def browser(self, click):
        return {"BROWSER": f"{sys.executable} {HERE}/clicking_browser.py %s", "CLICK": click, "SHOWN": str(self.folder)}

    def shown(self):
        """What the browser showed at the end, once it is there."""
        path = self.folder / "answered.txt"
        for _ in range(600):
            if path.exists():
                return path.read_text()
            time.sleep(0.1)
        raise AssertionError("the browser showed nothing")


@pytest.fixture
def provider():
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def login(tmp_path, provider):
    return Login(tmp_path, provider)


def invitation(process):
    """The address that the program asks the user to open, and what it said until then."""
    said = ""
    for line in process.stderr:
        said += line
        found = re.match(r"\s+(https?://\S+)$", line)
        if found:
            return found[1], said
    raise AssertionError(said)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def consent(address, answer="allow"):
    """Clicks without a browser, and returns where that leads."""
    opener = urllib.request.build_opener(NoRedirect)
    assert opener.open(address).status == 200
    try:
        opener.open(address, data=f"answer={answer}".encode())
    except urllib.error.HTTPError as error:
        return error.headers["Location"]
    raise AssertionError("no redirect")


def visit(address):
    try:
        with urllib.request.urlopen(address) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def finish(process):
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def hides_secrets(login, text):
    secrets = [CLIENT_SECRET, *(value for token in login.provider.tokens for key, value in token.values.items() if key.endswith("_token"))]
    secrets += [request["code"] for request in login.provider.token_requests if "code" in request]
    return not any(secret in text for secret in secrets)


# What works


@needs_browser
def test_a_user_allows(login):
    status, out, err = login.run(**login.browser("allow"))
    assert status == 0, err
    assert "You are signed in" in login.shown()
    credentials = login.config["credentials"]
    token = login.provider.tokens[0].values
    assert credentials["refresh_token"] == token["refresh_token"]
    assert credentials["access_token"] == token["access_token"]
    assert credentials["auth_type"] == "oauth"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", credentials["token_expiry_date"])
    assert stat.S_IMODE(os.stat(login.folder / "config.json").st_mode) == 0o600
    assert out == "" and hides_secrets(login, err)
    assert "Signed in: config.json has `credentials.access_token`, `credentials.refresh_token`, `credentials.token_expiry_date`." in err
    # The proof key was demanded, and sent.
    assert len(login.provider.token_requests[0]["code_verifier"]) == 43
    # And the connector works with what is in the config now.
    status, out, err = login.run(command="check")
    assert json.loads(out.splitlines()[-1])["connectionStatus"]["status"] == "SUCCEEDED", out


@needs_browser
def test_a_user_denies(login):
    before = (login.folder / "config.json").read_text()
    status, out, err = login.run(**login.browser("deny"))
    assert status == 1
    assert "error: The consent was denied: access_denied" in err
    assert "The consent was denied" in login.shown()
    assert (login.folder / "config.json").read_text() == before


def test_the_config_keeps_its_form(tmp_path, provider):
    text = '{\n\t"start": 1.50,\n\t"credentials": {"client_id": "%s", "client_secret": "%s"},\n\t"last": [1,2]\n}' % (CLIENT_ID, CLIENT_SECRET)
    login = Login(tmp_path, provider, config=text)
    process = login.start("--no-browser")
    address, _ = invitation(process)
    assert visit(consent(address))[0] == 200
    status, _, err = finish(process)
    assert status == 0, err
    changed = (tmp_path / "config.json").read_text()
    assert changed.startswith('{\n\t"start": 1.50,\n\t"credentials": {"client_id": ')
    assert changed.endswith('"},\n\t"last": [1,2]\n}')


def test_a_file_is_made_and_one_is_printed(login):
    before = (login.folder / "config.json").read_text()
    process = login.start("--no-browser", "-o", "signed-in.json")
    address, _ = invitation(process)
    visit(consent(address))
    status, out, err = finish(process)
    assert status == 0 and out == "", err
    made = json.loads((login.folder / "signed-in.json").read_text())
    assert made["credentials"]["refresh_token"] == login.provider.tokens[0].values["refresh_token"]
    assert stat.S_IMODE(os.stat(login.folder / "signed-in.json").st_mode) == 0o600
    process = login.start("--no-browser", "--print")
    address, _ = invitation(process)
    visit(consent(address))
    status, out, err = finish(process)
    assert json.loads(out)["credentials"]["refresh_token"] == login.provider.tokens[1].values["refresh_token"]
    assert (login.folder / "config.json").read_text() == before


def test_an_address_elsewhere_is_pasted(login):
    login.provider.redirect_uris.add("https://app.example.com/callback")
    for paste in [lambda location: location, lambda location: location.split("?", 1)[1], lambda location: code_of(location)]:
        process = login.start("--no-browser", "--redirect-uri", "https://app.example.com/callback", stdin=subprocess.PIPE)
        address, _ = invitation(process)
        location = consent(address)
        assert location.startswith("https://app.example.com/callback?")
        process.stdin.write(paste(location) + "\n")
        process.stdin.flush()
        status, _, err = finish(process)
        assert status == 0, err
        assert hides_secrets(login, err)
    assert len(login.provider.tokens) == 3


def code_of(location):
    return urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)["code"][0]


def test_a_fixed_address(login):
    port = free_port()
    process = login.start("--no-browser", "--redirect-uri", f"http://127.0.0.1:{port}/after/consent")
    address, _ = invitation(process)
    assert urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)["redirect_uri"] == [f"http://127.0.0.1:{port}/after/consent"]
    assert visit(f"http://127.0.0.1:{port}/favicon.ico")[0] == 404
    assert "Waiting for the consent" in visit(f"http://127.0.0.1:{port}/after/consent")[1]
    assert "You are signed in" in visit(consent(address))[1]
    assert finish(process)[0] == 0


@needs_browser
def test_a_device(login):
    status, _, err = login.run("--device-endpoint", f"{login.provider.url}/device_authorization", **login.browser("allow"))
    assert status == 0, err
    assert re.search(r"enter this code:\n\n  [A-Z]{4}-[A-Z]{4}\n", err), err
    assert login.config["credentials"]["refresh_token"] == login.provider.tokens[0].values["refresh_token"]
    assert hides_secrets(login, err)


def test_a_device_is_denied(login):
    process = login.start("--device-endpoint", f"{login.provider.url}/device_authorization", "--no-browser")
    for line in process.stderr:
        code = re.match(r"\s+([A-Z]{4}-[A-Z]{4})$", line)
        if code:
            break
    login.provider.decisions[code[1]] = False
    status, _, err = finish(process)
    assert status == 1 and "error: The consent was denied" in err


def test_new_tokens_without_a_user(login):
    process = login.start("--no-browser")
    address, _ = invitation(process)
    visit(consent(address))
    assert finish(process)[0] == 0
    first = login.config["credentials"]
    status, _, err = login.run("--refresh")
    assert status == 0, err
    second = login.config["credentials"]
    assert first["refresh_token"] != second["refresh_token"] == login.provider.tokens[1].values["refresh_token"]
    # The first one is used up.
    (login.folder / "config.json").write_text(json.dumps({"credentials": first}))
    status, _, err = login.run("--refresh")
    assert status == 1
    assert "the refresh token is not good any more: run `login` without `--refresh`" in err
    assert hides_secrets(login, err)


def test_a_manifest_that_does_not_say_where_users_consent(tmp_path, provider):
    login = Login(tmp_path, provider, advanced=False)
    status, _, err = login.run("--no-browser")
    assert status == 1
    assert "`spec.advanced_auth` has no `oauth_connector_input_specification`" in err
    assert "name the provider's page with `--authorization-endpoint`" in err
    process = login.start(
        "--no-browser", "--authorization-endpoint", f"{provider.url}/authorize", "--scope", "books.read", "--scope", "offline_access"
    )
    address, _ = invitation(process)
    visit(consent(address))
    status, _, err = finish(process)
    assert status == 0, err
    assert login.config["credentials"]["refresh_token"] == provider.tokens[0].values["refresh_token"]
    assert provider.tokens[0].values["scope"] == "books.read offline_access"


def test_check_says_what_login_can_obtain(login):
    status, out, _ = login.run(command="check")
    told = json.loads(out.splitlines()[-1])["connectionStatus"]
    assert told["status"] == "FAILED"
    assert "`airbyte-lowcode login` can obtain `credentials.access_token` and `credentials.refresh_token`" in told["message"]


# What goes wrong


def test_another_state(login):
    process = login.start("--no-browser")
    address, _ = invitation(process)
    location = consent(address)
    status, shown = visit(re.sub(r"state=[^&]*", "state=forged", location))
    assert "belongs to another sign-in" in shown
    status, _, err = finish(process)
    assert status == 1
    assert "error: The answer to the consent has another `state` than was sent, so it belongs to another sign-in" in err
    assert login.provider.token_requests == []


def test_a_second_redirect(login):
    goes_on = threading.Event()
    has_come = threading.Event()

    def slowly(_):
        has_come.set()
        assert goes_on.wait(30)
        return login.provider.authorization.create_token_response()

    login.provider.sabotage = slowly
    process = login.start("--no-browser")
    address, _ = invitation(process)
    location = consent(address)
    first = []
    browser = threading.Thread(target=lambda: first.append(visit(location)))
    browser.start()
    assert has_come.wait(30)
    status, shown = visit(location)
    assert status == 409 and "This sign-in has an answer already" in shown
    goes_on.set()
    browser.join()
    assert first[0][0] == 200 and "You are signed in" in first[0][1]
    assert finish(process)[0] == 0
    assert len(login.provider.token_requests) == 1


def test_a_slow_user(login):
    status, _, err = login.run("--no-browser", "--timeout", "1")
    assert status == 1
    assert "error: Nobody consented within 1 second; run `login` again; `--timeout` gives more time" in err


def test_a_port_in_use(login):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        status, _, err = login.run("--no-browser", "--port", str(port))
    assert status == 1
    assert f"error: Another program listens on port {port} of 127.0.0.1. Choose another port with --port" in err


@pytest.mark.parametrize(
    "answer, told",
    [
        (lambda _: (jsonify(error="invalid_client", error_description=f"secret {CLIENT_SECRET} is wrong."), 401),
         "refuses (HTTP status 401): invalid_client, secret **** is wrong"),
        (lambda _: jsonify(error="bad_verification_code"), "refuses: bad_verification_code"),
        (lambda _: (page("<h1>Down for maintenance</h1>"), 200), "is not JSON but text/html"),
        (lambda _: (page("<h1>Bad gateway</h1>"), 502), "refuses (HTTP status 502). The API says: Provider Bad gateway"),
        (lambda _: jsonify(access_token="abcdefgh12345678"), "has no `refresh_token`, which the manifest wants to keep: it has `access_token`"),
    ],
    ids=["refused", "refused with 200", "no JSON", "broken", "incomplete"],
)
def test_a_token_endpoint_that_gives_nothing(login, answer, told):
    login.provider.sabotage = answer
    before = (login.folder / "config.json").read_text()
    process = login.start("--no-browser")
    address, _ = invitation(process)
    shown = visit(consent(address))[1]
    status, _, err = finish(process)
    assert status == 1
    assert told in err, err
    assert hides_secrets(login, err) and hides_secrets(login, shown)
    assert "Traceback" not in err and (login.folder / "config.json").read_text() == before


def test_no_network(login):
    process = login.start("--no-browser")
    address, _ = invitation(process)
    location = consent(address)
    login.provider.stop()
    login.provider.server.server_close()
    visit(location)
    status, _, err = finish(process)
    assert status == 1
    assert f"error: The token endpoint {login.provider.url}/token could not be reached: " in err


def test_missing_inputs(tmp_path, provider):
    login = Login(tmp_path, provider, config={})
    status, _, err = login.run("--no-browser")
    assert status == 1
    assert (
        "error: To sign in, `client_id` is missing: put it into the config at `credentials.client_id`, or into the variable "
        "AIRBYTE_LOWCODE_CLIENT_ID; `client_secret` is missing: put it into the config at `credentials.client_secret`, or into the "
        "variable AIRBYTE_LOWCODE_CLIENT_SECRET"
    ) in err


def test_another_way_is_chosen(tmp_path, provider):
    login = Login(tmp_path, provider, config={"credentials": {"auth_type": "token"}})
    status, _, err = login.run("--no-browser")
    assert status == 1
    assert "The config chooses another way to authenticate than OAuth: `credentials.auth_type` is not `oauth`" in err


def test_a_killed_login_leaves_the_config(login):
    before = (login.folder / "config.json").read_text()
    process = login.start("--no-browser")
    invitation(process)
    process.terminate()
    process.communicate(timeout=30)
    assert (login.folder / "config.json").read_text() == before
    assert sorted(os.listdir(login.folder)) == ["config.json", "manifest.yaml"]


# A person before a terminal


class Typist:
    """A terminal in which the program runs."""

    def __init__(self, login, *arguments):
        self.process, self.text = None, ""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(login.folder)
            os.execve(PROGRAM, [PROGRAM, "login", "manifest.yaml", "--config", "config.json", *arguments],
                      login.environment | {"TERM": "xterm"})

    def wait_for(self, pattern):
        deadline = time.monotonic() + 60
        while not re.search(pattern, self.text):
            ready, _, _ = select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))
            assert ready, self.text
            try:
                data = os.read(self.terminal, 65536)
            except OSError:
                data = b""
            assert data, self.text
            self.text += data.decode()
        return re.search(pattern, self.text)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def end(self):
        while True:
            try:
                data = os.read(self.terminal, 65536)
            except OSError:
                break
            if not data:
                break
            self.text += data.decode()
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


def test_prompts_and_a_paste_in_a_terminal(tmp_path, provider):
    login = Login(tmp_path, provider, config={})
    os.remove(tmp_path / "config.json")
    typist = Typist(login, "--no-browser")
    typist.wait_for("Client id: ")
    typist.type(CLIENT_ID + "x\x7f\r")
    typist.wait_for(r"Client secret \(it stays hidden\): ")
    typist.type(CLIENT_SECRET + "\r")
    typist.wait_for("If your browser is on another machine, paste")
    address = typist.wait_for(r"(http://127\.0\.0\.1:\d+/authorize\S+)")[1]
    # A line in a terminal would end after 4,096 bytes.
    typist.type(consent(address) + "&padding=" + "x" * 6000 + "\r")
    assert typist.end() == 0, typist.text
    # The id shows as it is typed, and nothing twice.
    assert typist.text.startswith(f"Client id: {CLIENT_ID}x\x08 \x08\r\nClient secret (it stays hidden): \r\n"), typist.text
    assert "\x1b[32mSigned in\x1b[0m: config.json has" in typist.text
    assert hides_secrets(login, typist.text), typist.text
    assert login.config["credentials"]["client_secret"] == CLIENT_SECRET
    assert login.config["credentials"]["refresh_token"] == provider.tokens[0].values["refresh_token"]


def test_an_interrupted_prompt_restores_the_terminal(login):
    typist = Typist(login, "--no-browser")
    typist.wait_for("paste the address")
    typist.type("\x03")
    assert typist.end() == -2, typist.text


def free_port():
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


