"""The journal of executions, and all rows that are written in the transaction of its events.

Whoever carries an execution out appends through a stream; the resolvers read, and intervene as others than its owner.
"""
