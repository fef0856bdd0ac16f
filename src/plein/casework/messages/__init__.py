"""Messages: one text from one template, as inbox, e-mail, letter, picture letter, SMS or phone script.

A message is written in the transaction of what it tells about, and sent by the worker, once in effect.
"""
