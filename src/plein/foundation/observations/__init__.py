"""Everything measured over time, in the words of SensorThings."""
