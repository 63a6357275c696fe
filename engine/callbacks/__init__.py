"""Callbacks, webhooks and mail: sent until they are taken or given up, each attempt written down.

The composition root starts the delivery; the journal writes the rows that it lives on.
"""
