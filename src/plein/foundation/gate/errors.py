"""The refusals of the gate: each says what happened, why, and what now."""

from http import HTTPStatus

from plein.foundation.errors import NotFound, Refused
from plein.foundation.words import gettext_noop


class Barred(Refused):
    """The gate does not let this through."""

    message = gettext_noop("Not given: {product} may not be read for {activity}.")
    status = HTTPStatus.FORBIDDEN
    code = "barred"


class NotRegistered(Barred):
    """No processing activity of this key is in the register."""

    message = gettext_noop(
        "Not done: {activity} is not in the register of processing activities. Propose it at /verwerkingen."
    )
    code = "not-registered"


class NotApproved(NotRegistered):
    """The activity waits for the privacy officer."""

    message = gettext_noop(
        "Not done: {activity} still waits for approval. Ask the privacy officer to approve it at /verwerkingen."
    )
    code = "not-approved"


class RegistrationEnded(NotRegistered):
    """The activity was ended, or its last day has passed."""

    message = gettext_noop(
        "Not done: the registration of {activity} has ended. Ask the privacy officer to renew it at /verwerkingen."
    )
    code = "registration-ended"


class WrongPurpose(Barred):
    """The activity is registered, but not for this product."""

    message = gettext_noop(
        "Not given: {activity} is registered for other data than {product}. "
        "Propose a new version of the activity that names this data at /verwerkingen."
    )
    code = "wrong-purpose"


class RoleMissing(Barred):
    """The actor has none of the roles that the activity names."""

    message = gettext_noop(
        "Not given: {activity} with {product} is for {roles}. Ask the administrator for that role if it is your work."
    )
    code = "role-missing"


class NoBusiness(Barred):
    """Somebody looks at a record of which they are neither handler, nor team, nor subject."""

    message = gettext_noop(
        "Not shown: {about} is not yours to see. This is written down for the privacy officer. "
        "Ask whoever handles it to share it with you if you need it for your work."
    )
    code = "no-business"


class OutOfScope(Barred):
    """The token is not meant for reading data."""

    message = gettext_noop("Not given: this token has no scope {scope}. Make a token with that scope.")
    code = "out-of-scope"


class NoAgreement(Barred):
    """A shared product needs an agreement that holds today."""

    message = gettext_noop(
        "Not given: {product} is shared by agreement and there is none for {activity} today. "
        "Ask the data steward to make one at /verwerkingen."
    )
    code = "no-agreement"


class ColumnsHidden(Barred):
    """Columns were asked that this purpose may not see."""

    message = gettext_noop(
        "Not given: {activity} may not see {columns} of {product}. Leave these out, or have the activity changed."
    )
    code = "columns-hidden"


class SubjectMissing(Barred):
    """Personal data is read about somebody: the log has to say about whom."""

    message = gettext_noop(
        "Not given: {product} holds personal data and it is not clear about whom. "
        "Say about whom it is, or let its contract mark the column that tells."
    )
    code = "subject-missing"


class NotForStreaming(Barred):
    """The files of this product hold more than may be seen."""

    message = gettext_noop(
        "Not given: {product} cannot be passed on as files, because values are hidden or each read is logged. "
        "Read it through the gate."
    )
    code = "not-for-streaming"


class NothingPublished(NotFound):
    """The product has no version, or had none at that moment."""

    message = gettext_noop("Nothing is published of {product} at that moment. Ask for a later date.")
    code = "nothing-published"


class BadQuestion(Refused):
    """The SQL or condition is not one reading question over the products that were asked for."""

    message = gettext_noop("This question cannot be asked: {reason}. Change it and try again.")
    status = HTTPStatus.BAD_REQUEST
    code = "bad-question"


class FourEyes(Refused):
    """Who proposes does not approve."""

    message = gettext_noop("Not approved: you proposed this yourself. Ask another privacy officer to approve it.")
    status = HTTPStatus.CONFLICT
    code = "four-eyes"


class KeyTaken(Refused):
    """Another activity has this key."""

    message = gettext_noop("Not proposed: {key} is an activity already. Choose another short name, or change that one.")
    status = HTTPStatus.CONFLICT
    code = "key-taken"


class WrongState(Refused):
    """The activity is not in the state that this needs."""

    message = gettext_noop("Not changed: this version of {activity} is already {state}. Look at its page again.")
    status = HTTPStatus.CONFLICT
    code = "wrong-state"


class BadEnd(Refused):
    """An end date in the past, or further away than a registration may last."""

    message = gettext_noop("Not changed: choose an end date between tomorrow and {latest}.")
    code = "bad-end"


class LogNotProtected(Refused):
    """The log is reached over TLS or from this machine only."""

    message = gettext_noop("The processing log is given over HTTPS only. Ask again over HTTPS.")
    status = HTTPStatus.FORBIDDEN
    code = "log-not-protected"


class AlgorithmNotRunning(Barred):
    """The register of algorithms does not let this run: it is not in it, waits for approval, was stopped or ended."""

    message = gettext_noop("Not computed: {algorithm} is not in the register of algorithms. Look at /algoritmes.")
    code = "algorithm-not-registered"


class AlgorithmNotApproved(AlgorithmNotRunning):
    """The algorithm waits for the privacy officer."""

    message = gettext_noop(
        "Not computed: {algorithm} still waits for approval. Ask the privacy officer to approve it at /algoritmes."
    )
    code = "algorithm-not-approved"


class AlgorithmStopped(AlgorithmNotRunning):
    """Somebody switched the algorithm off."""

    message = gettext_noop("Not computed: {algorithm} is switched off. Its page at /algoritmes says why.")
    code = "algorithm-stopped"


class AlgorithmEnded(AlgorithmNotRunning):
    """The registration was ended, or its last day has passed."""

    message = gettext_noop(
        "Not computed: the registration of {algorithm} has ended. Ask the privacy officer to renew it at /algoritmes."
    )
    code = "algorithm-ended"


class NotTrained(Refused):
    """This trained version does not exist."""

    message = gettext_noop("Not changed: {algorithm} has no trained version {number}. Look at its page again.")
    status = HTTPStatus.NOT_FOUND
    code = "not-trained"


class TooLittleToLearn(Refused):
    """There are not enough examples to learn from."""

    message = gettext_noop(
        "Not trained: there are {examples} examples and at least {needed} are needed. Load or collect more first."
    )
    code = "too-little-to-learn"


class WorseThanBefore(Refused):
    """What was learned does worse on what was held back than the version in use."""

    message = gettext_noop(
        "Trained, but not put to use: it scores {new} on what was held back, and the version in use {old}. "
        "Look at both on its page at /algoritmes; you can put it to use there."
    )
    status = HTTPStatus.CONFLICT
    code = "worse-than-before"
