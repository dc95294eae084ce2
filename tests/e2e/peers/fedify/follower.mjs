// An ActivityPub server with one account, made of Fedify: the follower that others wrote.
//
//   node follower.mjs [ADDRESS] [PORT] [NAME]        (127.0.0.13, a free port, follower)
//
// It reads one command per line from standard input and writes one JSON object per event to
// standard output, so that a test waits for lines and never for time. It ends with its input.
//
//   {"do": "follow",  "url": ACTOR}                  -> followed, then accepted or rejected
//   {"do": "resolve", "url": OBJECT}                 -> resolved {asked, url, id, type, why}
//   {"do": "alias",   "url": ACTOR}                  -> aliased
//   {"do": "note",    "id": ID}                      -> noted {id}: a public note of its own
//   {"do": "forward", "path": PATH, "to": URL}       -> forwarding: answers 301 for a path
//   {"do": "move",    "url": ACTOR}                  -> moved: sends a Move to its followers
//
// Whatever goes wrong is an event too: failed {doing, why}, unverified {why}.

import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

import { Account } from "./account.mjs";

const [address = "127.0.0.13", port = "0", name = "follower"] = process.argv.slice(2);

/** Writes one event; the only thing that writes to standard output. */
function report(event, details = {}) {
  process.stdout.write(`${JSON.stringify({ event, ...details })}\n`);
}

/** Turns a request of node's into one of the web's, with the address this server is known by. */
function webRequest(request, origin) {
  const headers = new Headers();
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    headers.append(request.rawHeaders[at], request.rawHeaders[at + 1]);
  }
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  return new Request(new URL(request.url, origin), {
    method: request.method,
    headers,
    body: hasBody ? Readable.toWeb(request) : undefined,
    duplex: hasBody ? "half" : undefined,
  });
}

/** Carries out one line of input. */
async function obey(account, line) {
  let command = {};
  try {
    command = JSON.parse(line);
    switch (command.do) {
      case "follow": return await account.follow(new URL(command.url));
      case "resolve": return await account.resolve(new URL(command.url));
      case "alias": return account.alias(new URL(command.url));
      case "note": return account.note(command.id);
      case "forward": return account.forward(command.path, new URL(command.to));
      case "move": return await account.move(new URL(command.url));
      default: throw new Error(`no such command: ${line}`);
    }
  } catch (error) {
    report("failed", { doing: command.do ?? line, why: String(error) });
  }
}

const server = createServer();
server.listen(Number(port), address, () => {
  const origin = `http://${address}:${server.address().port}`;
  const account = new Account(origin, name, report);
  server.on("request", async (request, response) => {
    try {
      const answer = await account.answer(webRequest(request, origin));
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
    } catch (error) {
      report("failed", { doing: `${request.method} ${request.url}`, why: String(error) });
      response.writeHead(500).end();
    }
  });
  const input = createInterface({ input: process.stdin });
  input.on("line", (line) => obey(account, line));
  input.on("close", () => process.exit(0));
  report("ready", { origin, actor: account.actor });
});
