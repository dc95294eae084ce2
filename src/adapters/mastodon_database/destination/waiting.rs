//! What would be seen, or have an effect, at once: likes, pins, topics, mutes, lists. It waits in our own
//! database and is written at the release. Whether it can be written is looked at now.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use url::Url;

use super::{
    MastodonDestination,
    compose::topic,
    journal::{self, STATUSES, StatusDetail, WAITING, ours},
    known::{self, Person, Post},
    reserve,
};
use crate::{
    adapters::mastodon_database::{database::silent, place::Named},
    model::{
        belonging::Belonging,
        id::{AccountId, TransferId},
        item::{Item, ItemKind},
    },
    port::{
        destination::{Prepared, Written, has_it},
        error::AdapterError,
    },
    store::{Store, host_rows},
    words::text,
};

/// What the release needs to know of something that waits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Waiting {
    /// The key its row will have.
    pub(super) id: i64,
    /// The post it is about.
    pub(super) status: Option<i64>,
    /// Whom it is about.
    pub(super) person: Option<i64>,
    /// When it was made, in microseconds.
    pub(super) at: i64,
    /// The thing itself.
    pub(super) item: Item,
}

/// What the account has already, and what things point at.
struct Ground {
    posts: BTreeMap<String, Post>,
    people: BTreeMap<String, Person>,
    own: BTreeMap<i64, i32>,
    /// Kind and key of what the account has of its own.
    has: BTreeSet<(String, String)>,
    /// How many pins, featured topics and lists it may still get.
    room: BTreeMap<ItemKind, i64>,
}

/// Why what points at a post stays away.
pub(in crate::adapters::mastodon_database) fn unknown_post() -> String {
    text!("reasons-does-not-know-the-post-it-points-at")
}

/// The table of a kind, whose sequence gives the key.
pub(super) fn table(kind: ItemKind) -> Option<&'static str> {
    Some(match kind {
        ItemKind::Likes => "favourites",
        ItemKind::Bookmarks => "bookmarks",
        ItemKind::Pins => "status_pins",
        ItemKind::FeaturedTags => "featured_tags",
        ItemKind::FollowedTags => "tag_follows",
        ItemKind::Muted => "mutes",
        ItemKind::BlockedDomains => "account_domain_blocks",
        ItemKind::Filters => "custom_filters",
        ItemKind::Lists => "lists",
        ItemKind::Notes => "account_notes",
        _ => return None,
    })
}

/// The statement that takes a row away that was written at the release.
pub(super) fn removal(table: &str) -> &'static str {
    macro_rules! delete {
        ($table:literal) => {
            concat!("delete from ", $table, " where id = $1 and account_id = $2")
        };
    }
    match table {
        "favourites" => delete!("favourites"),
        "bookmarks" => delete!("bookmarks"),
        "status_pins" => delete!("status_pins"),
        "featured_tags" => delete!("featured_tags"),
        "tag_follows" => delete!("tag_follows"),
        "mutes" => delete!("mutes"),
        "account_domain_blocks" => delete!("account_domain_blocks"),
        "custom_filters" => delete!("custom_filters"),
        "lists" => delete!("lists"),
        _ => delete!("account_notes"),
    }
}

/// What has to go before it.
pub(super) fn hanging(table: &str) -> &'static [&'static str] {
    match table {
        "custom_filters" => &["delete from custom_filter_keywords where custom_filter_id in \
               (select id from custom_filters where id = $1 and account_id = $2)"],
        "lists" => &[
            "delete from list_accounts where list_id in (select id from lists where id = $1 and account_id = $2)",
        ],
        _ => &[],
    }
}

impl MastodonDestination {
    /// Notes what waits; gives for each thing whether it will be there.
    pub(super) async fn write_waiting(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        account: &Named,
        batch: &[(usize, Prepared)],
    ) -> Result<Vec<(usize, Written)>, AdapterError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<String> = batch.iter().map(|(_, one)| noted_key(one)).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let noted = host_rows::of(&self.store, transfer.as_str(), WAITING, &keys).await.map_err(ours)?;
        let noted: BTreeSet<String> = noted.into_iter().map(|row| row.row_key).collect();
        let mut ground = self.ground(c, transfer, account, batch).await?;
        let (mut written, mut rows) = (Vec::with_capacity(batch.len()), Vec::new());
        let now = self.clock.now_micros();
        for ((index, one), position) in batch.iter().zip(now..) {
            let (kind, key) = (one.item.kind(), noted_key(one));
            if noted.contains(&key) {
                written.push((*index, Written::Done));
                continue;
            }
            match ground.place(&one.item, account) {
                Err(why) => written.push((*index, Written::Skipped(why))),
                Ok(Aim::Nothing) => written.push((*index, Written::Done)),
                Ok(Aim::Waits { status, person }) => {
                    let id = match table(kind) {
                        Some(table) => reserve::numbers(c, table, 1).await?.pop().unwrap_or_default(),
                        None => 0,
                    };
                    let at = one.item.published().map_or(now, |at| at.micros().min(now));
                    let waiting = Waiting { id, status, person, at, item: one.item.clone() };
                    rows.push(journal::row(WAITING, key, kind.as_str(), position, &waiting));
                    written.push((*index, Written::Done));
                }
            }
        }
        host_rows::note(&self.store, transfer.as_str(), rows).await.map_err(ours)?;
        Ok(written)
    }

    async fn ground(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        account: &Named,
        batch: &[(usize, Prepared)],
    ) -> Result<Ground, AdapterError> {
        let posts: Vec<&Url> = batch.iter().filter_map(|(_, one)| post_of(&one.item)).collect();
        let posts = known::posts(c, &self.place, &posts).await.map_err(|error| silent(&error))?;
        let people: BTreeSet<&str> =
            batch.iter().filter_map(|(_, one)| about(&one.item)).map(Url::as_str).collect();
        let people: Vec<&str> = people.into_iter().collect();
        let people = known::people(c, &self.place, &people).await.map_err(|error| silent(&error))?;
        let own: Vec<String> = posts
            .values()
            .filter(|post| post.account == account.id)
            .map(|post| post.id.to_string())
            .collect();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let noted = host_rows::of(&self.store, transfer.as_str(), STATUSES, &own).await.map_err(ours)?;
        let mut visibilities = BTreeMap::new();
        for row in &noted {
            if let Ok(id) = row.row_key.parse() {
                visibilities.insert(id, journal::detail::<StatusDetail>(row)?.visibility);
            }
        }
        let (has, room) = possessions(c, account).await.map_err(|error| silent(&error))?;
        let mut ground = Ground { posts, people, own: visibilities, has, room };
        // What waits already takes room, too.
        for kind in [ItemKind::Pins, ItemKind::FeaturedTags, ItemKind::Lists] {
            if batch.iter().any(|(_, one)| one.item.kind() == kind) {
                let waiting = self.waiting_of(transfer, kind).await?;
                *ground.room.entry(kind).or_default() -= waiting;
            }
        }
        Ok(ground)
    }

    /// How many things of a kind wait.
    async fn waiting_of(&self, transfer: &TransferId, kind: ItemKind) -> Result<i64, AdapterError> {
        let counted = host_rows::count(&self.store, transfer.as_str(), WAITING).await.map_err(ours)?;
        let found = counted.into_iter().find(|(word, _)| word == kind.as_str());
        Ok(found.map_or(0, |(_, count)| i64::try_from(count).unwrap_or(i64::MAX)))
    }
}

/// What is done with something.
enum Aim {
    /// It waits.
    Waits { status: Option<i64>, person: Option<i64> },
    /// It comes with something else.
    Nothing,
}

impl Ground {
    fn place(&mut self, item: &Item, account: &Named) -> Result<Aim, String> {
        let kind = item.kind();
        let waits = || Aim::Waits { status: None, person: None };
        let has = |ground: &Self, key: &str| ground.has.contains(&(kind.as_str().to_owned(), key.to_owned()));
        match item {
            Item::Like(_) | Item::Bookmark(_) | Item::Belonging(Belonging::Pin { .. }) => {
                let post = post_of(item)
                    .and_then(|url| self.posts.get(url.as_str()))
                    .ok_or_else(unknown_post)?
                    .clone();
                let is_own = post.account == account.id;
                let visibility = self.own.get(&post.id).copied().unwrap_or(post.visibility);
                if !is_own && visibility > 1 {
                    return Err(text!("reasons-the-post-it-points-at-is-not-open"));
                }
                if kind == ItemKind::Pins {
                    if !is_own || post.is_boost || visibility > 2 {
                        return Err(text!("reasons-pins-only-posts-of-its-own"));
                    }
                    self.takes_room(kind, || text!("reasons-room-for-five-pinned-posts"))?;
                }
                if has(self, &post.id.to_string()) {
                    return Err(has_it());
                }
                Ok(Aim::Waits { status: Some(post.id), person: None })
            }
            // Their servers have to be told: it waits until the owner says so, and the server does it then.
            Item::Follow { actor, .. } | Item::Block { actor } => {
                let person = self.people.get(actor.as_str()).map(|person| person.id);
                if person == Some(account.id) {
                    return Err(text!("reasons-points-at-this-account"));
                }
                if person.is_some_and(|person| has(self, &person.to_string())) {
                    return Err(has_it());
                }
                Ok(Aim::Waits { status: None, person })
            }
            Item::Belonging(belonging) => {
                let person = match belonging.about() {
                    None => None,
                    Some(actor) => Some(
                        self.people
                            .get(actor.as_str())
                            .ok_or_else(|| text!("reasons-does-not-know-whom-it-is-about"))?
                            .id,
                    ),
                };
                if person == Some(account.id) {
                    return Err(text!("reasons-points-at-this-account"));
                }
                let key = match (belonging, person) {
                    (_, Some(person)) => person.to_string(),
                    (Belonging::FeaturedTag { name } | Belonging::FollowedTag { name }, _) => topic(name),
                    (Belonging::Filter(filter), _) => filter.title.clone(),
                    (other, None) => other.key(),
                };
                if has(self, &key) {
                    return Err(text!("reasons-has-one-of-its-own"));
                }
                match belonging {
                    Belonging::Mute { ends: Some(_), .. } => {
                        return Err(text!("reasons-such-mutes-would-never-end"));
                    }
                    Belonging::FeaturedTag { .. } => {
                        self.takes_room(kind, || text!("reasons-room-for-ten-featured-topics"))?;
                    }
                    Belonging::List(_) => self.takes_room(kind, || text!("reasons-room-for-fifty-lists"))?,
                    Belonging::Setting { name, value } => super::settings::fits(*name, value)?,
                    _ => {}
                }
                if matches!(belonging, Belonging::FeaturedTag { .. } | Belonging::FollowedTag { .. })
                    && key.is_empty()
                {
                    return Err(text!("reasons-the-topic-has-no-letters"));
                }
                Ok(match person {
                    Some(person) => Aim::Waits { status: None, person: Some(person) },
                    None => waits(),
                })
            }
            Item::Media(_) | Item::Post(_) | Item::Boost(_) => Ok(Aim::Nothing),
        }
    }

    fn takes_room(&mut self, kind: ItemKind, why: fn() -> String) -> Result<(), String> {
        let room = self.room.entry(kind).or_default();
        if *room <= 0 {
            return Err(why());
        }
        *room -= 1;
        Ok(())
    }
}

/// Whom a thing is about.
fn about(item: &Item) -> Option<&Url> {
    match item {
        Item::Follow { actor, .. } | Item::Block { actor } => Some(actor),
        Item::Belonging(belonging) => belonging.about(),
        _ => None,
    }
}

/// Lists of kept copies on which somebody stood, by the keys they have here.
pub(in crate::adapters::mastodon_database) async fn waits_on_lists(
    store: &Store,
    account: &AccountId,
    actor: &Url,
) -> Result<Vec<i64>, AdapterError> {
    let details = host_rows::kept(store, account.as_str(), ItemKind::Lists.as_str()).await.map_err(ours)?;
    let waiting = details.iter().filter_map(|detail| serde_json::from_str::<Waiting>(detail).ok());
    let on_it = |waiting: Waiting| match &waiting.item {
        Item::Belonging(Belonging::List(list)) if list.members.contains(actor) => Some(waiting.id),
        _ => None,
    };
    Ok(waiting.filter_map(on_it).collect())
}

/// What tells things that wait apart.
pub(super) fn noted_key(one: &Prepared) -> String {
    format!("{} {}", one.reservation.kind.as_str(), one.reservation.local_id)
}

fn post_of(item: &Item) -> Option<&Url> {
    match item {
        Item::Like(reference) | Item::Bookmark(reference) => Some(&reference.object),
        Item::Belonging(Belonging::Pin { object, .. }) => Some(object),
        _ => None,
    }
}

/// What an account has of its own, and how much more of some kinds it may have.
async fn possessions(
    c: &mut PgConnection,
    account: &Named,
) -> Result<(BTreeSet<(String, String)>, BTreeMap<ItemKind, i64>), sqlx::Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select 'likes', status_id::text from favourites where account_id = $1 union all \
         select 'bookmarks', status_id::text from bookmarks where account_id = $1 union all \
         select 'pins', status_id::text from status_pins where account_id = $1 union all \
         select 'featured_tags', t.name::text from featured_tags f join tags t on t.id = f.tag_id \
         where f.account_id = $1 union all \
         select 'followed_tags', t.name::text from tag_follows f join tags t on t.id = f.tag_id \
         where f.account_id = $1 union all \
         select 'following', target_account_id::text from follows where account_id = $1 union all \
         select 'following', target_account_id::text from follow_requests where account_id = $1 union all \
         select 'blocked', target_account_id::text from blocks where account_id = $1 union all \
         select 'muted', target_account_id::text from mutes where account_id = $1 union all \
         select 'blocked_domains', domain::text from account_domain_blocks where account_id = $1 union all \
         select 'filters', phrase from custom_filters where account_id = $1 union all \
         select 'lists', title::text from lists where account_id = $1 union all \
         select 'notes', target_account_id::text from account_notes where account_id = $1",
    )
    .bind(account.id)
    .fetch_all(c)
    .await?;
    let mut room = BTreeMap::from([(ItemKind::Pins, 5), (ItemKind::FeaturedTags, 10), (ItemKind::Lists, 50)]);
    for (kind, _) in &rows {
        if let Some(room) = ItemKind::from_word(kind).and_then(|kind| room.get_mut(&kind)) {
            *room -= 1;
        }
    }
    Ok((rows.into_iter().collect(), room))
}
