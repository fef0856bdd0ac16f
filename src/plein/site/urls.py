"""All addresses: pages in two languages (Dutch at the root, English under /en/), interfaces under /api/.

Every room's urls.py may hold `urlpatterns` (pages, under the path on its sign) and `api_urlpatterns` (under /api/).
"""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.apps import AppConfig, apps
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from plein.foundation.rooms import Room
from plein.site import pages, telemetry, wellknown


def _urls_of(config: AppConfig) -> ModuleType | None:
    """Give the urls module of an app of the house, when it has one."""
    name = f"{config.name}.urls"
    return import_module(name) if find_spec(name) else None


def _house() -> list[tuple[AppConfig, ModuleType]]:
    found = [(config, _urls_of(config)) for config in apps.get_app_configs() if config.name.startswith("plein.")]
    return [(config, module) for config, module in found if module and config.name != "plein.site"]


def _pages() -> list[URLPattern | URLResolver]:
    rooms = [(config, module) for config, module in _house() if hasattr(module, "urlpatterns")]
    return [
        path(
            f"{config.address}/" if isinstance(config, Room) and config.address else "",
            include((module.urlpatterns, config.label)),
        )
        for config, module in rooms
    ]


def _named_elsewhere() -> list[URLPattern | URLResolver]:
    """Give the pages whose names other packages count on; they stand outside the name space of their app."""
    return [pattern for _, module in _house() for pattern in getattr(module, "root_urlpatterns", ())]


def _interfaces() -> list[URLPattern | URLResolver]:
    return [
        path("api/", include((module.api_urlpatterns, f"{config.label}-api")))
        for config, module in _house()
        if hasattr(module, "api_urlpatterns")
    ]


def _own() -> list[URLPattern | URLResolver]:
    return [
        path("", pages.home, name="home"),
        path("over", pages.about, name="about"),
        path("toegankelijkheid", pages.accessibility, name="accessibility"),
    ]


urlpatterns = [
    *telemetry.urlpatterns,
    *wellknown.urlpatterns,
    *_interfaces(),
    *i18n_patterns(*_own(), *_pages(), *_named_elsewhere(), prefix_default_language=False),
]

handler400 = "plein.site.pages.bad_request"
handler403 = "plein.site.pages.forbidden"
handler404 = "plein.site.pages.not_found"
handler429 = "plein.site.pages.too_many"  # asked for by allauth, which counts per minute
handler500 = "plein.site.pages.broken"
