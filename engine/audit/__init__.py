"""The audit log: what is to be noted is appended in the transaction that it tells of, chained, and can be checked.

The journal and the resolvers write to it; the command line checks it.
"""
