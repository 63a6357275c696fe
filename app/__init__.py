"""The composition root: settings, wiring, credentials, the server and the command line."""
