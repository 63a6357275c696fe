"""What a caller may ask for: validated once, for both edges."""
