"""Reports of something wrong in public space: from the first word of a resident to solved, and back."""
