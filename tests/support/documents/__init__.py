"""Reads the pages, tables, files and examples of the project."""
