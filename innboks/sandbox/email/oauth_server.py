"""A provider's sign-in (OAuth 2.0, RFC 6749, with PKCE, RFC 7636): the page on which you press Allow or Deny, codes, tokens, and taking them back.

A code works once, within its redirect address and for its verifier only; a refresh token that was replaced is refused where the provider replaces
them. Read next: `google.py`, `microsoft.py`, which stand behind it.
"""

import base64
import hashlib
import html
import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import msgspec

from innboks.sandbox.stand_in import Answer, Request

LIFE_S = 3599
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/static/sandbox.css">
<style>main {{ display: block; max-width: 30em; margin: 10vh auto; padding: 0 1.5em }} h1 {{ font-size: 1.4em }} p, ul {{ margin: 1em 0 }}
ul {{ padding-left: 1.3em; list-style: disc }} a.btn {{ display: inline-flex; align-items: center; text-decoration: none }}</style>
</head><body><main>{body}</main></body></html>
"""
_POLICY = "default-src 'none'; style-src 'self' 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"


class _Asked(msgspec.Struct):
    """What a program wants, while a person looks at the page; then with the address that allowed it."""

    client_id: str
    redirect_uri: str
    state: str
    scope: str
    challenge: str
    address: str = ""


class OAuthServer:
    """`replaces_refresh_tokens`: each renewal gives a new one and the old one is worthless. Tokens are known by their text."""

    def __init__(self, name: str, *, replaces_refresh_tokens: bool = False) -> None:
        self.name = name
        self.replaces_refresh_tokens = replaces_refresh_tokens
        self.life_s = LIFE_S
        self.client_ids: set[str] = set()
        """Empty: any is known."""
        self.renewals = 0
        self._pages: dict[str, _Asked] = {}
        self._codes: dict[str, _Asked] = {}
        self._refresh: dict[str, tuple[str, str]] = {}
        self._access: dict[str, tuple[str, str]] = {}

    # ── for programs ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def token(self, request: Request) -> Answer:
        """RFC 6749 §4.1.3, §6."""
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        form.setdefault("client_id", _basic_user(request.headers))
        if self.client_ids and form.get("client_id") not in self.client_ids:
            return _refused("invalid_client", 401)
        match form.get("grant_type"):
            case "authorization_code":
                asked = self._codes.pop(form.get("code", ""), None)
                if asked is None or asked.redirect_uri != form.get("redirect_uri") or asked.client_id != form.get("client_id"):
                    return _refused("invalid_grant")
                digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
                if asked.challenge and base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked.challenge:
                    return _refused("invalid_grant")
                return self._given(asked.address, asked.scope, self.issue(asked.address, asked.scope))
            case "refresh_token":
                token = form.get("refresh_token", "")
                if token not in self._refresh:
                    return _refused("invalid_grant")
                self.renewals += 1
                address, scope = self._refresh[token]
                fresh = ""
                if self.replaces_refresh_tokens:
                    del self._refresh[token]
                    fresh = self.issue(address, scope)
                return self._given(address, scope, fresh)
        return _refused("unsupported_grant_type")

    def issue(self, address: str, scope: str = "") -> str:
        """A refresh token, as if this mailbox had allowed it."""
        token = f"1//{secrets.token_urlsafe(32)}"
        self._refresh[token] = (address.lower(), scope)
        return token

    def revoke(self, request: Request) -> Answer:
        """RFC 7009."""
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        found = self._refresh.get(form.get("token", "")) or self._access.get(form.get("token", ""))
        if found is None:
            return _refused("invalid_token")
        self.withdraw(found[0])
        return Answer(b"{}")

    def address_of(self, headers: Mapping[str, str]) -> str | None:
        """Whose access token a request bears."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        found = self._access.get(token) if scheme.lower() == "bearer" else None
        return found[0] if found else None

    # ── what can be played ───────────────────────────────────────────────────────────────────────────────────────────────────

    def expire(self) -> None:
        """Every access token has ended."""
        self._access.clear()

    def withdraw(self, address: str) -> None:
        """This mailbox's owner takes all leave back."""
        for tokens in (self._refresh, self._access):
            for token in [token for token, (owner, _) in tokens.items() if owner == address.lower()]:
                del tokens[token]

    # ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

    def page(self, request: Request, here: str, addresses: Sequence[str]) -> Answer:
        """`here` is the address that `decide` answers."""
        query = request.query
        target = urlsplit(query.get("redirect_uri", ""))
        if query.get("response_type") != "code" or not query.get("client_id") or target.scheme not in ("http", "https"):
            return self._shown("Error 400: invalid_request", "<p>The program did not say what it wants.</p>", 400)
        if self.client_ids and query["client_id"] not in self.client_ids:
            return self._shown("Error 401: invalid_client", "<p>The program is not registered.</p>", 401)
        id = secrets.token_urlsafe(16)
        self._pages[id] = _Asked(
            client_id=query["client_id"],
            redirect_uri=query["redirect_uri"],
            state=query.get("state", ""),
            scope=query.get("scope", ""),
            challenge=query.get("code_challenge", ""),
        )
        hint = query.get("login_hint", "").lower()
        people = list(dict.fromkeys([*([hint] if "@" in hint else []), *addresses])) or ["team@tindra.example"]
        scopes = "".join(f"<li>{html.escape(one)}</li>" for one in self._pages[id].scope.split())
        buttons = "".join(
            f'<p><a class="btn primary" href="{here}?{html.escape(urlencode({"page": id, "address": one}))}">Allow as {html.escape(one)}</a></p>'
            for one in people
        )
        body = (
            f"<p>A toy on this machine: nothing leaves it.</p><p><b>{html.escape(target.netloc)}</b> wants to:</p><ul>{scopes}</ul>{buttons}"
            f'<p><a class="btn" href="{here}?{html.escape(urlencode({"page": id, "deny": "1"}))}">Deny</a></p>'
        )
        return self._shown(f"Sign in with {self.name}", body)

    def decide(self, request: Request) -> tuple[str, Answer]:
        """(the address that allowed it or "", the way back)."""
        asked = self._pages.pop(request.query.get("page", ""), None)
        if asked is None:
            return "", self._shown("This page is over", "<p>Start again where you came from.</p>", 400)
        back: dict[str, str] = {"state": asked.state} if asked.state else {}
        if request.query.get("deny") or not request.query.get("address"):
            back |= {"error": "access_denied"}
        else:
            asked.address = request.query["address"].lower()
            code = f"4/{secrets.token_urlsafe(24)}"
            self._codes[code] = asked
            back |= {"code": code, "scope": asked.scope}
        mark = "&" if urlsplit(asked.redirect_uri).query else "?"
        return asked.address, Answer(status=302, headers={"location": f"{asked.redirect_uri}{mark}{urlencode(back)}"})

    def _shown(self, title: str, body: str, status: int = 200) -> Answer:
        page = _PAGE.format(title=html.escape(title), body=f"<h1>{html.escape(title)}</h1>{body}")
        return Answer(page.encode(), "text/html; charset=utf-8", status, {"content-security-policy": _POLICY})

    def _given(self, address: str, scope: str, refresh: str) -> Answer:
        access = f"ya29.{secrets.token_urlsafe(32)}"
        self._access[access] = (address, scope)
        given: dict[str, str | int] = {"access_token": access, "expires_in": self.life_s, "scope": scope, "token_type": "Bearer"}
        if refresh:
            given["refresh_token"] = refresh
        return Answer(msgspec.json.encode(given), headers={"cache-control": "no-store"})


def _basic_user(headers: Mapping[str, str]) -> str:
    """A client may say who it is in the header instead (RFC 6749 §2.3.1)."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    try:
        return unquote(base64.b64decode(given).decode().partition(":")[0]) if scheme.lower() == "basic" else ""
    except ValueError:
        return ""


def _refused(error: str, status: int = 400) -> Answer:
    return Answer(msgspec.json.encode({"error": error, "error_description": "Refused by the sandbox."}), status=status)
