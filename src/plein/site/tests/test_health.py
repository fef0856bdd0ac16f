"""What `plein check` says of the database."""

import pytest

from plein.foundation.clock import now
from plein.foundation.observations.models import Observation
from plein.site.health import examine

pytestmark = pytest.mark.django_db


def test_a_database_that_holds_readings_is_not_called_damaged() -> None:
    # SQLite 3.40.0 to 3.41.0 misreads a key whose columns stand in another order than those of the table.
    Observation.objects.bulk_create([Observation(datastream_id=1, time_us=at, result=1.0) for at in (1, 2)])

    (told,) = [finding for finding in examine(now()) if finding.check == "database"]

    assert told.problems == []
