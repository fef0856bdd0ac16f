"""What changes: drafts, submissions, forms and files."""
