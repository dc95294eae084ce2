//! What a person sees at home and in their lists: posts of those they follow, topics they follow, and
//! their own, without what they look away from.

use url::Url;

use super::{
    Site, SiteResult,
    accounts::Account,
    lists::{Entry, Shelf},
    screen::{Screen, Verdict},
    viewer::Viewer,
};
use crate::{
    model::{
        belonging::{Belonging, FilterPlace, ListReplies, PeopleList},
        item::ItemKind,
        object::{Object, Visibility},
    },
    store::{overview, posts as rows},
    wire,
};

/// Rows read at a time.
const STEP: i64 = 100;
/// Rows looked at before a page stays short.
const LOOKS_AT: usize = 1000;

/// A post of a timeline.
#[derive(Debug, Clone)]
pub struct Seen {
    /// What it says.
    pub object: Object,
    /// Whether it is a copy only its owner sees.
    pub is_trial: bool,
    /// The filter it is folded under.
    pub folded: Option<String>,
}

impl Site {
    /// What a person sees at home, newest first: their own posts, those of actors they follow, and
    /// public posts of this server with a topic they follow.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn timeline(&self, account: &Account, limit: usize) -> SiteResult<Vec<Seen>> {
        let screen = self.screen(account).await?;
        let viewer = Viewer::Owner(account.id.clone());
        let own = self.entries(account, &viewer, Shelf::Everything, None, limit).await?;
        let mut shown: Vec<Seen> = Vec::new();
        for entry in own.items {
            if let Entry::Post(post) = entry {
                shown.push(Seen { object: post.object, is_trial: post.is_trial, folded: None });
            }
        }
        let topics = rows::of_followed_topics(&self.store, account.id.as_str(), STEP).await?;
        for post in self.presented(topics).await? {
            shown.extend(judged(post.object, &screen));
        }
        let is_for_home = |object: &Object| !screen.is_kept_apart(&object.attributed_to);
        shown.extend(self.received(account, &screen, &Stream::Followed, limit, &is_for_home).await?);
        Ok(newest(shown, limit))
    }

    /// What a person sees in one of their lists; `None` when they have no such list.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn list_timeline(
        &self,
        account: &Account,
        title: &str,
        limit: usize,
    ) -> SiteResult<Option<(PeopleList, Vec<Seen>)>> {
        let kept = self.belongings(account, &[ItemKind::Lists]).await?;
        let list = kept.into_iter().find(|kept| kept.key == title).and_then(|kept| match kept.belonging {
            Belonging::List(list) => Some(list),
            _ => None,
        });
        let Some(list) = list else { return Ok(None) };
        let screen = self.screen(account).await?;
        let wanted = |object: &Object| list.replies != ListReplies::None || object.in_reply_to.is_none();
        let stream = Stream::List(title.to_owned());
        let mut shown = self.received(account, &screen, &stream, limit, &wanted).await?;
        if list.replies == ListReplies::List {
            shown = self.answering(shown, &list).await?;
        }
        Ok(Some((list, newest(shown, limit))))
    }

    /// Posts that answer nobody, or somebody on the list. Whose a post is that we do not hold, we
    /// cannot know: such an answer is shown when its text names somebody on the list.
    async fn answering(&self, shown: Vec<Seen>, list: &PeopleList) -> SiteResult<Vec<Seen>> {
        let parents: Vec<&str> =
            shown.iter().filter_map(|seen| seen.object.in_reply_to.as_ref()).map(Url::as_str).collect();
        let authors = overview::remote_authors(&self.store, &parents).await?;
        let is_member = |actor: &str| list.members.iter().any(|member| member.as_str() == actor);
        let answers = |seen: &Seen| match &seen.object.in_reply_to {
            None => true,
            Some(parent) => match authors.get(parent.as_str()) {
                Some(author) => is_member(author),
                None => seen.object.tags.iter().filter_map(|tag| tag.href.as_deref()).any(is_member),
            },
        };
        let keep: Vec<bool> = shown.iter().map(answers).collect();
        Ok(shown.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(seen, _)| seen).collect())
    }

    /// Received posts of a stream that this reader may and wants to see, newest first.
    async fn received(
        &self,
        account: &Account,
        screen: &Screen,
        stream: &Stream,
        limit: usize,
        wanted: &(dyn Fn(&Object) -> bool + Sync),
    ) -> SiteResult<Vec<Seen>> {
        let me = self.urls.actor(&account.username);
        let (mut shown, mut before, mut looked_at) = (Vec::new(), i64::MAX, 0);
        while shown.len() < limit && looked_at < LOOKS_AT {
            let id = account.id.as_str();
            let found = match stream {
                Stream::Followed => overview::timeline(&self.store, id, before, STEP).await?,
                Stream::List(list) => overview::list_timeline(&self.store, id, list, before, STEP).await?,
            };
            let Some(last) = found.last() else { break };
            before = last.published_at;
            looked_at += found.len();
            let is_last = i64::try_from(found.len()).is_ok_and(|found| found < STEP);
            let objects = found.iter().filter_map(|row| meant_for(row, &me)).filter(|object| wanted(object));
            shown.extend(objects.filter_map(|object| judged(object, screen)));
            if is_last {
                break;
            }
        }
        Ok(shown)
    }
}

/// Which received posts are read.
enum Stream {
    /// Of those the account follows.
    Followed,
    /// Of those on a list that the account follows.
    List(String),
}

fn judged(object: Object, screen: &Screen) -> Option<Seen> {
    let folded = match screen.verdict(&object, FilterPlace::Home) {
        Verdict::Hidden => return None,
        Verdict::Folded(title) => Some(title),
        Verdict::Shown => None,
    };
    Some(Seen { object, is_trial: false, folded })
}

/// The newest of them, each once.
fn newest(mut shown: Vec<Seen>, limit: usize) -> Vec<Seen> {
    shown.sort_by_key(|seen| std::cmp::Reverse(seen.object.published.micros()));
    shown.dedup_by(|a, b| a.object.id == b.object.id);
    shown.truncate(limit);
    shown
}

/// A received post, if it was meant for this reader: shared inboxes also bring what others may see.
fn meant_for(row: &overview::RemotePostRow, me: &Url) -> Option<Object> {
    let document: serde_json::Value = serde_json::from_str(&row.document).ok()?;
    let is_wrapped = wire::lenient::is_type(&document, "Create");
    let inner = if is_wrapped { document.get("object")? } else { &document };
    let object = wire::object::read(inner, None).ok()?;
    let names_me = object.to.iter().chain(&object.cc).any(|id| id == me.as_str());
    let is_whole = object.id.as_str() == row.id && object.attributed_to.as_str() == row.actor;
    (is_whole && (object.visibility != Visibility::Direct || names_me)).then_some(object)
}
