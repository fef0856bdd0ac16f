"""What templates ask about logging in."""

from typing import Any

from django import template

from plein.foundation.identity.demo import PASSWORD, accounts, is_demo_town

register = template.Library()


@register.simple_tag
def demo_accounts() -> dict[str, Any] | None:
    """Give the demo accounts and their password in the demo town, else None."""
    return {"password": PASSWORD, "accounts": accounts()} if is_demo_town() else None
