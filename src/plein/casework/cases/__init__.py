"""Cases (zaken): what was asked or started, how it stands, who is in it, what was decided, and when it may go.

Names and rules are those of the ZGW standard. Every change writes an audit line and an entry in the timeline in its own
transaction; who may see a case is decided in SQL.
"""
