"""What Mijn Plein decides, without a database."""
