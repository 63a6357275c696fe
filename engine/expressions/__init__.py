"""The language between the braces: parsed once, typed, and evaluated within a budget; no code, no time, no chance.

Anybody may call it; it knows of executions only what it is handed as JSON.
"""
