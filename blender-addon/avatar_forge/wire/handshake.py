# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's side of hello and of the proof of the token (docs/protocol.md sections 2 and 4)."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Any

from .errors import WireError

PROTOCOL = 2
CAPABILITIES = ["files", "cancel", "progress", "resume"]

_NONCE = re.compile(r"[0-9a-f]{32}")  # and the name of a session


@dataclass(frozen=True)
class Identity:
    """What Blender tells of itself in its answer to hello."""

    instance: str
    addon: str
    blender: str
    background: bool


def proof(token: str, who: str, client_nonce: str, server_nonce: str, instance: str) -> str:
    """HMAC-SHA-256 (lower-case hex) by which `who` ("client" or "server") shows that it has the token."""
    text = "\0".join((f"avatar-forge/2 {who}", client_nonce, server_nonce, instance))
    return hmac.new(token.encode(), text.encode(), hashlib.sha256).hexdigest()


class Handshake:
    """Starts `stock`; a good hello makes it `ready`, or `proving` where there is a token; a good proof
    makes it `ready`.

    nonce      Blender's, 32 lower-case hexadecimal digits, fresh for each connection
    token      None where none is asked for
    """

    def __init__(self, identity: Identity, nonce: str, token: str | None) -> None:
        self.state = "stock"
        self.session: str | None = None
        """What the client calls itself over all its connections, after a good hello that says so."""
        self._identity = identity
        self._nonce = nonce
        self._token = token
        self._client_nonce = ""

    def hello(self, params: Any) -> dict[str, Any]:
        """The result to send. Error: `bad-request`, its message being the reply's; the connection stays
        stock.
        """
        protocols = params.get("protocols") if isinstance(params, dict) else None
        if not isinstance(protocols, list):
            raise WireError("bad-request", "Bad hello: protocols must be a list of numbers.")
        if PROTOCOL not in protocols:
            raise WireError(
                "bad-request", f"No common protocol: this add-on speaks {PROTOCOL}. Update the older side."
            )
        nonce = params.get("nonce")
        if not isinstance(nonce, str) or not _NONCE.fullmatch(nonce):
            raise WireError("bad-request", "Bad hello: nonce must be 32 lower-case hexadecimal digits.")
        session = params.get("session")
        if session is not None and not (isinstance(session, str) and _NONCE.fullmatch(session)):
            raise WireError("bad-request", "Bad hello: session must be 32 lower-case hexadecimal digits.")
        self.session = session
        self._client_nonce = nonce
        self.state = "ready" if self._token is None else "proving"
        return {
            "protocol": PROTOCOL,
            "nonce": self._nonce,
            "instance": self._identity.instance,
            "auth": "none" if self._token is None else "hmac-sha256",
            "addon": self._identity.addon,
            "blender": self._identity.blender,
            "background": self._identity.background,
            "capabilities": CAPABILITIES,
        }

    def prove(self, message: dict[str, Any]) -> dict[str, Any]:
        """The answer to the client's first frame. Error: `auth-failed`, after which the connection ends."""
        auth = message.get("auth")
        mac = auth.get("mac") if isinstance(auth, dict) else None
        if self._token is None or not isinstance(mac, str):
            raise WireError("auth-failed", "This Blender asks for a token: prove it first.")
        if not hmac.compare_digest(mac.encode("utf-8", "replace"), self._proof("client").encode()):
            raise WireError(
                "auth-failed", "The token is not this Blender's. Copy it from the Avatar Forge panel."
            )
        self.state = "ready"
        return {"auth": {"mac": self._proof("server")}}

    def _proof(self, who: str) -> str:
        assert self._token is not None
        return proof(self._token, who, self._client_nonce, self._nonce, self._identity.instance)
