"""An authorization server for one application and one user, made of Authlib, and an API that takes its tokens.

It demands what a strict provider demands: the registered address to return to (a loopback address with any port, RFC 8252), a proof key
(RFC 7636), and each code once. Its pages are what a browser clicks.
"""

import html
import threading
import time

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, InvalidRequestError, TokenMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc8628 import DeviceAuthorizationEndpoint, DeviceCodeGrant, DeviceCredentialDict
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

CLIENT_ID = "bookshop-desktop"
CLIENT_SECRET = "correct-horse-battery-staple-4711"
USER = "ada"


class Client(ClientMixin):
    client_id = CLIENT_ID

    def __init__(self, store):
        self.store = store

    def get_client_id(self):
        return CLIENT_ID

    def get_default_redirect_uri(self):
        return None

    def get_allowed_scope(self, scope):
        return " ".join(word for word in (scope or "").split() if word in {"books.read", "offline_access"})

    def check_redirect_uri(self, uri):
        return uri.startswith("http://127.0.0.1:") or uri in self.store.redirect_uris

    def check_client_secret(self, secret):
        return secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method in self.store.auth_methods

    def check_response_type(self, kind):
        return kind == "code"

    def check_grant_type(self, grant):
        return True


class Code(AuthorizationCodeMixin):
    def __init__(self, code, request):
        payload = request.payload
        self.code = code
        self.redirect_uri = payload.redirect_uri
        self.scope = payload.scope
        self.code_challenge = payload.data.get("code_challenge")
        self.code_challenge_method = payload.data.get("code_challenge_method")

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return None

    def get_auth_time(self):
        return int(time.time())


class Token(TokenMixin):
    def __init__(self, token):
        self.values = token
        self.is_used = False

    def check_client(self, client):
        return True

    def get_scope(self):
        return self.values.get("scope", "")

    def get_expires_in(self):
        return self.values["expires_in"]

    def is_expired(self):
        return False

    def is_revoked(self):
        return self.is_used

    def get_user(self):
        return USER

    def get_client(self):
        return None


class Provider:
    """The server, in a thread of its own, and what it knows."""

    def __init__(self):
        self.codes, self.tokens, self.devices, self.decisions = {}, [], {}, {}
        self.redirect_uris = set()
        self.auth_methods = {"client_secret_post", "client_secret_basic"}
        self.token_requests = []
        self.sabotage = None
        self.app = Flask(__name__)
        self.app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
        self._authorization_server()
        self._pages()
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()

    def _authorization_server(self):
        store = self
        client = Client(self)

        def save_token(token, request):
            store.tokens.append(Token(dict(token)))

        server = AuthorizationServer(self.app, lambda client_id: client if client_id == CLIENT_ID else None, save_token)

        class CodeGrant(grants.AuthorizationCodeGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]

            def save_authorization_code(self, code, request):
                store.codes[code] = Code(code, request)

            def query_authorization_code(self, code, client):
                return store.codes.get(code)

            def delete_authorization_code(self, authorization_code):
                store.codes.pop(authorization_code.code, None)

            def authenticate_user(self, authorization_code):
                return USER

        class RefreshGrant(grants.RefreshTokenGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]
            INCLUDE_NEW_REFRESH_TOKEN = True

            def authenticate_refresh_token(self, refresh_token):
                known = [token for token in store.tokens if token.values.get("refresh_token") == refresh_token]
                return known[0] if known and not known[0].is_used else None

            def authenticate_user(self, credential):
                return USER

            def revoke_old_credential(self, credential):
                credential.is_used = True

        class DeviceEndpoint(DeviceAuthorizationEndpoint):
            CLIENT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]
            INTERVAL = 1

            def get_verification_uri(self):
                return f"{store.url}/device"

            def save_device_credential(self, client_id, scope, data):
                store.devices[data["device_code"]] = DeviceCredentialDict(
                    client_id=client_id, scope=scope, expires_at=int(time.time()) + 600, **data
                )

        class DeviceGrant(DeviceCodeGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]

            def query_device_credential(self, device_code):
                return store.devices.get(device_code)

            def query_user_grant(self, user_code):
                decision = store.decisions.get(user_code)
                return None if decision is None else (USER, decision)

            def should_slow_down(self, credential):
                return False

        server.register_grant(CodeGrant, [CodeChallenge(required=True)])
        server.register_grant(RefreshGrant)
        server.register_grant(DeviceGrant)
        server.register_endpoint(DeviceEndpoint)
        self.authorization = server

    def _pages(self):
        app, server = self.app, self.authorization

        @app.get("/authorize")
        def authorize():
            try:
                grant = server.get_consent_grant(end_user=USER)
            except InvalidRequestError as error:
                return page(f"<h1>Refused</h1><p>{html.escape(error.description or error.error)}</p>"), 400
            scope = html.escape(grant.request.payload.scope or "nothing")
            return page(
                f"<h1>Let bookshop read your books?</h1><p>It asks for <b>{scope}</b>.</p>"
                "<form method=post><button name=answer value=allow>Allow</button> "
                "<button name=answer value=deny>Deny</button></form>"
            )

        @app.post("/authorize")
        def decide():
            allowed = request.form.get("answer") == "allow"
            grant = server.get_consent_grant(end_user=USER)
            return server.create_authorization_response(grant_user=USER if allowed else None, grant=grant)

        @app.post("/token")
        def token():
            self.token_requests.append(request.form.to_dict() or request.args.to_dict())
            if self.sabotage:
                return self.sabotage(request)
            return server.create_token_response()

        @app.post("/device_authorization")
        def device_authorization():
            return server.create_endpoint_response(DeviceAuthorizationEndpoint.ENDPOINT_NAME)

        @app.route("/device", methods=["GET", "POST"])
        def device():
            if request.method == "POST":
                self.decisions[request.form["user_code"]] = request.form["answer"] == "allow"
                return page("<h1>Done</h1>")
            code = html.escape(request.args.get("user_code", ""))
            return page(
                f"<h1>Enter your code</h1><form method=post><input name=user_code value='{code}'>"
                "<button name=answer value=allow>Allow</button> <button name=answer value=deny>Deny</button></form>"
            )

        @app.get("/books")
        def books():
            given = (request.headers.get("Authorization") or "").removeprefix("Bearer ")
            if given not in {token.values["access_token"] for token in self.tokens if not token.is_used}:
                return jsonify(message="sign in first"), 401
            return jsonify(items=[{"id": 1, "title": "The Mill on the Floss"}])


def page(body):
    return f"<!doctype html><meta charset=utf-8><title>Provider</title><body style='font-family:sans-serif'>{body}"


