"""Which interfaces there are, and how one is made.

An ordinary interface (django-ninja):

    api = ninja_interface("events", version="1.0.0", title=Text(...), description=Text(...))

    @api.get("/types")
    def types(request): ...

    api_urlpatterns = mount(api)                                        # in urls.py

With views of its own, each with an access decorator, under the path `NAME/vN/`:

    @interface("opendata", version="1.0.0", title=Text(...), description=Text(...), open_data=True)
    def document() -> dict:
        return {"paths": {...}, "components": {...}}
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, path
from ninja import NinjaAPI

from plein.foundation.api.problems import ninja_problems
from plein.foundation.identity.access import Access, with_access
from plein.foundation.words import Text

Document = dict[str, Any]
EVERYONE = Access("everyone")

_interfaces: dict[tuple[str, str], "Interface"] = {}


@dataclass(frozen=True)
class Interface:
    """One interface in one major version.

    open_data: web pages elsewhere may read it (CORS). follows: the standard from outside that decides its names and
    addresses, or "" when they are our own and keep the NL API Design Rules. fragment: gives paths and components.
    """

    name: str
    version: str
    title: Text
    description: Text
    fragment: Callable[[], Document]
    open_data: bool = False
    follows: str = ""
    path_version: str = ""

    @property
    def major(self) -> str:
        """Give the version as it stands in the address."""
        return self.path_version or "v" + self.version.split(".", maxsplit=1)[0]

    @property
    def root(self) -> str:
        """Give the address that all its paths start with."""
        return f"/api/{self.name}/{self.major}"


def interface(
    name: str,
    *,
    version: str,
    title: Text,
    description: Text,
    open_data: bool = False,
    follows: str = "",
    path_version: str = "",
) -> Callable[[Callable[[], Document]], Interface]:
    """Register an interface by the function that gives its paths and components; what all share is added to them."""

    def register(fragment: Callable[[], Document]) -> Interface:
        made = Interface(name, version, title, description, fragment, open_data, follows, path_version)
        _interfaces[name, made.major] = made
        return made

    return register


def ninja_interface(name: str, *, version: str, title: Text, description: Text, open_data: bool = False) -> NinjaAPI:
    """Make an ordinary interface: add operations to it, and mount it in urls.py."""
    api = NinjaAPI(title=title.en, version=version, urls_namespace=f"api-{name}", openapi_url=None, docs_url=None)
    ninja_problems(api)
    made = interface(name, version=version, title=title, description=description, open_data=open_data)(
        lambda: dict(api.get_openapi_schema(path_prefix=""))
    )
    api.plein = made  # type: ignore[attr-defined]
    return api


def mount(api: NinjaAPI, *, access: Access = EVERYONE, access_to: dict[str, Access] | None = None) -> list[URLPattern]:
    """Give the addresses of an ordinary interface, each with its access rule.

    access_to: another rule for some paths, written as they are in the operation ("/events/{id}"). Rights that differ
    by method are asked for in the operation with `require`.
    """
    made: Interface = api.plein  # type: ignore[attr-defined]
    rules = {_as_route(route): rule for route, rule in (access_to or {}).items()}
    patterns = [pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern)]
    return [
        path(
            f"{made.name}/{made.major}/{pattern.pattern}",
            _guarded(pattern.callback, rules.get(_bare(str(pattern.pattern)), access)),
            name=pattern.name,
        )
        for pattern in patterns
        if pattern.name != "api-root"
    ]


def all_interfaces() -> list[Interface]:
    """Give every interface, by name; all addresses are read first, because that is where they are made."""
    from django.urls import get_resolver

    _ = get_resolver().url_patterns
    return [_interfaces[key] for key in sorted(_interfaces)]


def interface_at(address: str) -> Interface | None:
    """Give the interface that an address belongs to."""
    parts = address.split("/", 4)
    return _interfaces.get((parts[2], parts[3])) if len(parts) > 3 and parts[1] == "api" else None


def _as_route(route: str) -> str:
    return _bare(route.strip("/").replace("{", "<").replace("}", ">"))


def _bare(route: str) -> str:
    """Leave out what kind of values the places in a route take."""
    return re.sub(r"<\w+:", "<", route)


def _guarded(view: Callable[..., Any], access: Access) -> Callable[..., Any]:
    """Guard a view of ninja, which also counts on cookies not being used against their owner."""
    guarded = with_access(access, view)
    guarded.csrf_exempt = False  # type: ignore[attr-defined]
    return guarded
