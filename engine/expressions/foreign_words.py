"""What other languages write between braces, and what is written here instead: for the messages about it."""

from collections.abc import Iterable, Mapping

from models.nearest_word import nearest_word

SYMBOLS: Mapping[str, str] = {
    "&&": "write 'and'",
    "||": "write 'or'",
    "?.": "write '.', and '?? b' after a path that may lead nowhere",
    "?": "write 'b if a else c' for 'a ? b : c', or give an action that condition as its 'when'",
    "!": "write 'not'",
    "===": "write '=='",
    "=": "write '=='",
    "&": "write 'and'",
    "`": "put a text between ' and '",
    "$": "write the name alone",
    ".": 'a name begins with a letter or _: write a["@b"] for another one',
    "@": 'write a["@b"] for a key with such a character',
    "^": "there is no such operator",
}
"""By what they begin with; the longest that fits counts."""

CALLED: Mapping[str, str] = {
    "len": "length",
    "size": "length",
    "count": "length",
    "str": "string",
    "float": "number",
    "toUpperCase": "upper",
    "toLowerCase": "lower",
    "toupper": "upper",
    "tolower": "lower",
    "strip": "trim",
    "toJSON": "json",
    "tojson": "json",
    "fromJSON": "parse_json",
    "fromjson": "parse_json",
    "coalesce": "default",
    "encodeURIComponent": "urlencode",
    "url_encode": "urlencode",
    "filter": "select",
    "selectattr": "where",
    "rejectattr": "reject",
    "groupby": "group_by",
    "concat": "join",
    "starts_with": "startswith",
    "startsWith": "startswith",
    "ends_with": "endswith",
    "endsWith": "endswith",
    "includes": "contains",
    "match": "matches",
    "regex": "matches",
    "test": "matches",
    "b64encode": "base64",
    "base64encode": "base64",
    "b64decode": "unbase64",
    "base64decode": "unbase64",
    "to_entries": "entries",
    "items": "entries",
    "fromEntries": "from_entries",
    "combine": "merge",
    "assign": "merge",
    "take": "slice",
    "limit": "slice",
    "substring": "slice",
    "truncate": "slice",
    "capitalize": "title",
    "printf": "format",
    "sprintf": "format",
    "strftime": "date",
    "dateAdd": "add",
    "strptime": "to_date",
    "flat": "flatten",
    "sha": "sha256",
}
"""Functions and filters of other languages, with the filter that does the same."""

METHODS = frozenset(
    {"length", "keys", "values", "first", "last", "sum", "min", "max", "sort", "upper", "lower", "trim", "split"}
)
"""Filters that are properties or methods elsewhere."""

ROOTS: Mapping[str, str] = {
    **dict.fromkeys(("params", "param", "parameter", "inputs", "input", "args", "vars", "variables"), "parameters"),
    **dict.fromkeys(("steps", "step", "tasks", "task", "nodes", "jobs", "action", "outputs", "results"), "actions"),
    **dict.fromkeys(("secret",), "secrets"),
    **dict.fromkeys(("run",), "execution"),
}
"""The first names of paths in other languages, with the roots of paths here."""

KEYWORDS: Mapping[str, str] = {
    "if": "write 'a if b else c'",
    "else": "write 'a if b else c'",
    "for": "there is no loop: give the action a 'for_each', or use the filters 'map' and 'select'",
    "is": "write '=='",
    "eq": "write '=='",
    "ne": "write '!='",
    "gt": "write '>'",
    "lt": "write '<'",
    "contains": "write '<part> in <whole>'",
    "matches": "write '| matches(...)'",
    "starts": "write '| startswith(...)'",
    "ends": "write '| endswith(...)'",
}
"""Words that stand behind a value in other languages."""


def foreign_symbol(text: str) -> tuple[str, str]:
    """What a text, which no expression can go on with, begins with, and what to write instead as a message's end."""
    found = next((symbol for symbol in sorted(SYMBOLS, key=len, reverse=True) if text.startswith(symbol)), None)
    return (text[0], "") if found is None else (found, f" ({SYMBOLS[found]})")


def hint_for_call(name: str, filters: Iterable[str]) -> str:
    """The same for `name(...)`, where only filters can be called."""
    method = name.rpartition(".")[2]
    known = method if method in filters else CALLED.get(method)
    known = known or nearest_word(method, filters)
    if known is None:
        return " (there are no functions, only filters: write 'a | filter')"
    return f" (write 'a | {known}')"


def instead_of_key(key: str) -> str:
    """What to write instead of a path's key that leads nowhere, and is a property or a method in other languages."""
    meant = key if key in METHODS else CALLED.get(key)
    return "" if meant is None else f"write '| {meant}' behind the path"


def hint_for_key(key: str) -> str:
    """The same as a message's end."""
    meant = instead_of_key(key)
    return f" ({meant})" if meant else ""


def hint_for_root(root: str) -> str:
    """The same for the first name of a path that leads nowhere."""
    meant = ROOTS.get(root)
    return "" if meant is None else f" (say '{meant}.')"


def hint_for_word(word: str) -> str:
    """The same for a word that stands where an operator belongs."""
    return f" ({KEYWORDS[word]})" if word in KEYWORDS else ""
