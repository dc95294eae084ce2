//! From items of a batch to rows: what they point at is looked up for all of them at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use sqlx::PgConnection;
use url::Url;

use super::{
    MastodonDestination, compose,
    files::Shown,
    journal::{self, STATUSES, StatusDetail, ours},
    known::{self, Post},
    reserve, shelf,
    statuses::{Over, Status},
    threads::Numbers,
    versions,
    wording::{Worded, Wording, in_words},
};
use crate::{
    adapters::mastodon_database::{database::silent, place::Named},
    model::{
        id::TransferId,
        item::{Boost, Item, ItemKind},
        mapping::Reservation,
        object::Visibility,
    },
    port::{
        destination::{Prepared, has_it},
        error::AdapterError,
    },
    store::host_rows,
    words::text,
};

/// A row ready to be written, with what is noted of it.
#[derive(Debug)]
pub(super) struct Draft {
    /// What it is counted as.
    pub(super) kind: ItemKind,
    /// The row.
    pub(super) status: Status,
    /// What the release needs.
    pub(super) detail: StatusDetail,
    /// Its files.
    pub(super) shown: Vec<Shown>,
}

/// What the items of a batch point at.
pub(super) struct Around {
    wording: Arc<Wording>,
    /// True visibility of this transfer's own posts, which are on trial.
    own: BTreeMap<i64, i32>,
    /// What the account passes on already, and by which row.
    boosted: BTreeMap<i64, i64>,
    /// Which post shows a file already.
    showing: BTreeMap<i64, Option<i64>>,
}

/// Either a row or why there is none.
pub(super) type Drafted = Result<Draft, String>;

fn asks(item: &Item) -> bool {
    matches!(item, Item::Post(object) if object.poll.is_some())
}

fn pointed_at(item: &Item) -> Vec<&Url> {
    match item {
        Item::Post(object) => object.in_reply_to.iter().chain(&object.quote).collect(),
        Item::Boost(boost) => vec![&boost.object],
        _ => Vec::new(),
    }
}

impl MastodonDestination {
    /// Looks up everything that posts and boosts of a batch point at.
    pub(super) async fn around(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        account: &Named,
        batch: &[(usize, Prepared)],
        over: Over,
    ) -> Result<Around, AdapterError> {
        // What comes with the batch is not there yet; most answers answer the post before.
        let coming = batch.iter().filter(|_| over == Over::No).map(|(_, one)| &one.reservation.url);
        let coming: BTreeSet<&Url> = coming.collect();
        let urls = batch.iter().flat_map(|(_, one)| pointed_at(&one.item));
        let urls: Vec<&Url> = urls.filter(|url| !coming.contains(url)).collect();
        let posts = known::posts(c, &self.place, &urls).await.map_err(|error| silent(&error))?;
        let named: BTreeSet<&str> = batch
            .iter()
            .filter_map(|(_, one)| if let Item::Post(object) = &one.item { Some(object) } else { None })
            .flat_map(|object| compose::named(object))
            .collect();
        let named: Vec<&str> = named.into_iter().collect();
        let people = known::people(c, &self.place, &named).await.map_err(|error| silent(&error))?;
        let passed_on = batch.iter().filter_map(|(_, one)| {
            if let Item::Boost(boost) = &one.item { posts.get(boost.object.as_str()) } else { None }
        });
        let passed_on: Vec<&Post> = passed_on.collect();
        let own: Vec<String> =
            passed_on.iter().filter(|p| p.account == account.id).map(|p| p.id.to_string()).collect();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let mut visibilities = BTreeMap::new();
        if !own.is_empty() {
            let noted = host_rows::of(&self.store, transfer.as_str(), STATUSES, &own).await.map_err(ours)?;
            for row in &noted {
                if let Ok(id) = row.row_key.parse() {
                    visibilities.insert(id, journal::detail::<StatusDetail>(row)?.visibility);
                }
            }
        }
        let targets: Vec<i64> = passed_on.iter().map(|post| post.id).collect();
        let boosted = boosted_already(c, account, &targets).await.map_err(|error| silent(&error))?;
        let files: Vec<i64> = batch
            .iter()
            .flat_map(|(_, one)| one.blobs.values())
            .filter_map(|(id, _)| id.as_str().parse().ok())
            .collect();
        let showing = shown_already(c, &files).await.map_err(|error| silent(&error))?;
        let (place, account, now) = (self.place.clone(), account.clone(), self.clock.now_micros());
        Ok(Around {
            wording: Arc::new(Wording { place, account, now, posts, people }),
            own: visibilities,
            boosted: boosted.into_iter().collect(),
            showing: showing.into_iter().collect(),
        })
    }

    /// Drafts the rows of posts and boosts. Threads are given and files have keys; nothing is written.
    pub(super) async fn draft(
        &self,
        c: &mut PgConnection,
        batch: Vec<(usize, Prepared)>,
        around: &mut Around,
    ) -> Result<Vec<(usize, Drafted)>, AdapterError> {
        let threads = batch.len();
        let polls = batch.iter().filter(|(_, one)| asks(&one.item)).count();
        // Both come to their end: the connection is of no use in the middle of a question.
        let (worded, numbers) =
            tokio::join!(in_words(&around.wording, batch), Numbers::of(&mut *c, polls, threads));
        let (worded, numbers) = (worded?, numbers?);
        let mut drafts = Vec::with_capacity(threads);
        for (index, worded) in worded {
            let drafted = match worded {
                Worded::Whole(draft) => Ok(draft),
                Worded::Showing(one, mut draft) => {
                    self.show(c, &one, &mut draft, around).await?;
                    Ok(*draft)
                }
                Worded::Other(one) => match &one.item {
                    Item::Post(_) => Err(not_of_this_server()),
                    Item::Boost(boost) => boosted(&one.reservation, boost, around),
                    _ => Err(text!("reasons-neither-a-post-nor-a-boost")),
                },
            };
            drafts.push((index, drafted));
        }
        let mut ready: Vec<&mut Draft> =
            drafts.iter_mut().filter_map(|(_, draft)| draft.as_mut().ok()).collect();
        numbers.give(&around.wording.account, &mut ready)?;
        Ok(drafts)
    }

    /// Gives a post its files, and its versions, which name them; one that another post shows already comes a second time.
    async fn show(
        &self,
        c: &mut PgConnection,
        one: &Prepared,
        draft: &mut Draft,
        around: &mut Around,
    ) -> Result<(), AdapterError> {
        let Item::Post(object) = &one.item else { return Ok(()) };
        for attachment in &object.attachments {
            let Some((id, blob)) = one.blobs.get(&attachment.url) else { continue };
            let Ok(id) = id.as_str().parse::<i64>() else { continue };
            let name = attachment.url.rsplit('/').next().unwrap_or_default().to_owned();
            let mut shown = Shown {
                id,
                file_name: name,
                blob: blob.clone(),
                attachment: attachment.clone(),
                is_counted: true,
            };
            let holder = around.showing.entry(id).or_insert(Some(draft.status.id));
            if *holder != Some(draft.status.id) || draft.status.media.contains(&id) {
                let known = shelf::known(&blob.media_type).map_or(shelf::UNKNOWN, |(ending, _)| ending);
                shown.id = reserve::fresh(c, 1).await?.pop().unwrap_or(id);
                shown.file_name = self.file_name(known);
                shown.is_counted = false;
            }
            draft.status.media.push(shown.id);
            draft.shown.push(shown);
        }
        draft.status.versions = versions::of(object, draft, &around.wording.people);
        Ok(())
    }
}

/// What of some posts the account passes on already, and by which row.
async fn boosted_already(
    c: &mut PgConnection,
    account: &Named,
    posts: &[i64],
) -> Result<Vec<(i64, i64)>, sqlx::Error> {
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    sqlx::query_as(
        "select s.reblog_of_id, s.id from unnest($2::bigint[]) as given(id) \
         join statuses s on s.reblog_of_id = given.id where s.account_id = $1 and s.deleted_at is null",
    )
    .bind(account.id)
    .bind(posts)
    .fetch_all(c)
    .await
}

/// Which posts show some files already.
async fn shown_already(c: &mut PgConnection, files: &[i64]) -> Result<Vec<(i64, Option<i64>)>, sqlx::Error> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    sqlx::query_as("select id, status_id from media_attachments where id = any($1)")
        .bind(files)
        .fetch_all(c)
        .await
}

/// Why a boost stays away.
pub(in crate::adapters::mastodon_database) fn unknown_boost() -> String {
    text!("reasons-does-not-know-the-post-it-passes-on")
}

fn not_of_this_server() -> String {
    text!("reasons-its-id-is-none-of-this-servers")
}

fn boosted(place: &Reservation, boost: &Boost, around: &mut Around) -> Drafted {
    let id: i64 = place.local_id.as_str().parse().map_err(|_| not_of_this_server())?;
    let (account, posts) = (&around.wording.account, &around.wording.posts);
    let post = posts.get(boost.object.as_str()).ok_or_else(unknown_boost)?.clone();
    if boost.visibility == Visibility::Direct {
        return Err(text!("reasons-no-boost-that-only-its-owner-sees"));
    }
    if post.is_boost {
        return Err(text!("reasons-it-passes-on-another-boost"));
    }
    let true_visibility = around.own.get(&post.id).copied().unwrap_or(post.visibility);
    let may_be = if post.account == account.id { true_visibility <= 2 } else { true_visibility <= 1 };
    if !may_be {
        return Err(text!("reasons-the-post-it-passes-on-is-not-open"));
    }
    if *around.boosted.entry(post.id).or_insert(id) != id {
        return Err(has_it());
    }
    let visibility = compose::number_of(boost.visibility).max(true_visibility);
    let print = compose::print("", "", false, None);
    let detail = StatusDetail { visibility, print, ..StatusDetail::default() };
    let status = Status {
        id,
        uri: place.url.to_string(),
        text: String::new(),
        warning: String::new(),
        created: boost.published.micros(),
        edited: None,
        conversation: 0,
        parent: None,
        is_reply: false,
        is_sensitive: false,
        language: None,
        media: Vec::new(),
        poll: None,
        boost_of: Some(post.id),
        tallies: None,
        versions: Vec::new(),
    };
    Ok(Draft { kind: ItemKind::Boosts, status, detail, shown: Vec::new() })
}
