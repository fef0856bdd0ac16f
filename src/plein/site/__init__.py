"""The house assembled: settings, addresses, home, search, base pages and the command line. Knows every room."""
