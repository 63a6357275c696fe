"""Whose turn it is, in all groups at once."""

from sqlalchemy import Connection

from engine.journal.groups import FIRST_PLACE, Group, InLine, turns_from


def all_turns(connection: Connection) -> list[InLine]:
    """The queued executions that may begin, of all groups."""
    found: list[InLine] = []
    place: Group | None = FIRST_PLACE
    while place is not None:
        turns = turns_from(connection, place)
        found += turns.found
        place = turns.next_place
    return found
