"""The refusals of identity."""

from http import HTTPStatus

from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop


class UnknownRole(Refused):
    """No sign names this role."""

    message = gettext_noop("The role {role} does not exist. Choose one from the list.")
    code = "unknown-role"


class NameTaken(Refused):
    """Another account has this name."""

    message = gettext_noop("Not created: the name {username} is taken. Choose another name.")
    status = HTTPStatus.CONFLICT
    code = "name-taken"


class ScopeTooWide(Refused):
    """A token can never do more than its holder."""

    message = gettext_noop("Not created: you do not have the right {scopes} yourself. Leave it out.")
    status = HTTPStatus.FORBIDDEN
    code = "scope-too-wide"


class TokenTooLong(Refused):
    """Tokens end."""

    message = gettext_noop("Not created: a token lasts at most {days} days. Choose an earlier date.")
    code = "token-too-long"


class LastAdministrator(Refused):
    """Somebody has to be able to manage accounts."""

    message = gettext_noop("Not changed: this is the last administrator. Give somebody else that role first.")
    status = HTTPStatus.CONFLICT
    code = "last-administrator"


class OwnAccount(Refused):
    """What another administrator has to do."""

    message = gettext_noop("Not changed: this is your own account. Ask another administrator, or use plein staff.")
    status = HTTPStatus.CONFLICT
    code = "own-account"


class DemoOnly(Refused):
    """Demo accounts live in the demo town only."""

    message = gettext_noop("Demo accounts exist in the demo town only: the setting GEMEENTE names {gemeente}.")
    status = HTTPStatus.FORBIDDEN
    code = "demo-only"


class KeyFileUnsound(Refused):
    """The file with keys cannot be read as one."""

    message = gettext_noop(
        "The file with keys, {path}, is not one that Plein can read. Put it back from your backup; never make it anew."
    )
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "key-file-unsound"


class KeyGone(Refused):
    """A sealed text needs a key that the file does not have."""

    message = gettext_noop("The key {key} is not in the file with keys. Put the right file back from your backup.")
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "key-gone"


class KeyInUse(Refused):
    """A key that something is still sealed with stays."""

    message = gettext_noop("Not dropped: the key {key} is still in use. Run plein keys rotate first.")
    status = HTTPStatus.CONFLICT
    code = "key-in-use"


class SealBroken(Refused):
    """A sealed text was changed, or stands where another belongs."""

    message = gettext_noop(
        "What was kept under {about} was changed outside Plein. Put it back from your backup; tell the administrator."
    )
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "seal-broken"


class AddressTaken(Refused):
    """Another account waits for a first login with this address."""

    message = gettext_noop("Not linked: another account waits for {email}. Undo that link first.")
    status = HTTPStatus.CONFLICT
    code = "address-taken"


class NoBsn(Refused):
    """The number is not one that the eleven test passes."""

    message = gettext_noop("This is not a citizen service number (BSN). Check the nine digits.")
    code = "no-bsn"


class NobodyKnown(Refused):
    """The actor is no resident or organisation, or not any more."""

    message = gettext_noop("This is for residents and organisations that are logged in. Log in again.")
    status = HTTPStatus.FORBIDDEN
    code = "nobody-known"


class ForResidents(Refused):
    """A page for residents was asked for by staff or by a machine."""

    message = gettext_noop("This page is for residents and organisations. Log out here, then log in as a resident.")
    status = HTTPStatus.FORBIDDEN
    code = "for-residents"


class ForStaff(Refused):
    """A page for staff was asked for by a resident or an organisation."""

    message = gettext_noop("This page is for staff of the municipality. You are logged in as a resident.")
    status = HTTPStatus.FORBIDDEN
    code = "for-staff"


class MandateForSelf(Refused):
    """Everybody acts for themselves already."""

    message = gettext_noop("Not recorded: both numbers are of the same person. Check who acts for whom.")
    code = "mandate-for-self"


class MandateOver(Refused):
    """A mandate that has ended before it began."""

    message = gettext_noop("Not recorded: the last day has passed. Choose today or later.")
    code = "mandate-over"


class NotYourMandate(Refused):
    """Only who a mandate is about, or staff with the right, ends it."""

    message = gettext_noop("Not changed: this mandate is of others. Ask at the counter.")
    status = HTTPStatus.FORBIDDEN
    code = "not-your-mandate"
