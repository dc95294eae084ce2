//! Posts of a batch put into the server's words, on threads of their own: meanwhile its database is asked for numbers.

use std::{collections::BTreeMap, sync::Arc};

use url::Url;

use super::{
    compose,
    draft::Draft,
    journal::StatusDetail,
    known::{Person, Post},
    statuses::Status,
    versions,
};
use crate::{
    adapters::mastodon_database::place::{Meaning, Named, Place},
    model::{
        item::{Item, ItemKind},
        moment::Moment,
        object::{Object, Tallies},
    },
    port::{destination::Prepared, error::AdapterError},
};

/// Threads that a batch is shared out to; the server beside us needs the others.
const THREADS: usize = 2;
/// Posts that are not worth another thread.
const FEW: usize = 50;

/// What is the same for all posts of a batch.
pub(super) struct Wording {
    /// Where the server is.
    pub(super) place: Place,
    /// The account they go into.
    pub(super) account: Named,
    /// This moment, in microseconds.
    pub(super) now: i64,
    /// What they point at and the server has.
    pub(super) posts: BTreeMap<String, Post>,
    /// Whom they name and the server knows.
    pub(super) people: BTreeMap<String, Person>,
}

/// An item of a batch after its text was seen to. Most are whole: a box for each would be given back by another thread.
pub(super) enum Worded {
    /// A post that shows no files: nothing more is wanted of it.
    Whole(Draft),
    /// A post whose files have to be given to it.
    Showing(Prepared, Box<Draft>),
    /// No post, or none with an id of this server's.
    Other(Prepared),
}

/// Drafts the rows of posts, but for what their places among the others decide: threads, files, numbers of polls. All
/// come back with their place in the batch, in the order in which they were.
///
/// # Errors
/// [`AdapterError::Fatal`] when the daemon is ending, or fell over it.
pub(super) async fn in_words(
    wording: &Arc<Wording>,
    mut batch: Vec<(usize, Prepared)>,
) -> Result<Vec<(usize, Worded)>, AdapterError> {
    let share = batch.len().div_ceil(THREADS).max(FEW);
    let (mut shares, mut worded) = (Vec::with_capacity(THREADS), Vec::with_capacity(batch.len()));
    while !batch.is_empty() {
        let rest = batch.split_off(share.min(batch.len()));
        let (wording, some) = (Arc::clone(wording), std::mem::replace(&mut batch, rest));
        shares.push(tokio::task::spawn_blocking(move || {
            some.into_iter().map(|(index, one)| (index, wording.word(one))).collect::<Vec<_>>()
        }));
    }
    for share in shares {
        worded.extend(share.await.map_err(|error| AdapterError::fatal("putting posts into words", error))?);
    }
    Ok(worded)
}

impl Wording {
    /// What is not wanted any more goes here already: letting go of a post takes as long as making its row.
    fn word(&self, one: Prepared) -> Worded {
        let Item::Post(object) = &one.item else { return Worded::Other(one) };
        let Ok(id) = one.reservation.local_id.as_str().parse() else { return Worded::Other(one) };
        let mut draft = self.post(id, one.reservation.url.to_string(), object);
        if object.attachments.is_empty() {
            draft.status.versions = versions::of(object, &draft, &self.people);
            return Worded::Whole(draft);
        }
        Worded::Showing(one, Box::new(draft))
    }

    fn post(&self, id: i64, uri: String, object: &Object) -> Draft {
        let mut composed = compose::compose(object, &self.people, self.now);
        let mut detail = StatusDetail {
            visibility: compose::number_of(object.visibility),
            mentions: composed.mentions,
            tags: composed.tags,
            ..StatusDetail::default()
        };
        if let Some(quote) = &object.quote {
            match self.own_status(quote) {
                Some(own) => detail.quote = Some(own),
                // What others wrote can only be quoted anew, with their consent: the link stays.
                None if !composed.text.contains(quote.as_str()) => {
                    let said = format!("{}\n\nRE: {quote}", composed.text);
                    said.trim_start().clone_into(&mut composed.text);
                }
                None => {}
            }
        }
        let parent = object.in_reply_to.as_ref();
        let known = parent.and_then(|url| self.posts.get(url.as_str()));
        if known.is_none() {
            detail.parent = parent.and_then(|url| self.own_status(url));
        }
        let (created, edited) = (object.published.micros(), object.updated.as_ref().map(Moment::micros));
        detail.print = compose::print(&composed.text, &composed.warning, composed.is_sensitive, edited);
        let status = Status {
            id,
            uri,
            text: composed.text,
            warning: composed.warning,
            created,
            edited,
            conversation: known.and_then(|post| post.conversation).unwrap_or_default(),
            parent: known.map(|post| (post.id, self.answered(post))),
            is_reply: parent.is_some(),
            is_sensitive: composed.is_sensitive,
            language: composed.language,
            media: Vec::new(),
            poll: composed.poll.map(|poll| (0, poll)),
            boost_of: None,
            tallies: tallies(object.tallies),
            versions: Vec::new(),
        };
        Draft { kind: ItemKind::Posts, status, detail, shown: Vec::new() }
    }

    /// The id in the address of one of the account's own posts.
    fn own_status(&self, url: &Url) -> Option<i64> {
        match self.place.meaning(url)? {
            Meaning::Status(whose, id, false) if whose.is(&self.account) => Some(id),
            _ => None,
        }
    }

    /// Whom an answer to a post answers: who answers their own answer goes on answering whom they answered.
    fn answered(&self, post: &Post) -> i64 {
        post.answers.filter(|_| post.account == self.account.id).unwrap_or(post.account)
    }
}

fn tallies(tallies: Tallies) -> Option<(i64, i64, i64)> {
    let Tallies { replies, likes, shares } = tallies;
    let counts = [replies, shares, likes].map(compose::number);
    let [replies, shares, likes] = counts;
    (counts != [0; 3]).then_some((replies, shares, likes))
}
