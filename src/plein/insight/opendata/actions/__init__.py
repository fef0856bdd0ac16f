"""What the portal writes: serving copies, requests for data, what others made."""
