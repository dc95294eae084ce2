//! Pieces of SQL that differ between releases, or that many questions share.

use crate::adapters::mastodon_database::{Place, schema::Schema, schema::Version};

/// The pieces, for one server.
#[derive(Debug, Clone)]
pub(super) struct Phrases {
    web: String,
    has_numbers: bool,
    /// Whether posts can quote.
    pub(super) has_quotes: bool,
}

impl Phrases {
    /// For the tables as they are.
    pub(super) fn of(place: &Place, schema: Schema) -> Self {
        Self {
            // A part of SQL text: an address has no quotation marks, and if it had, they would be doubled.
            web: place.web.as_str().trim_end_matches('/').replace('\'', "''"),
            has_numbers: schema.is_at_least(Version::V4_5),
            has_quotes: schema.is_at_least(Version::V4_4),
        }
    }

    /// The actor id of an account, `alias` being its row. Those of this server have none in their row.
    pub(super) fn actor(&self, alias: &str) -> String {
        let own = format!("'{}/users/' || {alias}.username", self.web);
        let own = if self.has_numbers {
            format!(
                "case when {alias}.id_scheme = 1 then '{}/ap/users/' || {alias}.id else {own} end",
                self.web
            )
        } else {
            own
        };
        format!("(case when {alias}.domain is null then {own} else {alias}.uri end)")
    }

    /// The account with a key, found by it alone: what is asked for of it is what a role that may only read is given.
    pub(super) fn account(&self, key: &str) -> String {
        let scheme = if self.has_numbers { ", id_scheme" } else { "" };
        format!(
            "cross join lateral (select id, username, domain, uri, url{scheme} from accounts where id = {key} offset 0)"
        )
    }

    /// The id of a post, `status` and `author` being the rows.
    pub(super) fn post(&self, status: &str, author: &str) -> String {
        format!(
            "coalesce(nullif({status}.uri, ''), case when {author}.domain is null \
             then {} || '/statuses/' || {status}.id end)",
            self.actor(author)
        )
    }

    /// A page for people of an account.
    pub(super) fn page(&self, alias: &str) -> String {
        format!(
            "(case when {alias}.domain is null then '{}/@' || {alias}.username \
             else coalesce(nullif({alias}.url, ''), {alias}.uri) end)",
            self.web
        )
    }

    /// An actor's `id_scheme`: whether its addresses go by number.
    pub(super) fn is_numeric(&self, alias: &str) -> String {
        if self.has_numbers { format!("coalesce({alias}.id_scheme, 0) = 1") } else { "false".to_owned() }
    }
}

/// Microseconds since 1970 of a column, which holds UTC without saying so.
pub(super) fn micros(column: &str) -> String {
    format!("(extract(epoch from {column}) * 1000000)::bigint")
}

/// Seconds since 1970 of a column: what the server says of times in its documents has no fractions.
pub(super) fn seconds(column: &str) -> String {
    format!("floor(extract(epoch from {column}))::bigint")
}

/// Which posts of the account are read: neither boosts nor deleted ones, `$1` being the account, `$2`
/// whether those for few are included. The visibilities 0 and 1 are open; every other number is not.
pub(super) const OWN_POSTS: &str = "s.account_id = $1 and s.deleted_at is null and s.reblog_of_id is null and ($2 or s.visibility in (0, 1))";

/// Which boosts are read, `r` being the row that was passed on.
pub(super) const OWN_BOOSTS: &str = "s.account_id = $1 and s.deleted_at is null and r.deleted_at is null \
     and s.reblog_of_id is not null and ($2 or s.visibility in (0, 1))";

/// Which files are read: those a post shows that is read, that are here and whole. `m` is the file.
pub(super) const OWN_FILES: &str = "m.account_id = $1 and m.remote_url = '' and m.file_file_name is not null \
     and coalesce(m.processing, 2) = 2 \
     and (s.ordered_media_attachment_ids is null or m.id = any(s.ordered_media_attachment_ids))";
