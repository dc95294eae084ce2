// node walk.mjs '{"story": …, "old": …, "new": …}': walks one story, prints what was counted.
import { chromium } from "playwright-core";

import { Person } from "./person.mjs";
import * as beside from "./beside.mjs";
import * as stories from "./stories.mjs";

const told = JSON.parse(process.argv[2]);
const browser = await chromium.launch({ executablePath: told.chromium, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const people = [];
  const meet = async (options = {}) => {
    const person = await Person.meet(browser, { shots: told.shots, isFirst: told.story === "wholeMove", homes: [told.old, told.new], ...options });
    people.push(person);
    return person;
  };
  const counted = await { ...stories, ...beside }[told.story]({ ...told, meet });
  const complaints = people.flatMap((person) => person.complaints);
  console.log(JSON.stringify({ ...counted, complaints }));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
}
