//! What an owner set up for themselves: mutes, filters, lists and the like. Each is a key and little more.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{item::ItemKind, moment::Moment};
use crate::words::text;

/// Longest name of a list, filter or topic, in characters.
const NAME: usize = 200;
/// Longest phrase of a filter, in characters.
const PHRASE: usize = 500;
/// Longest note about somebody, in characters.
const NOTE: usize = 5_000;
/// People on one list at most; also phrases of one filter.
const MEMBERS: usize = 20_000;
/// Longest address that is taken as a key, in bytes: databases index no longer ones.
const ADDRESS: usize = 2_000;

/// Where a filter looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterPlace {
    /// The timeline at home, and lists.
    Home,
    /// What the owner is told.
    Notifications,
    /// Lists over all accounts: topics, search.
    Public,
    /// A post with its answers.
    Thread,
    /// Pages of single accounts.
    Account,
}

impl FilterPlace {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Home, Self::Notifications, Self::Public, Self::Thread, Self::Account];

    /// The word used in storage and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Notifications => "notifications",
            Self::Public => "public",
            Self::Thread => "thread",
            Self::Account => "account",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.as_str() == word)
    }
}

/// What a filter does with a post; the first is the milder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterAction {
    /// It is folded under the filter's name.
    Warn,
    /// It is not shown.
    Hide,
}

/// A word or phrase a filter looks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Phrase {
    /// As typed; compared without regard to case.
    pub text: String,
    /// Whether it must stand alone, not inside another word.
    pub is_whole_word: bool,
}

/// Posts the owner does not want to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// What the owner calls it.
    pub title: String,
    /// Any one of these makes it match.
    pub phrases: Vec<Phrase>,
    /// Where it looks.
    pub places: Vec<FilterPlace>,
    /// What it does.
    pub action: FilterAction,
    /// Not in force from then on.
    pub ends: Option<Moment>,
}

/// Which answers a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListReplies {
    /// Answers to anybody the owner follows.
    Followed,
    /// Answers to people on the list.
    #[default]
    List,
    /// None.
    None,
}

impl ListReplies {
    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "followed" => Some(Self::Followed),
            "list" => Some(Self::List),
            "none" => Some(Self::None),
            _ => None,
        }
    }

    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Followed => "followed",
            Self::List => "list",
            Self::None => "none",
        }
    }
}

/// A named list of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleList {
    /// Its name.
    pub title: String,
    /// The actors on it, in order of their ids.
    pub members: Vec<Url>,
    /// Which answers it shows.
    pub replies: ListReplies,
    /// Whether those on it are left out at home.
    pub is_exclusive: bool,
}

/// Settings that mean something on another server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingName {
    /// Audience of new posts: a word of [`super::object::Visibility`].
    DefaultVisibility,
    /// Language of new posts, BCP 47.
    DefaultLanguage,
    /// Whether media of new posts are hidden behind a click.
    DefaultSensitive,
    /// Whether the account may be recommended.
    Discoverable,
    /// Whether its public posts may be found by search engines.
    Indexable,
    /// Whether its owner decides who may follow.
    ApprovesFollowers,
}

impl SettingName {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::DefaultVisibility,
        Self::DefaultLanguage,
        Self::DefaultSensitive,
        Self::Discoverable,
        Self::Indexable,
        Self::ApprovesFollowers,
    ];

    /// The word used in storage and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DefaultVisibility => "default_visibility",
            Self::DefaultLanguage => "default_language",
            Self::DefaultSensitive => "default_sensitive",
            Self::Discoverable => "discoverable",
            Self::Indexable => "indexable",
            Self::ApprovesFollowers => "approves_followers",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == word)
    }

    /// Whether a value makes sense for it.
    fn takes(self, value: &str) -> bool {
        match self {
            Self::DefaultVisibility => super::object::Visibility::ALL.iter().any(|v| v.as_str() == value),
            Self::DefaultLanguage => {
                (2..=35).contains(&value.len())
                    && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            }
            _ => matches!(value, "true" | "false"),
        }
    }
}

/// One thing an owner set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "belonging", rename_all = "snake_case")]
pub enum Belonging {
    /// Somebody whose posts the owner does not want to see.
    Mute {
        /// The actor.
        actor: Url,
        /// Whether the owner is not told of what they do, either.
        hides_notifications: bool,
        /// Not in force from then on.
        ends: Option<Moment>,
    },
    /// A server the owner wants nothing of.
    DomainBlock {
        /// Its host, in lower-case ASCII.
        domain: String,
    },
    /// Words the owner does not want to see.
    Filter(Filter),
    /// People read together.
    List(PeopleList),
    /// A post of the owner's own that stands first on their page.
    Pin {
        /// The post.
        object: Url,
        /// Where among the pins; the smallest stands first.
        position: u32,
    },
    /// A topic shown on the owner's page.
    FeaturedTag {
        /// Lower case, without `#`.
        name: String,
    },
    /// A topic the owner follows.
    FollowedTag {
        /// Lower case, without `#`.
        name: String,
    },
    /// What the owner wrote down about somebody, for themselves.
    Note {
        /// The actor.
        actor: Url,
        /// Plain text.
        text: String,
    },
    /// A choice about the account.
    Setting {
        /// Which.
        name: SettingName,
        /// What was chosen.
        value: String,
    },
}

impl Belonging {
    /// Which kind it counts as.
    pub fn kind(&self) -> ItemKind {
        match self {
            Self::Mute { .. } => ItemKind::Muted,
            Self::DomainBlock { .. } => ItemKind::BlockedDomains,
            Self::Filter(_) => ItemKind::Filters,
            Self::List(_) => ItemKind::Lists,
            Self::Pin { .. } => ItemKind::Pins,
            Self::FeaturedTag { .. } => ItemKind::FeaturedTags,
            Self::FollowedTag { .. } => ItemKind::FollowedTags,
            Self::Note { .. } => ItemKind::Notes,
            Self::Setting { .. } => ItemKind::Settings,
        }
    }

    /// What makes it one and the same: an account has each key of a kind once.
    pub fn key(&self) -> String {
        match self {
            Self::Mute { actor, .. } | Self::Note { actor, .. } => actor.to_string(),
            Self::DomainBlock { domain } => domain.clone(),
            Self::Filter(filter) => filter.key(),
            Self::List(list) => list.title.clone(),
            Self::Pin { object, .. } => object.to_string(),
            Self::FeaturedTag { name } | Self::FollowedTag { name } => name.clone(),
            Self::Setting { name, .. } => name.as_str().to_owned(),
        }
    }

    /// From when on it is no longer in force.
    pub fn ends(&self) -> Option<&Moment> {
        match self {
            Self::Mute { ends, .. } => ends.as_ref(),
            Self::Filter(filter) => filter.ends.as_ref(),
            _ => None,
        }
    }

    /// Whose actor it is about, where it is about one.
    pub fn about(&self) -> Option<&Url> {
        match self {
            Self::Mute { actor, .. } | Self::Note { actor, .. } => Some(actor),
            _ => None,
        }
    }

    /// Brings it into the one form it is kept in, or says what is wrong with it. Whatever comes from
    /// outside goes through here.
    ///
    /// # Errors
    /// A sentence for the report or the person.
    pub fn checked(mut self) -> Result<Self, String> {
        match &mut self {
            Self::Mute { actor, .. } => fits(actor)?,
            Self::Pin { object, .. } => fits(object)?,
            Self::Note { actor, text } => {
                fits(actor)?;
                *text = measured(|| text!("reasons-the-note"), text, NOTE)?;
            }
            Self::DomainBlock { domain } => *domain = host(domain)?,
            Self::FeaturedTag { name } | Self::FollowedTag { name } => *name = topic(name)?,
            Self::List(list) => {
                list.title = measured(|| text!("reasons-the-name-of-the-list"), &list.title, NAME)?;
                list.members.sort();
                list.members.dedup();
                if list.members.len() > MEMBERS {
                    return Err(text!("reasons-the-list-has-more-people", most = MEMBERS.to_string()));
                }
                list.members.iter().try_for_each(fits)?;
            }
            Self::Filter(filter) => filter.check()?,
            Self::Setting { name, value } => {
                if !name.takes(value) {
                    return Err(text!("reasons-a-value-that-is-not-known", name = name.as_str()));
                }
            }
        }
        Ok(self)
    }
}

impl Filter {
    fn check(&mut self) -> Result<(), String> {
        for phrase in &mut self.phrases {
            phrase.text = measured(|| text!("reasons-a-phrase-of-the-filter"), &phrase.text, PHRASE)?;
        }
        self.phrases.sort();
        self.phrases.dedup();
        self.places.sort();
        self.places.dedup();
        let first = self.phrases.first().ok_or_else(|| text!("reasons-the-filter-has-no-words"))?;
        if self.title.trim().is_empty() {
            self.title = first.text.chars().take(NAME).collect();
        }
        self.title = measured(|| text!("reasons-the-name-of-the-filter"), &self.title, NAME)?;
        if self.phrases.len() > MEMBERS {
            return Err(text!("reasons-the-filter-has-more-phrases", most = MEMBERS.to_string()));
        }
        if self.places.is_empty() {
            return Err(text!("reasons-the-filter-does-not-say-where"));
        }
        Ok(())
    }

    /// Two filters may have one name; what they look for tells them apart.
    fn key(&self) -> String {
        let mut print = 0xcbf2_9ce4_8422_2325_u64;
        let places = self.places.iter().map(|place| place.as_str());
        let phrases = self.phrases.iter().flat_map(|phrase| {
            [phrase.text.as_str(), if phrase.is_whole_word { "whole" } else { "anywhere" }]
        });
        for piece in places.chain(phrases) {
            // FNV-1a: short, and the same in every release.
            for byte in piece.bytes().chain([0]) {
                print = (print ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        format!("{} {print:016x}", self.title)
    }
}

/// Text of a sensible length, without blanks around it.
fn measured(what: fn() -> String, text: &str, most: usize) -> Result<String, String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(text!("reasons-something-is-empty", what = what())),
        n if n > most => Err(text!("reasons-something-is-longer", what = what(), most = most.to_string())),
        _ => Ok(text.to_owned()),
    }
}

fn fits(address: &Url) -> Result<(), String> {
    if address.as_str().len() > ADDRESS {
        return Err(text!("reasons-an-address-in-it-is-longer", most = ADDRESS.to_string()));
    }
    Ok(())
}

/// A server's name as it stands in addresses.
fn host(text: &str) -> Result<String, String> {
    let text = text.trim().trim_start_matches(['#', '@']).trim_end_matches('.');
    let named = Url::parse(&format!("https://{text}/")).ok();
    let named = named.filter(|url| url.path() == "/" && url.username().is_empty() && url.query().is_none());
    let named = named.as_ref().and_then(|url| url.host_str().map(|_| super::actor::authority(url)));
    named.filter(|host| host.len() <= 260).ok_or_else(|| text!("reasons-not-a-servers-name"))
}

/// A topic's name as it is compared.
fn topic(text: &str) -> Result<String, String> {
    let name =
        measured(|| text!("reasons-the-topic"), text.trim().trim_start_matches('#'), NAME)?.to_lowercase();
    if name.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '/' | '?' | '#')) {
        return Err(text!("reasons-the-topic-has-other-characters"));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(title: &str, phrases: &[&str]) -> Filter {
        let phrase = |text: &&str| Phrase { text: (*text).to_owned(), is_whole_word: true };
        Filter {
            title: title.to_owned(),
            phrases: phrases.iter().map(phrase).collect(),
            places: vec![FilterPlace::Home],
            action: FilterAction::Warn,
            ends: None,
        }
    }

    #[test]
    fn a_server_is_known_by_one_spelling_however_it_is_written() {
        for (typed, kept) in [
            (" Evil.Example. ", "evil.example"),
            ("#evil.example", "evil.example"),
            ("bücher.example", "xn--bcher-kva.example"),
        ] {
            let domain = Belonging::DomainBlock { domain: typed.to_owned() }.checked().unwrap();
            assert_eq!(domain.key(), kept);
        }
        for typed in ["", "a b", "user@evil.example", "evil.example/path", "evil.example?x"] {
            assert!(Belonging::DomainBlock { domain: typed.to_owned() }.checked().is_err(), "{typed}");
        }
    }

    #[test]
    fn filters_of_one_name_are_told_apart_by_what_they_look_for() {
        let key = |title: &str, phrases: &[&str]| {
            Belonging::Filter(filter(title, phrases)).checked().unwrap().key()
        };
        assert_ne!(key("football", &["goal"]), key("football", &["goal", "cup"]));
        assert_eq!(key("football", &["cup", "goal"]), key("football", &["goal", "cup", "cup"]));
        assert!(Belonging::Filter(filter("nothing", &[])).checked().is_err());
        assert!(key("", &["goal"]).starts_with("goal "), "a filter without a name takes its first words");
    }

    #[test]
    fn a_setting_takes_only_what_means_something() {
        let set = |name, value: &str| Belonging::Setting { name, value: value.to_owned() }.checked().is_ok();
        assert!(set(SettingName::DefaultVisibility, "followers") && set(SettingName::Indexable, "false"));
        assert!(!set(SettingName::DefaultVisibility, "everybody") && !set(SettingName::Indexable, "perhaps"));
        assert!(set(SettingName::DefaultLanguage, "pt-BR") && !set(SettingName::DefaultLanguage, "<b>"));
    }
}
