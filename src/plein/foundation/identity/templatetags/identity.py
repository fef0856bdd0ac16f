"""What templates ask about logging in."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.context import Context

from plein.foundation.identity.access import actor_of, is_from_outside
from plein.foundation.identity.demo import PASSWORD, accounts, is_demo_town
from plein.foundation.identity.forms import right_shown
from plein.foundation.identity.openid.doors import doors

register = template.Library()
register.filter(right_shown)
BROWSERS = ("Firefox", "Edg", "OPR", "SamsungBrowser", "Chrome", "Safari")  # Those who also name another stand first.
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "Mac"}
CALLED = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet"}


@register.filter
def browser(agent: str) -> str:
    """Say a user agent as people know it: "Firefox, Windows"; what is not known stands as it is, cut short."""
    program = next((name for name in BROWSERS if name in agent), "")
    system = next((words for mark, words in SYSTEMS.items() if mark in agent), "Linux" if "Linux" in agent else "")
    return ", ".join(filter(None, (CALLED.get(program, program), system))) or agent[:80]


@register.simple_tag
def again_query(**asked: str) -> str:
    """Write what was asked for as the end of an address; what is empty is left out."""
    told = {name: value for name, value in asked.items() if value}
    return f"?{urlencode(told)}" if told else ""


@register.simple_tag
def staff_door() -> Any:
    """Give the door of staff through the municipality's own provider; None without one."""
    return doors().get("medewerker")


@register.inclusion_tag("identity/_acting.html", takes_context=True)
def acting(context: Context) -> dict[str, Any]:
    """Say for whom the visitor acts, with a way to stop; or, once, that it has ended."""
    request = context.get("request")
    mandate = getattr(request, "mandate", None)
    told = {"request": request, "csrf_token": context.get("csrf_token"), "mandate": mandate, "has_ended": False}
    if request is not None and mandate is None and is_from_outside(actor_of(request)):
        told["has_ended"] = request.session.pop("mandate_ended", False)
    return told


@register.simple_tag
def demo_accounts() -> dict[str, Any] | None:
    """Give the demo accounts and their password in the demo town, else None."""
    return {"password": PASSWORD, "accounts": accounts()} if is_demo_town() else None
