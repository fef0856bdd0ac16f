"""The links of a report: public ones by its public key, and a secret one for whoever reported or follows it.

A secret is made of the key of the report with the key ring of the house, so it can be made again for each message and
stands nowhere; the database only holds its digest.
"""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from plein.foundation.identity import keyring
from plein.service.reports.errors import LinkGone
from plein.service.reports.models import Follower, Report
from plein.service.reports.rules.secrets import digest_of


def secret_for(key: str) -> str:
    """Make the secret that belongs to the key of a report or a follower: 64 hex."""
    return keyring.keyed_hash("reports.link", key)


def absolute(name: str, *args: object, language: str = "nl") -> str:
    """Give the whole address of a page of the reports, in a language."""
    with translation.override(language):
        return f"{settings.PLEIN['BASE_URL']}{reverse(f'reports:{name}', args=args)}"


def follow_link(holder: Report | Follower, *, language: str) -> str:
    """Give the secret link of a reporter, or of somebody who follows."""
    key = holder.public_key if isinstance(holder, Report) else holder.key
    return absolute("follow", secret_for(key), language=language)


def held_by(secret: str) -> tuple[Report, Follower | None]:
    """Find the report that a secret opens, and who follows it with that secret; None is its reporter.

    Raises LinkGone.
    """
    digest = digest_of(secret)
    rows = Report.objects.select_related("zaak", "category", "category__owner", "asset", "given_to", "merged_into")
    report = rows.filter(secret_digest=digest).first()
    if report is not None:
        return report, None
    follower = Follower.objects.filter(secret_digest=digest, ended_at=None).first()
    if follower is None:
        raise LinkGone()
    return rows.get(pk=follower.report_id), follower
