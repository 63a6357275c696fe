"""Deletes what has been kept for long enough, with all that hangs on it, in short transactions with rests between them.

The composition root starts it; the resolvers ask what would go, and have single executions deleted.
"""
