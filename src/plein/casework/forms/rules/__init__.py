"""What a form is made of, when a question is asked, and whether an answer will do. No framework, no database."""
