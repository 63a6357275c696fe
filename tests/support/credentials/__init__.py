"""What the tests of credentials share: API keys, approval links, and tokens that others sign."""
