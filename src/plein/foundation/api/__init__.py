"""What all interfaces share: problems, paging, tokens, limits, descriptions."""
