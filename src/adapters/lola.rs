//! A live source that speaks LOLA 0.3 (names of 0.2 are read too): the mirror of `http/lola`.
//!
//! The bearer token goes to the actor's own origin and nowhere else; lists that lead to another
//! origin are not followed.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::StreamExt;
use serde_json::Value;
use url::Url;

use crate::{
    model::{
        actor::{Actor, Profile, authority},
        collection::{CollectionKind, Cursor, Page, Unreadable},
        id::ItemKey,
        inventory::Tally,
        item::{Item, ItemKind},
        media::MediaFile,
        outlook::{Outline, ServerShare},
    },
    port::{
        error::{AdapterError, Cause},
        lookup,
        remote::{Request, Response, SharedRemote, Signer},
        source::{EntriesWanted, EntryPage, MediaStream, Opened, Source, Statement},
    },
    wire::{self, collection::Read},
    words::text,
};

mod inventory;

/// Longest outline that is read: a thousand servers' names.
const OUTLINE_BYTES: usize = 512 << 10;

/// Pages of a public list of followers that are read for a forecast.
const FOLLOWER_PAGES: u32 = 50;

/// An account at a live source, opened with its owner's token.
pub struct LolaSource {
    remote: SharedRemote,
    signer: Signer,
    token: String,
    actor: Actor,
    document: Value,
    collections: BTreeMap<CollectionKind, Url>,
    /// First pages that roots have named: whoever counted a collection need not read its root again.
    firsts: Mutex<BTreeMap<CollectionKind, Url>>,
}

impl LolaSource {
    /// Reads the actor *with* the token, which is what shows the portability collections.
    ///
    /// # Errors
    /// [`AdapterError`] when the source does not answer, or offers no content.
    pub async fn open(
        remote: SharedRemote,
        signer: Signer,
        actor: &Url,
        token: &str,
    ) -> Result<Self, AdapterError> {
        let (actor, document) = lookup::actor(&*remote, &signer, actor, Some(token)).await?;
        let mut collections = BTreeMap::new();
        for kind in CollectionKind::ALL {
            let ours = format!("godwit:{}", kind.as_str());
            let found =
                actor.portability.get(kind.as_str()).or_else(|| actor.portability.get(&ours)).or_else(|| {
                    actor.collections.get(kind.as_str()).filter(|_| kind == CollectionKind::Liked)
                });
            if let Some(url) = found.filter(|url| url.origin() == actor.id.origin()) {
                collections.insert(kind, url.clone());
            }
        }
        if !collections.contains_key(&CollectionKind::Content) {
            let why = "Old home shows no posts to this permission; ask there for the permission again";
            return Err(AdapterError::fatal("opening the account at Old home", why).because(Cause::Denied));
        }
        let (token, firsts) = (token.to_owned(), Mutex::default());
        Ok(Self { remote, signer, token, actor, document, collections, firsts })
    }

    /// A GET at the actor's own origin, with the token: it says who asks, and a signature besides would
    /// cost more than everything else about the question.
    async fn get(&self, url: &Url, doing: &str) -> Result<Response, AdapterError> {
        let request = Request::get(url.clone());
        let request = request.accepting("application/activity+json, application/json;q=0.9, */*;q=0.1");
        self.send(request, doing).await
    }

    /// A request to the actor's own origin, with the token.
    async fn send(&self, request: Request, doing: &str) -> Result<Response, AdapterError> {
        if request.url.origin() != self.actor.id.origin() {
            let why = format!("Old home's list leads to another server, {}", request.url);
            return Err(AdapterError::fatal(doing, why).because(Cause::Astray));
        }
        self.answered(request.bearing(&self.token), doing).await
    }

    /// Sends a request; 429, 5xx and 401 ask to come again, anything else but success is an end.
    async fn answered(&self, request: Request, doing: &str) -> Result<Response, AdapterError> {
        let response = self.remote.send(request).await.map_err(|error| error.into_adapter(doing))?;
        if let Some(busy) = lookup::busy(&response, doing, "Old home") {
            return Err(busy);
        }
        match response.status {
            200..=299 => Ok(response),
            401 => Err(AdapterError::Busy {
                doing: doing.to_owned(),
                why: "Old home no longer accepts the permission".to_owned(),
                after: Duration::from_secs(1),
                cause: Cause::Denied,
            }),
            status => {
                let why = format!("Old home answered {status}");
                Err(AdapterError::fatal(doing, why).because(Cause::of_status(status)))
            }
        }
    }

    /// What the account's public list of followers tells, where Old home shows one.
    async fn public_outline(&self) -> Outline {
        let doing = "counting the followers";
        let mut outline = Outline::default();
        let Some(list) = &self.actor.followers else { return outline };
        let mut by_host: BTreeMap<String, u64> = BTreeMap::new();
        let mut next = Some(list.clone());
        for _ in 0..FOLLOWER_PAGES {
            let Some(url) = next.take() else { break };
            let Ok(read) = self.read(&url, doing).await else { break };
            for actor in read.items.iter().filter_map(wire::lenient::id).filter_map(wire::lenient::web_url) {
                *by_host.entry(authority(&actor)).or_default() += 1;
            }
            outline.followers = outline.followers.or(read.total);
            next = read.next;
        }
        outline.servers =
            by_host.into_iter().map(|(host, followers)| ServerShare { host, followers }).collect();
        outline
    }

    async fn read(&self, url: &Url, doing: &str) -> Result<Read, AdapterError> {
        let document = self.get(url, doing).await?.json().await.map_err(|error| error.into_adapter(doing))?;
        Ok(wire::collection::read(document))
    }

    /// Old home speaks for its own addresses only; another's would become a claim on somebody else's post.
    fn is_here(&self, id: &Url) -> Result<(), String> {
        if id.origin() == self.actor.id.origin() {
            Ok(())
        } else {
            Err(text!("reasons-its-address-belongs-to-another-server"))
        }
    }

    fn item(&self, kind: CollectionKind, value: &Value) -> Result<Option<Item>, String> {
        let followers = self.actor.followers.as_ref();
        match kind {
            CollectionKind::Content => {
                let object = wire::object::read(value, followers)?;
                if object.attributed_to != self.actor.id {
                    return Err(text!("reasons-written-by-somebody-else"));
                }
                self.is_here(&object.id)?;
                Ok(Some(Item::Post(Box::new(object))))
            }
            CollectionKind::Outbox => {
                let Some(boost) = wire::activity::read_announce(value, followers)? else { return Ok(None) };
                self.is_here(&boost.id)?;
                Ok(Some(Item::Boost(boost)))
            }
            CollectionKind::Liked => wire::relation::read_reference(value).map(Item::Like).map(Some),
            CollectionKind::Bookmarks => wire::relation::read_reference(value).map(Item::Bookmark).map(Some),
            CollectionKind::Following => wire::relation::read_actor(value).map(|actor| {
                Some(Item::Follow { actor, options: wire::relation::read_follow_options(value) })
            }),
            CollectionKind::Blocked => {
                wire::relation::read_actor(value).map(|actor| Some(Item::Block { actor }))
            }
            CollectionKind::Media => wire::media::read(value).map(Item::Media).map(Some),
            own => wire::belonging::read(own.main_item(), value).map(Item::Belonging).map(Some),
        }
    }
}

#[async_trait]
impl Source for LolaSource {
    fn actor(&self) -> &Url {
        &self.actor.id
    }

    fn collections(&self) -> Vec<CollectionKind> {
        self.collections.keys().copied().collect()
    }

    async fn profile(&self) -> Result<Profile, AdapterError> {
        Ok(wire::actor::profile(&self.document))
    }

    async fn count(&self, kind: CollectionKind) -> Result<Option<u64>, AdapterError> {
        let Some(url) = self.collections.get(&kind) else { return Ok(None) };
        let read = self.read(url, &format!("counting the {}", kind.as_str())).await?;
        if kind == CollectionKind::Outbox && !read.items.is_empty() && read.next.is_none() {
            // All of it stands here, and others count activities in it that only wrap or repeat.
            let boosts = read.items.iter().filter(|item| wire::lenient::is_type(item, "Announce"));
            return Ok(u64::try_from(boosts.count()).ok());
        }
        if read.items.is_empty()
            && let Some(first) = read.next
        {
            self.firsts.lock().unwrap_or_else(PoisonError::into_inner).insert(kind, first);
        }
        Ok(read.total)
    }

    async fn page(
        &self,
        kind: CollectionKind,
        cursor: Option<&Cursor>,
        _limit: usize,
    ) -> Result<Page, AdapterError> {
        let doing = format!("reading the {}", kind.as_str());
        let unsupported =
            || AdapterError::fatal(&doing, "Old home does not offer them").because(Cause::Missing);
        let root = self.collections.get(&kind).ok_or_else(unsupported)?;
        let url = if let Some(Cursor(text)) = cursor {
            Url::parse(text).map_err(|_| {
                AdapterError::fatal(&doing, "the place to go on is no address").because(Cause::Nonsense)
            })?
        } else {
            let firsts = self.firsts.lock().unwrap_or_else(PoisonError::into_inner);
            firsts.get(&kind).unwrap_or(root).clone()
        };
        let read = self.read(&url, &doing).await?;
        let mut page = Page { next: read.next.map(|next| Cursor(next.into())), ..Page::default() };
        for value in read.items {
            match self.item(kind, &value) {
                Ok(Some(item)) => page.items.push(item),
                Ok(None) => {}
                Err(why) => page.lose(unreadable(kind, &value, why), &value.to_string()),
            }
        }
        Ok(page)
    }

    async fn outline(&self) -> Result<Option<Outline>, AdapterError> {
        let doing = "asking how large the account is";
        let named = self.actor.portability.get("godwit:outline");
        let Some(url) = named.filter(|url| url.origin() == self.actor.id.origin()) else {
            return Ok(Some(self.public_outline().await));
        };
        let bytes = self.get(url, doing).await?.bytes(OUTLINE_BYTES).await;
        let bytes = bytes.map_err(|error| error.into_adapter(doing))?;
        // A forecast is worth no transfer: what cannot be read is not known.
        Ok(serde_json::from_slice(&bytes).ok())
    }

    async fn media(&self, file: &MediaFile) -> Result<MediaStream, AdapterError> {
        Ok(self.media_from(file, 0).await?.bytes)
    }

    async fn media_from(&self, file: &MediaFile, from: u64) -> Result<Opened, AdapterError> {
        // Two halves are one file only where its hash can say so.
        let from = if file.sha256.is_some() { from } else { 0 };
        let address = file.fetch_url.as_deref().unwrap_or(&file.url);
        let url = wire::lenient::web_url(address)
            .ok_or_else(|| AdapterError::item(text!("reasons-the-file-has-no-web-address")))?;
        let doing = "fetching a file";
        let request = Request::get(url).accepting("*/*").behind(from);
        let response = if request.url.origin() == self.actor.id.origin() {
            self.answered(request.bearing(&self.token), doing).await
        } else {
            // Files of Old home may lie on another host; they are public there and get no token.
            self.remote.send(request).await.map_err(|error| error.into_adapter(doing))
        };
        let response = match response {
            Ok(response) if response.is_success() => response,
            Ok(response) if response.status == 429 => {
                return Err(lookup::busy(&response, doing, "the server of its files")
                    .unwrap_or_else(|| AdapterError::item(text!("reasons-the-files-server-is-busy"))));
            }
            Ok(_) if from > 0 => return self.media_from(file, 0).await,
            Ok(response) => {
                return Err(AdapterError::item(text!(
                    "reasons-the-files-server-answered",
                    status = response.status.to_string()
                )));
            }
            Err(busy @ AdapterError::Busy { .. }) => return Err(busy),
            // What has come may be longer than what there is.
            Err(_) if from > 0 => return self.media_from(file, 0).await,
            Err(error) => return Err(AdapterError::item(error)),
        };
        let (from, length) = response.part();
        Ok(Opened { from, length, bytes: response.body.map(|chunk| chunk.map_err(broken)).boxed() })
    }

    async fn inventory(&self, pass: u32) -> Result<Statement, AdapterError> {
        self.stated(pass).await
    }

    async fn buckets(&self, pass: u32, kind: ItemKind) -> Result<Tally, AdapterError> {
        self.tally(pass, kind).await
    }

    async fn entries(
        &self,
        wanted: &EntriesWanted,
        cursor: Option<&Cursor>,
    ) -> Result<EntryPage, AdapterError> {
        self.lines(wanted, cursor).await
    }

    async fn items(&self, collection: CollectionKind, keys: &[ItemKey]) -> Result<Page, AdapterError> {
        self.picked(collection, keys).await
    }
}

/// A stream that breaks concerns this file only; the next try starts it anew.
fn broken(error: crate::port::remote::RemoteError) -> AdapterError {
    tracing::debug!(%error, "a file broke off");
    AdapterError::item(text!("reasons-the-file-broke-off"))
}

fn unreadable(collection: CollectionKind, value: &Value, why: String) -> Unreadable {
    let kind = collection.main_item();
    let key = wire::lenient::id(value).map_or_else(|| nameless(value), str::to_owned);
    Unreadable { kind, key, why }
}

/// A key for an element without an id: how it begins, and a hash so that two of them are two.
fn nameless(value: &Value) -> String {
    let text = value.to_string();
    let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()));
    let start: String = text.chars().take(100).collect();
    format!("{start} {hash}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::port::fakes::FakeRemote;

    const ANN: &str = "https://old.example/users/ann";

    async fn listed(items: Value) -> Page {
        let remote = FakeRemote::default();
        let content = "https://old.example/content";
        remote.serve(
            ANN,
            &json!({"id": ANN, "type": "Person", "inbox": format!("{ANN}/inbox"),
                    "migration": {"content": content, "outbox": "https://old.example/outbox"}}),
        );
        let list = json!({"type": "OrderedCollection", "orderedItems": items});
        remote.serve(content, &list);
        remote.serve("https://old.example/outbox", &list);
        let signer =
            Signer { key_id: "https://new.example/actor#main-key".into(), private_key_pem: "".into() };
        let actor = Url::parse(ANN).unwrap();
        let source = LolaSource::open(Arc::new(remote), signer, &actor, "token").await.unwrap();
        let mut page = source.page(CollectionKind::Content, None, 10).await.unwrap();
        let boosts = source.page(CollectionKind::Outbox, None, 10).await.unwrap();
        page.items.extend(boosts.items);
        page.unreadable.extend(boosts.unreadable);
        page
    }

    fn note(id: &str) -> Value {
        json!({"id": id, "type": "Note", "attributedTo": ANN, "published": "2022-05-06T07:08:09Z"})
    }

    #[tokio::test]
    async fn what_has_its_address_on_another_server_is_not_this_accounts() {
        let boost = json!({"id": "https://victim.example/boosts/1", "type": "Announce", "actor": ANN,
                           "object": "https://b.example/1", "published": "2022-05-06T07:08:09Z"});
        let own = note("https://old.example/users/ann/posts/1");
        let page = listed(json!([own, note("https://victim.example/posts/1"), boost])).await;
        assert_eq!(page.items.len(), 1, "{:?}", page.items);
        let foreign = page.unreadable.iter().filter(|lost| lost.why.contains("another server")).count();
        assert_eq!(foreign, 2, "{:?}", page.unreadable);
    }

    #[tokio::test]
    async fn two_broken_elements_without_an_id_are_two() {
        let long = "x".repeat(300);
        let broken = |end: u32| json!({"type": "Note", "content": long, "end": end});
        let page = listed(json!([broken(1), broken(2)])).await;
        assert_ne!(page.unreadable[0].key, page.unreadable[1].key);
    }
}
