"""The interfaces of the reports for machines: Signalen v1, so that its clients work here unchanged."""
