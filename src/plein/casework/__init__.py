"""What every counter shares: cases, messages, forms, the desk of staff and the page of each resident."""
