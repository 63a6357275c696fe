"""Notes what the documents cost that a page sends."""

from tests.support.browser import Page

COUNT_COSTS = """
const fetched = window.fetch;
window.costs = {};
window.asking = 0;
window.fetch = async (...given) => {
  window.asking += 1;
  try {
    const answer = await fetched(...given);
    if (typeof given[1]?.body !== "string") return answer;
    const { operationName } = JSON.parse(given[1].body);
    const { extensions } = await answer.clone().json();
    if (extensions?.cost) (window.costs[operationName] ??= []).push(extensions.cost.actual);
    return answer;
  } finally {
    window.asking -= 1;
  }
};
"""
"""Notes what each document costs that the page sends."""


QUIET = """
new Promise((told) => {
  let [last, looks] = ["", 0];
  const look = setInterval(() => {
    const now = JSON.stringify(window.costs);
    looks = window.asking === 0 && now === last ? looks + 1 : 0;
    last = now;
    if (looks < 3) return;
    clearInterval(look);
    told(true);
  }, 200);
})
"""
"""Once nothing is asked for longer than the console puts anything off."""


async def settled(page: Page) -> dict[str, int]:
    """What the page has cost by document, once it asks for no more: each once, however often it is drawn anew."""
    await page.until(QUIET)
    costs: dict[str, list[int]] = await page.evaluate("window.costs")
    return {name: max(each) for name, each in costs.items()}
