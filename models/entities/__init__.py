"""What resolvers return: plain immutable values, the same for both edges."""
