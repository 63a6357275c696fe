"""The failure of a start on an installed action type: it names the plug-in, and says what to do about it."""


class FaultyPlugin(Exception):
    """An installed action type cannot be used; `message` is a line for whoever installed it."""

    def __init__(self, plugin: str, fault: str) -> None:
        self.message = f"the plug-in {plugin} {fault}: mend it, or uninstall it"
        super().__init__(self.message)
