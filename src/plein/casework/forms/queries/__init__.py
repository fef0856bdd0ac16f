"""What is read: forms and their versions, drafts, counts."""
