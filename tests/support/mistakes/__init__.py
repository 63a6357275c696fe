"""Mistakes that people make, each with what the answer has to say: the table that all edges are held against."""
