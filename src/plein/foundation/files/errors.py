"""Why a file from outside is not taken: what, why, and what the sender can do now."""

from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop


class FileNotTaken(Refused):
    """A file from outside will not do. kind: a stable word for statistics."""

    message = gettext_noop("{file} was not taken. Choose another file.")
    code = "file-not-taken"
    kind = "file"


class FileEmpty(FileNotTaken):
    """There is nothing in it."""

    message = gettext_noop("{file} is empty. Look whether it opens on your own device, and choose it again.")
    kind = "file-empty"


class FileTooBig(FileNotTaken):
    """More bytes than fit."""

    message = gettext_noop("{file} is {size} MB. There is room for {limit} MB. Make it smaller, or send it in parts.")
    kind = "file-too-big"


class WrongKind(FileNotTaken):
    """Its content is of a kind that is not asked for."""

    message = gettext_noop("{file} is not the kind of file we can take, whatever its name says. Send {wanted}.")
    kind = "file-kind"


class TooManyPixels(FileNotTaken):
    """A picture that is too large to draw."""

    message = gettext_noop("The picture {file} is too large to open safely. Make it smaller and send it again.")
    kind = "file-pixels"


class DoesSomething(FileNotTaken):
    """A file with a script, a macro or a command."""

    message = gettext_noop(
        "{file} can run a script or a program, and that is not safe. Print it to a new PDF, and send that."
    )
    kind = "file-script"


class HasFilesInside(FileNotTaken):
    """A file with other files inside."""

    message = gettext_noop("{file} has other files inside, and those we cannot check. Send them one by one.")
    kind = "file-inside"


class Locked(FileNotTaken):
    """A file with a password."""

    message = gettext_noop("{file} has a password, so we cannot open it. Take the password off and send it again.")
    kind = "file-locked"


class Broken(FileNotTaken):
    """It cannot be read to the end."""

    message = gettext_noop("{file} is damaged, or did not arrive whole. Look whether it opens, and send it again.")
    kind = "file-broken"


class VirusFound(FileNotTaken):
    """The scanner knows it."""

    message = gettext_noop("{file} holds a virus and was not kept. Have your device checked, and send another file.")
    kind = "file-virus"


class ScannerSilent(Refused):
    """The scanner does not answer, so no file can be taken."""

    message = gettext_noop(
        "Files cannot be checked now, so {file} was not taken. Try again in a few minutes, or go on without it."
    )
    code = "scanner-silent"
