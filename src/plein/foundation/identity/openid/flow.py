"""One login from start to end: what is kept meanwhile stands in the visitor's own session, and counts once."""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import override

from plein.foundation import clock
from plein.foundation.identity.openid import claims, provider, tokens
from plein.foundation.identity.openid.doors import Door, is_safe
from plein.foundation.identity.openid.errors import LoginOver, LoginRefused, ProviderDown

KEY = "openid"
MOST = 5
LASTS_S = 900
CANNOT_NOW = ("temporarily_unavailable", "server_error")


@dataclass(frozen=True, slots=True)
class Came:
    """How a login ended well: who came, where they were going, and the provider's number of its own session."""

    told: claims.Told
    next: str
    session: str


def redirect_uri(door: Door) -> str:
    """Give the address where a provider sends people back: the same in both languages."""
    with override("nl"):
        return f"{settings.PLEIN['BASE_URL']}{reverse('identity:openid-back', args=[door.key])}"


def start(request: HttpRequest, door: Door, *, next_page: str, level: str = "") -> str:
    """Begin a login and give the provider's address to go to.

    level: how certain the provider must be, as the page that was asked for wants it.
    Raises ProviderDown, LoginRefused.
    """
    said = provider.metadata(door)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    begun = {"door": door.key, "nonce": nonce, "verifier": verifier, "next": next_page, "at": _at()}
    request.session[KEY] = dict([*_running(request).items(), (state, begun)][-MOST:])
    asked = {
        "response_type": "code",
        "client_id": door.client_id,
        "redirect_uri": redirect_uri(door),
        "scope": door.scopes,
        "state": state,
        "nonce": nonce,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
    }
    if acr := door.acr_for(level or door.least):
        asked["acr_values"] = acr
    if said.get("claims_parameter_supported") is True:
        asked["claims"] = json.dumps({"id_token": dict.fromkeys(_wanted(door))})
    mark = "&" if "?" in said["authorization_endpoint"] else "?"
    return f"{said['authorization_endpoint']}{mark}{urlencode(asked)}"


def _wanted(door: Door) -> list[str]:
    """List the claims to ask for by name: those of the settings, and how staff showed who they are."""
    return sorted({*door.claims.values(), *(("acr", "amr") if door.kind == "staff" else ())} - {"sub"})


def _at() -> int:
    return int(clock.now().timestamp())


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _running(request: HttpRequest) -> dict[str, Any]:
    found = request.session.get(KEY) or {}
    return {state: begun for state, begun in found.items() if 0 <= _at() - begun["at"] < LASTS_S}


def taken(request: HttpRequest, door: Door) -> dict[str, Any]:
    """Take the login that an answer belongs to out of the session: it counts once.

    Raises LoginOver.
    """
    running, state = _running(request), request.GET.get("state", "")
    begun: dict[str, Any] | None = running.pop(state, None)
    request.session[KEY] = running
    if begun is None or begun["door"] != door.key:
        raise LoginOver(name=door.name, why="state")
    return begun


def finish(request: HttpRequest, door: Door, begun: dict[str, Any]) -> Came:
    """Turn the provider's answer into who came in.

    Raises LoginRefused, ProviderDown.
    """
    _check_answer(request, door)
    said = provider.tokens_for(
        door, code=request.GET.get("code", ""), verifier=begun["verifier"], redirect_uri=redirect_uri(door)
    )
    access_token = str(said.get("access_token", ""))
    try:
        found = provider.claims_of(door, said["id_token"])
        tokens.check(
            found,
            issuer=door.issuer,
            client_id=door.client_id,
            nonce=begun["nonce"],
            now=clock.now(),
            access_token=access_token,
        )
    except tokens.Untrusted as untrusted:
        raise LoginRefused(name=door.name, why=untrusted.why) from untrusted
    if claims.missing(door, found):
        found = {**provider.user_info(door, access_token, subject=found["sub"]), **found}
    return Came(claims.read(door, found), begun["next"], str(found.get("sid", ""))[:200])


def _check_answer(request: HttpRequest, door: Door) -> None:
    """Check that the answer is of this provider (RFC 9207) and is not a no.

    Raises LoginRefused, ProviderDown.
    """
    issuer = request.GET.get("iss", "")
    promised = provider.metadata(door).get("authorization_response_iss_parameter_supported") is True
    if (issuer or promised) and not hmac.compare_digest(issuer.encode(), door.issuer.encode()):
        raise LoginRefused(name=door.name, why="answer-issuer")
    error = request.GET.get("error", "")
    if error in CANNOT_NOW:
        raise ProviderDown(name=door.name)
    if error or not request.GET.get("code"):
        raise LoginRefused(name=door.name, why="no-code")


def is_cancelled(request: HttpRequest) -> bool:
    """Tell whether the visitor, not the provider, said no."""
    return request.GET.get("error", "") in ("access_denied", "login_required", "interaction_required")


def logout_address(door: Door, *, session: str) -> str:
    """Give the provider's address for logging out there too; "" when it has none, or does not answer.

    The ID token is not sent along, as OpenID Connect allows: it may carry a BSN, and this is an address.
    """
    try:
        end = str(provider.metadata(door).get("end_session_endpoint", ""))
    except (ProviderDown, LoginRefused):
        return ""
    if not is_safe(end):
        return ""
    with override("nl"):
        back = f"{settings.PLEIN['BASE_URL']}{reverse('identity:resident-left')}"
    asked = {"client_id": door.client_id, "post_logout_redirect_uri": back, "state": secrets.token_urlsafe(8)}
    return f"{end}{'&' if '?' in end else '?'}{urlencode(asked | ({'logout_hint': session} if session else {}))}"
