"""What happened, kept in an outbox and delivered at least once, inside and outside."""
