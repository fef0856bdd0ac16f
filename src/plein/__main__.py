"""`python -m plein`."""

from plein.site.cli import main

main()
