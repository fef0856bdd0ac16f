"""Answering for it: the register of processing activities now; algorithms and more later."""
