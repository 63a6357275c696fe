"""What a parameter's schema may say, and what its values are held to by it."""
