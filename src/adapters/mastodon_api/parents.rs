//! What a post answers: the interface says only the old server's own key of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;
use url::Url;

use super::{
    client::{Client, Failed},
    pace::Lane,
    status::{self, Owner},
};
use crate::{model::collection::CollectionKind, port::error::AdapterError, wire::lenient};

/// Posts asked for at once.
const AT_ONCE: usize = 20;
/// Answers that are remembered.
const MOST: usize = 20_000;

/// Addresses of answered posts by their keys.
#[derive(Debug, Default)]
pub struct Parents(Mutex<BTreeMap<String, Option<Url>>>);

impl Parents {
    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Option<Url>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for all that posts of a page answer and that cannot be told without asking.
    ///
    /// # Errors
    /// [`AdapterError`] when the server cannot be asked now.
    pub async fn learn(
        &self,
        client: &Client,
        page: &[Value],
        owner: &Owner,
        how: How,
    ) -> Result<(), AdapterError> {
        let wanted: BTreeSet<String> = page
            .iter()
            .filter(|post| post.get("reblog").is_none_or(Value::is_null))
            .filter(|post| own(post, owner, how).or_else(|| beside(post)).is_none())
            .filter_map(|post| lenient::text(post, "in_reply_to_id"))
            .filter(|id| is_plain(id) && !self.known().contains_key(id))
            .collect();
        let wanted: Vec<String> = wanted.into_iter().collect();
        for some in wanted.chunks(if how.gives_many { AT_ONCE } else { 1 }) {
            let found = if how.gives_many { many(client, some).await? } else { one(client, some).await? };
            let mut known = self.known();
            if known.len() > MOST {
                known.clear();
            }
            for id in some {
                known.insert(id.clone(), found.get(id).cloned());
            }
        }
        Ok(())
    }

    /// What a post answers.
    pub fn of(&self, post: &Value, owner: &Owner, how: How) -> Answers {
        let Some(id) = lenient::text(post, "in_reply_to_id") else { return Answers::Nothing };
        let known = || self.known().get(&id).cloned().flatten();
        let found = own(post, owner, how).or_else(|| beside(post)).or_else(known);
        found.map_or(Answers::Lost, Answers::This)
    }
}

/// What a post answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answers {
    /// Nothing: it begins.
    Nothing,
    /// The post at this address.
    This(Url),
    /// Something that is gone or hidden.
    Lost,
}

/// How a server is asked for posts.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// It answers many at once.
    pub gives_many: bool,
    /// The key of a post ends its address.
    pub ids_end_addresses: bool,
}

/// The address of an own post that is answered, where addresses are made of keys.
fn own(post: &Value, owner: &Owner, how: How) -> Option<Url> {
    let is_own = lenient::text(post, "in_reply_to_account_id").is_some_and(|id| id == owner.id);
    if !is_own || !how.ids_end_addresses {
        return None;
    }
    let (own, parent) = (lenient::text(post, "id")?, lenient::text(post, "in_reply_to_id")?);
    let address = status::address(post).ok()?;
    let start = address.as_str().strip_suffix(own.as_str())?;
    is_plain(&parent).then(|| Url::parse(&format!("{start}{parent}")).ok()).flatten()
}

/// The address of what is answered, where the server shows it along with the answer.
fn beside(post: &Value) -> Option<Url> {
    status::address(post.get("in_reply_to_status")?).ok()
}

/// A key that may stand in an address.
pub fn is_plain(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 100
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

async fn many(client: &Client, ids: &[String]) -> Result<BTreeMap<String, Url>, AdapterError> {
    let query: Vec<String> = ids.iter().map(|id| format!("id[]={id}")).collect();
    let url = client.at(&format!("/api/v1/statuses?{}", query.join("&")))?;
    match client.get(&url, Lane::Plain, CollectionKind::Content).await {
        Ok(answer) => Ok(addresses(lenient::many(&answer.value))),
        Err(Failed::Missing) => one(client, ids).await,
        Err(Failed::Adapter(error)) => Err(error),
    }
}

async fn one(client: &Client, ids: &[String]) -> Result<BTreeMap<String, Url>, AdapterError> {
    let mut found = BTreeMap::new();
    for id in ids {
        let url = client.at(&format!("/api/v1/statuses/{id}"))?;
        match client.get(&url, Lane::Plain, CollectionKind::Content).await {
            Ok(answer) => found.extend(addresses(std::iter::once(&answer.value))),
            Err(Failed::Missing) => {}
            Err(Failed::Adapter(error)) => return Err(error),
        }
    }
    Ok(found)
}

fn addresses<'a>(posts: impl Iterator<Item = &'a Value>) -> BTreeMap<String, Url> {
    posts.filter_map(|post| Some((lenient::text(post, "id")?, status::address(post).ok()?))).collect()
}
