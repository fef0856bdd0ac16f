"""Tables of the reports: what can be reported, about what, what was said, who follows it, and where it went."""

from plein.service.reports.models.assets import Asset
from plein.service.reports.models.categories import Category, Owner, RouteRule, StandardText
from plein.service.reports.models.history import PastReport, Removal

__all__ = ["Asset", "Category", "Owner", "PastReport", "Removal", "RouteRule", "StandardText"]
