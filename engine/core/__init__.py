"""Pure: an execution's state as a fold of its events, what happens next, and the words all rooms share.

Anybody may call it. It imports the models and the plan it is given, reads no clock, no file and no database.
"""
