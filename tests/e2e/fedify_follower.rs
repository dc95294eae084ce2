//! A follower made with Fedify: software that others wrote judges what a move sends out.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::npm::install;

/// How long one event may take on a busy machine before the story counts as broken.
const PATIENCE: Duration = Duration::from_mins(1);

/// Set where a peer that cannot run is a failure instead of a skipped story.
const REQUIRED: &str = "GODWIT_REQUIRE_PEERS";

/// Where the follower's own files are.
const SOURCE: &str = "tests/e2e/peers/fedify";
/// Everything the follower consists of besides its packages.
const FILES: [&str; 4] = ["package.json", "package-lock.json", "account.mjs", "follower.mjs"];

/// A running follower; it ends when this is dropped.
pub struct Follower {
    /// Its actor id.
    pub actor: String,
    /// Where it listens: scheme, address and port.
    pub origin: String,
    process: Child,
    input: ChildStdin,
    lines: Receiver<Value>,
    /// Events nobody has waited for yet, oldest first.
    unread: Vec<Value>,
    /// All events, for the message of a story that fails.
    seen: Vec<Value>,
}

impl Follower {
    /// Starts one account on a loopback address of its own and a free port.
    ///
    /// `None` where the software cannot be had and nobody requires it; the reason is printed.
    pub fn start(address: &str, name: &str) -> Option<Self> {
        let folder = match install("fedify", SOURCE, &FILES) {
            Ok(folder) => folder,
            Err(why) if std::env::var_os(REQUIRED).is_some() => {
                panic!("{REQUIRED} is set, but the Fedify follower cannot run: {why}")
            }
            Err(why) => {
                // Past the capture of test output, so that a skipped story does not look like a told one.
                let _best_effort =
                    writeln!(std::io::stderr(), "skipped, the Fedify follower cannot run: {why}");
                return None;
            }
        };
        let mut process = Command::new("node")
            .args(["follower.mjs", address, "0", name])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let event =
                    serde_json::from_str(&line).unwrap_or_else(|_| json!({"event": "noise", "line": line}));
                if sender.send(event).is_err() {
                    return;
                }
            }
        });
        let mut follower = Self {
            actor: String::new(),
            origin: String::new(),
            process,
            input,
            lines,
            unread: Vec::new(),
            seen: Vec::new(),
        };
        let ready = follower.wait_for("ready", &json!({}));
        follower.actor = text(&ready, "actor");
        follower.origin = text(&ready, "origin");
        Some(follower)
    }

    /// Asks to follow an actor and waits for its acceptance.
    pub fn follow(&mut self, actor: &str) {
        self.tell(&json!({"do": "follow", "url": actor}));
        self.wait_for("accepted", &json!({"actor": actor}));
    }

    /// The id of the object that an address leads to today; `None` when it leads to none.
    pub fn resolve(&mut self, address: &str) -> Option<String> {
        self.tell(&json!({"do": "resolve", "url": address}));
        let resolved = self.wait_for("resolved", &json!({"asked": address}));
        resolved.get("id").and_then(Value::as_str).map(str::to_owned)
    }

    /// Gives one command; the words are those of `follower.mjs`.
    pub fn tell(&mut self, command: &Value) {
        writeln!(self.input, "{command}").unwrap();
    }

    /// Waits for an event whose fields contain `fields`; each event is handed out once.
    ///
    /// # Panics
    /// With everything that was seen, when the event does not come or the follower ends.
    pub fn wait_for(&mut self, event: &str, fields: &Value) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.unread.iter().position(|seen| matches(seen, event, fields)) {
                return self.unread.remove(at);
            }
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.seen.push(line.clone());
                    self.unread.push(line);
                }
                Err(RecvTimeoutError::Timeout) => {
                    panic!("no event {event} with {fields} within {PATIENCE:?}; seen: {:#?}", self.seen)
                }
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("the follower ended before {event} with {fields}; seen: {:#?}", self.seen)
                }
            }
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let _it_may_have_ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// Waits until a follower of `old` has believed a Move and follows `new` in its place.
///
/// This is the part of a story in which only the follower acts: Fedify verifies the signature of
/// the Move, looks `new` up, finds `old` among its aliases, follows it, is accepted there and
/// takes its Follow of `old` back.
pub fn follows_the_move(follower: &mut Follower, old: &str, new: &str) {
    let both = json!({"from": old, "to": new});
    follower.wait_for("move_received", &both);
    follower.wait_for("move_verified", &both);
    follower.wait_for("followed", &json!({"actor": new}));
    follower.wait_for("accepted", &json!({"actor": new}));
    follower.wait_for("unfollowed", &json!({"actor": old}));
}

fn matches(seen: &Value, event: &str, fields: &Value) -> bool {
    let named = seen.get("event").and_then(Value::as_str) == Some(event);
    named
        && fields
            .as_object()
            .is_none_or(|wanted| wanted.iter().all(|(key, value)| seen.get(key) == Some(value)))
}

fn text(event: &Value, key: &str) -> String {
    event.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Two homes and a follower, all of Fedify: what we ask of ours is what it asks of itself.
fn old_home_new_home_and_follower(addresses: [&str; 3]) -> Option<[Follower; 3]> {
    let [old, new, follower] = addresses;
    Some([Follower::start(old, "old")?, Follower::start(new, "new")?, Follower::start(follower, "follower")?])
}

#[test]
fn a_fedify_follower_follows_a_move_that_both_sides_confirm() {
    let Some([mut old, mut new, mut follower]) =
        old_home_new_home_and_follower(["127.0.0.21", "127.0.0.22", "127.0.0.23"])
    else {
        return;
    };
    follower.follow(&old.actor);
    new.tell(&json!({"do": "alias", "url": old.actor}));
    new.wait_for("aliased", &json!({"actor": old.actor}));
    old.tell(&json!({"do": "move", "url": new.actor}));
    follows_the_move(&mut follower, &old.actor, &new.actor);
    new.wait_for("follower", &json!({"actor": follower.actor}));
    old.wait_for("lost_follower", &json!({"actor": follower.actor}));
}

#[test]
fn a_fedify_follower_stays_when_the_new_home_does_not_confirm_the_old() {
    let Some([mut old, new, mut follower]) =
        old_home_new_home_and_follower(["127.0.0.24", "127.0.0.25", "127.0.0.26"])
    else {
        return;
    };
    follower.follow(&old.actor);
    old.tell(&json!({"do": "move", "url": new.actor}));
    let refused = follower.wait_for("move_refused", &json!({"from": old.actor, "to": new.actor}));
    assert!(text(&refused, "why").contains("also known as"), "{refused}");
}

#[test]
fn a_fedify_reader_finds_an_object_behind_its_old_address() {
    let Some([mut old, mut new, mut follower]) =
        old_home_new_home_and_follower(["127.0.0.27", "127.0.0.28", "127.0.0.29"])
    else {
        return;
    };
    old.tell(&json!({"do": "note", "id": "1"}));
    let before = text(&old.wait_for("noted", &json!({})), "id");
    assert_eq!(follower.resolve(&before), Some(before.clone()));
    new.tell(&json!({"do": "note", "id": "9"}));
    let after = text(&new.wait_for("noted", &json!({})), "id");
    old.tell(&json!({"do": "forward", "path": "/notes/1", "to": after}));
    old.wait_for("forwarding", &json!({}));
    assert_eq!(follower.resolve(&before), Some(after));
    assert_eq!(follower.resolve(&format!("{}/notes/404", new.origin)), None);
}
