"""Hand one e-mail to the mail server, step by step, so that we know at each moment whether it can have been sent.

The connection, its encryption and the login are Django's; the four steps of a message (MAIL, RCPT, DATA, the content)
are taken here one by one, because what an answer or a silence means depends on its step: RFC 5321 section 4.2.
"""

import re
import smtplib
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime, formataddr
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string

from plein.casework.messages.rules import saying
from plein.casework.messages.rules.sending import Outcome

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def is_set() -> bool:
    """Tell whether a mail server is set."""
    return bool(settings.EMAIL_HOST) and not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def message_id(reference: UUID) -> str:
    """Give the Message-ID of a dispatch: the same at every attempt, so that a second copy can be known as one."""
    return f"<{reference}@{urlsplit(settings.PLEIN['BASE_URL']).hostname or 'localhost'}>"


def html_of(told: Mapping[str, Any], *, language: str) -> str:
    """Write a message as the HTML of an e-mail: one column, real headings and lists, no pictures, light and dark."""
    return render_to_string(
        "messages/mail.html",
        {
            "told": told,
            "language": language,
            "organisation": settings.PLEIN["ORGANISATION"],
            "greeting": saying.greeting(told, language),
            "regards": saying.word("greeting", language),
            "reference_word": saying.word("reference", language),
            "do_word": saying.word("do", language),
            "automatic": saying.word("automatic", language),
        },
    ).strip()


def compose(
    told: Mapping[str, Any], *, to: str, reference: UUID, language: str, now: datetime
) -> EmailMultiAlternatives:
    """Make the e-mail: text and HTML that say the same, answered by people (Reply-To), never by machines."""
    mine = settings.PLEIN
    mail = EmailMultiAlternatives(
        subject=" ".join(str(told["title"]).split()),
        body=saying.plain(told, language=language, organisation=str(mine["ORGANISATION"])),
        from_email=formataddr((str(mine["ORGANISATION"]), settings.DEFAULT_FROM_EMAIL)),
        to=[to],
        reply_to=[str(mine["CONTACT_EMAIL"])],
        headers={
            "Message-ID": message_id(reference),
            "Date": format_datetime(now),
            "Auto-Submitted": "auto-generated",
            "Content-Language": language,
        },
    )
    mail.attach_alternative(html_of(told, language=language), "text/html")
    return mail


def deliver(mail: EmailMultiAlternatives, *, handing: Callable[[], None]) -> Outcome:
    """Hand an e-mail to the mail server.

    handing: called right before the content goes; until then it has surely not been sent.
    """
    connection: Any = get_connection(SMTP)
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError as error:
        return Outcome("ours", "login", _said(error.smtp_code, error.smtp_error))
    except smtplib.SMTPNotSupportedError as error:
        return Outcome("ours", "login", str(error)[:300])
    except (OSError, smtplib.SMTPException) as error:
        return Outcome("unreachable", "unreachable", str(error)[:300])
    smtp: smtplib.SMTP = connection.connection
    try:
        return _transfer(smtp, mail, handing)
    finally:
        _close(connection)


def _close(connection: Any) -> None:
    """Say goodbye; what the server thinks of that no longer matters."""
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        connection.connection = None


def _transfer(smtp: smtplib.SMTP, mail: EmailMultiAlternatives, handing: Callable[[], None]) -> Outcome:
    made: Any = mail.message()
    content: bytes = made.as_bytes(linesep="\r\n")
    try:
        smtp.ehlo_or_helo_if_needed()
        options = ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []
        for step, refused in _steps(smtp, mail.to[0], options):
            code, answer = step()
            if not 200 <= code < 400:
                return _judged(code, answer, refused)
    except (OSError, smtplib.SMTPException) as error:
        return Outcome("unreachable", "unreachable", str(error)[:300])
    handing()
    return _content(smtp, content)


def _steps(smtp: smtplib.SMTP, to: str, options: list[str]) -> list[tuple[Callable[[], Any], Outcome]]:
    """List the steps before the content, with what a no means at each."""
    return [
        (lambda: smtp.mail(settings.DEFAULT_FROM_EMAIL, options), Outcome("ours", "sender")),
        (lambda: smtp.rcpt(to), Outcome("refused", "address")),
        (lambda: smtp.docmd("DATA"), Outcome("refused", "content")),
    ]


def _content(smtp: smtplib.SMTP, content: bytes) -> Outcome:
    """Send the content and its end; from here a silence leaves open whether it was sent."""
    stuffed = re.sub(rb"(?m)^\.", b"..", content)
    try:
        smtp.send(stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        code, answer = smtp.getreply()
    except (TimeoutError, OSError, smtplib.SMTPException) as error:
        return Outcome("perhaps", "no-answer", str(error)[:300])
    if 200 <= code < 300:
        return Outcome("sent", answer=_said(code, answer))
    return _judged(code, answer, Outcome("refused", "content"))


def _judged(code: int, answer: bytes, refused: Outcome) -> Outcome:
    """Read an answer that is no yes: 4xx is "not now", -1 a lost connection, 5xx a no."""
    said = _said(code, answer)
    if code == -1:
        return Outcome("unreachable", "unreachable", said)
    if 400 <= code < 500:
        return Outcome("busy", "busy", said)
    return Outcome(refused.kind, refused.failure, said)


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    hidden = re.sub(r"[^\s<>]+@[^\s<>]+", "…@…", " ".join(text.split()))
    return f"{code} {hidden}"[:300]
