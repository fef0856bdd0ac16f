"""Secrets in links: made of a key that is no secret itself, and found again by their digest."""

import hashlib
import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_key() -> str:
    """Make a key for a public address: 12 signs, 59 random bits, without signs that look alike."""
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


def digest_of(secret: str) -> str:
    """Hash a secret for finding what it opens; it has 256 bits, so it needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
