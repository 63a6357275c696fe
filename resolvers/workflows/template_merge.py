"""Merges customizations into a template's workflow, and finds a fault of the whole in the customizations (W11)."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from models.commands.validation import Location
from models.faults import Fault

Definition = dict[str, Any]

ROOT: Location = ("body", "customizations")
KEYS = {"parameters": "name", "actions": "action_id", "on_failure": "action_id", "on_exit": "action_id"}
"""The lists that are merged, and by what two of their entries are the same."""


class Merged(msgspec.Struct, frozen=True):
    """A workflow made of a template and `changes` to it.

    `origins` tells, for a merged list, where in the changes each of its entries came from; None: the template.
    """

    workflow: dict[str, Any]
    changes: Mapping[str, Any]
    origins: Mapping[str, Sequence[int | None]]

    def located(self, fault: Fault) -> Fault:
        """The fault at the place in the customizations that comes nearest to it; what the template alone
        has is no place that a caller could mend."""
        return msgspec.structs.replace(fault, loc=(*ROOT, *self._path(fault.loc[1:])))

    def _path(self, path: Location) -> Location:
        if not path or path[0] not in self.changes:
            return ()
        section = str(path[0])
        if len(path) == 1 or section not in self.origins:
            return path
        origin = self.origins[section][int(path[1])]
        return (section,) if origin is None else (section, origin, *path[2:])


def merge(template: Mapping[str, Any], changes: Mapping[str, Any]) -> Merged:
    """Merge by decision W11: scalars override; `parameters` by `name` and lists of actions by `action_id`, where the
    same key replaces in its place and a new one is appended; outputs by their names; tags united."""
    workflow = {**template, **changes}
    if "tags" in changes:
        workflow["tags"] = list(dict.fromkeys([*template.get("tags", ()), *changes["tags"]]))
    if "outputs" in changes:
        workflow["outputs"] = {**template.get("outputs", {}), **changes["outputs"]}
    origins = {}
    for section, key in KEYS.items():
        if section in changes:
            entries = _by_key(template.get(section, ()), changes[section], key)
            workflow[section] = [definition for definition, _ in entries]
            origins[section] = [origin for _, origin in entries]
    return Merged(workflow, changes, origins)


def _by_key(
    template: Sequence[Definition], changes: Sequence[Definition], key: str
) -> list[tuple[Definition, int | None]]:
    # A key that comes twice in the changes stays there twice, for the check of the whole to refuse.
    first: dict[str, int] = {}
    for position, definition in enumerate(changes):
        first.setdefault(definition[key], position)
    merged: list[tuple[Definition, int | None]] = []
    for definition in template:
        origin = first.get(definition[key])
        merged.append((definition, None) if origin is None else (changes[origin], origin))
    replacing = {origin for _, origin in merged}
    return merged + [(change, position) for position, change in enumerate(changes) if position not in replacing]
