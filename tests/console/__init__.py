"""The console in a real Chromium, against a real server that is full of the example workflows' executions."""
