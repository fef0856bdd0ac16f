"""Decisions of the portal: what a question about rows means, which statement answers it, what examples to show."""
