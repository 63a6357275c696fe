"""Reads a grammar in EBNF, and makes sentences of it by chance."""

import re
from collections.abc import Container, Mapping, Sequence
from random import Random

import msgspec

PIECE = re.compile(r"\"[^\"]*\"|'[^']*'|\?[^?]*\?|[\w ]+|[=,;|(){}\[\]]")
CLASSES = {"letter": "abx", "digit": "0123", "character": "a b.+"}
PARTS = 6
OFTEN = 0.3
"""How often there is what may be left out."""


class Rule(msgspec.Struct, frozen=True):
    """One way of several, each of which is a sequence of words, of names, and of parts that may come `most` times."""

    ways: tuple[tuple["Rule | str", ...], ...]
    least: int = 1
    most: int = 1


class Grammar:
    """The rules by their names. Raises `KeyError` where one is named that there is not.

    `glued` are those between whose words no white space may stand; `known` are names of rules with all that they make.
    """

    def __init__(self, text: str, glued: Container[str] = (), known: Mapping[str, Sequence[str]] | None = None) -> None:
        self._glued = glued
        self._known = known or {}
        self._rules: dict[str, Rule] = {}
        pieces = [piece.strip() for piece in PIECE.findall(text) if piece.strip()]
        while pieces:
            name, equals = pieces.pop(0), pieces.pop(0)
            if equals != "=":
                raise ValueError(f"'=' is missing behind {name}, not {equals}")
            self._rules[name] = self._ways(pieces, ";")
        for rule in self._rules.values():
            self._require_all(rule)

    def sentence(self, name: str, chance: Random) -> str:
        """A text that is one by the rule of that name, which is within itself a few times at most."""
        return self._made(self._rules[name], chance, {name: PARTS}, space=" ")

    def _ways(self, pieces: list[str], end: str, least: int = 1, most: int = 1) -> Rule:
        ways: list[list[Rule | str]] = [[]]
        while (piece := pieces.pop(0)) != end:
            match piece:
                case "|":
                    ways.append([])
                case ",":
                    continue
                case "(":
                    ways[-1].append(self._ways(pieces, ")"))
                case "[":
                    ways[-1].append(self._ways(pieces, "]", 0))
                case "{":
                    ways[-1].append(self._ways(pieces, "}", 0, 2))
                case _:
                    ways[-1].append(piece)
        return Rule(tuple(map(tuple, ways)), least, most)

    def _require_all(self, rule: Rule) -> None:
        for part in (part for way in rule.ways for part in way):
            if isinstance(part, Rule):
                self._require_all(part)
            elif part[0] not in "\"'?" and part not in CLASSES:
                self._rules[part]

    def _made(self, rule: Rule, chance: Random, left: dict[str, int], space: str) -> str:
        is_over = any(count <= 0 for count in left.values())
        often = rule.least if is_over or chance.random() > OFTEN else rule.most
        made = []
        for _ in range(often):
            way = rule.ways[0] if is_over else chance.choice(rule.ways)
            made += [self._part(part, chance, left, space) for part in way]
        return "".join(made)

    def _part(self, part: "Rule | str", chance: Random, left: dict[str, int], space: str) -> str:
        if isinstance(part, Rule):
            return self._made(part, chance, left, space)
        if part[0] == "?":
            return "\n"
        if part[0] in "\"'":
            return f"{space}{part[1:-1]}{space}"
        if part in CLASSES:
            return chance.choice(CLASSES[part])
        if part in self._known:
            return chance.choice(self._known[part])
        if part in left:
            left[part] -= 1
        return self._made(self._rules[part], chance, left, "" if part in self._glued else " ")
