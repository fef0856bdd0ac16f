"""Tables of the reports: what can be reported, about what, what was said, who follows it, and where it went."""

from plein.service.reports.models.assets import Asset
from plein.service.reports.models.categories import Category, Owner, RouteRule, StandardText
from plein.service.reports.models.history import Removal
from plein.service.reports.models.learning import Cause
from plein.service.reports.models.reports import Addition, Ending, Follower, Photo, Report, State, Transfer
from plein.service.reports.models.rounds import Round, Visit

__all__ = [
    "Addition",
    "Asset",
    "Category",
    "Cause",
    "Ending",
    "Follower",
    "Owner",
    "Photo",
    "Removal",
    "Report",
    "Round",
    "RouteRule",
    "StandardText",
    "State",
    "Transfer",
    "Visit",
]
