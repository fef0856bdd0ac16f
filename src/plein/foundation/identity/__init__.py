"""Who is who: staff, roles, teams, partners, residents and organisations; who acts for whom; how they come in."""
