"""The data products and their versions."""

from datetime import datetime, timedelta

from django.db import models

from plein.foundation.catalogue.contracts import Contract, contract


class Product(models.Model):
    """A data product: one row per contract, kept when the contract is gone so that its versions stay explained."""

    key = models.CharField(max_length=120, unique=True)
    contract_version = models.CharField(max_length=40, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True, help_text="Last time its content was confirmed.")

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key

    @property
    def contract(self) -> Contract:
        """Give the contract; raises NoContract when its room is not installed any more."""
        return contract(self.key)

    def is_fresh(self, now: datetime) -> bool:
        """Tell whether the product was refreshed as recently as its contract promises; true without a promise."""
        days = self.contract.freshness_days
        if days is None:
            return True
        return self.refreshed_at is not None and self.refreshed_at >= now - timedelta(days=days)


class ProductVersion(models.Model):
    """One published version. number: 1 for the first; rows and bytes: of the whole version; columns: name to type."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    lake_version = models.PositiveBigIntegerField()
    rows = models.PositiveBigIntegerField()
    bytes = models.PositiveBigIntegerField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=200)
    source = models.CharField(max_length=400, blank=True)
    checksum = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["product", "number"], name="catalogue_version_number")]
        indexes = [models.Index(fields=["product", "-published_at"], name="catalogue_version_at")]

    def __str__(self) -> str:
        return f"{self.product.key} {self.number}"


class SourceLoad(models.Model):
    """What a source last loaded, so that the same files are not read again.

    fingerprint: of the files, of what reads them and of what they build on. stamp: of the areas when it was done.
    outcomes: what came of each file, as it was told.
    """

    source = models.CharField(max_length=120, unique=True)
    fingerprint = models.CharField(max_length=64)
    stamp = models.CharField(max_length=16, blank=True)
    outcomes = models.JSONField(default=list)
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ["source"]

    def __str__(self) -> str:
        return self.source
