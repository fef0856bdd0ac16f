"""Forms as data: steps, questions and conditions that staff edit, for residents and for the counter alike."""
