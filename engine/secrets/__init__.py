"""Secrets: encrypted at rest, revealed at the moment of a call, and taken out of whatever comes back.

The resolvers store and list them; only what carries out an attempt may reveal one.
"""
