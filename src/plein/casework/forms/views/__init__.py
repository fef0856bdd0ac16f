"""Pages of forms: for residents, at the counter, and for who makes them."""
