"""A console for colours and progress on which nothing printed is markup, and no character is obeyed."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from app.terminal.unwritten import written_answer
from app.terminal.visible_text import visible, visible_lines


class TerminalConsole(Console):
    """Whatever is rendered passes `render`: a text is one line there, and its characters are seen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, **options)

    def print(self, *objects: Any, **options: Any) -> None:
        """Print it. Raises `UnwrittenAnswer`."""
        with written_answer():
            super().print(*objects, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The pieces that are written; what moves the cursor is the console's own."""
        for segment in super().render(_shown(renderable), options):
            yield segment if segment.control else segment._replace(text=visible_lines(segment.text))


def _shown(renderable: RenderableType) -> RenderableType:
    """A text that would be obeyed is written out before it is laid out, so that its width is right."""
    if isinstance(renderable, str):
        return visible(renderable)
    if isinstance(renderable, Text) and renderable.plain != (plain := visible(renderable.plain)):
        return renderable.blank_copy(plain)
    return renderable
