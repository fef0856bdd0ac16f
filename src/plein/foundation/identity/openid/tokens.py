"""Checking an ID token: signature first, then every claim that says for whom, by whom, when and in which login."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
LEEWAY_S = 60
OLDEST_S = 600
LONGEST = 20_000


class Untrusted(Exception):
    """A token that is not to be trusted; `why` is one word: "issuer", "nonce", "signature" and so on."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def verified(token: str, keys: "KeySet") -> dict[str, Any]:
    """Check the signature by the provider's public keys and give the claims.

    Only algorithms with a public key count: never "none", never one where the key is a shared secret.
    Raises Untrusted: "key" when the key is not among these, "type" for another kind of token, else "signature".
    """
    from joserfc import jwt
    from joserfc.errors import InvalidKeyIdError, JoseError

    if len(token) > LONGEST:
        raise Untrusted("size")
    try:
        read = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
    except InvalidKeyIdError as error:
        raise Untrusted("key") from error
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise Untrusted("signature") from error
    if str(read.header.get("typ", "JWT")).upper() != "JWT":  # an access or logout token says so here
        raise Untrusted("type")
    return dict(read.claims)


def check(
    claims: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, now: datetime, access_token: str = ""
) -> None:
    """Check what an ID token claims.

    Raises Untrusted. Source: OpenID Connect Core 1.0, 3.1.3.7.
    """
    if claims.get("iss") != issuer:
        raise Untrusted("issuer")
    _check_audience(claims, client_id)
    _check_times(claims, int(now.timestamp()))
    said = claims.get("nonce")
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
        raise Untrusted("nonce")
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise Untrusted("subject")
    if "at_hash" in claims and access_token and claims["at_hash"] not in _half_hashes(access_token):
        raise Untrusted("at_hash")


def _check_audience(claims: Mapping[str, Any], client_id: str) -> None:
    audience = claims.get("aud")
    listed = [audience] if isinstance(audience, str) else audience
    if not isinstance(listed, list) or client_id not in listed:
        raise Untrusted("audience")
    party = claims.get("azp")
    if (party is not None and party != client_id) or (len(listed) > 1 and party is None):
        raise Untrusted("party")


def _check_times(claims: Mapping[str, Any], at: int) -> None:
    ends, made, starts = claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in (ends, made, starts)):
        raise Untrusted("times")
    if at >= ends + LEEWAY_S:  # type: ignore[operator]
        raise Untrusted("expired")
    if made > at + LEEWAY_S or starts > at + LEEWAY_S or at - made > OLDEST_S:  # type: ignore[operator]
        raise Untrusted("times")


def _half_hashes(text: str) -> set[str]:
    """Give the left half of a hash in every size that an algorithm may ask for."""
    found = set()
    for size in ("sha256", "sha384", "sha512"):
        digest = hashlib.new(size, text.encode()).digest()
        found.add(base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode())
    return found
