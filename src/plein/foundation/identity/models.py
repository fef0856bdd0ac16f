"""Staff accounts."""

from django.contrib.auth.models import AbstractUser


class Staff(AbstractUser):
    """A member of staff."""
