"""Looks for barriers on the page that is open: by axe, by what does not fit, and with the keyboard alone."""

import functools
import json
from pathlib import Path

from tests.support import javascript
from tests.support.browser import Page

FOLDER = Path(__file__).parent
AXE = "node_modules/axe-core/axe.min.js"
RUN = """
axe.run(document, %s).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
  nodes.map(({ target, any, all, none }) =>
    `${id}: ${target.join(" ")}: ${[...any, ...all, ...none].map(({ message }) => message).join("; ")}`)))
"""
EVERYTHING = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}

TOO_WIDE = """
(() => {
  const seen = (element) => !element.closest(%s) && element.clientWidth > 0;
  const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
  const wide = [...document.querySelectorAll("body *")].filter((element) =>
    element.scrollWidth > element.clientWidth + 1 && scrolls(element) && seen(element));
  const page = document.documentElement.scrollWidth > innerWidth ? ["the page"] : [];
  return [...page, ...wide.map((element) => `${element.tagName} ${element.className}`)];
})()
"""
MAY_BE_WIDE = "pre, nav, [data-sideways]"
"""Code, tabs, and what says of itself that it is a picture or a strip."""

REACH = """
(() => {
  const focus = document.createElement("i");
  focus.style.color = "var(--focus)";
  document.body.append(focus);
  const colour = getComputedStyle(focus).color;
  focus.remove();
  const rings = (element) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(element);
    const isOutlined = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && outlineColor === colour;
    return isOutlined || boxShadow.includes(colour);
  };
  const named = (element) =>
    `${element.tagName} ${element.getAttribute("aria-label") ?? element.innerText ?? element.name}`;
  const within = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
  const can = "a[href], button, input, select, textarea, [tabindex='0']";
  window.wanted = [...within.querySelectorAll(can)].filter((element) =>
    element.tabIndex >= 0 && !element.disabled && element.checkVisibility({ visibilityProperty: true })
    && !(element.type === "radio" && !element.checked));
  window.reached = new Set();
  window.dim = [];
  document.addEventListener("focusin", ({ target }) => {
    reached.add(target);
    if (![target, target.parentElement, target.parentElement?.parentElement].some((one) => one && rings(one)))
      dim.push(named(target));
  });
  // The way goes round once, from wherever it began.
  window.backwards = () => {
    const way = [...reached].filter((element) => wanted.includes(element) && element.isConnected);
    const turns = way.filter((element, place) =>
      place > 0 && way[place - 1].compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING);
    return turns.length > 1 ? turns.map(named) : [];
  };
  window.missed = () => wanted.filter((element) => element.isConnected && !reached.has(element)).map(named);
  return wanted.length;
})()
"""


@functools.cache
def _axe() -> str:
    """Its source, which the protocol puts into the page: the page's own policy lets no script in."""
    javascript.install(FOLDER)
    return (FOLDER / AXE).read_text()


async def findings(page: Page, *rules: str) -> list[str]:
    """What axe has against the page as it is now, by all its rules or by some: the rule, the element, what is wrong."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(f"{_axe()};0")
    options = {"runOnly": list(rules)} if rules else EVERYTHING
    found: list[str] = await page.evaluate(RUN % json.dumps(options))
    return found


async def too_wide(page: Page) -> list[str]:
    """What has to be scrolled sideways to be read."""
    found: list[str] = await page.evaluate(TOO_WIDE % json.dumps(MAY_BE_WIDE))
    return found


async def unreached(page: Page, *keys: str) -> list[str]:
    """What the keys that go on do not come to, and what of the rest does not show that it has the focus."""
    count = await page.evaluate(REACH)
    for _ in range(count + 3):
        await page.press(*keys)
    found: list[str] = await page.evaluate("[...missed(), ...dim.map((name) => `${name}, whose focus is not seen`)]")
    return found


async def out_of_order(page: Page) -> list[str]:
    """What `unreached` came to after what stands behind it in the document, which is the order of reading."""
    found: list[str] = await page.evaluate("backwards()")
    return found
