"""The refusals of cases."""

from http import HTTPStatus

from plein.foundation.errors import NotFound, Refused
from plein.foundation.gate import errors as gate
from plein.foundation.words import gettext_noop


class ChangedMeanwhile(Refused):
    """Somebody else changed the case since it was read.

    Facts: seen and version (numbers), at (moment of the last change), by ("staff", "resident", ...: who it was, as a
    kind), and changes: list of {"at", "kind", "text", "text_en", "by"}, oldest first.
    """

    message = gettext_noop(
        "Not saved: this case was changed while you worked on it. See what changed; save again if it still fits."
    )
    status = HTTPStatus.CONFLICT
    code = "changed-meanwhile"


class NoSuchCase(NotFound):
    """There is no such case, or not for this person."""

    message = gettext_noop("This case does not exist, or is not yours. Check the number.")
    code = "no-such-case"


class NoBusiness(gate.NoBusiness):
    """A member of staff has no task in this case. about: `zaak:UUID`."""

    message = gettext_noop(
        "Not shown: you have no task in this case. The look was written down. "
        "Ask the team that handles it to hand it over if it is your work."
    )


class NotYours(Refused):
    """The actor may read the case, but not change it."""

    message = gettext_noop("Not changed: you may read this case, not change it. Ask the team that handles it.")
    status = HTTPStatus.FORBIDDEN
    code = "not-yours"


class UnknownZaaktype(NotFound):
    """No type of case with this key holds today."""

    message = gettext_noop("There is no type of case {zaaktype} that holds today. Ask the case manager.")
    code = "unknown-zaaktype"


class UnknownPart(NotFound):
    """The type of this case has no such status, result, role or kind of document or decision."""

    message = gettext_noop("The type of this case has no {part} {key}. Choose one from its list.")
    code = "unknown-part"


class AlreadyClosed(Refused):
    """What is asked fits an open case only."""

    message = gettext_noop("Not done: this case is closed. Reopen it first.")
    status = HTTPStatus.CONFLICT
    code = "already-closed"


class NotClosed(Refused):
    """What is asked fits a closed case only."""

    message = gettext_noop("Not done: this case is still open. Close it first.")
    status = HTTPStatus.CONFLICT
    code = "not-closed"


class OpenChildren(Refused):
    """A case ends after its parts."""

    message = gettext_noop("Not closed: {count} parts of this case are still open. Close those first.")
    status = HTTPStatus.CONFLICT
    code = "open-children"


class EndNeedsResult(Refused):
    """The last status comes with a result."""

    message = gettext_noop("Not done: the last status needs a result. Close the case instead.")
    code = "end-needs-result"


class NoSuspending(Refused):
    """The type of this case does not allow its term to stand still, or it already does or does not."""

    message = gettext_noop("Not done: the term of this case cannot be suspended or resumed now.")
    status = HTTPStatus.CONFLICT
    code = "no-suspending"


class NoExtending(Refused):
    """The term can be extended once, when the type allows it."""

    message = gettext_noop("Not done: the term of this case cannot be extended, or was extended before.")
    status = HTTPStatus.CONFLICT
    code = "no-extending"


class NotInTeam(Refused):
    """Work goes to somebody in the team."""

    message = gettext_noop("Not assigned: this member of staff is not in the team {team}. Choose somebody who is.")
    code = "not-in-team"


class RelatedToItself(Refused):
    """A case cannot be related to itself, nor be a part of its own part."""

    message = gettext_noop("Not done: a case cannot be tied to itself or to its own part.")
    code = "related-to-itself"


class FileMissing(Refused):
    """The bytes of a document are not where they belong, or are not those that were added."""

    message = gettext_noop("The file {name} is not on disk as it was added. Put it back from your backup.")
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "file-missing"


class EmptyFile(Refused):
    """A document has bytes."""

    message = gettext_noop("Not added: the file {name} is empty. Choose another file.")
    code = "empty-file"


class NothingDue(Refused):
    """There is nothing to destroy now."""

    message = gettext_noop("There is no list to make: no case has to be destroyed now. Look again next month.")
    status = HTTPStatus.CONFLICT
    code = "nothing-due"


class ListNotOpen(Refused):
    """What is asked does not fit the state of the list."""

    message = gettext_noop("Not done: this list is {state} now. Load the page again to see what can be done with it.")
    status = HTTPStatus.CONFLICT
    code = "list-not-open"


class SecondPersonNeeded(Refused):
    """Who proposed does not approve."""

    message = gettext_noop("Not done: you proposed this list or chose what stays on it. Ask a colleague to decide.")
    status = HTTPStatus.CONFLICT
    code = "second-person-needed"


class StillNeeded(Refused):
    """Something stands in the way of destroying a case."""

    message = gettext_noop("Not destroyed: {zaak} is still needed, for instance by an open case. It is proposed later.")
    status = HTTPStatus.CONFLICT
    code = "still-needed"


class TypeExists(Refused):
    """Another type has this key."""

    message = gettext_noop("Not made: there is a type of case {key} already. Choose another key, or make a version.")
    status = HTTPStatus.CONFLICT
    code = "type-exists"


class TypeFixed(Refused):
    """A version that was published does not change."""

    message = gettext_noop("Not changed: this version was published, and cases follow it. Make a new version.")
    status = HTTPStatus.CONFLICT
    code = "type-fixed"


class TypeUnsound(Refused):
    """A concept lacks what every type needs."""

    message = gettext_noop("Not published: something is still missing ({faults}). The page says what.")
    code = "type-unsound"


class VersionsOverlap(Refused):
    """Another version holds on that day."""

    message = gettext_noop("Not published: {day} has passed, or a version starts on or after it. Choose a later day.")
    status = HTTPStatus.CONFLICT
    code = "versions-overlap"


class PartTaken(Refused):
    """Another part has this key or number."""

    message = gettext_noop("Not saved: another one has the key {key} or the same number. Choose another.")
    status = HTTPStatus.CONFLICT
    code = "part-taken"


class TextTooLong(Refused):
    """Nobody reads so much."""

    message = gettext_noop("Not saved: the text is longer than {most} characters. Make it shorter, or add a document.")
    code = "text-too-long"
