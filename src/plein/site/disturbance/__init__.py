"""A house that is disturbed on purpose: the real web, worker, publisher and loader, killed at random moments.

`kills.disturb` runs it; the bench `faults` and the slow tests call it and judge what it gives back. The other modules
are the parts: `senders` send readings and remember what was acknowledged, `publisher` publishes without end, `files`
makes the files that are loaded, `judge` compares what was acknowledged with what can be read.
"""
