"""What can be read of messages: a person's inbox and preferences, and for staff what goes out and the texts."""

from plein.casework.messages.queries.inbox import (
    Shown,
    inbox,
    message_for,
    message_of_case,
    messages_of,
    unread_count,
)
from plein.casework.messages.queries.preferring import Wishes, preferences

__all__ = ["Shown", "Wishes", "inbox", "message_for", "message_of_case", "messages_of", "preferences", "unread_count"]
