"""What everything stands on. Knows no room."""
