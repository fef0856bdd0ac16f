"""What the map reads: layers and moments, points and their tiles, pictures, and what is known of one neighbourhood."""
