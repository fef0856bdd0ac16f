"""The policy monitor: goals, indicators, norms and how far the town has come."""
