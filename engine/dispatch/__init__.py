"""Hands executions to runners: what needs one, on which node, and what becomes of those whose node is gone.

The resolvers know its port alone, `dispatcher`; the composition root builds it.
"""
