// Keeps a page that waits for work fresh: takes what the server sends when something has changed (server-sent
// events). Without JavaScript the page loads itself again, and so it does where the server has no place left.
"use strict";
(() => {
  const main = document.getElementById("content");
  const voice = document.createElement("p");
  voice.className = "unseen";
  voice.setAttribute("role", "status");
  document.body.append(voice);
  let source = null, late = null, shown = main.innerHTML;

  const name = (element) => element.localName + ":" + element.textContent;
  const isTyping = () => main.contains(document.activeElement)
    && document.activeElement.matches("input:not([type=hidden]), textarea, select");

  function show(page) {
    // Nothing is taken from under somebody's hands.
    if (isTyping()) { late = page; return; }
    late = null;
    if (page.html !== shown) {
      const open = [...main.querySelectorAll("details[open] > summary")].map(name);
      const held = main.contains(document.activeElement) ? name(document.activeElement) : null;
      const before = main.querySelector("h1").textContent;
      shown = page.html;
      main.innerHTML = shown;
      document.title = document.title.replace(before, page.title);
      for (const summary of main.querySelectorAll("summary")) {
        if (open.includes(name(summary))) summary.parentElement.open = true;
      }
      if (held) [...main.querySelectorAll("a, button, summary")].find((one) => name(one) === held)?.focus();
      if (page.title !== before) voice.textContent = page.title;
    }
  }

  function stop() {
    if (source) source.close();
    source = null;
  }

  function watch() {
    if (source || !main.dataset.live || document.visibilityState !== "visible") return;
    source = new EventSource(main.dataset.live);
    source.addEventListener("content", (event) => show(JSON.parse(event.data)));
    source.addEventListener("end", () => { stop(); delete main.dataset.live; });
    source.addEventListener("error", () => {
      // A line that broke is taken up again by the browser; a refusal is not.
      if (source.readyState !== EventSource.CLOSED) return;
      stop();
      setTimeout(() => location.reload(), Number(main.dataset.follow) * 1000);
    });
  }

  // A page that nobody sees takes no place from one that somebody does.
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" ? watch() : stop());
  addEventListener("pagehide", stop);
  addEventListener("pageshow", watch);
  main.addEventListener("focusout", () => { if (late) setTimeout(() => late && show(late)); });
  watch();
})();
