"""Public space: sensing now; waste, lighting, upkeep, traffic and places later."""
