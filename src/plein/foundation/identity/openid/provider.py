"""Speaking with a provider: what it says about itself, its keys, and trading a code for tokens.

What it says about itself is kept for an hour and its keys too, but a token signed by a key that is not known makes us
fetch them anew (at most every ten seconds): providers change keys without notice. One that does not answer is left in
peace for fifteen seconds, so that an outage never holds up visitors who come in another way.
"""

import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from plein.foundation import clock
from plein.foundation.identity.openid.doors import Door, is_safe
from plein.foundation.identity.openid.errors import LoginRefused, ProviderDown
from plein.foundation.identity.openid.tokens import Untrusted, verified

if TYPE_CHECKING:
    import httpx
    from joserfc.jwk import KeySet

log = logging.getLogger(__name__)
KEEP_S, KEYS_AGAIN_S, DOWN_S = 3600.0, 10.0, 15.0
LARGEST = 1_000_000
TIMEOUT_S = 5.0
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(slots=True)
class _Known:
    """What is kept of one provider; times are of clock.ticks()."""

    metadata: dict[str, Any] = field(default_factory=dict)
    metadata_at: float = -1e9
    keys: "KeySet | None" = None
    keys_at: float = -1e9
    down_until: float = -1e9


_kept: dict[str, _Known] = {}


def _of(door: Door) -> _Known:
    return _kept.setdefault(door.issuer, _Known())


def forget() -> None:
    """Forget all providers, as a process does that starts anew."""
    _kept.clear()


def is_down(door: Door) -> bool:
    """Tell whether a provider was just found not to answer."""
    return clock.ticks() < _of(door).down_until


def metadata(door: Door) -> dict[str, Any]:
    """Give what a provider says about itself.

    Raises ProviderDown, LoginRefused.
    """
    known = _of(door)
    if clock.ticks() - known.metadata_at > KEEP_S:
        said = _fetched(door, "GET", f"{door.issuer.rstrip('/')}/.well-known/openid-configuration")
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if said.get("issuer") != door.issuer or not all(is_safe(str(said.get(name, ""))) for name in wanted):
            raise _refused(door, "metadata")
        known.metadata, known.metadata_at = said, clock.ticks()
    return known.metadata


def claims_of(door: Door, id_token: str) -> dict[str, Any]:
    """Check the signature of a token by the provider's keys, fetched anew when its key is not among them.

    Raises Untrusted, ProviderDown, LoginRefused.
    """
    try:
        return verified(id_token, _keys(door))
    except Untrusted as untrusted:
        if untrusted.why != "key" or clock.ticks() - _of(door).keys_at < KEYS_AGAIN_S:
            raise
    return verified(id_token, _keys(door, anew=True))


def _keys(door: Door, *, anew: bool = False) -> "KeySet":
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    known = _of(door)
    if known.keys is None or anew or clock.ticks() - known.keys_at > KEEP_S:
        said = _fetched(door, "GET", metadata(door)["jwks_uri"])
        try:
            public = [one for one in said["keys"] if one.get("kty") != "oct" and one.get("use", "sig") == "sig"]
            known.keys = KeySet.import_key_set({"keys": public})
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise _refused(door, "keys") from error
        known.keys_at = clock.ticks()
    return known.keys


def tokens_for(door: Door, *, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
    """Trade a code for tokens.

    Raises ProviderDown, LoginRefused (also for a code that was used before: the provider says so).
    """
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    said = _fetched(door, "POST", metadata(door)["token_endpoint"], **_proof(door, form))
    if not isinstance(said.get("id_token"), str) or str(said.get("token_type", "")).lower() != "bearer":
        raise _refused(door, "tokens")
    return said


def user_info(door: Door, access_token: str, *, subject: str) -> dict[str, Any]:
    """Ask what more the provider knows of who just logged in; {} when it does not tell.

    Raises ProviderDown, LoginRefused when it answers about somebody else.
    """
    address = metadata(door).get("userinfo_endpoint", "")
    if not is_safe(str(address)) or not access_token:
        return {}
    said = _fetched(door, "GET", address, headers={"Authorization": f"Bearer {access_token}"})
    if said.get("sub") != subject:
        raise _refused(door, "userinfo")
    return said


def _proof(door: Door, form: Mapping[str, str]) -> dict[str, Any]:
    """Prove to the provider that we are we: by a signed assertion, a secret, or (a public client) PKCE alone."""
    if door.private_key:
        return {"data": {**form, "client_assertion_type": ASSERTION, "client_assertion": _assertion(door)}}
    if not door.client_secret:
        return {"data": {**form, "client_id": door.client_id}}
    methods = metadata(door).get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if "client_secret_basic" in methods:
        return {"data": dict(form), "auth": (quote(door.client_id, safe=""), quote(door.client_secret, safe=""))}
    return {"data": {**form, "client_id": door.client_id, "client_secret": door.client_secret}}


def _assertion(door: Door) -> str:
    """Sign who we are (RFC 7523), good for a minute and once."""
    from joserfc import jwk, jwt

    text = Path(door.private_key).read_text(encoding="ascii")
    key: Any = jwk.import_key(json.loads(text)) if text.lstrip().startswith("{") else _from_pem(text)
    at = int(clock.now().timestamp())
    claims = {
        "iss": door.client_id,
        "sub": door.client_id,
        "aud": metadata(door)["issuer"],
        "jti": secrets.token_urlsafe(16),
        "iat": at,
        "exp": at + 60,
    }
    algorithm = key.alg or {"RSA": "PS256", "EC": "ES256"}[key.key_type]
    header = {"alg": algorithm} | ({"kid": key.kid} if key.kid else {})
    return jwt.encode(header, claims, key, algorithms=[algorithm])


def _from_pem(text: str) -> Any:
    from joserfc.jwk import ECKey, RSAKey

    return ECKey.import_key(text) if "BEGIN EC" in text else RSAKey.import_key(text)


def _fetched(door: Door, method: str, address: str, **more: Any) -> dict[str, Any]:
    """Ask the provider one thing; its answer is a JSON object of reasonable size.

    Raises ProviderDown when it does not answer or says that it cannot now, LoginRefused when it says no.
    """
    import httpx

    if is_down(door):
        raise ProviderDown(name=door.name)
    if not is_safe(address):
        raise _refused(door, "address")
    try:
        with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False) as client:
            answer = client.request(method, address, **more)
    except httpx.HTTPError as error:
        raise _down(door, type(error).__name__) from error
    if answer.status_code >= 500 or answer.status_code == 429:
        raise _down(door, str(answer.status_code))
    return _object(door, answer)


def _object(door: Door, answer: "httpx.Response") -> dict[str, Any]:
    try:
        said = answer.json() if len(answer.content) <= LARGEST else None
    except ValueError:
        said = None
    if answer.status_code != 200 or not isinstance(said, dict):
        error = said.get("error") if isinstance(said, dict) else None
        raise _refused(
            door, f"answer-{answer.status_code}-{str(error)[:40]}" if error else f"answer-{answer.status_code}"
        )
    return said


def note_down(door: Door) -> None:
    """Leave a provider in peace for a while: it does not work."""
    _of(door).down_until = clock.ticks() + DOWN_S


def _down(door: Door, why: str) -> ProviderDown:
    note_down(door)
    log.error("The login provider of door %s does not answer: %s", door.key, why)
    return ProviderDown(name=door.name)


def _refused(door: Door, why: str) -> LoginRefused:
    return LoginRefused(name=door.name, why=why)
