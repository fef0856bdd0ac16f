"""What is measured in public space: air, noise, traffic and weather."""
