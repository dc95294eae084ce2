// The stories. Each gets both homes and people to walk; each gives what it counted.
import { readdirSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";

export const say = (person, ...names) => Promise.all(names.map((name) => person.sees(name)));

/** From New home's start page to the box, signed in. */
async function arrive(person, { new: home, name }) {
  await person.begin(home);
  await person.click("Bring an account here");
  await person.click(/^Sign in at/);
  await person.signIn(name);
  await person.title("Bring an account here");
  person.sent = 0;
}

/** From the box to Old home's question. */
async function ask(person, { handle, name }, { asOther } = {}) {
  await person.type("Your address at Old home", handle);
  await person.press("See what can come along");
  await person.title("is there");
  await person.lookOnce("before");
  await consent(person, asOther ?? name);
}

/** From what is known of Old home to its question. */
async function consent(person, name, { isSignedIn = false } = {}) {
  await person.click(/^Go on at/);
  await person.sees("Your Old home");
  if (!isSignedIn) await person.signIn(name);
  await person.title("May your account be copied?");
}

/** Says yes at Old home. */
async function agree(person, name) {
  await person.tick(/may read what is ticked/);
  await person.type(/Your password at/, `${name} goes by here`);
  await person.press(/^Let .* copy/);
}

/** From the box to the trial. */
async function copy(person, told) {
  await ask(person, told);
  await person.lookOnce("consent");
  await agree(person, told.name);
  await choose(person);
}

/** From what there is to the trial. */
async function choose(person) {
  await person.title("What shall come?");
  await person.lookOnce("choice");
  await person.press("Copy it, and let me try");
  await person.title("Your copy is here: try it");
}

/** From the trial to the last word at Old home. */
async function handOver(person, { name }) {
  await person.open("Announce the move");
  await person.press(/^Announce: go on at/);
  await person.title("Take the list of new addresses?");
  await person.lookOnce("list");
  await person.press("Yes, take the list");
  await person.title("One last word at Old home");
  await person.lookOnce("one-last-word");
  await person.click("Go to Old home for the last word");
  await person.title("Announce your move");
  await person.type(/Your password at/, `${name} goes by here`);
}

export async function wholeMove(told, options = {}) {
  const person = await told.meet(options);
  if (options.javaScriptEnabled !== false) {
    await person.begin(told.new);
    await person.look("start");
    await person.click("Sign in");
    await person.look("sign-in");
  }
  await arrive(person, told);
  await person.look("box");
  await copy(person, told);
  await person.look("trial");
  const inTrial = person.sent;
  await handOver(person, told);
  await person.look("last-word");
  await person.press(/^Announce: I moved/);
  await person.title("You have moved");
  await person.look("moved");
  const submissions = person.sent;
  await person.click("Go to your profile");
  await say(person, "Formerly");
  await person.look("profile-new");
  const stranger = await told.meet();
  await stranger.begin(`${told.old}/@${told.name}`);
  if (!stranger.page.url().startsWith(told.new)) throw new Error(`the old profile leads to ${stranger.page.url()}`);
  await person.begin(`${told.old}/@${told.name}/with_replies`);
  await say(person, "has moved to");
  await person.look("profile-old");
  await person.begin(`${told.old}/departures`);
  await person.look("departures");
  await person.click("Say goodbye");
  await person.title("Say goodbye");
  await person.look("farewell");
  await person.press("Post it and pin it");
  await say(person, /I have moved to @/, "Pinned");
  await person.begin(`${told.new}/home`);
  await person.look("home");
  await person.begin(`${told.new}/yours`);
  await person.look("yours");
  return { submissions, inTrial };
}

export const withoutScripts = (told) => wholeMove(told, { javaScriptEnabled: false });

/** The address in a letter that a home has sent; waits for the letter. */
async function linkInLetter(folder, part) {
  const read = () => {
    let names = [];
    try { names = readdirSync(folder); } catch { return undefined; }
    const plain = (text) => text.replaceAll(/=\r?\n/g, "").replaceAll("=3D", "=");
    const texts = names.map((name) => plain(readFileSync(join(folder, name), "utf8")));
    return texts.map((text) => text.match(new RegExp(`http\\S*${part}\\S*`))?.[0]).find(Boolean);
  };
  for (;;) {
    const found = read();
    if (found) return found;
    await new Promise((changed) => {
      const folders = [join(folder, ".."), folder];
      const watchers = folders.flatMap((one) => { try { return [watch(one, done)]; } catch { return []; } });
      function done() { for (const one of watchers) one.close(); changed(); }
      if (read()) done();
    });
  }
}

export async function announcedLater(told) {
  const person = await told.meet();
  await arrive(person, told);
  await copy(person, told);
  // Letters of Old home go to an address.
  await person.begin(`${told.old}/letters`);
  await person.title("Letters");
  await person.type("Your e-mail address", "ann@mail.example");
  await person.press("Keep");
  await person.begin(`${told.new}/transfers/new`);
  await person.click(/^@ann@/);
  await handOver(person, told);
  await person.tick(/^Not at once/);
  await person.look("last-word-later");
  await person.press(/^Announce: I moved/);
  await person.title("Old home will announce your move");
  await say(person, /announces your move on 20/);
  await person.look("will-be-announced-new");
  await person.click("See it at Old home, or call it off");
  await person.title("Your move will be announced");
  await person.look("will-be-announced-old");
  await person.mark();
  // Whoever holds the letter needs no password.
  const holder = await told.meet();
  await holder.begin(await linkInLetter(told.oldLetters, "call-off"));
  await holder.title("Call off the announcement");
  await holder.look("call-off");
  await person.title("Your move will be announced");
  await holder.press("Call it off");
  await holder.title("The announcement is called off");
  await holder.look("called-off");
  // The page that is open hears of it by itself.
  await person.title("Announce your move");
  if (!await person.isMarked()) throw new Error("the page was loaded again instead of being sent what is new");
  const stranger = await told.meet();
  await stranger.begin(`${told.old}/@${told.name}`);
  if (!stranger.page.url().startsWith(told.old)) throw new Error("an announcement that was called off leads visitors away");
  await person.type(/Your password at/, `${told.name} goes by here`);
  await person.press(/^Announce: I moved/);
  await person.title("You have moved");
  await holder.begin(await linkInLetter(told.oldLetters, "call-off"));
  await say(holder, /can no longer be called off/);
  await person.begin(`${told.old}/letters`);
  await say(person, /^Your move will be announced on/);
  await person.look("letters-old");
  return {};
}

/** The trial is extended, and its page is sent what is new while it works. */
export async function extended(told) {
  const person = await told.meet();
  await arrive(person, told);
  await ask(person, told);
  await agree(person, told.name);
  await person.title("What shall come?");
  await person.press("Copy it, and let me try");
  await person.page.locator("h1").filter({ hasNotText: "What shall come?" }).waitFor();
  await person.mark();
  await person.title("Your copy is here: try it");
  const isMarked = await person.isMarked();
  await say(person, /^The trial lasts until 20/);
  await person.open("Extend the trial");
  await person.look("extend");
  await person.press(/^Try it for 30 days/);
  await person.title("Your copy is here: try it");
  return { isMarked };
}

/** Pages that no other story meets, most of them of those who answer for a server. */
export async function everyOtherPage(told) {
  const person = await told.meet();
  await arrive(person, told);
  await copy(person, told);
  const pages = {
    "desk-arrivals": "/desk", "desk-departures": "/desk/departures", "desk-rules": "/desk/policy", "desk-book": "/desk/book",
    letters: "/letters", search: "/search?q=flats", topic: "/tags/birds", "no-page": "/nothing/here", "former-homes": "/former-homes",
    "follow-again": "/follows/again", problem: "/godwit/problems/refused", "your-copies": "/transfers/new",
  };
  for (const [name, path] of Object.entries(pages)) {
    await person.begin(`${told.new}${path}`);
    await person.look(name);
  }
  await person.begin(`${told.new}/transfers/new`);
  await person.click(/^@ann@/);
  await person.open("Keep the copy, announce nothing");
  await person.press("Keep the copy");
  await person.title("Your copy is kept");
  await person.click("Remove what came");
  await person.look("remove");
  const stranger = await told.meet();
  await stranger.begin(`${told.new}/@${told.name}`);
  await stranger.page.locator("article.post a.when").first().click();
  await say(stranger, /which signed a list of what it has/);
  await stranger.look("copied-post");
  await stranger.begin(`${told.old}/call-off/no-such-link`);
  await stranger.look("no-such-link");
  await stranger.begin(`${told.old}/stop/no-such-link`);
  await person.begin(`${told.old}/departures`);
  await person.look("permissions");
  return {};
}

export async function wrongAccount(told) {
  const person = await told.meet();
  await arrive(person, told);
  await ask(person, told, { asOther: told.other });
  await say(person, `@${told.other}`);
  await agree(person, told.other);
  await person.title("Is this the account you mean?");
  await say(person, `@${told.other}@`);
  await person.look("another-account");
  await person.open("No, stop");
  await person.press("Yes, throw it away");
  await person.title("The copy was thrown away");
  return {};
}

export async function deleted(told) {
  const person = await told.meet();
  await arrive(person, told);
  await copy(person, told);
  await handOver(person, told);
  await person.press(/^Announce: I moved/);
  await person.title("You have moved");
  const stranger = await told.meet();
  await stranger.begin(`${told.old}/@${told.name}`);
  const before = stranger.page.url();
  await person.begin(`${told.old}/departures`);
  await person.press("Stop sending visitors on");
  await say(person, "Send visitors on again");
  await person.look("forwarding-off");
  // Whoever was here before may keep the way for some minutes.
  const another = await told.meet();
  await another.begin(`${told.old}/@${told.name}`);
  if (!another.page.url().startsWith(told.old)) throw new Error("forwarding is off and leads away all the same");
  await person.press("Send visitors on again");
  await say(person, "Stop sending visitors on");
  await stranger.begin(`${told.old}/@${told.name}`);
  if (stranger.page.url() !== before) throw new Error("forwarding is on again and leads elsewhere");
  await person.click("Delete all my data");
  await person.title("Delete all your data here");
  await person.look("delete");
  await person.type(/Your password at/, "not the password");
  await person.tick(/^Yes, delete everything/);
  await person.press(/^Delete all my data/);
  await person.page.getByRole("alert").waitFor();
  await person.tick(/^Yes, delete everything/);
  await person.type(/Your password at/, `${told.name} goes by here`);
  await person.press(/^Delete all my data/);
  await say(person, /^Your data here was deleted/);
  await person.look("deleted");
  await stranger.begin(`${told.old}/@${told.name}`);
  if (stranger.page.url() !== before) throw new Error("a stranger sees a difference");
  await person.begin(`${told.old}/@${told.name}/with_replies`);
  await say(person, "Nothing here yet.");
  return {};
}

/** From New home's start page to the page of the name, without an account there. */
async function nameless(person, told) {
  await person.begin(told.new);
  await person.click("Bring an account here");
  await person.title("Bring an account here");
  await person.type("Your address at Old home", told.handle);
  await person.press("See what can come along");
  await person.title("Your name at");
}

/** Takes the name that stands there. */
async function takeName(person, password = "a quiet estuary") {
  await person.type(/^A new password/, password);
  await person.press("Take this name and go on");
}

/** Somebody who has no account at New home, whose name is taken there, and who is not alone in wanting the next. */
export async function signingUp(told) {
  const person = await told.meet();
  const quicker = await told.meet();
  await person.begin(told.new);
  await person.click("Bring an account here");
  await person.look("box-without-account");
  await nameless(person, told);
  await say(person, /^The name ann is taken/i, "ann_");
  await person.look("name-taken");
  await nameless(quicker, { ...told, handle: told.handle.replace("ann", "bob") });
  await person.type("Name here", "ann_");
  await quicker.type("Name here", "ann_");
  await takeName(quicker, "another estuary");
  await quicker.title("is there");
  await takeName(person);
  await say(person, /^The name ann_ is taken/i, "ann__");
  await person.look("name-reserved");
  await takeName(person);
  await person.title("is there");
  await say(person, /^@ann__@/);
  await person.look("before-with-new-name");
  await consent(person, told.name);
  await agree(person, told.name);
  await choose(person);
  await say(person, /^@ann__@/, "The name @ann__ is held for you");
  await person.look("trial-of-a-held-name");
  const stranger = await told.meet();
  await stranger.begin(`${told.new}/@ann__`);
  await stranger.title("Nothing here");
  await person.open("Keep the copy, announce nothing");
  await person.press("Keep the copy");
  await person.title("Your copy is kept");
  await stranger.begin(`${told.new}/@ann__`);
  await say(stranger, "First light over the flats", "Ann of the flats");
  return {};
}

export async function givenUp(told) {
  const person = await told.meet();
  await nameless(person, told);
  await takeName(person);
  await person.title("is there");
  await consent(person, told.name);
  await agree(person, told.name);
  await choose(person);
  await person.open("Throw the copy away");
  await person.press("Yes, throw it away");
  await person.title("The copy was thrown away");
  await say(person, "The name @ann_ is held for you");
  await person.look("thrown-away-name-held");
  await person.open("Give the name up");
  await person.press("Yes, give it up");
  await person.title("You gave the name up");
  await person.look("given-up");
  const next = await told.meet();
  await nameless(next, told);
  await takeName(next, "the next estuary");
  await next.title("is there");
  await say(next, /^@ann_@/);
  return {};
}

/** Ann takes another name on her own server. */
export async function anotherName(told) {
  const person = await told.meet();
  await person.begin(told.old);
  await person.click("Bring an account here");
  await person.click(/^Sign in at/);
  await person.signIn(told.name);
  await person.open("Take another name at this server");
  await person.press("Choose another name");
  await person.title("Your name at");
  await say(person, /^The name ann is taken/i);
  await person.type("Name here", "wader");
  await person.look("another-name");
  await takeName(person);
  await person.title("is there");
  await person.look("another-name-before");
  await consent(person, told.name, { isSignedIn: true });
  await agree(person, told.name);
  await person.title("This answer is for another account");
  await person.look("answer-for-another");
  await person.page.locator("main").getByRole("button", { name: "Sign out" }).click();
  await person.type("Name", "wader");
  await person.type("Password", "a quiet estuary");
  await person.press("Sign in");
  await choose(person);
  await say(person, /^@wader@/, /^@ann@/);
  return {};
}

/** From the box to the admins' queue. */
async function queue(person, told) {
  await arrive(person, told);
  await ask(person, told);
  await agree(person, told.name);
  await person.title("What shall come?");
  await person.press("Copy it, and let me try");
  await person.title("Waiting for the admins here");
}

/** Eve looks at the one request that waits. */
async function atTheDesk(eve, told) {
  await eve.begin(`${told.new}/sign-in?next=/desk`);
  await eve.signIn(told.admin);
  await eve.click(/^@ann@/);
}

export async function letInWithoutPictures(told) {
  const person = await told.meet();
  await queue(person, told);
  await say(person, /place in the queue/);
  await person.open("What the admins see, exactly");
  await say(person, "First light over the flats");
  await person.look("waiting");
  const eve = await told.meet();
  await atTheDesk(eve, told);
  await eve.look("request");
  await eve.tick("Pictures and files");
  await eve.press("Let it in");
  await person.title("Your copy is here: try it");
  await person.open(/^Left out or failed/);
  await say(person, /the admins of this server do not take it/i);
  await person.look("without-pictures");
  return {};
}

export async function notLetIn(told) {
  const person = await told.meet();
  await queue(person, told);
  const eve = await told.meet();
  await atTheDesk(eve, told);
  await eve.open("Do not let it in");
  await eve.type(/^Why; they read it on their page/, "We have no room for so many birds.");
  await eve.press("Do not let it in, and say why");
  await person.title("The copy was thrown away");
  await say(person, /We have no room for so many birds/);
  await person.look("not-let-in");
  await person.begin(`${told.new}/@${told.name}/with_replies`);
  await say(person, "Nothing here yet.");
  return {};
}

export async function tooMuch(told) {
  const person = await told.meet();
  await arrive(person, told);
  await ask(person, told);
  await agree(person, told.name);
  await person.title("What shall come?");
  await person.press("Copy it, and let me try");
  await person.page.getByRole("alert").waitFor();
  await person.title("What shall come?");
  await person.look("too-much");
  const said = await person.page.getByRole("alert").innerText();
  await person.page.getByRole("checkbox", { name: /^Posts/ }).first().uncheck();
  await person.press("Copy it, and let me try");
  await person.title("Your copy is here: try it");
  return { said };
}

/** Brings a file, with lists if there are any. */
async function send(person, archive, lists = []) {
  await person.page.getByLabel("The archive").setInputFiles(archive);
  await person.page.getByLabel("Lists, if you have them").setInputFiles(lists);
  await person.press("Send the file");
}

export async function archive(told) {
  for (const javaScriptEnabled of [true, false]) {
    const person = await told.meet({ javaScriptEnabled });
    // Where the file comes from is nobody else's word than its own.
    person.between[0] = "birds.example";
    await arrive(person, told);
    await person.click("Old home is gone? Bring an archive file");
    await person.title("Bring an archive file");
    await person.look("file");
    await send(person, told.files.other);
    await person.page.getByRole("alert").waitFor();
    await say(person, /is no archive|not an archive|neither a zip/i);
    await person.look("file-is-none");
    await send(person, told.files.half);
    await person.page.getByRole("alert").waitFor();
    await person.look("file-is-half");
    await send(person, told.files.archive, [told.files.domains]);
    await person.title("What shall come?");
    await say(person, "@ann@birds.example", /So says the file/);
    await person.look("choice-of-a-file");
    await person.press("Copy it, and let me try");
    await person.title("Your copy is here: try it");
    await person.look("trial-of-a-file");
    // Then nothing of the file is left, not even where it came from.
    person.between[0] = "";
    await person.open("Throw the copy away");
    await person.press("Yes, throw it away");
    await person.title("The copy was thrown away");
  }
  return {};
}

/** There, and back again. */
export async function comingBack(told) {
  const person = await told.meet();
  await arrive(person, told);
  await copy(person, told);
  await handOver(person, told);
  await person.press(/^Announce: I moved/);
  await person.title("You have moved");
  await person.click(/^See who was told/);
  await person.click("Come back here");
  await person.title("Bring an account here");
  await person.look("coming-back");
  await person.press("See what can come along");
  await person.title("is there");
  await consent(person, told.name, { isSignedIn: true });
  await agree(person, told.name);
  await choose(person);
  await say(person, /^@ann@/);
  await handOver(person, told);
  await person.press(/^Announce: I moved/);
  await person.title("You have moved");
  await say(person, /things you allowed to be copied are here; 28 of them were here before/);
  await person.look("came-back");
  const stranger = await told.meet();
  await stranger.begin(`${told.new}/@${told.name}`);
  if (!stranger.page.url().startsWith(told.old)) throw new Error(`the profile leads to ${stranger.page.url()}`);
  return {};
}

export async function declined(told) {
  const person = await told.meet();
  await arrive(person, told);
  await ask(person, told);
  await person.press(/^No$/);
  await person.title("Nothing was copied");
  await person.look("nothing-copied");
  return {};
}

export async function nobodyThere(told) {
  const person = await told.meet();
  await arrive(person, told);
  await person.type("Your address at Old home", told.handle.replace("@", "@nobody-"));
  await person.press("See what can come along");
  await person.page.getByRole("alert").waitFor();
  await person.look("nobody-there");
  return { said: await person.page.getByRole("alert").innerText() };
}

export async function thrownAway(told) {
  const person = await told.meet();
  await arrive(person, told);
  await copy(person, told);
  await person.open("Throw the copy away");
  await person.press("Yes, throw it away");
  await person.title("The copy was thrown away");
  await person.look("thrown-away");
  await person.begin(`${told.new}/@${told.name}/with_replies`);
  await say(person, "Nothing here yet.");
  return {};
}

export async function kept(told) {
  const person = await told.meet();
  await arrive(person, told);
  await copy(person, told);
  await person.open("Keep the copy, announce nothing");
  await person.press("Keep the copy");
  await person.title("Your copy is kept");
  await person.look("kept");
  const stranger = await told.meet();
  await stranger.begin(`${told.new}/@${told.name}`);
  await say(stranger, "First light over the flats");
  await stranger.begin(`${told.old}/@${told.name}`);
  if (!stranger.page.url().startsWith(told.old)) throw new Error("a copy that is only kept leads nobody away");
  return {};
}
