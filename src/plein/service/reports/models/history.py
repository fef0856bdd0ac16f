"""The register of what was removed."""

from django.db import models


class Removal(models.Model):
    """A line in the register of what was removed: what, of how many, under which rule. Never of whom.

    reference: the number of the case; rule: the key of the rule in `rules.keeping`; what: "contact", "text", "photos"
    or "traces".
    """

    at = models.DateTimeField(db_index=True)
    reference = models.CharField(max_length=40)
    what = models.CharField(max_length=20)
    rule = models.CharField(max_length=60)
    by = models.CharField(max_length=200)
