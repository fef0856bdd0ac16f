"""Reading what a provider says of who came in, by the claims that the settings name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plein.foundation.identity.openid.doors import Door, level_of

KNOWN_BY = ("bsn", "kvk", "email", "level")


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """Who came in, in our words; what was not said is "".

    subject: the provider's own number. acting_for: BSN or KVK number of who is acted for. has_second_step: of staff.
    """

    subject: str
    bsn: str = ""
    kvk: str = ""
    vestiging: str = ""
    name: str = ""
    level: str = ""
    acting_for: str = ""
    email: str = ""
    has_second_step: bool = False


def _found(claims: Mapping[str, Any], place: str) -> Any:
    """Find a claim by its name, or deeper by a path with slashes."""
    if place in claims or "/" not in place:
        return claims.get(place)
    here: Any = claims
    for step in place.split("/"):
        here = here.get(step) if isinstance(here, Mapping) else None
    return here


def missing(door: Door, claims: Mapping[str, Any]) -> bool:
    """Tell whether what we know somebody by is not among the claims, so that asking for more may help."""
    wanted = [place for ours, place in door.claims.items() if ours in KNOWN_BY] or list(door.claims.values())
    return any(_found(claims, place) is None for place in wanted)


def read(door: Door, claims: Mapping[str, Any]) -> Told:
    """Read the claims of a door: texts and numbers only, cut to what a column holds."""
    words: dict[str, str] = {}
    for ours, place in door.claims.items():
        said = _found(claims, place)
        if isinstance(said, str | int) and not isinstance(said, bool):
            words[ours] = str(said).strip()[:200]
    words["level"] = level_of(door, words.get("level", ""))
    if claims.get("email_verified") is False:
        words.pop("email", None)
    return Told(subject=str(claims["sub"]), has_second_step=_has_second_step(door, claims), **words)


def _has_second_step(door: Door, claims: Mapping[str, Any]) -> bool:
    methods = claims.get("amr")
    said = {str(claims.get("acr"))} | {str(one) for one in (methods if isinstance(methods, list) else ())}
    return bool(said & door.second_step)
