//! New home: what a copy would be like, before anything is written: how much, how long, what changes,
//! and what the followers' servers will do when the move is announced.

use std::{collections::BTreeMap, time::Duration};

use futures::{StreamExt, stream};
use serde::Serialize;
use serde_json::Value;

use super::{Engine, TransferResult, as_client};
use crate::{
    model::{
        actor::authority,
        collection::CollectionKind,
        item::ItemKind,
        outlook::{Outline, Outlook, Prospect},
        transfer::Transfer,
    },
    store::{follower_servers, transfers},
    words::text,
};

/// Servers looked at, those with most followers first; the others are named as not looked at.
const MOST_LOOKS: usize = 200;
/// Servers looked at at the same time, and saved together.
const AT_ONCE: usize = 10;
/// A server that takes longer than this counts as not answering.
const PATIENCE: Duration = Duration::from_secs(10);
/// What writing an item takes beside reading it, in microseconds, on a small machine.
const WRITE_MICROS: u64 = 1_500;
/// Bytes of files a second, between two small servers.
const BYTES_A_SECOND: u64 = 2 << 20;

/// What one kind becomes.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct KindForecast {
    /// How many there are; `None` where Old home does not say.
    pub count: Option<u64>,
    /// What changes or is lost, in sentences; empty when everything stays as it is.
    pub becomes: Vec<String>,
}

/// Followers on a server.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ServerForecast {
    /// Its name.
    pub host: String,
    /// How many of the followers live there.
    pub followers: u64,
    /// Name and version it gives itself.
    pub software: Option<String>,
    /// What will happen there; `None` while nobody has looked.
    pub prospect: Option<Prospect>,
    /// Why; a sentence.
    pub why: Option<String>,
}

/// Everything that can be said beforehand.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Forecast {
    /// By kind.
    pub kinds: BTreeMap<String, KindForecast>,
    /// Posts and boosts together, where Old home counts them only so.
    pub posts_about: Option<u64>,
    /// What cannot be had from this Old home, in sentences.
    pub not_this_way: Vec<String>,
    /// Length of all files, in bytes.
    pub media_bytes: Option<u64>,
    /// How long the copy will take, in seconds; from the pace at which Old home answered.
    pub seconds: Option<u64>,
    /// Followers in all.
    pub followers: Option<u64>,
    /// Followers by what will happen to them.
    pub prospects: BTreeMap<String, u64>,
    /// Followers on servers that nobody has looked at (yet).
    pub unknown: u64,
    /// By server, most followers first.
    pub servers: Vec<ServerForecast>,
}

/// Notes the outline a survey brought; the servers are looked at while the person reads.
///
/// # Errors
/// [`super::TransferError::Store`].
pub async fn note_outline(engine: &Engine, transfer: &Transfer, outline: Outline) -> TransferResult<()> {
    let shares = outline.servers.into_iter().filter(|share| !share.host.is_empty()).take(MOST_LOOKS);
    Ok(follower_servers::put_down(&engine.store, &transfer.id, shares.collect()).await?)
}

/// Looks at a handful of the followers' servers; rests for good once all were looked at.
///
/// # Errors
/// [`super::TransferError::Store`].
pub async fn look_around(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let limit = i64::try_from(AT_ONCE).unwrap_or(1);
    let hosts = follower_servers::unknown(&engine.store, &transfer.id, limit).await?;
    if hosts.is_empty() {
        let (store, never) = (&engine.store, transfers::NEVER);
        return Ok(transfers::rest_until(store, &transfer.id, transfer.state, never).await?);
    }
    let old_home = super::status::old_actor(transfer).map(authority);
    let look = |host: String| {
        let is_home = host == engine.domain || old_home.as_deref() == Some(host.as_str());
        async move {
            let outlook = if is_home {
                let why = text!("reasons-they-live-at-one-of-your-homes");
                Outlook { software: None, prospect: Prospect::FollowsByItself, why }
            } else {
                let looked = tokio::time::timeout(PATIENCE, engine.neighbours.look(&host)).await;
                looked.unwrap_or_else(|_| Outlook {
                    software: None,
                    prospect: Prospect::Dead,
                    why: text!("reasons-did-not-answer-within", seconds = PATIENCE.as_secs().to_string()),
                })
            };
            (host, outlook)
        }
    };
    let looks: Vec<_> = stream::iter(hosts).map(look).buffer_unordered(AT_ONCE).collect().await;
    Ok(follower_servers::keep(&engine.store, &transfer.id, looks).await?)
}

/// The forecast as far as it is known by now; `None` before the survey.
///
/// # Errors
/// [`super::TransferError::Store`].
pub async fn forecast(engine: &Engine, transfer: &Transfer) -> TransferResult<Option<Forecast>> {
    let Some(survey) = transfers::survey(&engine.store, &transfer.id).await? else { return Ok(None) };
    let number = |field: &str| survey.get(field).and_then(Value::as_u64);
    let mut kinds = BTreeMap::new();
    for collection in CollectionKind::ALL {
        let counts = survey.get("counts").and_then(|counts| counts.get(collection.as_str()));
        let Some(counted) = counts else { continue };
        let Some(kind) = collection.yields().first() else { continue };
        let becomes = becomes(*kind);
        kinds.insert(kind.as_str().to_owned(), KindForecast { count: counted.as_u64(), becomes });
    }
    let media_bytes = number("media_bytes");
    let items: u64 = kinds.values().filter_map(|kind| kind.count).sum();
    let by_items = number("item_micros").map(|micros| {
        let copying = items.saturating_mul(micros.saturating_add(WRITE_MICROS)) / 1_000_000;
        copying.saturating_add(media_bytes.unwrap_or(0) / BYTES_A_SECOND).max(1)
    });
    // A source that is asked at a pace knows better.
    let seconds = number("seconds").or(by_items);
    let (mut prospects, mut known) = (BTreeMap::new(), 0);
    let mut servers = Vec::new();
    for server in follower_servers::all(&engine.store, &transfer.id).await? {
        let followers = server.share.followers;
        if let Some(outlook) = &server.outlook {
            *prospects.entry(outlook.prospect.as_str().to_owned()).or_insert(0) += followers;
            known += followers;
        }
        let (software, prospect, why) = match server.outlook {
            Some(Outlook { software, prospect, why }) => (software, Some(prospect), Some(why)),
            None => (None, None, None),
        };
        servers.push(ServerForecast { host: server.share.host, followers, software, prospect, why });
    }
    let followers = number("followers");
    let unknown = followers.unwrap_or(0).saturating_sub(known);
    let (posts_about, not_this_way) = (number("posts_about"), as_client::not_this_way(transfer));
    Ok(Some(Forecast {
        kinds,
        posts_about,
        not_this_way,
        media_bytes,
        seconds,
        followers,
        prospects,
        unknown,
        servers,
    }))
}

/// What changes or is lost for every item of a kind, or for some of them.
fn becomes(kind: ItemKind) -> Vec<String> {
    match kind {
        ItemKind::Posts => vec![
            text!("reasons-they-keep-their-date-and-text"),
            text!("reasons-open-polls-arrive-closed"),
            text!("reasons-emoji-stay-as-their-names"),
            text!("reasons-answers-of-others-stay"),
        ],
        ItemKind::Boosts => vec![text!("reasons-they-keep-their-date")],
        ItemKind::Likes | ItemKind::Bookmarks => vec![text!("reasons-they-come-as-your-own-list")],
        ItemKind::Media | ItemKind::ProfileImages => vec![text!("reasons-byte-for-byte")],
        ItemKind::Following => vec![text!("reasons-they-come-as-a-list")],
        ItemKind::Blocked | ItemKind::Muted | ItemKind::BlockedDomains | ItemKind::Filters => {
            vec![text!("reasons-they-hold-from-before")]
        }
        ItemKind::Lists | ItemKind::Notes => vec![text!("reasons-they-come-as-they-are")],
        ItemKind::Pins | ItemKind::FeaturedTags | ItemKind::FollowedTags => Vec::new(),
        ItemKind::Settings => vec![text!("reasons-what-you-have-set-stays")],
    }
}
