//! A small server that hears things: who may say what, and what comes of it.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::{
    port::fakes::{FakeRemote, StillClock},
    store::{
        Store, accounts,
        blobs::Blobs,
        deliveries,
        followers::{self, FollowingRow},
        held_names, notifications, run,
    },
    wire::{actor, audience::PUBLIC},
};

mod answers;
mod moves;
mod screened;

const OLD: &str = "https://old.example/users/ann";
const NEW: &str = "https://new.example/users/ann";

struct Lab {
    site: Site,
    remote: FakeRemote,
    clock: Arc<StillClock>,
    bob: Account,
    _dir: tempfile::TempDir,
}

/// A server called home.example with one account, bob.
async fn lab() -> Lab {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let blobs = Blobs::open(dir.path()).await.unwrap();
    let clock = Arc::new(StillClock::new());
    let site = Site::new(store, blobs, clock.clone(), Url::parse("https://home.example").unwrap());
    let bob = account(&site, "bob").await;
    Lab { site, remote: FakeRemote::default(), clock, bob, _dir: dir }
}

async fn account(site: &Site, username: &str) -> Account {
    let new = accounts::NewAccount {
        id: site.clock.id(),
        username: username.to_owned(),
        role: "member".to_owned(),
        password_hash: String::new(),
        private_key_pem: String::new(),
        public_key_pem: String::new(),
        created_at: 0,
    };
    held_names::make(&site.store, new, None, None).await.unwrap();
    site.account_named(username).await.unwrap().unwrap()
}

fn document(id: &str) -> Value {
    json!({"id": id, "type": "Person", "preferredUsername": "ann", "inbox": format!("{id}/inbox"),
           "followers": format!("{id}/followers")})
}

fn person(id: &str) -> Actor {
    actor::read(&document(id)).unwrap()
}

fn note(id: &str, to: &[&str]) -> Value {
    json!({"id": format!("{OLD}/notes/{id}"), "type": "Note", "attributedTo": OLD, "content": "<p>hello</p>",
           "published": "2026-05-06T07:08:09Z", "to": to})
}

fn said(kind: &str, number: u32, by: &str, object: &Value) -> Value {
    json!({"id": format!("{by}/activities/{number}"), "type": kind, "actor": by, "object": object})
}

impl Lab {
    async fn hear(&self, by: &str, activity: &Value) -> Received {
        self.site.receive(&self.remote, &person(by), activity).await.unwrap()
    }

    /// Activities that wait to be sent, with their inboxes, in the order of their types.
    async fn post(&self) -> Vec<(String, String, Value)> {
        let rows = deliveries::due(&self.site.store, i64::MAX, 99, 99).await.unwrap();
        let mut post: Vec<_> = rows
            .into_iter()
            .map(|row| {
                let activity: Value = serde_json::from_str(&row.activity).unwrap();
                (activity["type"].as_str().unwrap().to_owned(), row.inbox, activity)
            })
            .collect();
        post.sort_by(|one, other| one.0.cmp(&other.0));
        post
    }

    async fn kinds(&self) -> Vec<String> {
        self.post().await.into_iter().map(|(kind, ..)| kind).collect()
    }

    async fn notices(&self, account: &Account) -> Vec<String> {
        let rows = notifications::of_account(&self.site.store, account.id.as_str(), 99).await.unwrap();
        rows.into_iter().map(|row| row.kind).collect()
    }

    async fn follows(&self, account: &Account, actor: &str, state: &str) {
        let row = FollowingRow {
            account_id: account.id.to_string(),
            actor: actor.to_owned(),
            inbox: format!("{actor}/inbox"),
            follow_id: format!("https://home.example/users/{}#follows/1", account.username),
            state: state.to_owned(),
            since: 1,
            transfer_id: None,
        };
        self.site
            .store
            .write(move |c| Box::pin(async move { followers::put_following_in(c, &row).await }))
            .await
            .unwrap();
    }

    async fn blocks(&self, account: &Account, actor: &str) {
        let (account, actor) = (account.id.to_string(), actor.to_owned());
        self.site
            .store
            .write(move |c| {
                Box::pin(async move {
                    run!(
                        c,
                        "insert into blocks (account_id, actor, since) values ($1, $2, 1)",
                        account,
                        actor
                    )?;
                    Ok(())
                })
            })
            .await
            .unwrap();
    }

    async fn following(&self, account: &Account) -> Vec<(String, String)> {
        let rows = self.site.following(&account.id).await.unwrap();
        rows.into_iter().map(|row| (row.actor, row.state)).collect()
    }

    /// The new place as its server shows it: which accounts it lists, and where it has moved.
    fn new_home(&self, also_known_as: &[&str], moved_to: Option<&str>) {
        let mut new = document(NEW);
        new["alsoKnownAs"] = json!(also_known_as);
        new["movedTo"] = json!(moved_to);
        self.remote.serve(NEW, &new);
    }
}

#[tokio::test]
async fn a_follow_is_accepted_told_once_and_heard_once() {
    let lab = lab().await;
    let follow = said("Follow", 1, OLD, &json!("https://home.example/users/bob"));
    assert_eq!(lab.hear(OLD, &follow).await, Received::Done);
    assert!(matches!(lab.hear(OLD, &follow).await, Received::Ignored(_)));
    let post = lab.post().await;
    assert_eq!(post.len(), 1);
    assert_eq!((post[0].0.as_str(), post[0].1.as_str()), ("Accept", "https://old.example/users/ann/inbox"));
    assert_eq!(post[0].2["object"]["id"], follow["id"]);
    assert_eq!(lab.site.followers(&lab.bob.id).await.unwrap().len(), 1);
    assert_eq!(lab.notices(&lab.bob).await, ["follow"]);
}

#[tokio::test]
async fn a_follow_taken_back_can_be_made_again_under_the_same_id() {
    let lab = lab().await;
    let follow = said("Follow", 1, OLD, &json!("https://home.example/users/bob"));
    lab.hear(OLD, &follow).await;
    for object in [follow.clone(), follow["id"].clone()] {
        lab.hear(OLD, &said("Undo", 2, OLD, &object)).await;
        assert_eq!(lab.site.followers(&lab.bob.id).await.unwrap().len(), 0);
        assert_eq!(lab.hear(OLD, &follow).await, Received::Done);
        assert_eq!(lab.site.followers(&lab.bob.id).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn somebody_blocked_is_rejected_and_tells_nobody_anything() {
    let lab = lab().await;
    lab.blocks(&lab.bob, OLD).await;
    lab.hear(OLD, &said("Follow", 1, OLD, &json!("https://home.example/users/bob"))).await;
    lab.hear(OLD, &said("Create", 2, OLD, &note("1", &[PUBLIC, "https://home.example/users/bob"]))).await;
    assert_eq!(lab.kinds().await, ["Reject"]);
    assert!(lab.notices(&lab.bob).await.is_empty());
    assert!(lab.site.followers(&lab.bob.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_account_that_has_moved_away_takes_no_new_followers() {
    let lab = lab().await;
    let id = lab.bob.id.to_string();
    lab.site
        .store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "update accounts set moved_to = 'https://new.example/users/bob' where id = $1", id)?;
                Ok(())
            })
        })
        .await
        .unwrap();
    lab.hear(OLD, &said("Follow", 1, OLD, &json!("https://home.example/users/bob"))).await;
    assert_eq!(lab.kinds().await, ["Reject"]);
}

#[tokio::test]
async fn an_activity_must_be_its_signers_own() {
    let lab = lab().await;
    let bob = json!("https://home.example/users/bob");
    let by_another = said("Follow", 1, "https://old.example/users/eve", &bob);
    assert!(matches!(lab.hear(OLD, &by_another).await, Received::Refused(_)));
    let mut foreign_id = said("Follow", 1, OLD, &bob);
    foreign_id["id"] = json!("https://third.example/1");
    assert!(matches!(lab.hear(OLD, &foreign_id).await, Received::Refused(_)));
    let mut of_another = note("1", &[PUBLIC]);
    of_another["attributedTo"] = json!("https://old.example/users/eve");
    assert!(matches!(lab.hear(OLD, &said("Create", 1, OLD, &of_another)).await, Received::Refused(_)));
    let delete = said("Delete", 1, OLD, &json!("https://third.example/notes/1"));
    assert!(matches!(lab.hear(OLD, &delete).await, Received::Refused(_)));
    let undo = said("Undo", 1, OLD, &said("Follow", 1, "https://old.example/users/eve", &bob));
    assert!(matches!(lab.hear(OLD, &undo).await, Received::Refused(_)));
    assert!(matches!(lab.hear(OLD, &said("Dance", 1, OLD, &bob)).await, Received::Ignored(_)));
    assert!(lab.post().await.is_empty());
}

#[tokio::test]
async fn our_follow_waits_for_its_answer_and_only_from_the_one_asked() {
    let lab = lab().await;
    lab.remote.serve(OLD, &document(OLD));
    lab.site.follow(&lab.remote, &lab.bob, OLD).await.unwrap();
    lab.site.follow(&lab.remote, &lab.bob, OLD).await.unwrap();
    let post = lab.post().await;
    assert_eq!(post.len(), 1, "asking twice asks once");
    let follow = &post[0].2;
    assert_eq!(lab.following(&lab.bob).await, [(OLD.to_owned(), "asked".to_owned())]);
    lab.hear(NEW, &said("Accept", 1, NEW, follow)).await;
    assert_eq!(lab.following(&lab.bob).await[0].1, "asked");
    lab.hear(OLD, &said("Accept", 1, OLD, &follow["id"])).await;
    assert_eq!(lab.following(&lab.bob).await[0].1, "accepted");
    lab.hear(OLD, &said("Reject", 2, OLD, follow)).await;
    assert!(lab.following(&lab.bob).await.is_empty());
}

#[tokio::test]
async fn stopping_to_follow_says_so() {
    let lab = lab().await;
    lab.follows(&lab.bob, OLD, "accepted").await;
    lab.site.unfollow(&lab.bob, &Url::parse(OLD).unwrap()).await.unwrap();
    let post = lab.post().await;
    assert_eq!(post[0].0, "Undo");
    assert_eq!(post[0].2["object"]["id"], "https://home.example/users/bob#follows/1");
    assert!(lab.following(&lab.bob).await.is_empty());
}

#[tokio::test]
async fn a_post_is_kept_only_when_somebody_here_waits_for_it() {
    let lab = lab().await;
    let create = said("Create", 1, OLD, &note("1", &[PUBLIC]));
    assert!(matches!(lab.hear(OLD, &create).await, Received::Ignored(_)));
    lab.follows(&lab.bob, OLD, "accepted").await;
    assert_eq!(lab.hear(OLD, &create).await, Received::Done);
    assert_eq!(lab.site.remote_timeline(&lab.bob, 9).await.unwrap().len(), 1);
    assert!(lab.notices(&lab.bob).await.is_empty());
    lab.hear(OLD, &said("Delete", 2, OLD, &json!({"id": format!("{OLD}/notes/1"), "type": "Tombstone"})))
        .await;
    assert!(lab.site.remote_timeline(&lab.bob, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn whoever_is_named_or_answered_is_told_once() {
    let lab = lab().await;
    let bob = "https://home.example/users/bob";
    let create = said("Create", 1, OLD, &note("1", &[bob]));
    lab.hear(OLD, &create).await;
    lab.hear(OLD, &create).await;
    lab.hear(OLD, &said("Create", 2, OLD, &note("1", &[bob]))).await;
    assert_eq!(lab.notices(&lab.bob).await, ["mention"]);
    let mut reply = note("2", &[PUBLIC, bob]);
    reply["inReplyTo"] = json!(format!("{bob}/posts/01890a5d-ac96-774b-bcce-b302099a8057"));
    lab.hear(OLD, &said("Create", 3, OLD, &reply)).await;
    assert_eq!(lab.notices(&lab.bob).await, ["reply", "mention"]);
}

#[tokio::test]
async fn a_letter_to_one_is_not_shown_to_another_who_follows_the_author() {
    let lab = lab().await;
    let eve = account(&lab.site, "eve").await;
    lab.follows(&eve, OLD, "accepted").await;
    lab.follows(&lab.bob, OLD, "accepted").await;
    lab.hear(OLD, &said("Create", 1, OLD, &note("1", &["https://home.example/users/bob"]))).await;
    assert_eq!(lab.site.remote_timeline(&lab.bob, 9).await.unwrap().len(), 1);
    assert!(lab.site.remote_timeline(&eve, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_edit_replaces_the_authors_own_post() {
    let lab = lab().await;
    lab.follows(&lab.bob, OLD, "accepted").await;
    lab.hear(OLD, &said("Create", 1, OLD, &note("1", &[PUBLIC]))).await;
    let mut edited = note("1", &[PUBLIC]);
    edited["content"] = json!("<p>better</p>");
    lab.hear(OLD, &said("Update", 2, OLD, &edited)).await;
    assert_eq!(lab.site.remote_timeline(&lab.bob, 9).await.unwrap()[0].content, "<p>better</p>");
}

#[tokio::test]
async fn a_changed_profile_is_fetched_and_a_deleted_one_forgotten() {
    let lab = lab().await;
    lab.follows(&lab.bob, OLD, "accepted").await;
    let mut fresh = document(OLD);
    fresh["inbox"] = json!("https://old.example/elsewhere");
    lab.remote.serve(OLD, &fresh);
    lab.hear(OLD, &said("Update", 1, OLD, &document(OLD))).await;
    assert_eq!(lab.site.following(&lab.bob.id).await.unwrap()[0].inbox, "https://old.example/elsewhere");
    lab.hear(OLD, &said("Delete", 2, OLD, &json!(OLD))).await;
    assert!(lab.following(&lab.bob).await.is_empty());
    assert!(lab.site.known_actor(OLD).await.unwrap().is_none());
}

#[tokio::test]
async fn followers_of_one_server_are_told_once_through_its_shared_inbox() {
    let lab = lab().await;
    for (number, name) in [(1, "ann"), (2, "dan"), (3, "eve")] {
        let id = format!("https://old.example/users/{name}");
        let mut by = person(&id);
        if name != "eve" {
            by.shared_inbox = Some(Url::parse("https://old.example/inbox").unwrap());
        }
        let follow = said("Follow", number, &id, &json!("https://home.example/users/bob"));
        lab.site.receive(&lab.remote, &by, &follow).await.unwrap();
    }
    let note = json!({"id": "https://home.example/users/bob/posts/1/activity", "type": "Create"});
    assert_eq!(lab.site.deliver_to_followers(&lab.bob.id, &note).await.unwrap(), 2);
    assert_eq!(lab.site.deliver_to_followers(&lab.bob.id, &note).await.unwrap(), 0);
}
