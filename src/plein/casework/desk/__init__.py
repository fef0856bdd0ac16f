"""The desk: the work of a team and of one member of staff, and the page of a case on which it is done."""
