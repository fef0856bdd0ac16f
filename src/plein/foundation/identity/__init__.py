"""Who is who: staff, roles, actors, API tokens and second factor. Residents come later."""
