"""Limits of requests, of one node and of many."""
