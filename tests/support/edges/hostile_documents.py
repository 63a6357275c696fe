"""Operations of GraphQL that are over the limits, or against the schema."""

from schema.transport.limits import MAX_ALIASES, MAX_CHARACTERS, MAX_DIRECTIVES, MAX_REPEATS, MAX_TOKENS


def over_the_limits() -> dict[str, tuple[str, str]]:
    """Operations that are each over one limit, with the code of their refusal."""
    bomb = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(90))
    wide = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
    page = "workflows(first: 100) { nodes { executions(first: 100) { nodes { events(first: 100) { sequence } } } } }"
    return {
        "characters": ("{ __typename }" + " " * MAX_CHARACTERS, "OPERATION_TOO_LONG"),
        "tokens": ("{ " + "__typename " * MAX_TOKENS + "}", "OPERATION_TOO_LONG"),
        "comments": ("{ __typename }" + "\n#x" * MAX_TOKENS, "OPERATION_TOO_LONG"),
        "depth": (
            "{ workflows " + "{ nodes { executions " * 5 + "{ totalCount }" + " } }" * 5 + " }",
            "OPERATION_TOO_DEEP",
        ),
        "inline fragments": ("{ " + "... { " * 100 + "__typename" + " }" * 101, "OPERATION_TOO_DEEP"),
        "values": ("{ workflow(id: " + "[" * 400 + "]" * 400 + ") { id } }", "OPERATION_TOO_DEEP"),
        "fragments within fragments": (
            f"{{ ...F0 }} {bomb} fragment F90 on Query {{ __typename }}",
            "OPERATION_TOO_DEEP",
        ),
        "aliases": (
            "{ " + " ".join(f"a{n}: __typename" for n in range(MAX_ALIASES + 1)) + " }",
            "TOO_MANY_ALIASES",
        ),
        "aliases in a fragment": (
            "{ ...F ...F } fragment F on Query { " + " ".join(f"a{n}: __typename" for n in range(8)) + " }",
            "TOO_MANY_ALIASES",
        ),
        "directives": (
            "{ health { " + "@skip(if: false) " * 0 + "status " + "@skip(if: false) " * (MAX_DIRECTIVES + 1) + "} }",
            "TOO_MANY_DIRECTIVES",
        ),
        "repeats": ("{ " + "health { status } " * (MAX_REPEATS + 1) + "}", "TOO_MANY_REPEATS"),
        "repeats of a leaf": ("{ " + "__typename " * 900 + "}", "TOO_MANY_REPEATS"),
        "cost": (f"{{ {page} }}", "OPERATION_TOO_COSTLY"),
        "cost by edges": (
            f"{{ {page.replace('nodes', 'edges { node').replace('} } } }', '} } } } } }')} }}",
            "OPERATION_TOO_COSTLY",
        ),
        "cost by fragments": (
            f"{{ ...F0 }} {wide} fragment F40 on Query {{ workflows {{ nodes {{ id }} }} }}",
            "OPERATION_TOO_COSTLY",
        ),
        "cost in a subscription": (
            'subscription { execution(id: "exec_0") { workflow { executions(first: 100) { nodes { workflow '
            "{ executions(first: 100) { nodes { events(first: 100) { sequence } } } } } } } } }",
            "OPERATION_TOO_COSTLY",
        ),
    }


def against_the_schema() -> dict[str, str]:
    """Operations that are full of mistakes, of which each costs a message."""
    names = ("worklows", "executons", "helth", "activites", "statstics", "systmMetrics")
    words = {
        name: " ".join(f"{word}{number}{after}" for number in range(count))
        for name, word, after, count in (
            ("fields", "nam", "", 450),
            ("inputs", "stats", ": 1", 300),
            ("values", "ACTVE", "", 450),
            ("types", "$a", ": Worflow", 240),
            ("fragments", "...F", "", 450),
        )
    }
    return {
        "fields": f"{{ {' '.join(names)} workflows {{ nodes {{ {words['fields']} }} }} }}",
        "fields of an input": f"{{ workflows(filter: {{{words['inputs']}}}) {{ totalCount }} }}",
        "values": f"{{ workflows(filter: {{status: [{words['values']}]}}) {{ totalCount }} }}",
        "types": f"query ({words['types']}) {{ __typename }}",
        "fragments": f"{{ {words['fragments']} }}",
        "conflicts": f"{{ {' '.join(f'workflows(first: {n}) {{ totalCount }}' for n in range(30))} }}",
    }
