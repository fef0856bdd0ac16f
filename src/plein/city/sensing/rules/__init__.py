"""What decides about readings: how good they are, what they mean, when to warn. Values in, values out."""
