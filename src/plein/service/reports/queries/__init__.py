"""What can be read of reports."""
