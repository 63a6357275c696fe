// Walks over a page of the console: presses each button and what its dialog offers, and tells of each why it is off.
(() => {
  const QUIET_MS = 30;
  const SCOPE = "header button, main button, dialog button, [role=menuitem], a[class*=button]";
  const HARMLESS = "[aria-label], [aria-pressed], [aria-expanded], [role=group] *, [role=radiogroup] *, nav *";
  const WORKING = ":is(main, dialog) :is([aria-busy=true], [aria-label=Loading])";

  let asking = 0;
  const ask = window.fetch;
  window.fetch = async (...request) => {
    asking += 1;
    try {
      return await ask(...request);
    } finally {
      asking -= 1;
    }
  };

  /** Waits until the page is shown, nothing is asked for any more, and nothing has changed for a moment. */
  window.settled = () =>
    new Promise((settled) => {
      let timer;
      const isShown = () => document.querySelector("main")?.checkVisibility(); // what waits for code is there, and hidden
      const isQuiet = () => asking === 0 && isShown() && !document.querySelector(WORKING);
      const changes = new MutationObserver(() => wait());
      const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(() => (isQuiet() ? settled(changes.disconnect()) : wait()), QUIET_MS);
      };
      changes.observe(document.body, { subtree: true, childList: true, characterData: true });
      wait();
    });

  const firstLine = (text) => text.trim().split("\n")[0];
  const wordsOf = (element) => firstLine(element.innerText).replace(/[0-9a-f]{8,}|[0-9]+/g, "#");
  const deeds = () => [...document.querySelectorAll(SCOPE)].filter((one) => one.checkVisibility() && !one.matches(HARMLESS) && wordsOf(one));
  const press = (target, key) => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));

  function put(field, value) {
    const kind = field.tagName === "TEXTAREA" ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(field, value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Fills in what a dialog must have. */
  function fill(dialog) {
    for (const field of dialog.querySelectorAll("input:not([type=checkbox], [type=radio]), textarea")) {
      const isNeeded = field.required || field.ariaRequired === "true" || field.placeholder.includes("=");
      if (field.value === "" && isNeeded) put(field, field.placeholder || "because_of_this");
    }
  }

  /** Makes ready what a button may need: a row that is chosen, an answer, a text that has changed. */
  async function prepare() {
    document.querySelector("main [data-id] input[type=checkbox]")?.click();
    document.querySelector("main article button[aria-pressed]")?.click();
    const host = [...document.querySelectorAll("main div")].find((one) => one.shadowRoot);
    const editor = host?.shadowRoot.querySelector(".cm-content");
    if (!editor?.isContentEditable) return;
    editor.focus();
    document.execCommand("insertText", false, "# changed\n");
    await new Promise((late) => setTimeout(late, 400)); // then it is checked
  }

  /** Goes to where the walk is, as a link does, and makes ready anew: nothing is chosen there any more. */
  async function comeBack(here) {
    history.pushState(null, "", here);
    await settled();
    await prepare();
  }

  window.walk = async () => {
    const seen = {};
    const note = (element, name) => {
      const isOff = element.ariaDisabled === "true" || element.hasAttribute("data-disabled");
      seen[name] = isOff ? element.title : null;
      return isOff;
    };
    const tap = async (element, name) => {
      if (note(element, name)) return;
      window.pressing = name;
      element.click();
      await settled();
    };
    const inDialog = async (place) => {
      const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
      if (!dialog) return;
      fill(dialog);
      await settled();
      const offered = dialog.querySelectorAll("button[class*=ink], button[class*=danger]");
      if (offered.length === 0) seen[place] ??= dialog.innerText;
      for (const deed of offered) await tap(deed, `${place} > ${wordsOf(deed)}`);
      dialog.dispatchEvent(new Event("cancel", { cancelable: true }));
      await settled();
    };

    const told = [...document.querySelectorAll("main *")].find((one) => one.childElementCount === 0 && one.innerText?.startsWith("You may not"));
    if (told) seen.page = told.innerText;
    await inDialog("page"); // which the address has opened
    await prepare();
    await settled();
    const here = location.href;
    const done = new Set();
    for (;;) {
      const next = deeds().find((one) => !one.closest("dialog") && !done.has(wordsOf(one)));
      if (!next) break;
      const words = wordsOf(next);
      done.add(words);
      if (next.tagName === "A") note(next, words);
      else await tap(next, words);
      await inDialog(words);
      if (location.href !== here) await comeBack(here);
      await settled();
    }
    const menu = document.querySelector("[aria-label^=More][aria-haspopup]");
    for (let place = 0; menu; place += 1) {
      press(menu, "Enter");
      await settled();
      const item = document.querySelectorAll("[role=menuitem]")[place];
      if (!item) break;
      const words = `menu: ${wordsOf(item)}`;
      if (item.innerText.trim() !== "Copy the link") await tap(item, words);
      await inDialog(words);
      press(document.querySelector("[role=menu]") ?? document.body, "Escape");
      await settled();
    }
    press(document.querySelector("[role=menu]") ?? document.body, "Escape");
    await settled();
    return seen;
  };
})();
