"""Furnishes the register of the demo town: its privacy officer approves, and what learns is trained."""

from datetime import datetime
from typing import Any

import structlog

from plein.foundation.gate import algorithms, trained
from plein.foundation.gate.errors import TooLittleToLearn
from plein.foundation.gate.models import RegisteredAlgorithm
from plein.foundation.rooms import Trainer, offers

log = structlog.get_logger()


def furnish(town: Any, *, now: datetime) -> None:
    """Approve what waits, and train each algorithm that was never trained; doing it again changes nothing."""
    officer = town.actor("privacy-officer")
    for row in RegisteredAlgorithm.objects.filter(state="proposed", source="sign"):
        algorithms.approve(row.pk, by=officer, now=now)
    for trainer in offers(Trainer):
        if algorithms.number_in_use(trainer.algorithm) is None and algorithms.is_running(trainer.algorithm, now):
            try:
                trained.train(trainer, by=town.system, now=now)
            except TooLittleToLearn as refused:
                log.info("algorithms.not-trained", trainer=trainer.name, reason=str(refused))
