"""The services that workflows call: which there are, what they may be asked, and the one HTTP client that reaches them.

Action types call through it; health asks whether the services are there.
"""
