// The story of homes that stand beside other servers.
import { say } from "./stories.mjs";

/** On the pages of the server that a home stands beside: signs in there, and lets it say who that is. */
async function signInThere(person, { name, host }, { anew } = {}) {
  await person.press(/^Sign in at/);
  if (anew) {
    await person.title("Authorization required");
    await person.press("Sign out");
  }
  await person.title("Sign in");
  await person.type("Name", name);
  await person.type("Password", `${name} goes by ${host}`);
  await person.press("Sign in");
  await person.title("Authorization required");
  await person.press("Authorize");
}

/** Proves it anew, where a page of ours asks for that. */
async function proveAnew(person, who) {
  await person.click(/^Sign in at .* once more/);
  await person.title("Sign in to");
  await person.lookOnce("sign-in-once-more");
  await signInThere(person, who, { anew: true });
}

/** Beside other servers: one signs in on their pages, and no password is typed on ours. */
export async function besideOthers(told) {
  const person = await told.meet({ isFirst: true });
  const [old, fresh] = [new URL(told.old), new URL(told.new)].map(({ hostname }) => ({ name: told.name, host: hostname }));
  await person.begin(`${told.new}/transfers/new`);
  await person.title("Sign in to");
  await person.look("sign-in-beside");
  await signInThere(person, fresh);
  await person.title("Bring an account here");
  await person.type("Your address at Old home", told.handle);
  await person.press("See what can come along");
  await person.title("is there");
  await person.click(/^Go on at/);
  await person.title("Sign in to");
  await signInThere(person, old);
  await person.title("May your account be copied?");
  await say(person, /^You signed in at/);
  await person.look("consent-beside");
  await person.tick(/may read what is ticked/);
  await person.press(/^Let .* copy/);
  await person.title("What shall come?");
  await person.press("Copy it, and let me try");
  await person.title("Your copy is here: try it");
  await person.open("Keep the copy, announce nothing");
  await person.press("Keep the copy");
  await person.title("Your copy is kept");
  await person.look("kept-beside");
  // What is left to do stands open there.
  await person.press(/^Announce: go on at/);
  await person.title("Take the list of new addresses?");
  await person.press("Yes, take the list");
  await person.title("One last word at Old home");
  await person.click("Go to Old home for the last word");
  await person.title("Announce your move");
  await person.look("last-word-beside");
  await person.click(/^Take a code for later first/);
  await person.title("A code for later");
  await proveAnew(person, old);
  await person.press("Make a code");
  await person.title("Your code");
  await person.look("code");
  const code = await person.page.locator("#code").innerText();
  await person.begin(`${told.old}/departures/${told.name}/finish`);
  await person.title("Announce your move");
  await proveAnew(person, old);
  await person.title("Announce your move");
  await person.press(/^Announce: I moved/);
  await person.title("You have moved");

  // Old home lets nobody in any more whose account moved.
  const later = await told.meet();
  await later.begin(`${told.old}/departures`);
  await later.title("Sign in to");
  await later.click("Has your account moved");
  await later.title("Your account moved");
  await later.look("way-in-by-code");
  await later.type("Your old name", told.name);
  await later.type("The code", code.toLowerCase());
  await later.press("Go on");
  await later.title("Departures");
  await later.press("Stop sending visitors on");
  await say(later, "Send visitors on again");
  const stranger = await told.meet();
  await stranger.begin(`${told.old}/@${told.name}`);
  if (!stranger.page.url().startsWith(told.old)) throw new Error("visitors are sent on though the owner stopped it");
  await later.press("Send visitors on again");
  await say(later, "Stop sending visitors on");
  return {};
}
