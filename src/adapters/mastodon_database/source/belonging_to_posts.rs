//! What belongs to the posts of one page: people named, topics, files, polls, quotes, emoji. One question
//! each, however many posts there are.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, PgConnection};
use url::Url;

use super::{
    MastodonSource, edits, files,
    phrases::seconds,
    posts::{PostRow, moment},
};
use crate::{
    adapters::mastodon_database::database::silent,
    model::{
        media::Attachment,
        object::{Poll, PollOption, Tag, TagKind, Tallies},
    },
    port::error::AdapterError,
};

/// A post, and somebody it names: name, host, actor, page.
type PersonRow = (i64, String, Option<String>, Option<String>, Option<String>);
/// A poll: its choices, their votes, whether several may be chosen, when it ends, whether it has, voters.
type PollRow = (i64, Vec<String>, Vec<i64>, bool, Option<i64>, bool, Option<i64>);

/// Somebody a post names.
pub(super) struct Person {
    /// The tag.
    pub(super) tag: Tag,
    /// How the text may name them, with the page that leads to.
    pub(super) spellings: Vec<(String, String)>,
}

/// Everything that belongs to some posts, by the posts' ids.
#[derive(Default)]
pub(super) struct Belonging {
    pub(super) people: BTreeMap<i64, Vec<Person>>,
    pub(super) topics: BTreeMap<i64, Vec<Tag>>,
    files: BTreeMap<i64, Vec<(i64, Attachment)>>,
    /// By the polls' ids.
    pub(super) polls: BTreeMap<i64, Poll>,
    pub(super) quotes: BTreeMap<i64, Url>,
    pub(super) versions: edits::Versions,
    pub(super) tallies: BTreeMap<i64, Tallies>,
    /// Addresses of what they answer, by its id.
    pub(super) parents: BTreeMap<i64, String>,
    emoji: BTreeMap<String, String>,
}

impl Belonging {
    /// Asks for everything.
    ///
    /// # Errors
    /// [`AdapterError`].
    pub(super) async fn of(
        source: &MastodonSource,
        c: &mut PgConnection,
        posts: &[PostRow],
    ) -> Result<Self, AdapterError> {
        let ids: Vec<i64> = posts.iter().map(|post| post.id).collect();
        let mut all = Self::default();
        if ids.is_empty() {
            return Ok(all);
        }
        all.read_people(source, c, &ids).await?;
        all.read_topics(source, c, &ids).await?;
        all.files = files::attachments(source, c, &ids).await?;
        all.versions = edits::of(c, posts).await?;
        all.read_tallies(c, &ids).await?;
        all.read_parents(source, c, posts).await?;
        let polls: Vec<i64> = posts.iter().filter_map(|post| post.poll_id).collect();
        if !polls.is_empty() {
            all.read_polls(source, c, &polls).await?;
        }
        if source.phrases.has_quotes {
            all.read_quotes(source, c, &ids).await?;
        }
        let texts = posts.iter().flat_map(|post| [&post.text, &post.spoiler_text]).flatten();
        let codes: BTreeSet<String> = texts.flat_map(|text| shortcodes(text)).map(str::to_owned).collect();
        if !codes.is_empty() {
            all.read_emoji(source, c, codes.into_iter().collect()).await?;
        }
        Ok(all)
    }

    async fn read_people(
        &mut self,
        source: &MastodonSource,
        c: &mut PgConnection,
        ids: &[i64],
    ) -> Result<(), AdapterError> {
        let sql = format!(
            "select n.status_id, a.username::text, a.domain::text, {actor}, {page} from mentions n {account} a \
             where n.status_id = any($1) and not n.silent order by n.id",
            actor = source.phrases.actor("a"),
            page = source.phrases.page("a"),
            account = source.phrases.account("n.account_id"),
        );
        let rows: Vec<PersonRow> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(ids)
            .fetch_all(c)
            .await
            .map_err(|error| silent(&error))?;
        for (post, username, domain, actor, page) in rows {
            let (Some(actor), Some(page)) = (actor, page) else { continue };
            let host = domain.as_deref().unwrap_or(&source.place.domain);
            let mut spellings = vec![(format!("{username}@{host}").to_lowercase(), page.clone())];
            if domain.is_none() {
                spellings.push((username.to_lowercase(), page));
            }
            let name = format!("@{username}@{host}");
            let tag = Tag { kind: TagKind::Mention, name, href: Some(actor) };
            self.people.entry(post).or_default().push(Person { tag, spellings });
        }
        Ok(())
    }

    async fn read_topics(
        &mut self,
        source: &MastodonSource,
        c: &mut PgConnection,
        ids: &[i64],
    ) -> Result<(), AdapterError> {
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "select st.status_id, t.name::text from statuses_tags st join tags t on t.id = st.tag_id \
             where st.status_id = any($1) order by st.status_id, t.name",
        )
        .bind(ids)
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
        let mut addresses: BTreeMap<String, Option<String>> = BTreeMap::new();
        for (post, name) in rows {
            if !addresses.contains_key(&name) {
                addresses.insert(name.clone(), source.wording.topics.join(&name).ok().map(String::from));
            }
            let href = addresses.get(&name).cloned().flatten();
            let tag = Tag { kind: TagKind::Hashtag, name: format!("#{name}"), href };
            self.topics.entry(post).or_default().push(tag);
        }
        Ok(())
    }

    async fn read_tallies(&mut self, c: &mut PgConnection, ids: &[i64]) -> Result<(), AdapterError> {
        let rows: Vec<(i64, i64, i64, i64)> = sqlx::query_as(
            "select status_id, coalesce(replies_count, 0), coalesce(favourites_count, 0), \
             coalesce(reblogs_count, 0) from status_stats where status_id = any($1)",
        )
        .bind(ids)
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
        let number = |count: i64| u64::try_from(count).unwrap_or(0);
        let tallies = |(post, replies, likes, shares): (i64, i64, i64, i64)| {
            (post, Tallies { replies: number(replies), likes: number(likes), shares: number(shares) })
        };
        self.tallies = rows.into_iter().map(tallies).collect();
        Ok(())
    }

    /// Most answer a post of the same page; only the others are asked for.
    async fn read_parents(
        &mut self,
        source: &MastodonSource,
        c: &mut PgConnection,
        posts: &[PostRow],
    ) -> Result<(), AdapterError> {
        let mut wanted: BTreeSet<i64> = posts.iter().filter_map(|post| post.parent).collect();
        for post in posts {
            if wanted.remove(&post.id) {
                let stated = post.uri.clone().filter(|uri| !uri.is_empty());
                let address = stated.unwrap_or_else(|| source.wording.posts.id(post.id).into());
                self.parents.insert(post.id, address);
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "select p.id, {} from statuses p {} a where p.id = any($1) and p.deleted_at is null",
            source.phrases.post("p", "a"),
            source.phrases.account("p.account_id"),
        );
        let rows: Vec<(i64, Option<String>)> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(wanted.into_iter().collect::<Vec<_>>())
            .fetch_all(c)
            .await
            .map_err(|error| silent(&error))?;
        self.parents.extend(rows.into_iter().filter_map(|(id, address)| Some((id, address?))));
        Ok(())
    }

    async fn read_polls(
        &mut self,
        source: &MastodonSource,
        c: &mut PgConnection,
        ids: &[i64],
    ) -> Result<(), AdapterError> {
        let sql = format!(
            "select id, options::text[], cached_tallies, multiple, {}, coalesce(expires_at <= now(), false), \
             voters_count from polls where id = any($1) and account_id = $2",
            seconds("expires_at")
        );
        let rows: Vec<PollRow> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(ids)
            .bind(source.owner.id)
            .fetch_all(c)
            .await
            .map_err(|error| silent(&error))?;
        for (id, names, votes, is_multiple, ends, is_over, voters) in rows {
            let votes = votes.into_iter().chain(std::iter::repeat(0));
            let option =
                |(name, votes): (String, i64)| PollOption { name, votes: u64::try_from(votes).unwrap_or(0) };
            let ends = ends.map(moment);
            let poll = Poll {
                options: names.into_iter().zip(votes).map(option).collect(),
                is_multiple,
                closed: ends.clone().filter(|_| is_over),
                ends,
                voters: voters.and_then(|count| u64::try_from(count).ok()),
            };
            self.polls.insert(id, poll);
        }
        Ok(())
    }

    /// What posts quote. Quotes that were refused or taken back are none any more (2 to 4).
    async fn read_quotes(
        &mut self,
        source: &MastodonSource,
        c: &mut PgConnection,
        ids: &[i64],
    ) -> Result<(), AdapterError> {
        let sql = format!(
            "select q.status_id, {} from quotes q join statuses s on s.id = q.quoted_status_id \
             join accounts a on a.id = s.account_id \
             where q.status_id = any($1) and q.state in (0, 1) and s.deleted_at is null",
            source.phrases.post("s", "a")
        );
        let rows: Vec<(i64, Option<String>)> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(ids)
            .fetch_all(c)
            .await
            .map_err(|error| silent(&error))?;
        let read = |(post, uri): (i64, Option<String>)| Some((post, Url::parse(&uri?).ok()?));
        self.quotes = rows.into_iter().filter_map(read).collect();
        Ok(())
    }

    async fn read_emoji(
        &mut self,
        source: &MastodonSource,
        c: &mut PgConnection,
        codes: Vec<String>,
    ) -> Result<(), AdapterError> {
        let rows: Vec<(String, i64, String)> = sqlx::query_as(
            "select shortcode::text, id, image_file_name::text from custom_emojis \
             where domain is null and not disabled and image_file_name is not null and shortcode = any($1)",
        )
        .bind(codes)
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
        let address = |id, name: &str| source.place.file(&files::path("custom_emojis/images", id, name));
        self.emoji = rows.into_iter().map(|(code, id, name)| (code, address(id, &name).into())).collect();
        Ok(())
    }

    /// The files a post shows, in their order. An order that names none hides them all.
    pub(super) fn files(&mut self, post: i64, order: Option<&[i64]>) -> Vec<(i64, Attachment)> {
        let mut files = self.files.remove(&post).unwrap_or_default();
        if let Some(order) = order {
            files.sort_by_key(|(id, _)| order.iter().position(|one| one == id));
        }
        files
    }

    /// The emoji that texts use, each once.
    pub(super) fn emoji_of(&self, texts: &[&str]) -> Vec<Tag> {
        let codes: BTreeSet<&str> = texts.iter().flat_map(|text| shortcodes(text)).collect();
        let tag = |code: &str| {
            let href = self.emoji.get(code)?.clone();
            Some(Tag { kind: TagKind::Emoji, name: format!(":{code}:"), href: Some(href) })
        };
        codes.into_iter().filter_map(tag).collect()
    }
}

/// Words between colons that may be emoji.
fn shortcodes(text: &str) -> impl Iterator<Item = &str> {
    text.split(':').skip(1).filter(|word| {
        word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}
