"""Having a say: projects and conversations. Empty until its first room."""
