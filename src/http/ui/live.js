// Keeps a page that waits for work fresh without reloading it. Without JavaScript the page reloads by itself.
"use strict";
(() => {
  const main = document.getElementById("content");
  const voice = document.createElement("p");
  voice.className = "unseen";
  voice.setAttribute("role", "status");
  document.body.append(voice);
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const isSeen = () => document.visibilityState === "visible" || new Promise((done) => {
    document.addEventListener("visibilitychange", done, { once: true });
  });
  let counter = 0, shown = main.innerHTML, since = null;

  // Waits for a change on this server, or until the page is due anyway.
  async function change(seconds) {
    try {
      const answer = await fetch("/api/v1/changes?since=" + counter, {
        headers: { Accept: "application/json" }, signal: AbortSignal.timeout(seconds * 1000),
      });
      counter = (await answer.json()).counter || counter;
    } catch (error) {
      if (error.name !== "TimeoutError") await pause(seconds * 1000);
    }
  }

  // Time left, measured: how much was done while we looked.
  function pace() {
    const bar = main.querySelector("progress[data-done]");
    const said = main.querySelector("[data-pace]");
    if (!bar || !said) return;
    const done = Number(bar.dataset.done), all = bar.max, now = Date.now();
    if (!since || since.all !== all || done < since.done) since = { done, all, now };
    const passed = (now - since.now) / 1000, fresh = done - since.done;
    if (passed < 4 || fresh <= 0) return;
    const left = Math.round(passed * (all - done) / fresh);
    said.textContent = left < 60 ? "Less than a minute left." : "About " + Math.ceil(left / 60) + " minutes left.";
  }

  async function look() {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.redirected || !answer.ok) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("content");
    if (fresh.innerHTML !== shown) {
      const name = (details) => details.querySelector("summary").textContent;
      const open = [...main.querySelectorAll("details[open]")].map(name);
      const before = main.querySelector("h1").textContent;
      shown = fresh.innerHTML;
      main.innerHTML = shown;
      document.title = page.title;
      for (const details of main.querySelectorAll("details")) if (open.includes(name(details))) details.open = true;
      const title = main.querySelector("h1").textContent;
      if (title !== before) voice.textContent = title;
    }
    if (fresh.dataset.follow) main.dataset.follow = fresh.dataset.follow;
    else delete main.dataset.follow;
    pace();
  }

  (async () => {
    while (main.dataset.follow) {
      await isSeen();
      await change(Number(main.dataset.follow));
      try { await look(); } catch { await pause(3000); }
      await pause(400);
    }
  })();
})();
