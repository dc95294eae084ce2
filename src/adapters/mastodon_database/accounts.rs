//! The server beside us as a host: who its accounts are, what its addresses stand for, and what it shows
//! of them to strangers; aliases, where an account went, and its key.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgConnection};
use url::Url;

use super::{
    Caches, Database, Place,
    database::silent,
    document::{self, Shown},
    host::{self, OwnersPermits, Secrets},
    keeper::Keeper,
    place::{Meaning, Named, Whose},
    schema::{Schema, Version},
    source::{audience_of, path_of_file},
};
use crate::{
    model::{actor::Actor, id::AccountId, item::ItemKind, tie::Tie},
    port::{
        clock::SharedClock,
        error::AdapterError,
        host::{Host, HostAccount, Located, Tied},
        permits::Permits,
        remote::{Remote, Signer},
    },
    store::Store,
};

/// A status that an address may mean: its number, author, name and form of addresses, whether it is a
/// boost, its audience, its stated id.
type StatusRow = (i64, i64, String, bool, bool, i32, Option<String>);
/// A file that an address may mean: its number, name, owner, and the audience of its post.
type FileRow = (i64, String, i64, Option<i32>);

/// The server beside us, read as a host.
#[derive(Clone)]
pub struct MastodonAccounts {
    database: Database,
    place: Place,
    changing: Option<Changing>,
    permits: Option<OwnersPermits>,
    keeper: Option<Keeper>,
}

/// What is needed to change something there.
#[derive(Clone)]
struct Changing {
    clock: SharedClock,
    caches: Option<Caches>,
    secrets: Option<Secrets>,
}

impl MastodonAccounts {
    /// Stands before the server at `place`.
    pub fn new(database: Database, place: Place) -> Self {
        Self { database, place, changing: None, permits: None, keeper: None }
    }

    /// Also changes what a move changes. `secrets` open its keys since 4.7.
    #[must_use]
    pub fn changing(self, clock: SharedClock, caches: Option<Caches>, secrets: Option<Secrets>) -> Self {
        Self { changing: Some(Changing { clock, caches, secrets }), ..self }
    }

    /// Lets the keeper sign, where there is one: no key is read here then.
    #[must_use]
    pub fn kept_by(self, keeper: Option<Keeper>) -> Self {
        Self { keeper, ..self }
    }

    /// Also follows and blocks, with permissions of owners that are kept in `store`.
    #[must_use]
    pub fn acting(self, store: Store, clock: SharedClock) -> Self {
        let permits = OwnersPermits::new(self.database.clone(), store, clock, self.place.web.clone());
        Self { permits: Some(permits), ..self }
    }

    pub(super) async fn named(&self, id: &AccountId, doing: &str) -> Result<Named, AdapterError> {
        let shown = self.by_id(id).await?;
        shown
            .map(|shown| shown.named())
            .ok_or_else(|| AdapterError::fatal(doing, "there is no such account here"))
    }

    /// By the account's number.
    async fn by_id(&self, id: &AccountId) -> Result<Option<Shown>, AdapterError> {
        match id.as_str().parse::<i64>() {
            Ok(number) => self.find("a.id = $1::text::bigint", &number.to_string()).await,
            Err(_) => Ok(None),
        }
    }

    /// Accounts of this server's own that somebody signs in to.
    async fn find(&self, condition: &str, value: &str) -> Result<Option<Shown>, AdapterError> {
        let (mut c, schema) = self.database.connection().await?;
        let sql = Shown::question(schema, condition);
        let found = sqlx::query_as::<_, Shown>(AssertSqlSafe(sql)).bind(value).fetch_optional(&mut *c).await;
        found.map_err(|error| silent(&error))
    }

    fn described(&self, shown: Shown) -> HostAccount {
        let named = shown.named();
        let web = |text: String| Url::parse(&text).ok();
        HostAccount {
            id: shown.id.to_string().into(),
            actor: self.place.actor(&named),
            page: self.place.page(&named),
            username: shown.username,
            moved_to: shown.moved_to.and_then(web),
            also_known_as: shown.also_known_as.unwrap_or_default().into_iter().filter_map(web).collect(),
        }
    }

    async fn statuses(
        &self,
        c: &mut PgConnection,
        schema: Schema,
        ids: Vec<i64>,
    ) -> Result<BTreeMap<i64, (Named, Located)>, AdapterError> {
        let sql = format!(
            "select s.id, s.account_id, a.username::text, {}, s.reblog_of_id is not null, s.visibility, s.uri::text \
             from statuses s join accounts a on a.id = s.account_id \
             where s.id = any($1) and s.deleted_at is null and a.domain is null",
            if schema.is_at_least(Version::V4_5) { "coalesce(a.id_scheme, 0) = 1" } else { "false" }
        );
        let rows: Vec<StatusRow> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(ids)
            .fetch_all(c)
            .await
            .map_err(|error| silent(&error))?;
        let located = |(id, owner, username, is_numeric, is_boost, audience, uri): StatusRow| {
            let named = Named { id: owner, username, is_numeric };
            let posts = self.place.posts(&named);
            let made = if is_boost { posts.boost(id) } else { posts.id(id) };
            let located = Located {
                account: owner.to_string().into(),
                kind: if is_boost { ItemKind::Boosts } else { ItemKind::Posts },
                local_id: id.to_string().into(),
                visibility: audience_of(audience),
                id: uri.and_then(|uri| Url::parse(&uri).ok()).unwrap_or(made),
            };
            (id, (named, located))
        };
        Ok(rows.into_iter().map(located).collect())
    }

    /// Files by their path below the media directory.
    async fn files(
        &self,
        c: &mut PgConnection,
        names: Vec<String>,
    ) -> Result<BTreeMap<String, Located>, AdapterError> {
        let rows: Vec<FileRow> = sqlx::query_as(
            "select m.id, m.file_file_name::text, m.account_id, s.visibility from media_attachments m \
             left join statuses s on s.id = m.status_id and s.deleted_at is null \
             where m.file_file_name = any($1) and m.remote_url = '' and m.account_id is not null",
        )
        .bind(names)
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
        let located = |(id, name, owner, audience): FileRow| {
            let path = path_of_file(id, &name);
            let located = Located {
                account: owner.to_string().into(),
                kind: ItemKind::Media,
                local_id: id.to_string().into(),
                // A file of no post is nobody's to see.
                visibility: audience_of(audience.unwrap_or(i32::MAX)),
                id: self.place.file(&path),
            };
            (path, located)
        };
        Ok(rows.into_iter().map(located).collect())
    }
}

impl Changing {
    /// The account's document is remembered for minutes; a move is checked against it at once.
    async fn forget(&self, account: &Named) {
        let Some(caches) = &self.caches else { return };
        if let Err(error) = caches.forget(account.id, &[]).await {
            tracing::warn!(%error, "the server beside us shows the account as it was, for some minutes");
        }
    }
}

#[async_trait]
impl Host for MastodonAccounts {
    async fn account(&self, id: &AccountId) -> Result<Option<HostAccount>, AdapterError> {
        Ok(self.by_id(id).await?.map(|shown| self.described(shown)))
    }

    async fn account_named(&self, username: &str) -> Result<Option<HostAccount>, AdapterError> {
        let found = self.find("lower(a.username) = lower($1)", username).await?;
        Ok(found.map(|shown| self.described(shown)))
    }

    async fn locate(&self, url: &Url) -> Result<Option<Located>, AdapterError> {
        Ok(self.locate_all(std::slice::from_ref(url)).await?.pop().flatten())
    }

    async fn locate_all(&self, urls: &[Url]) -> Result<Vec<Option<Located>>, AdapterError> {
        let meanings: Vec<Option<Meaning>> = urls.iter().map(|url| self.place.meaning(url)).collect();
        let (mut ids, mut names) = (Vec::new(), Vec::new());
        for meaning in meanings.iter().flatten() {
            match meaning {
                Meaning::Status(_, id, _) => ids.push(*id),
                Meaning::File(path) => names.extend(path.rsplit('/').next().map(str::to_owned)),
                Meaning::Account(_) => {}
            }
        }
        if ids.is_empty() && names.is_empty() {
            return Ok(vec![None; urls.len()]);
        }
        let (mut c, schema) = self.database.connection().await?;
        let statuses = self.statuses(&mut c, schema, ids).await?;
        let files = if names.is_empty() { BTreeMap::new() } else { self.files(&mut c, names).await? };
        let found = |meaning: Option<Meaning>| match meaning? {
            Meaning::Account(_) => None,
            Meaning::File(path) => files.get(&path).cloned(),
            Meaning::Status(whose, id, is_activity) => {
                let (author, located) = statuses.get(&id)?;
                let is_meant = whose.is(author) || matches!(&whose, Whose::Id(id) if *id == author.id);
                // The activity of a post is no object of its own; that of a boost is what a boost is.
                let is_meant = is_meant && (!is_activity || located.kind == ItemKind::Boosts);
                is_meant.then(|| located.clone())
            }
        };
        Ok(meanings.into_iter().map(found).collect())
    }

    async fn move_inboxes(&self, account: &AccountId) -> Result<Vec<Url>, AdapterError> {
        let Ok(account) = account.as_str().parse::<i64>() else { return Ok(Vec::new()) };
        let (mut c, _) = self.database.connection().await?;
        // The server itself tells those who block the account, too.
        let inboxes: Vec<(Option<String>,)> = sqlx::query_as(
            "select distinct coalesce(nullif(a.shared_inbox_url, ''), nullif(a.inbox_url, ''))::text \
             from accounts a where a.domain is not null and a.id in (\
               select account_id from follows where target_account_id = $1 \
               union select account_id from blocks where target_account_id = $1)",
        )
        .bind(account)
        .fetch_all(&mut *c)
        .await
        .map_err(|error| silent(&error))?;
        Ok(inboxes.into_iter().filter_map(|(inbox,)| Url::parse(&inbox?).ok()).collect())
    }

    async fn meet(&self, actor: &Actor) -> Result<(), AdapterError> {
        let Some(changing) = &self.changing else { return Ok(()) };
        let (mut c, _) = self.database.connection().await?;
        host::meet(&mut c, actor, changing.clock.now_micros()).await.map(drop)
    }

    async fn is_move_told(&self, account: &AccountId, target: &Url) -> Result<bool, AdapterError> {
        let named = self.named(account, "looking whether a move was told").await?;
        let (mut c, _) = self.database.connection().await?;
        host::is_told(&mut c, &named, target).await
    }

    async fn note_move(&self, account: &AccountId, target: &Url) -> Result<(), AdapterError> {
        let doing = "noting that a move is told";
        let Some(changing) = &self.changing else { return not_yet(doing) };
        let named = self.named(account, doing).await?;
        let (mut c, _) = self.database.connection().await?;
        host::note_told(&mut c, &named, target, changing.clock.now_micros()).await
    }

    async fn set_moved_to(&self, account: &AccountId, target: Option<&Url>) -> Result<(), AdapterError> {
        let doing = "saying where the account moved";
        let Some(changing) = &self.changing else { return not_yet(doing) };
        let named = self.named(account, doing).await?;
        let (mut c, _) = self.database.connection().await?;
        host::set_moved_to(&mut c, &named, target, changing.clock.now_micros()).await?;
        changing.forget(&named).await;
        Ok(())
    }

    async fn add_alias(&self, account: &AccountId, other: &Url) -> Result<(), AdapterError> {
        let doing = "naming another account as the same person's";
        let Some(changing) = &self.changing else { return not_yet(doing) };
        let named = self.named(account, doing).await?;
        let (mut c, _) = self.database.connection().await?;
        host::add_alias(&mut c, &named, other, changing.clock.now_micros()).await?;
        changing.forget(&named).await;
        Ok(())
    }

    async fn remove_alias(&self, account: &AccountId, other: &Url) -> Result<(), AdapterError> {
        let doing = "no longer naming another account as the same person's";
        let Some(changing) = &self.changing else { return not_yet(doing) };
        let named = self.named(account, doing).await?;
        let (mut c, _) = self.database.connection().await?;
        host::remove_alias(&mut c, &named, other, changing.clock.now_micros()).await?;
        changing.forget(&named).await;
        Ok(())
    }

    async fn tie(
        &self,
        remote: &dyn Remote,
        account: &AccountId,
        actor: &Url,
        tie: &Tie,
    ) -> Result<Tied, AdapterError> {
        let Some(permits) = &self.permits else { return not_yet("following or blocking somebody") };
        let (database, place) = (&self.database, &self.place);
        host::Asking { database, place, permits, remote }.tie(account, actor, tie).await
    }

    fn permits(&self) -> Option<&dyn Permits> {
        let permits = self.permits.as_ref()?;
        Some(permits)
    }

    async fn sign_delivery(
        &self,
        account: &AccountId,
        inbox: &Url,
        activity: &str,
    ) -> Result<Option<Vec<(String, String)>>, AdapterError> {
        match &self.keeper {
            Some(keeper) => keeper.sign(account, inbox, activity).await.map(Some),
            None => Ok(None),
        }
    }

    async fn signer(&self, account: &AccountId) -> Result<Signer, AdapterError> {
        let doing = "signing for the account";
        if self.keeper.is_some() {
            return Err(AdapterError::fatal(doing, "its key is kept by the keeper, which hands none out"));
        }
        let Some(changing) = &self.changing else { return not_yet(doing) };
        let named = self.named(account, doing).await?;
        let (mut c, schema) = self.database.connection().await?;
        host::signer(&mut c, schema, &self.place, &named, changing.secrets.as_ref()).await
    }

    async fn actor_document(&self, account: &AccountId) -> Result<Value, AdapterError> {
        let shown = self.by_id(account).await?;
        let shown = shown.ok_or_else(|| {
            AdapterError::fatal("writing the account's public document", "there is no such account here")
        })?;
        Ok(json!(document::actor(&self.place, &shown)))
    }
}

/// What must be done on the server's own pages as long as we do not do it.
fn not_yet<T>(doing: &str) -> Result<T, AdapterError> {
    Err(AdapterError::fatal(doing, "godwit only reads at this server; do it in the account's settings there"))
}
