"""Who asks: bearer tokens, API keys, and the user header of the test environment."""
