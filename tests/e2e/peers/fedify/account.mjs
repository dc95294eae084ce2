// The one account of the follower: its actor, its inbox, and what it does about a Move.
//
// Signatures, keys, discovery and documents are read and written by Fedify's own code; this file
// only decides what follows from an activity that Fedify has verified.

import {
  createFederation,
  generateCryptoKeyPair,
  getDocumentLoader,
  InProcessMessageQueue,
  MemoryKvStore,
} from "@fedify/fedify";
import {
  Accept,
  Activity,
  Endpoints,
  Follow,
  isActor,
  Move,
  Note,
  Person,
  PUBLIC_COLLECTION,
  Reject,
  Undo,
} from "@fedify/vocab";

export class Account {
  #origin;
  #name;
  #report;
  #federation;
  #keys;
  #followers = new Map(); // actor id -> recipient
  #following = new Map(); // actor id -> the Follow we sent
  #aliases = [];
  #movedTo = null;
  #forwards = new Map(); // path -> URL
  #notes = new Set();
  #count = 0;

  constructor(origin, name, report) {
    this.#origin = origin;
    this.#name = name;
    this.#report = report;
    this.#federation = createFederation({
      kv: new MemoryKvStore(),
      // Deliveries are sent at once, so that a refusal is an event; the inbox answers before it acts.
      queue: { inbox: new InProcessMessageQueue() },
      origin,
      allowPrivateAddress: true,
      userAgent: { software: "FedifyFollower/1" },
    });
    this.#describe();
    this.#listen();
  }

  /** The actor's id. */
  get actor() {
    return this.#context().getActorUri(this.#name).href;
  }

  /** Answers a request. */
  async answer(request) {
    const target = this.#forwards.get(new URL(request.url).pathname);
    if (target) return new Response(null, { status: 301, headers: { location: target.href } });
    return await this.#federation.fetch(request, { contextData: undefined });
  }

  /** Looks an actor up and asks to follow it. */
  async follow(url) {
    const found = await this.#lookUp(url);
    if (!isActor(found.object)) throw new Error(`${url} is no actor: ${found.why}`);
    await this.#sendFollow(found.object);
  }

  /** Finds what an address leads to today, as a stranger who follows redirects. */
  async resolve(url) {
    const found = await this.#lookUp(url, getDocumentLoader({ allowPrivateAddress: true }));
    this.#report("resolved", {
      asked: url.href,
      url: found.url,
      id: found.object?.id?.href ?? null,
      type: found.object?.constructor.name ?? null,
      why: found.why,
    });
  }

  /** Publishes another actor in `alsoKnownAs`. */
  alias(url) {
    this.#aliases.push(url);
    this.#report("aliased", { actor: url.href });
  }

  /** Publishes a note. */
  note(id) {
    this.#notes.add(id);
    this.#report("noted", { id: this.#context().getObjectUri(Note, { id }).href });
  }

  /** Answers 301 for a path from now on. */
  forward(path, to) {
    this.#forwards.set(path, to);
    this.#report("forwarding", { path, to: to.href });
  }

  /** Says that the account has moved, to every follower. */
  async move(url) {
    this.#movedTo = url;
    const context = this.#context();
    const me = context.getActorUri(this.#name);
    const move = new Move({ id: this.#newId("moves"), actor: me, object: me, target: url, to: PUBLIC_COLLECTION });
    await context.sendActivity({ identifier: this.#name }, [...this.#followers.values()], move);
    this.#report("moved", { to: url.href, told: this.#followers.size });
  }

  #context() {
    return this.#federation.createContext(new URL(this.#origin), undefined);
  }

  #newId(folder) {
    this.#count += 1;
    return new URL(`/${folder}/${this.#count}`, this.#origin);
  }

  /** Fetches with Fedify's loader, nothing remembered; keeps the final address and the reason of a failure. */
  async #lookUp(url, loader) {
    const context = this.#context();
    const load = loader ?? (await context.getDocumentLoader({ identifier: this.#name }));
    const found = { object: null, url: null, why: null };
    const documentLoader = async (address, options) => {
      try {
        const document = await load(address, options);
        found.url ??= document.documentUrl;
        return document;
      } catch (error) {
        found.why ??= String(error);
        throw error;
      }
    };
    found.object = await context.lookupObject(url, { documentLoader });
    if (!found.object) found.why ??= `the document at ${found.url} was not taken as what ${url} means`;
    return found;
  }

  async #sendFollow(actor) {
    const context = this.#context();
    const follow = new Follow({
      id: this.#newId("follows"),
      actor: context.getActorUri(this.#name),
      object: actor.id,
      to: actor.id,
    });
    this.#following.set(actor.id.href, follow);
    await context.sendActivity({ identifier: this.#name }, actor, follow);
    this.#report("followed", { actor: actor.id.href, follow: follow.id.href });
  }

  async #sendUndo(actorId) {
    const follow = this.#following.get(actorId);
    this.#following.delete(actorId);
    const { object: actor } = await this.#lookUp(new URL(actorId));
    if (!isActor(actor)) throw new Error(`${actorId} cannot be found any more`);
    const context = this.#context();
    const undo = new Undo({ id: this.#newId("undos"), actor: follow.actorId, object: follow, to: actor.id });
    await context.sendActivity({ identifier: this.#name }, actor, undo);
    this.#report("unfollowed", { actor: actorId });
  }

  #describe() {
    this.#federation
      .setActorDispatcher("/users/{identifier}", async (context, identifier) => {
        if (identifier !== this.#name) return null;
        const [key] = await context.getActorKeyPairs(identifier);
        return new Person({
          id: context.getActorUri(identifier),
          preferredUsername: identifier,
          name: identifier,
          inbox: context.getInboxUri(identifier),
          endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
          followers: new URL(`/users/${identifier}/followers`, this.#origin),
          publicKey: key.cryptographicKey,
          aliases: this.#aliases,
          successor: this.#movedTo,
        });
      })
      .setKeyPairsDispatcher(async (_context, identifier) => {
        if (identifier !== this.#name) return [];
        this.#keys ??= generateCryptoKeyPair("RSASSA-PKCS1-v1_5");
        return [await this.#keys];
      });
    this.#federation.setObjectDispatcher(Note, "/notes/{id}", (context, { id }) => {
      if (!this.#notes.has(id)) return null;
      const uri = context.getObjectUri(Note, { id });
      const author = context.getActorUri(this.#name);
      return new Note({ id: uri, attribution: author, content: `note ${id}`, to: PUBLIC_COLLECTION });
    });
  }

  #listen() {
    this.#federation
      .setInboxListeners("/users/{identifier}/inbox", "/inbox")
      .setSharedKeyDispatcher(() => ({ identifier: this.#name }))
      .onUnverifiedActivity((_context, activity, reason) => {
        this.#report("unverified", { activity: activity.id?.href ?? null, why: JSON.stringify(reason) });
      })
      .on(Follow, (context, follow) => this.#caught("Follow", () => this.#onFollow(context, follow)))
      .on(Accept, (_context, accept) => this.#caught("Accept", () => this.#onAnswer("accepted", accept)))
      .on(Reject, (_context, reject) => this.#caught("Reject", () => this.#onAnswer("rejected", reject)))
      .on(Undo, (_context, undo) => this.#caught("Undo", () => this.#onUndo(undo)))
      .on(Move, (_context, move) => this.#caught("Move", () => this.#onMove(move)))
      .on(Activity, (_context, activity) => {
        this.#report("received", {
          type: activity.constructor.name,
          actor: activity.actorId?.href ?? null,
          object: activity.objectId?.href ?? null,
        });
      });
  }

  /** Reports a failing listener once, instead of letting the queue try it again for hours. */
  async #caught(doing, work) {
    try {
      await work();
    } catch (error) {
      this.#report("failed", { doing, why: String(error) });
    }
  }

  async #onFollow(context, follow) {
    if (follow.objectId?.href !== this.actor) throw new Error(`a Follow of ${follow.objectId}, not of us`);
    const { object: actor, why } = await this.#lookUp(follow.actorId);
    if (!isActor(actor)) throw new Error(`${follow.actorId} cannot be looked up: ${why}`);
    this.#followers.set(actor.id.href, actor);
    const accept = new Accept({
      id: this.#newId("accepts"),
      actor: context.getActorUri(this.#name),
      object: follow,
      to: actor.id,
    });
    await context.sendActivity({ identifier: this.#name }, actor, accept);
    this.#report("follower", { actor: actor.id.href });
  }

  /** An answer counts only from the actor we asked, and only about the Follow we sent. */
  #onAnswer(event, answer) {
    const actor = answer.actorId?.href;
    const asked = this.#following.get(actor);
    if (!asked || answer.objectId?.href !== asked.id.href) {
      throw new Error(`${actor} answers ${answer.objectId}, which we did not send there`);
    }
    this.#report(event, { actor });
  }

  async #onUndo(undo) {
    this.#followers.delete(undo.actorId?.href);
    this.#report("lost_follower", { actor: undo.actorId?.href ?? null, undone: undo.objectId?.href ?? null });
  }

  /** Follows an account that has moved, if both sides say so. */
  async #onMove(move) {
    const [actor, from, to] = [move.actorId?.href, move.objectId?.href, move.targetId?.href];
    this.#report("move_received", { actor, from, to, id: move.id?.href ?? null });
    const refusal = await this.#whyNot(actor, from, to);
    if (refusal) return this.#report("move_refused", { from, to, why: refusal });
    this.#report("move_verified", { from, to });
    const { object: target } = await this.#lookUp(new URL(to));
    await this.#sendFollow(target);
    await this.#sendUndo(from);
  }

  /** The reason not to believe a Move, or null. Ids are compared exactly. */
  async #whyNot(actor, from, to) {
    if (actor !== from) return `${actor} wants to move ${from}`;
    if (!this.#following.has(from)) return `we do not follow ${from}`;
    if (!to) return "there is no target";
    const { object: target, why } = await this.#lookUp(new URL(to));
    if (!isActor(target)) return `the target cannot be looked up: ${why}`;
    if (target.id.href !== to) return `the target calls itself ${target.id.href}`;
    const aliases = target.aliasIds.map((alias) => alias.href);
    if (!aliases.includes(from)) return `the target is also known as [${aliases}], not as ${from}`;
    return null;
  }
}
