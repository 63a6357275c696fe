"""Goes about the console as somebody does who presses one button after another, without loading a page anew."""

import json
from pathlib import Path
from typing import NamedTuple

from tests.support.browser import Page

WALKING = Path(__file__).with_name("walking.js").read_text()
"""What a page is walked over with: `window.settled()`, `window.walk()`, and `window.pressing`, the button in hand."""

SETTLED = "window.settled()"
EDITOR = "[...document.querySelectorAll('main div')].find((e) => e.shadowRoot)?.shadowRoot.querySelector('.cm-content')"


class Step(NamedTuple):
    """Something that is done on a page: with `text` None an element is clicked that has the text `on`, if any."""

    selector: str
    on: str = ""
    text: str | None = None


def click(selector: str, on: str = "") -> Step:
    """Click an element, by its text where one is given."""
    return Step(selector, on)


def fill(selector: str, text: str) -> Step:
    """Put a text into a field."""
    return Step(selector, text=text)


def edit(text: str) -> Step:
    """Type into the editor."""
    return Step("", text=text)


def found(text: str) -> str:
    """An expression: the button of a text, or of one that begins so before ` …`, which is on; in the dialog, if any."""
    begins, whole = json.dumps(text.removesuffix("…").rstrip()), json.dumps(text)
    is_it = f"startsWith({begins})" if text.endswith(" …") else f"valueOf() === {whole}"
    buttons = "[...(document.querySelector('dialog[open]') ?? document).querySelectorAll('button')]"
    return f"{buttons}.find((e) => e.innerText.trim().{is_it} && e.ariaDisabled !== 'true')"


async def go(page: Page, path: str) -> None:
    """Go to another page, as a link does."""
    await page.evaluate(f"history.pushState(null, '', {json.dumps(path)}), true")


async def take(page: Page, steps: tuple[Step, ...]) -> None:
    """Take steps, each once it can be taken."""
    for selector, on, text in steps:
        if text is None:
            await page.click(selector, on)
        elif selector:
            await page.type(selector, text)
        else:
            await page.until(f"{EDITOR}?.focus() === undefined && {EDITOR} !== undefined")
            await page.command("Input.insertText", text=text)
