"""What is measured in public space: air, noise, traffic and weather.

Readings live in foundation.observations; this room says what is measured and why, judges how good the readings are,
makes means and alerts of them, shows them to everyone and lets other systems in by the SensorThings standard.
"""
