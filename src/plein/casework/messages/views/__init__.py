"""The pages of the mail room, of who writes texts, and of a message about a case."""
