//! An account at a server where nothing was installed, read through the interface every client uses,
//! with its owner's permission. Many systems answer it; what differs stands in `dialects`.
//!
//! # Shape
//! Lists page by `Link`, newest first, or oldest first where a server can. A cursor is the place the
//! server named. Posts, boosts and files are one list, walked once.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use futures::StreamExt;
use serde_json::Value;
use url::Url;

use crate::{
    model::{
        actor::{Profile, ProfileField, authority},
        collection::{CollectionKind as K, Cursor, Page, Unreadable},
        media::MediaFile,
        outlook::Outline,
    },
    port::{
        clock::SharedClock,
        error::{AdapterError, Cause},
        lookup,
        remote::{Request, SharedRemote, Signer},
        source::{MediaStream, Source},
    },
    wire::lenient,
    words::text,
};

mod aside;
mod belongings;
mod circles;
mod client;
mod dialects;
mod files;
mod lists;
mod pace;
mod parents;
mod people;
mod posts;
mod registration;
mod sources;
mod status;
mod walk;

use aside::Aside;
use circles::Circles;
use client::{Client, Failed, Rest, real_rest};
use dialects::Dialect;
use pace::{Governor, Lane};
use parents::{How, Parents};
use people::People;
use status::Owner;

pub use registration::ClientServers;

/// In the order they are best read: what protects first, then posts with what is seen beside them.
const ORDER: [K; 16] = [
    K::Blocked,
    K::Muted,
    K::BlockedDomains,
    K::Filters,
    K::Settings,
    K::Content,
    K::Outbox,
    K::Media,
    K::Following,
    K::Lists,
    K::Pins,
    K::FeaturedTags,
    K::FollowedTags,
    K::Notes,
    K::Bookmarks,
    K::Liked,
];

/// What reading needs beside the account.
#[derive(Clone)]
pub struct Parts {
    /// The way out.
    pub remote: SharedRemote,
    /// The time.
    pub clock: SharedClock,
    /// Signs what is asked of other servers in our own name.
    pub signer: Signer,
    /// How pauses are made.
    rest: Rest,
}

impl Parts {
    /// With pauses that last.
    pub fn new(remote: SharedRemote, clock: SharedClock, signer: Signer) -> Self {
        Self { remote, clock, signer, rest: real_rest() }
    }

    /// With pauses of another kind, for borrowed time.
    #[must_use]
    pub fn resting(self, rest: Rest) -> Self {
        Self { rest, ..self }
    }
}

/// An account opened with its owner's token.
pub struct ApiSource {
    remote: SharedRemote,
    client: Client,
    dialect: &'static Dialect,
    owner: Owner,
    account: Value,
    people: People,
    parents: Parents,
    how: How,
    aside: Aside,
    circles: Circles,
    lost_parents: AtomicU64,
    stay_inside: AtomicU64,
    governor: Arc<Governor>,
    clock: SharedClock,
}

impl ApiSource {
    /// Opens the account of a token; `software` is how its server is spoken to.
    ///
    /// # Errors
    /// [`AdapterError`] when the server does not answer, or for another account than `actor`.
    pub async fn open(
        parts: &Parts,
        governor: Arc<Governor>,
        actor: &Url,
        software: &str,
        token: &str,
    ) -> Result<Self, AdapterError> {
        let doing = "opening the account at Old home";
        let mut origin = actor.clone();
        origin.set_path("/");
        origin.set_query(None);
        let (remote, clock) = (Arc::clone(&parts.remote), Arc::clone(&parts.clock));
        let rest = Arc::clone(&parts.rest);
        let client =
            Client::new(remote, Arc::clone(&clock), origin, token.to_owned(), Arc::clone(&governor), rest);
        let (named, _) = lookup::actor(&*parts.remote, &parts.signer, actor, None).await?;
        let url = client.at("/api/v1/accounts/verify_credentials")?;
        let account = match client.get(&url, Lane::Plain, K::Settings).await {
            Ok(answer) => answer.value,
            Err(Failed::Missing) => {
                return Err(AdapterError::fatal(doing, "Old home does not say whose account it is")
                    .because(Cause::Nonsense));
            }
            Err(Failed::Adapter(error)) => return Err(error),
        };
        let (id, username) = (lenient::text(&account, "id"), lenient::text(&account, "username"));
        let (Some(id), Some(username)) = (id.filter(|id| parents::is_plain(id)), username) else {
            return Err(AdapterError::fatal(doing, "Old home does not say whose account it is")
                .because(Cause::Nonsense));
        };
        let is_the_one = match people::said(&account) {
            Some(said) => said == *actor,
            None => username.eq_ignore_ascii_case(&named.username),
        };
        if !is_the_one {
            return Err(AdapterError::fatal(doing, "Old home's permission is for another account")
                .because(Cause::Denied));
        }
        let host = authority(actor);
        let followers = named.followers.clone().unwrap_or_else(|| {
            let mut guessed = actor.clone();
            guessed.set_path(&format!("{}/followers", actor.path()));
            guessed
        });
        let dialect = dialects::of(software);
        let source = Self {
            remote: Arc::clone(&parts.remote),
            people: People::new(Arc::clone(&parts.remote), parts.signer.clone(), host.clone()),
            parents: Parents::default(),
            how: How {
                gives_many: dialects::gives_many(software),
                ids_end_addresses: dialect.ids_end_addresses,
            },
            owner: Owner { actor: actor.clone(), followers, id, host },
            client,
            dialect,
            account,
            aside: Aside::default(),
            circles: Circles::default(),
            lost_parents: 0.into(),
            stay_inside: 0.into(),
            governor,
            clock,
        };
        source.governor.expect(source.pages(), source.sources(), source.clock.now_micros());
        Ok(source)
    }

    fn number(&self, field: &str) -> i64 {
        self.account.get(field).and_then(Value::as_i64).unwrap_or(0).clamp(0, 100_000_000)
    }

    /// Pages to be asked for, as far as the server counts: of what it does not count there is one.
    fn pages(&self) -> BTreeMap<K, i64> {
        let pages = |things: i64, on_one: usize| {
            let on_one = i64::try_from(on_one).unwrap_or(40).max(1);
            things.saturating_add(on_one - 1) / on_one
        };
        let people = pages(self.number("following_count"), self.dialect.people).max(1);
        let seen_beside = [K::Outbox, K::Media, K::Settings];
        let expected = |kind: K| match kind {
            // The last page says that there is nothing more.
            K::Content => pages(self.number("statuses_count"), self.dialect.posts) + 1,
            K::Following => people,
            K::Notes => people + 2,
            _ => 1,
        };
        let kinds = self.collections().into_iter().filter(|kind| !seen_beside.contains(kind));
        kinds.map(|kind| (kind, expected(kind))).collect()
    }
}

/// What cannot be read of a list's element.
fn unreadable(of: K, key: String, why: String) -> Unreadable {
    Unreadable { kind: of.main_item(), key, why }
}

#[async_trait]
impl Source for ApiSource {
    fn actor(&self) -> &Url {
        &self.owner.actor
    }

    fn collections(&self) -> Vec<K> {
        ORDER.into_iter().filter(|kind| !self.dialect.without.contains(kind)).collect()
    }

    async fn profile(&self) -> Result<Profile, AdapterError> {
        let text = |value: &Value, field: &str| lenient::text(value, field).unwrap_or_default();
        let field = |value: &Value| ProfileField { name: text(value, "name"), value: text(value, "value") };
        Ok(Profile {
            name: text(&self.account, "display_name"),
            summary: text(&self.account, "note"),
            fields: lenient::field(&self.account, "fields").map(field).collect(),
        })
    }

    /// Only what is one small list: numbers of posts that servers show count other things as well.
    async fn count(&self, kind: K) -> Result<Option<u64>, AdapterError> {
        let is_small = matches!(kind, K::Settings | K::FeaturedTags | K::Lists | K::Filters);
        if !is_small || !self.collections().contains(&kind) {
            return Ok(None);
        }
        self.small(kind).await
    }

    async fn page(&self, kind: K, cursor: Option<&Cursor>, limit: usize) -> Result<Page, AdapterError> {
        if !self.collections().contains(&kind) {
            return Err(AdapterError::fatal("reading the account", "Old home does not offer this")
                .because(Cause::Missing));
        }
        let place = cursor.map(|cursor| cursor.0.as_str());
        let limit = limit.max(1);
        let read = match kind {
            K::Content | K::Outbox | K::Media => self.posts(kind, place, limit).await,
            K::Bookmarks | K::Liked => self.references(kind, place, limit).await,
            K::Blocked | K::Muted | K::Following => self.relations(kind, place, limit).await,
            K::Notes => self.notes_page(place, limit).await,
            K::BlockedDomains | K::FollowedTags => self.names(kind, place, limit).await,
            K::Lists => self.people_lists(place).await,
            K::Pins => self.pins().await,
            K::Filters => self.filters().await,
            K::FeaturedTags => self.featured_tags().await,
            K::Settings => Ok(self.settings()),
        };
        match read {
            Ok(page) => Ok(page),
            // It has none of that.
            Err(Failed::Missing) => Ok(Page::default()),
            Err(Failed::Adapter(error)) => Err(error),
        }
    }

    async fn media(&self, file: &MediaFile) -> Result<MediaStream, AdapterError> {
        let url = lenient::web_url(&file.url);
        let url = url.ok_or_else(|| AdapterError::item(text!("reasons-the-file-has-no-web-address")))?;
        let doing = "fetching a file";
        // Files are open to whoever has their address; the token stays away from where they lie.
        let response = match self.remote.send(Request::get(url).accepting("*/*")).await {
            Ok(response) => response,
            Err(error) => match error.into_adapter(doing) {
                busy @ AdapterError::Busy { .. } => return Err(busy),
                other => return Err(AdapterError::item(other)),
            },
        };
        match response.status {
            200..=299 => {}
            429 => {
                let busy = lookup::busy(&response, doing, "the server of its files");
                return Err(
                    busy.unwrap_or_else(|| AdapterError::item(text!("reasons-the-files-server-is-busy")))
                );
            }
            status => {
                return Err(AdapterError::item(text!(
                    "reasons-the-files-server-answered",
                    status = status.to_string()
                )));
            }
        }
        let broken = |error: crate::port::remote::RemoteError| {
            tracing::debug!(%error, "a file broke off");
            AdapterError::item(text!("reasons-the-file-broke-off"))
        };
        Ok(response.body.map(move |chunk| chunk.map_err(broken)).boxed())
    }

    async fn outline(&self) -> Result<Option<Outline>, AdapterError> {
        let now = self.clock.now_micros();
        let left = self.governor.ends_at().map(|end| (end - now) / 1_000_000);
        let followers = self.account.get("followers_count").and_then(Value::as_u64);
        let seconds = left.and_then(|left| u64::try_from(left).ok());
        let posts_about = self.account.get("statuses_count").and_then(Value::as_u64);
        Ok(Some(Outline { followers, posts_about, seconds, ..Outline::default() }))
    }

    fn notes(&self) -> Vec<(u64, String)> {
        let counted = [
            (&self.lost_parents, text!("reasons-replies-to-something-not-shown")),
            (&self.stay_inside, text!("reasons-only-people-of-old-home-could-see")),
        ];
        let times = counted.map(|(times, why)| (times.load(Ordering::Relaxed), why));
        times.into_iter().filter(|(times, _)| *times > 0).collect()
    }
}
