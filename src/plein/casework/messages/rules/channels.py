"""Which way a message goes. Pure."""

from collections.abc import Mapping, Sequence

CHANNELS = ("email", "sms", "letter", "phone")
ORDER = ("email", "letter", "sms", "phone")
"""What we try when nobody chose: e-mail, then a letter, then SMS; calling is the last."""


def choose(
    *, wanted: Sequence[str], reachable: Mapping[str, bool], is_private: bool = False, has_inbox: bool = False
) -> str:
    """Choose the one way, besides the inbox, that a message goes; "" when there is none.

    wanted: channels in the order that the person prefers, may be empty; "inbox" among them ends the list: nothing else
    is needed. reachable: whether there is an address, per channel. is_private: goes by letter rather than by e-mail or
    SMS to who has no inbox, unless that was asked for.
    """
    chosen = [one for one in wanted if one in CHANNELS or one == "inbox"]
    for channel in chosen:
        if channel == "inbox" and has_inbox:
            return ""
        if reachable.get(channel):
            return channel
    order = ("letter", *ORDER) if is_private and not has_inbox else ORDER
    return next((channel for channel in order if reachable.get(channel)), "")
