"""What every counter shares: cases, forms, messages and the desk. Empty until the first service needs it."""
