//! What an owner does not want to see: blocked and muted people, blocked servers, filters. It only
//! looks away; nothing is deleted, and whoever takes a mute back sees everything again.

use std::collections::BTreeSet;

use url::Url;

use super::{Site, SiteResult, accounts::Account, clean};
use crate::{
    model::{
        actor::authority,
        belonging::{Belonging, Filter, FilterAction, FilterPlace, Phrase},
        item::ItemKind,
        moment::Moment,
        object::Object,
    },
    store::blocks,
};

/// What becomes of a post for one reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is shown.
    Shown,
    /// It is folded under the name of a filter.
    Folded(String),
    /// It is not shown.
    Hidden,
}

/// Everything one owner looks away from.
#[derive(Debug, Clone, Default)]
pub struct Screen {
    own: Option<Url>,
    actors: BTreeSet<String>,
    silent: BTreeSet<String>,
    domains: BTreeSet<String>,
    exclusive: BTreeSet<String>,
    filters: Vec<Filter>,
}

impl Site {
    /// The screen of an account, as it is in force now; what a copy on trial brought already screens,
    /// because only its owner can see that.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn screen(&self, account: &Account) -> SiteResult<Screen> {
        let kinds = [ItemKind::Muted, ItemKind::BlockedDomains, ItemKind::Filters, ItemKind::Lists];
        let now = self.clock.now_micros();
        let blocked = blocks::of(&self.store, account.id.as_str()).await?;
        let mut screen = Screen {
            own: Some(self.urls.actor(&account.username)),
            silent: blocked.iter().cloned().collect(),
            actors: blocked.into_iter().collect(),
            ..Screen::default()
        };
        let in_force = |belonging: &Belonging| belonging.ends().is_none_or(|ends| Moment::micros(ends) > now);
        let kept = self.belongings(account, &kinds).await?.into_iter().map(|kept| kept.belonging);
        for belonging in kept.filter(in_force) {
            screen.add(belonging);
        }
        Ok(screen)
    }
}

impl Screen {
    fn add(&mut self, belonging: Belonging) {
        match belonging {
            Belonging::Mute { actor, hides_notifications, .. } => {
                if hides_notifications {
                    self.silent.insert(actor.to_string());
                }
                self.actors.insert(actor.into());
            }
            Belonging::DomainBlock { domain } => {
                self.domains.insert(domain);
            }
            Belonging::Filter(filter) => self.filters.push(filter),
            Belonging::List(list) if list.is_exclusive => {
                self.exclusive.extend(list.members.into_iter().map(String::from));
            }
            _ => {}
        }
    }

    /// What becomes of a post in a place. One's own posts are always shown.
    pub fn verdict(&self, object: &Object, place: FilterPlace) -> Verdict {
        let author = &object.attributed_to;
        if self.own.as_ref() == Some(author) {
            return Verdict::Shown;
        }
        if self.actors.contains(author.as_str()) || self.is_of_blocked_server(author) {
            return Verdict::Hidden;
        }
        let words = said(object);
        let matching = self.filters.iter().filter(|filter| {
            filter.places.contains(&place) && filter.phrases.iter().any(|phrase| holds(&words, phrase))
        });
        // The stricter of two filters that match is the one that counts.
        match matching.max_by_key(|filter| filter.action) {
            None => Verdict::Shown,
            Some(filter) if filter.action == FilterAction::Warn => Verdict::Folded(filter.title.clone()),
            Some(_) => Verdict::Hidden,
        }
    }

    /// Whether posts of somebody stand on a list of their own instead of at home.
    pub fn is_kept_apart(&self, author: &Url) -> bool {
        self.exclusive.contains(author.as_str())
    }

    /// Whether the owner wants to be told of what somebody does.
    pub fn hears(&self, actor: &Url) -> bool {
        !self.silent.contains(actor.as_str()) && !self.is_of_blocked_server(actor)
    }

    fn is_of_blocked_server(&self, actor: &Url) -> bool {
        let host = actor.host_str().unwrap_or_default();
        self.domains.contains(host) || self.domains.contains(&authority(actor))
    }
}

/// Everything a post says, in lower case.
fn said(object: &Object) -> String {
    let texts = [object.name.as_deref(), object.summary.as_deref(), Some(object.content.as_str())];
    let alts = object.attachments.iter().filter_map(|file| file.alt.as_deref());
    let options = object.poll.iter().flat_map(|poll| poll.options.iter().map(|option| option.name.as_str()));
    let tags = object.tags.iter().map(|tag| tag.name.as_str());
    let texts = texts.into_iter().flatten().chain(alts).chain(options).map(clean::words);
    texts.chain(tags.map(str::to_owned)).collect::<Vec<_>>().join("\n").to_lowercase()
}

/// Whether a text in lower case holds a phrase, as a whole word where that is wanted.
fn holds(words: &str, phrase: &Phrase) -> bool {
    let wanted = phrase.text.to_lowercase();
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    // A phrase that begins or ends with a sign stands alone by that sign.
    let (opens, closes) = (is_letter(wanted.chars().next()), is_letter(wanted.chars().next_back()));
    words.match_indices(&wanted).any(|(at, found)| {
        let before = words.get(..at).and_then(|text| text.chars().next_back());
        let after = words.get(at + found.len()..).and_then(|text| text.chars().next());
        !phrase.is_whole_word || !((opens && is_letter(before)) || (closes && is_letter(after)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(text: &str, is_whole_word: bool) -> Phrase {
        Phrase { text: text.to_owned(), is_whole_word }
    }

    #[test]
    fn a_whole_word_stands_alone_and_case_does_not_matter() {
        let words = "the goalkeeper saw a goal; #tor, straße";
        assert!(holds(words, &phrase("GOAL", true)) && holds(words, &phrase("keeper", false)));
        assert!(!holds(words, &phrase("keeper", true)));
        assert!(holds(words, &phrase("#Tor", true)) && holds(words, &phrase("Straße", true)));
        assert!(!holds("scorekeeper", &phrase("score", true)), "it begins there, but goes on");
        assert!(holds("goals and a goal", &phrase("goal", true)), "a later place counts too");
    }
}
