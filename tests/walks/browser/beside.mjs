// The story of homes that stand beside other servers.
import { say } from "./stories.mjs";

/** On the pages of the server that a home stands beside: signs in there, and lets it say who that is. */
async function signInThere(person, { name, host }) {
  await person.press(/^Sign in at/);
  await person.title("Sign in");
  await person.type("Name", name);
  await person.type("Password", `${name} goes by ${host}`);
  await person.press("Sign in");
  await person.title("Authorization required");
  await person.press("Authorize");
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
  return {};
}
