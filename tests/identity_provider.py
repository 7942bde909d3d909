"""A provider of identities, run by the tests as a process: `python -m tests.identity_provider PORT FOLDER`.

The provider is idpyoidc, a certified OpenID provider by others than our client's authors: it checks redirect
addresses, PKCE (S256 and nothing less), `private_key_jwt` and that a code is used once. What is ours is the web
server around it, its sign-in form, and `/bend`: then it signs, with its own true key, a token that is wrong in one
way, as a broken or hostile provider would.

FOLDER holds client.json (what it knows of the portal) and people.json (name → password and claims).
"""

from __future__ import annotations

import hmac
import json
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptojwt import KeyJar
from cryptojwt.jwk.rsa import new_rsa_key
from cryptojwt.jws.jws import JWS, factory
from cryptojwt.jwt import JWT
from cryptojwt.key_jar import init_key_jar
from cryptojwt.utils import b64e
from idpyoidc.message.oidc import AccessTokenRequest, AuthorizationRequest
from idpyoidc.server import Server
from idpyoidc.server.configure import OPConfiguration
from idpyoidc.server.user_authn.user import UserAuthnMethod, create_signed_jwt

ALGORITHM = "RS256"
KEYS = [{"type": "RSA", "use": ["sig"]}, {"type": "EC", "crv": "P-256", "use": ["sig"]}]
LEVEL = "urn:oasis:names:tc:SAML:2.0:ac:classes:InternetProtocolPassword"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


class Form(UserAuthnMethod):
    """The provider's own sign-in form; what was asked for travels in it, signed."""

    def __call__(self, **asked: Any) -> str:
        context = self.upstream_get("context")
        token = create_signed_jwt(context.issuer, self.upstream_get("attribute", "keyjar"), **asked)
        return (
            '<form method="post" action="/verify"><input name="username"><input name="password" type="password">'
            f'<input type="hidden" name="token" value="{token}"><button>Sign in</button></form>'
        )


def settings(issuer: str) -> dict[str, Any]:
    clients = ["private_key_jwt"]
    endpoint = "idpyoidc.server.oidc"
    return {
        "issuer": issuer,
        "httpc_params": {"verify": False},
        "preference": {
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
        },
        "add_on": {
            "pkce": {
                "function": "idpyoidc.server.oauth2.add_on.pkce.add_support",
                "kwargs": {"essential": True, "code_challenge_methods": {"S256": None}},
            }
        },
        "authz": {
            "class": "idpyoidc.server.authz.AuthzHandling",
            "kwargs": {
                "grant_config": {
                    "usage_rules": {
                        "authorization_code": {
                            "supports_minting": ["access_token", "id_token"],
                            "max_usage": 1,
                            "expires_in": 120,
                        },
                        "access_token": {"expires_in": 300},
                    },
                    "expires_in": 3600,
                }
            },
        },
        "authentication": {
            "user": {"acr": LEVEL, "class": "tests.identity_provider.Form", "kwargs": {}},
        },
        "claims_interface": {"class": "idpyoidc.server.session.claims.ClaimsInterface", "kwargs": {}},
        "cookie_handler": {
            "class": "idpyoidc.server.cookie_handler.CookieHandler",
            "kwargs": {
                "keys": {
                    "key_defs": [
                        {"type": "OCT", "use": ["enc"], "kid": "enc"},
                        {"type": "OCT", "use": ["sig"], "kid": "sig"},
                    ]
                },
                "name": {"session": "op", "register": "op_rp", "session_management": "sman"},
            },
        },
        "endpoint": {
            "provider_config": {
                "path": ".well-known/openid-configuration",
                "class": f"{endpoint}.provider_config.ProviderConfiguration",
                "kwargs": {"client_authn_method": None},
            },
            "authorization": {
                "path": "authorization",
                "class": f"{endpoint}.authorization.Authorization",
                "kwargs": {"client_authn_method": None, "response_types_supported": ["code"]},
            },
            "token": {
                "path": "token",
                "class": f"{endpoint}.token.Token",
                "kwargs": {"client_authn_method": clients},
            },
            "end_session": {
                "path": "session",
                "class": f"{endpoint}.session.Session",
                "kwargs": {
                    "logout_verify_url": f"{issuer}/verify_logout",
                    "post_logout_uri_path": "post_logout",
                    "signing_alg": ALGORITHM,
                    "backchannel_logout_supported": True,
                    "backchannel_logout_session_supported": True,
                },
            },
        },
        "keys": {"uri_path": "jwks", "key_defs": KEYS},
        "template_dir": "templates",
        "token_handler_args": {
            "key_conf": {"key_defs": [{"type": "oct", "bytes": 24, "use": ["enc"], "kid": "code"}]},
            "code": {"lifetime": 120, "kwargs": {"crypt_conf": {"kwargs": {"password": "a", "salt": "b"}}}},
            "token": {
                "class": "idpyoidc.server.token.jwt_token.JWTToken",
                "kwargs": {"lifetime": 300, "aud": [issuer]},
            },
            "id_token": {
                "class": "idpyoidc.server.token.id_token.IDToken",
                "kwargs": {
                    "lifetime": 300,
                    "base_claims": {"name": None, "groups": None, "realm_access": None},
                },
            },
        },
        "userinfo": {"class": "idpyoidc.server.user_info.UserInfo", "kwargs": {"db": {}}},
    }


class Bent:
    """One thing that is wrong with the next tokens; nothing where `how` is empty."""

    def __init__(self, server: Server, issuer: str) -> None:
        self.server, self.issuer, self.how = server, issuer, ""
        self.last_nonce = ""

    def token(self, token: str) -> str:
        claims: dict[str, Any] = dict(factory(token).jwt.payload())
        nonce, now = claims.get("nonce", ""), int(time.time())
        ways: dict[str, Callable[[], dict[str, Any]]] = {
            "issuer": lambda: {"iss": "https://elsewhere.example"},
            "audience": lambda: {"aud": ["another-service"]},
            "another party": lambda: {"aud": ["portal", "another-service"], "azp": "another-service"},
            "expired": lambda: {"exp": now - 120, "iat": now - 420},
            "skewed": lambda: {"exp": now - 30, "iat": now - 330},
            "ahead": lambda: {"iat": now + 30},
            "too far ahead": lambda: {"iat": now + 600, "exp": now + 900},
            "another nonce": lambda: {"nonce": "another"},
            "an earlier nonce": lambda: {"nonce": self.last_nonce},
            "no nonce": lambda: {"nonce": None},
            "one group": lambda: {"groups": "county-analysts"},
            "no subject": lambda: {"sub": None},
            "another access token": lambda: {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
            "an identity code": lambda: {"sub": "010190-999A"},
            "a long name": lambda: {"sub": "x" * 300},
            "groups left out": lambda: {"groups": None, "_claim_names": {"groups": "src1"}},
        }
        header = {"alg": ALGORITHM}
        if self.how in ways:
            claims.update(ways[self.how]())
            claims = {name: value for name, value in claims.items() if value is not None}
            bent = self.signed(claims)
        elif self.how == "no signature":
            begun = b".".join(b64e(json.dumps(part).encode()) for part in ({"alg": "none"}, claims))
            bent = begun.decode() + "."
        elif self.how == "a shared secret":
            # Signed with what everybody knows: the public key, taken for a shared secret.
            public = self.keys()[0].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            begun = b".".join(
                b64e(json.dumps(part).encode()) for part in ({**header, "alg": "HS256"}, claims)
            )
            bent = (begun + b"." + b64e(hmac.digest(public, begun, "sha256"))).decode()
        elif self.how == "another key":
            key = new_rsa_key()
            key.kid = self.keys()[0].kid
            bent = JWS(json.dumps(claims), alg=ALGORITHM).sign_compact([key])
        elif self.how == "changed afterwards":
            begun, _, end = token.split(".")
            bent = f"{begun}.{b64e(json.dumps({**claims, 'sub': 'another'}).encode()).decode()}.{end}"
        else:
            bent = token
        self.last_nonce = nonce
        return bent

    def signed(self, claims: dict[str, Any], typ: str = "") -> str:
        more = {"typ": typ} if typ else {}
        return str(JWS(json.dumps(claims), alg=ALGORITHM, **more).sign_compact(self.keys()))

    def keys(self) -> list[Any]:
        return list(self.server.keyjar.get_signing_key("RSA"))


def main(port: int, folder: Path) -> None:
    issuer = f"http://127.0.0.1:{port}"
    sys.stderr.write(f"{issuer}\n")
    keyjar: KeyJar = init_key_jar(key_defs=KEYS, issuer_id="")
    keyjar.import_jwks(keyjar.export_jwks(private=True), issuer)
    server = Server(OPConfiguration(settings(issuer), base_path=str(folder)), cwd=str(folder), keyjar=keyjar)
    context = server.get_context()
    for nothing_shown in ("none", "public"):  # ways of showing who one is by saying it
        context.client_authn_methods.pop(nothing_shown, None)
    people = json.loads((folder / "people.json").read_text(encoding="utf-8"))
    context.userinfo.db = {name: person["claims"] for name, person in people.items()}
    client = json.loads((folder / "client.json").read_text(encoding="utf-8"))
    jwks = client.pop("jwks")
    client["redirect_uris"] = [(address, {}) for address in client["redirect_uris"]]
    client["post_logout_redirect_uri"] = [(client["post_logout_redirect_uri"], None)]
    context.cdb[client["client_id"]] = client
    server.keyjar.import_jwks(jwks, client["client_id"])
    bent = Bent(server, issuer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self.answer(dict(parse_qsl(body)))

        def log_message(self, *_: object) -> None:
            pass

        def answer(self, form: dict[str, str]) -> None:
            parts = urlsplit(self.path)
            asked = {**dict(parse_qsl(parts.query)), **form}
            match parts.path:
                case "/.well-known/openid-configuration":
                    told = {
                        **context.provider_info,
                        "jwks_uri": f"{issuer}/jwks",
                        **json.loads(self.server.told),
                    }  # type: ignore[attr-defined]
                    self.say(200, json.dumps(told), "application/json")
                case "/jwks":
                    self.say(200, json.dumps(server.keyjar.export_jwks()), "application/json")
                case "/bend":
                    bent.how = asked.get("how", "")
                    self.server.told = asked.get("told", "{}")  # type: ignore[attr-defined]
                    self.say(200, "")
                case "/rotate":
                    fresh = init_key_jar(key_defs=KEYS, issuer_id="")
                    for owner in ("", issuer):
                        server.keyjar.import_jwks(fresh.export_jwks(private=True), owner)
                        bundles = server.keyjar[owner]
                        server.keyjar[owner] = [bundles[-1]] if isinstance(bundles, list) else bundles
                    self.say(200, "")
                case "/logout_token":
                    claims = {
                        "iss": issuer,
                        "aud": client["client_id"],
                        "iat": int(time.time()),
                        "exp": int(time.time()) + 120,
                        "jti": str(time.time_ns()),
                        "events": {LOGOUT: {}},
                        **json.loads(asked["claims"]),
                    }
                    kept = {name: value for name, value in claims.items() if value is not None}
                    self.say(200, bent.signed(kept, typ=asked["typ"].strip()))
                case "/verify":
                    self.verify(asked)
                case "/authorization":
                    self.endpoint("authorization", asked)
                case "/token":
                    self.endpoint("token", asked)
                case "/session":
                    self.endpoint("session", asked)
                case "/verify_logout":
                    info = JWT(server.keyjar, iss=issuer, allowed_sign_algs=[ALGORITHM]).unpack(asked["sjwt"])
                    server.get_endpoint("session").logout_from_client(info["sid"])
                    self.go(info["redirect_uri"])
                case _:
                    self.say(404, "")

        def verify(self, asked: dict[str, str]) -> None:
            person = people.get(asked["username"])
            if person is None or person["password"] != asked["password"]:
                self.say(403, "wrong name or password")
                return
            method = context.authn_broker.get_method_by_id("user")
            before = method.unpack_token(asked["token"])
            request = AuthorizationRequest().from_urlencoded(before["query"])
            endpoint = server.get_endpoint("authorization")
            session = endpoint.create_session(
                request, asked["username"], before["authn_class_ref"], before["iat"], method
            )
            self.respond(endpoint, request, endpoint.authz_part2(request=request, session_id=session))

        def endpoint(self, name: str, asked: dict[str, str]) -> None:
            endpoint = server.get_endpoint(name)
            http_info = {
                "headers": {key.lower(): value for key, value in self.headers.items()},
                "method": self.command,
                "url": issuer + self.path,
                "cookie": [
                    dict(zip(("name", "value"), cookie.strip().split("=", 1), strict=True))
                    for cookie in self.headers.get("Cookie", "").split(";")
                    if cookie
                ],
            }
            try:
                request = endpoint.parse_request(asked, http_info=http_info)
                if "error" in request:
                    self.say(400, request.to_json(), "application/json")
                    return
                if name == "token":
                    request = AccessTokenRequest(**request)
                args = endpoint.process_request(request, http_info=http_info)
            except Exception as error:  # noqa: BLE001 – whatever the provider objects to is its answer
                self.say(
                    400, json.dumps({"error": "invalid_request", "why": repr(error)}), "application/json"
                )
                return
            if "redirect_location" in args:
                self.go(args["redirect_location"])
            elif "http_response" in args:
                self.say(200, args["http_response"], "text/html")
            else:
                self.respond(endpoint, request, args)

        def respond(self, endpoint: Any, request: Any, args: Any) -> None:
            info = endpoint.do_response(request=request, **args)
            if info.get("response_placement", endpoint.response_placement) == "url":
                self.go(info["response"], info.get("cookie", ()))
                return
            answer = json.loads(info["response"])
            if "id_token" in answer:
                answer["id_token"] = bent.token(answer["id_token"])
            if bent.how == "no token":
                del answer["id_token"]
            self.say(400 if "error" in answer else 200, json.dumps(answer), "application/json")

        def go(self, address: str, cookies: Any = ()) -> None:
            self.send_response(302)
            self.send_header("Location", address)
            for cookie in cookies:
                self.send_header("Set-Cookie", f"{cookie['name']}={cookie['value']}; Path=/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def say(self, status: int, text: str, kind: str = "text/plain") -> None:
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    httpd = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    httpd.told = "{}"  # type: ignore[attr-defined]
    httpd.daemon_threads = True
    httpd.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
