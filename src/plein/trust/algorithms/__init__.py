"""The register of algorithms, for everyone: what they do, on which data, how well they did, and how to object.

The register itself and the rule "no registration, no run" are in the gate; this room shows it and has the off switch.
"""
