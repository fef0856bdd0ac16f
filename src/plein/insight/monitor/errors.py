"""What the monitor refuses, with the facts that say why."""

from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop


class FormulaRefused(Refused):
    """A formula that cannot be run, or that gives something else than values per area and period."""

    message = gettext_noop("The formula does not work. Change the formula and look at the outcome again.")
    code = "formula-refused"


class NotSql(FormulaRefused):
    """It cannot be read."""

    message = gettext_noop("The formula is no correct SQL: {detail}. Correct it and look at the outcome again.")


class NotOneSelect(FormulaRefused):
    """It does something else than reading, or several things."""

    message = gettext_noop("The formula must be one SELECT and nothing else. Take the rest out.")


class NotAProduct(FormulaRefused):
    """It reads something that is no data product."""

    message = gettext_noop("{name} is not a data product. Write it as room__product, for example monitor__areas.")


class ReadsNothing(FormulaRefused):
    """It reads no data product."""

    message = gettext_noop("The formula reads no data product. Name at least one, for example monitor__areas.")


class ColumnMissing(FormulaRefused):
    """The outcome lacks a column."""

    message = gettext_noop("The outcome lacks the column {columns}. Give it that name with AS.")


class ColumnUnknown(FormulaRefused):
    """The outcome has a column that means nothing here."""

    message = gettext_noop("The outcome has an unknown column {columns}. Use only area, period, grp, value and n.")


class NotAnArea(FormulaRefused):
    """A value for something that is no area."""

    message = gettext_noop("{area} is not the code of a municipality, district or neighbourhood. Use codes of CBS.")


class NotAPeriod(FormulaRefused):
    """A value for something that is no period."""

    message = gettext_noop("{period} is no period. Write 2024, 2024-Q1, 2024-03 or 2024-03-15.")


class NotANumber(FormulaRefused):
    """A value that is no number."""

    message = gettext_noop(
        "The value of {area} in {period} is no number. See whether the formula divides by zero (use NULLIF)."
    )


class TwoValues(FormulaRefused):
    """Two values of the same thing."""

    message = gettext_noop("There are several values of {area} in {period}. Add them up with GROUP BY.")


class NotAllSaid(Refused):
    """An indicator lacks something that its page must show."""

    message = gettext_noop("Not published: {what} is still empty. Fill it in and publish again.")
    code = "not-all-said"


class NothingToPublish(Refused):
    """There is no draft."""

    message = gettext_noop("There is no draft of {key} to publish. Change the indicator first, then publish.")
    code = "nothing-to-publish"


class KeyTaken(Refused):
    """Another indicator has this key."""

    message = gettext_noop("There is already an indicator {key}. Choose another key, or change that indicator.")
    code = "key-taken"
