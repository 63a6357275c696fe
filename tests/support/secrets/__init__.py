"""What the tests of secrets share: the canary, its encodings, and the places where a secret may stand."""
