"""What expressions over hostile values of 1 MB cost at most: time for each step, memory beside the budget's bytes."""

import argparse
import gc
import json
import time
import tracemalloc
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from engine.expressions.budget import Budget
from engine.expressions.filters.catalogue import FILTERS
from engine.expressions.operators import OPERATORS
from engine.expressions.parser import parse_expression
from engine.expressions.references import ExpressionError
from engine.expressions.templates import Template, Whole, parse, render

MEGABYTE = 1_000_000


def hostile_values(size: int = MEGABYTE) -> dict[str, Any]:
    """Values of about `size` bytes of JSON, each the worst of its kind for some filter."""
    prefix = "a" * 1_000
    return {
        "plain": "a" * size,
        "wide": "\U0001f600" + "a" * (size - 10),
        "greek": "\u0390" * (size // 2),
        "control": "\x01" * (size // 6),
        "commas": "ab," * (size // 3),
        "lines": "a\n" * (size // 3),
        "lists_text": "[" + "[]," * (size // 3 - 1) + "[]]",
        "objects_text": "[" + '{"":0},' * (size // 7 - 1) + "{}]",
        "floats_text": "[" + "1e9," * (size // 4 - 1) + "0]",
        "texts_text": "[" + '"",' * (size // 3 - 1) + "0]",
        "escapes_text": "[" + '"\\u00e9",' * (size // 9) + "0]",
        "lists": [[] for _ in range(size // 3)],
        "objects": [{"a": {"b": number}} for number in range(size // 20)],
        "numbers": [number % 7 for number in range(size // 2)],
        "floats": [number * 1.1 for number in range(size // 18)],
        "texts": [f"{number:05}" for number in range(size // 8, 0, -1)],
        "alike": [prefix + str(number % 97) for number in range(size // 1_005)],
        "greeks": ["\u0390" * 10 for _ in range(size // 23)],
        "keys": {f"k{number}": number for number in range(size // 14)},
        "nested": json.loads("[" * 99 + "]" * 99),
        "word": "a",
        "count": size // 20,
        "needle": "a" * 49 + "b" + "a" * 49,
        "gap": "b",
        "route": ".".join("ab" * 500),
        "form": "%c" * 100,
        "moment": "2026-01-15T10:30:00Z",
    }


ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "add": ("'1d'",),
    "contains": ("needle", "lists"),
    "date": ("form",),
    "default": ("word",),
    "endswith": ("plain", "greek"),
    "format": ("plain", "greek, lists", "1, word, 1.5"),
    "group_by": ("'a.b'", "route", "plain"),
    "hmac": ("plain", "word, 'base64'"),
    "join": ("plain", "word", "greek"),
    "map": ("'a.b'", "route", "plain"),
    "matches": ("'(a|b)*c'", "'[a-z]{1,50}b[0-9]$'", "'x{1000}'", "word"),
    "merge": ("keys",),
    "omit": ("texts", "'k1', 'k2'"),
    "pick": ("texts", "'k1', 'k2'"),
    "range": ("0, -1", "count"),
    "reject": ("item in lists", "item == 1", "(objects | length) > 1"),
    "replace": ("word, plain", "'a', 'bb'", "needle, word", "',', greek"),
    "round": ("3",),
    "select": ("item in lists", "item != 1", "[item, item, item] != item"),
    "slice": ("0", "1, -1"),
    "split": ("word", "','", "needle"),
    "startswith": ("plain", "greek"),
    "to_date": ("form",),
    "where": ("'a.b', lists", "'a.b', 3", "route, word", "plain, plain"),
    "zip": ("lists", "texts"),
}


def expressions(names: list[str]) -> Iterator[str]:
    """Every filter of every value, with its worst arguments, alone and after others; every operator of all pairs."""
    for name in names:
        for filter_name, known in FILTERS.items():
            given = [f"({arguments})" for arguments in ARGUMENTS.get(filter_name, ())]
            for call in [*given, *([""] if known.least == 0 else [])]:
                yield f"{name} | {filter_name}{call} | default(0) == 0"
                yield f"{name} | json | {filter_name}{call}"
                yield f"{name} | values | {filter_name}{call}"
                yield f"({name} + {name} + {name} + {name}) | {filter_name}{call}"
                yield f"{name} | parse_json | {filter_name}{call}"
        yield " + ".join([f"({name} | json)"] * 20)
        yield f"{name} | replace('a', 'aaaa') | replace('a', 'aaaa') | upper | lower | json | json | length"
        for operator in OPERATORS:
            for other in names:
                yield f"{name} {operator} {other}"


def templates(sources: Iterator[str]) -> Iterator[tuple[str, Template]]:
    """Each expression as a whole value, and many times in a text and a list."""
    for source in sources:
        yield source, Whole(parse_expression(source), source)
    for name in hostile_values(10):
        yield f"100 x {name}", parse([f"{{{{{name}}}}}"] * 100)
        yield f"text of 100 x {name}", parse(f"{{{{{name}}}}}" * 100)
        yield f"5,000 x {name}", parse([f"{{{{{name} | length}}}} {{{{{name} == {name}}}}}"] * 2_500)
    chain = " + ".join(["('a' | length)"] * 25) + " + (word | length)"
    yield "a text of chains", parse(f"{{{{{chain}}}}}" * 2_000)


class Cost(NamedTuple):
    """What a rendering took."""

    source: str
    seconds: float
    steps: int
    bytes: int


def cost(source: str, template: Template, scope: Mapping[str, Any]) -> Cost:
    """Render once."""
    budget = Budget()
    began = time.thread_time()
    with suppress(ExpressionError):  # a refusal has cost something too
        render(template, scope, budget)
    return Cost(source, time.thread_time() - began, budget.steps, budget.bytes)


def peak(template: Template, scope: Mapping[str, Any]) -> int:
    """The bytes of memory that one more rendering needs at most at a time."""
    tracemalloc.start()
    with suppress(ExpressionError):
        render(template, scope, Budget())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def main() -> None:
    """Print what cost the most: in time, in time for each step, and in memory."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--memory", action="store_true", help="measure memory too, which takes minutes")
    arguments.add_argument("--shown", type=int, default=10)
    given = arguments.parse_args()
    scope = hostile_values()
    all_templates = dict(templates(expressions(list(scope))))
    gc.freeze()
    costs = [cost(source, template, scope) for source, template in all_templates.items()]
    print(f"{len(costs):,} renderings over values of 1 MB")
    print("\nmost time, ms")
    for each in sorted(costs, key=lambda each: each.seconds, reverse=True)[: given.shown]:
        print(f"{each.seconds * 1e3:9.1f}  {each.steps:12,} steps  {each.source[:90]}")
    print("\nmost time for a step, ns (of what takes 5 ms or more)")
    slow = [each for each in costs if each.seconds >= 0.005]
    for each in sorted(slow, key=lambda each: each.seconds / each.steps, reverse=True)[: given.shown]:
        print(f"{each.seconds / each.steps * 1e9:9.0f}  {each.seconds * 1e3:8.1f} ms  {each.source[:90]}")
    if given.memory:
        print("\nmost memory, MB")
        peaks = [(peak(all_templates[each.source], scope), each) for each in costs if each.steps > 10_000]
        for most, each in sorted(peaks, key=lambda pair: pair[0], reverse=True)[: given.shown]:
            print(f"{most / 1e6:9.1f}  {each.bytes / 1e6:8.1f} of the budget  {each.source[:90]}")


if __name__ == "__main__":
    main()
