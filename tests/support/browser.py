"""Drives a headless Chromium over the Chrome DevTools Protocol, and keeps a record of what its page did."""

import asyncio
import base64
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.chromium.program import chromium

PATIENCE_SECONDS = 30
LISTENS = b"DevTools listening on "
FLAGS = (
    "--headless=new",
    "--no-sandbox",  # which root cannot have
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--font-render-hinting=none",  # letters stand where the font says, as on a screen of today
    "--window-size=1600,1000",
    "--remote-debugging-port=0",
    # A page that asks another host gets no answer, and its request is on record.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
MODIFIERS = {"Alt": 1, "Control": 2, "Shift": 8}
KEY_CODES = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32}
"""Of the keys by which a browser itself does something: moves the focus, presses what has it."""

WATCH_POLICY = """
window.violations = [];
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  window.violations.push(`${violatedDirective} ${blockedURI}`));
"""
UNTIL = """
new Promise((resolve) => {
  const look = () => { const found = (%s); if (found) resolve(found); else setTimeout(look, 25); };
  look();
})
"""
AIM = """
(async () => {
  const [selector, text] = %s;
  const isMeant = (one) => !one.disabled && (!text || one.innerText.trim() === text);
  const find = () => [...document.querySelectorAll(selector)].find(isMeant);
  const standsAt = (element) => {
    element?.scrollIntoView({ block: "center" });
    const box = element?.getBoundingClientRect();
    return box && { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  let element, at, before;
  do {
    [element, before] = [find(), at];
    at = standsAt(element);
    await new Promise(requestAnimationFrame);
  } while (!at || at.x !== before?.x || at.y !== before?.y);
  const isOn = (target) => element.contains(target) || target.closest("label")?.control === element;
  const kinds = ["pointerdown", "mousedown", "pointerup", "mouseup", "click"];
  const guard = (event) => {
    if (event.type === "pointerdown") window.aim.hits = isOn(event.target);
    if (!window.aim.hits) { event.preventDefault(); event.stopImmediatePropagation(); }
  };
  const end = () => { for (const kind of kinds) removeEventListener(kind, guard, true); };
  for (const kind of kinds) addEventListener(kind, guard, true);
  window.aim = { hits: false, end };
  return at;
})()
"""
"""Where an element stands still, which from now on is the only one that takes a click."""
HIT = "(window.aim?.end(), window.aim?.hits ?? true)"
"""Whether it took the click, which by now may have led to another page."""


Answering = Callable[[str], Awaitable[str | None]]


class Browser:
    """A running Chromium, heard over one connection. Its pages live side by side and know nothing of one another."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._pages: dict[str, Page] = {}

    async def listen(self) -> None:
        """Take in what the browser says, until it is closed."""
        with suppress(ConnectionClosed):
            async for text in self._socket:
                message = json.loads(text)
                if "id" in message:
                    self._answers.pop(message["id"]).set_result(message)
                elif (page := self._pages.get(message.get("sessionId", ""))) is not None:
                    page.note(message["method"], message["params"])

    async def command(self, method: str, session: str | None = None, **parameters: Any) -> Any:
        """Send a command, to the browser or to one of its tabs, and return its result."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        to = {"sessionId": session} if session else {}
        await self._socket.send(json.dumps({"id": number, "method": method, "params": parameters, **to}))
        async with asyncio.timeout(PATIENCE_SECONDS):
            said = await answer
        assert "error" not in said, (method, said["error"])
        return said["result"]

    @asynccontextmanager
    async def page(self) -> AsyncIterator["Page"]:
        """A tab with storage of its own, as of another person, on record from its first request on."""
        context = (await self.command("Target.createBrowserContext"))["browserContextId"]
        try:
            async with self._tab(context) as page:
                yield page
        finally:
            await self.command("Target.disposeBrowserContext", browserContextId=context)

    @asynccontextmanager
    async def tab_beside(self, page: "Page") -> AsyncIterator["Page"]:
        """Another tab of the same person, which finds in the cache what the first one has loaded."""
        async with self._tab(page.context) as beside:
            yield beside

    @asynccontextmanager
    async def _tab(self, context: str) -> AsyncIterator["Page"]:
        target = await self.command("Target.createTarget", url="about:blank", browserContextId=context)
        attached = await self.command("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        page = self._pages[attached["sessionId"]] = Page(self, attached["sessionId"], context)
        for domain in ("Page", "Runtime", "Network", "Log"):
            await page.command(f"{domain}.enable")
        await page.command("Page.addScriptToEvaluateOnNewDocument", source=WATCH_POLICY)
        await page.command("Emulation.setFocusEmulationEnabled", enabled=True)  # as the window at the front has it
        try:
            yield page
        finally:
            del self._pages[attached["sessionId"]]
            await self.command("Target.closeTarget", targetId=target["targetId"])


class Page:
    """A browser tab, and its record.

    `requested` holds the URL of each request and socket, `received` how many bytes came for it over the wire,
    `faults` what went wrong in scripts.
    """

    def __init__(self, browser: Browser, session: str, context: str) -> None:
        self._browser = browser
        self.context = context
        self._session = session
        self._loaded = asyncio.Event()
        self._telling: set[asyncio.Task[Any]] = set()
        self._password: dict[str, str] = {}
        self._urls: dict[str, str] = {}
        self._answering: Answering | None = None
        self.requested: list[str] = []
        self.received: dict[str, int] = {}
        self.faults: list[str] = []

    async def command(self, method: str, **parameters: Any) -> Any:
        """Send a command to the tab and return its result."""
        return await self._browser.command(method, self._session, **parameters)

    async def sign_in_with(self, name: str, password: str) -> None:
        """Answer the browser's own question for a name and a password, as a person does who is asked by its window."""
        self._password = {"response": "ProvideCredentials", "username": name, "password": password}
        await self.command("Fetch.enable", handleAuthRequests=True)

    async def answer_instead(self, pattern: str, answering: "Answering") -> None:
        """Have `answering` give the JSON that answers a request, by its body; None leaves that to the service."""
        self._answering = answering
        await self.command("Fetch.enable", patterns=[{"urlPattern": pattern}])

    async def open(self, url: str) -> None:
        """Go to a page, and wait until it is loaded."""
        self._loaded.clear()
        await self.command("Page.navigate", url=url)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._loaded.wait()

    async def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, awaited where it is a promise."""
        said = await self.command("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    async def until(self, expression: str) -> Any:
        """Wait until an expression is truthy, and return its value; fails with the page's text where it stays falsy."""
        return await self._patiently(UNTIL % expression)

    async def click(self, selector: str, text: str = "") -> None:
        """Click the first element of a selector whose text is `text`, where one is given, once it takes clicks."""
        aim = AIM % json.dumps([selector, text])
        async with asyncio.timeout(2 * PATIENCE_SECONDS):
            is_hit = False
            while not is_hit:  # what is said above it, or what comes before it, takes it from under the pointer
                at = await self._patiently(aim)
                pressing = [
                    self.command("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **at)
                    for kind in ("mousePressed", "mouseReleased")
                ]
                await asyncio.gather(*pressing)
                is_hit = await self.evaluate(HIT)

    async def _patiently(self, expression: str) -> Any:
        try:
            return await self.evaluate(expression)
        except TimeoutError:
            text = await self.evaluate("document.body.innerText")
            raise AssertionError(f"never came true: {expression}\n{self.faults}\n{text}") from None

    async def follow(self, selector: str, text: str = "") -> None:
        """Click what leads to another page, and wait until that is loaded."""
        self._loaded.clear()
        await self.click(selector, text)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._loaded.wait()

    async def type(self, selector: str, text: str) -> None:
        """Put a text in the place of what an input holds."""
        await self.until(f"document.querySelector({json.dumps(selector)}) !== null")
        await self.evaluate(f"document.querySelector({json.dumps(selector)}).select()")
        await self.command("Input.insertText", text=text)

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, by what `KeyboardEvent.key` says of them; with others held as `Control+k`."""
        for pressed in keys:
            *held, key = pressed.split("+") if len(pressed) > 1 else [pressed]
            modifiers = sum(MODIFIERS[name] for name in held)
            known: dict[str, Any] = {"key": key, "modifiers": modifiers, "windowsVirtualKeyCode": KEY_CODES.get(key, 0)}
            text = {"text": "\r" if key == "Enter" else key} if key == "Enter" or len(key) == 1 else {}
            await self.command("Input.dispatchKeyEvent", type="keyDown", **known, **text)
            await self.command("Input.dispatchKeyEvent", type="keyUp", **known)

    async def choose(self, selector: str, value: str) -> None:
        """Choose an option of a select."""
        element = f"document.querySelector({json.dumps(selector)})"
        await self.evaluate(
            f"Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set.call({element}, "
            f"{json.dumps(value)}); {element}.dispatchEvent(new Event('change', {{ bubbles: true }}))"
        )

    async def screenshot(self) -> bytes:
        """What the page looks like, as a PNG."""
        shot = await self.command("Page.captureScreenshot", format="png")
        return base64.b64decode(shot["data"])

    def _tell(self, method: str, **parameters: Any) -> None:
        """Send a command whose result nobody waits for."""
        self._keep(asyncio.create_task(self.command(method, **parameters)))

    def _keep(self, telling: asyncio.Task[Any]) -> None:
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    async def _let_on(self, request: str, body: str | None) -> None:
        """Let a request go on its way, or answer it here."""
        answer = await self._answering(body) if self._answering and body else None
        if answer is None:
            await self.command("Fetch.continueRequest", requestId=request)
            return
        headers = [{"name": "content-type", "value": "application/json"}]
        text = base64.b64encode(answer.encode()).decode()
        await self.command(
            "Fetch.fulfillRequest", requestId=request, responseCode=200, responseHeaders=headers, body=text
        )

    def note(self, method: str, params: dict[str, Any]) -> None:
        """Keep what the browser tells of the tab."""
        if method == "Network.requestWillBeSent":
            self.requested.append(params["request"]["url"])
            self._urls[params["requestId"]] = params["request"]["url"]
        elif method == "Network.loadingFinished" and (url := self._urls.get(params["requestId"])):
            self.received[url] = self.received.get(url, 0) + int(params["encodedDataLength"])
        elif method == "Network.webSocketCreated":
            self.requested.append(params["url"])
        elif method == "Page.loadEventFired":
            self._loaded.set()
        elif method == "Runtime.exceptionThrown":
            self.faults.append(params["exceptionDetails"].get("exception", {}).get("description", "Uncaught"))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.faults.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
        elif method == "Fetch.requestPaused":
            self._keep(asyncio.create_task(self._let_on(params["requestId"], params["request"].get("postData"))))
        elif method == "Fetch.authRequired":
            self._tell("Fetch.continueWithAuth", requestId=params["requestId"], authChallengeResponse=self._password)


@asynccontextmanager
async def running_browser(folder: Path) -> AsyncIterator[Browser]:
    """A fresh browser whose profile is in `folder`. Fails, and says what to do, where there is none."""
    found = chromium()
    process = await asyncio.create_subprocess_exec(
        found.program,
        *FLAGS,
        f"--user-data-dir={folder}",
        env=found.environ,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stderr is not None
        address = await asyncio.wait_for(_address(process.stderr), PATIENCE_SECONDS)
        drain = asyncio.create_task(process.stderr.read())
        async with connect(address, max_size=None) as socket:
            browser = Browser(socket)
            listening = asyncio.create_task(browser.listen())
            yield browser
            await browser.command("Browser.close")
            await listening
        await drain
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def browser_page(folder: Path) -> AsyncIterator[Page]:
    """A tab of a fresh browser whose profile is in `folder`."""
    async with running_browser(folder) as browser, browser.page() as page:
        yield page


async def _address(stderr: asyncio.StreamReader) -> str:
    said = b""
    async for line in stderr:
        said += line
        if line.startswith(LISTENS):
            return line.removeprefix(LISTENS).decode().strip()
    raise AssertionError(f"Chromium did not start:\n{said.decode(errors='replace')}")
