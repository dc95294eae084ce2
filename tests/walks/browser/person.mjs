// A person with a browser: reads labels and buttons, never types an address, and counts what it sends.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1100, height: 800 };

/** Headings of pages of a move on which nobody can know the other home yet. */
const TOO_EARLY = [/^Bring an account here$/, /^Bring an archive file$/, /^Where you lived before$/, /^Sign in to /, /^Make an account/, /^Your account moved$/];

export class Person {
  /** Opens a browser of its own. `eyes` says whether pages are looked at closely. */
  static async meet(browser, { javaScriptEnabled = true, shots = null, eyes = javaScriptEnabled, isFirst = true, homes = [] } = {}) {
    const context = await browser.newContext({ javaScriptEnabled, viewport: PHONE });
    const page = await context.newPage();
    page.setDefaultTimeout(25_000);
    const person = new Person();
    Object.assign(person, { context, page, shots, eyes, isFirst, sent: 0, complaints: [], between: homes.map((home) => new URL(home).host) });
    page.on("request", (request) => {
      if (request.isNavigationRequest() && request.method() === "POST") person.sent += 1;
      // Readers are nobody's business but their homes'.
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith("http") && !homes.includes(origin)) person.complaints.push(`a third party is asked: ${request.url()}`);
    });
    page.on("console", (message) => {
      if (message.type() === "error" && /Content Security Policy/.test(message.text())) person.complaints.push(message.text());
    });
    page.on("pageerror", (error) => person.complaints.push(`script: ${error.message}`));
    return person;
  }

  /** Where a story begins; later pages are reached by links and buttons only. */
  async begin(url) { await this.page.goto(url); }
  async click(name) { await this.page.getByRole("link", { name }).first().click(); }
  async press(name) { await this.page.getByRole("button", { name }).first().click(); }
  async open(name) { await this.page.locator("summary", { hasText: name }).first().click(); }
  async tick(name) { await this.page.getByRole("checkbox", { name }).first().check(); }
  async type(label, text) {
    if (/:\/\/|^https?:/.test(text)) throw new Error(`a person had to type an address: ${text}`);
    await this.page.getByLabel(label).first().fill(text);
  }

  async sees(text) {
    try {
      await this.page.getByText(text).first().waitFor({ state: "visible" });
    } catch {
      const words = await this.page.locator("body").innerText();
      throw new Error(`“${text}” is not on ${this.page.url()}:\n${words}`);
    }
  }

  async title(text) {
    try {
      await this.page.locator("h1", { hasText: text }).waitFor();
    } catch {
      const words = await this.page.locator("body").innerText();
      throw new Error(`the page is not headed “${text}” at ${this.page.url()}:\n${words}`);
    }
    await this.namesBoth();
  }

  /** Every page of a move names both homes, in colour and in words. */
  async namesBoth() {
    if (!this.eyes) return;
    await this.page.waitForLoadState("domcontentloaded");
    const seen = await this.page.evaluate(() => {
      const words = (what) => document.querySelector(what)?.innerText ?? "";
      const homes = [".is-old", ".is-new"].map((home) => words(`main .homes ${home} strong`));
      const isEmpty = document.querySelector("main .card") === null;
      return { isOfAMove: document.body.matches(".old-home, .new-home"), heading: words("h1"), homes, isEmpty };
    });
    // Whoever has let nobody copy the account has no other home.
    if (seen.heading === "Departures" && seen.isEmpty) return;
    if (!seen.isOfAMove || TOO_EARLY.some((heading) => heading.test(seen.heading))) return;
    const [old, fresh] = this.between;
    const isThere = (...hosts) => seen.homes.every((home, at) => home.includes(hosts[at]));
    // Whoever comes back goes the other way.
    if (isThere(old, fresh) || isThere(fresh, old) || isThere(old, old)) return;
    throw new Error(`“${seen.heading}” at ${this.page.url()} names ${seen.homes.join(" and ") || "no homes"}, not ${old} and ${fresh}`);
  }

  /** Looks at the page closely: rules of accessibility in light and dark, nothing wider than a phone. */
  async look(name) {
    await this.namesBoth();
    const words = await this.page.locator("body").innerText();
    if (/\balias\b|\boutbox\b|\bActivityPub\b/i.test(words)) throw new Error(`${name} speaks the language of the code: ${words}`);
    if (!this.eyes) return;
    for (const colorScheme of ["light", "dark"]) {
      await this.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await this.page.evaluate(axe);
      const found = await this.page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
      const serious = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
      for (const one of serious) {
        this.complaints.push(`${name}, ${colorScheme}: ${one.help}: ${one.nodes.map((node) => node.target).join(" ")}`);
      }
      if (this.shots) await this.page.screenshot({ path: join(this.shots, `${name}-${colorScheme}.png`), fullPage: true });
    }
    const [shown, room] = await this.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    if (shown > room) this.complaints.push(`${name}: ${shown} px wide on a phone of ${room} px`);
    if (this.shots) {
      await this.page.setViewportSize(DESK);
      await this.page.emulateMedia({ colorScheme: "light" });
      await this.page.screenshot({ path: join(this.shots, `${name}-desk.png`), fullPage: true });
      await this.page.setViewportSize(PHONE);
    }
  }

  /** Leaves a mark on the page that loading it again would wipe away. */
  async mark() { await this.page.evaluate(() => { globalThis.isMarked = true; }); }
  async isMarked() { return this.page.evaluate(() => globalThis.isMarked === true); }

  /** The same for pages that every story meets: one of them looks. */
  async lookOnce(name) {
    if (this.isFirst) await this.look(name);
  }

  async signIn(name) {
    await this.type("Name", name);
    await this.type("Password", `${name} goes by here`);
    await this.press("Sign in");
  }
}
