//! Where the server beside us is: its names, and the addresses it gives to what it has.

use url::Url;

use super::Files;

/// What is known of the server besides its database.
#[derive(Debug, Clone)]
pub struct Place {
    /// The origin of its addresses (`WEB_DOMAIN`).
    pub web: Url,
    /// The name in its handles (`LOCAL_DOMAIN`).
    pub domain: String,
    /// Where files of its media directory are served.
    pub media_url: Url,
    /// Where they lie.
    pub files: Files,
}

/// An account of the server as its addresses name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its key.
    pub id: i64,
    /// Its login name.
    pub username: String,
    /// Whether its addresses go by number instead of by name; those made since 4.5 do.
    pub is_numeric: bool,
}

/// What one of the server's addresses says by its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// An account, by number or by name.
    Account(Whose),
    /// A post or boost: whose, its number, and whether the boost's activity is meant.
    Status(Whose, i64, bool),
    /// A file of the media directory, by its path in there.
    File(String),
}

/// Whose something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// By the account's number.
    Id(i64),
    /// By the account's name, in lower case.
    Name(String),
}

impl Whose {
    /// Whether this account is meant.
    pub fn is(&self, account: &Named) -> bool {
        match self {
            Self::Id(id) => *id == account.id,
            Self::Name(name) => *name == account.username.to_lowercase(),
        }
    }
}

/// Where an account's posts are: what is the same in all their addresses, made once.
#[derive(Debug, Clone)]
pub struct Posts {
    ids: Url,
    pages: Url,
}

impl Posts {
    /// A post's id.
    pub fn id(&self, id: i64) -> Url {
        below(&self.ids, &id.to_string())
    }

    /// A boost's id: that of the activity.
    pub fn boost(&self, id: i64) -> Url {
        below(&self.id(id), "activity")
    }

    /// A post's page for people.
    pub fn page(&self, id: i64) -> Url {
        below(&self.pages, &id.to_string())
    }
}

fn below(url: &Url, part: &str) -> Url {
    let mut url = url.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.push(part);
    }
    url
}

/// As comparing origins, which would copy the host's name twice.
pub(super) fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

impl Place {
    fn at(&self, parts: &[&str]) -> Url {
        let mut url = self.web.clone();
        url.set_query(None);
        url.set_fragment(None);
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend(parts);
        }
        url
    }

    /// An account's actor.
    pub fn actor(&self, account: &Named) -> Url {
        let id = account.id.to_string();
        if account.is_numeric {
            self.at(&["ap", "users", &id])
        } else {
            self.at(&["users", &account.username])
        }
    }

    /// An account's page for people.
    pub fn page(&self, account: &Named) -> Url {
        self.at(&[&format!("@{}", account.username)])
    }

    /// The addresses of an account's posts.
    pub fn posts(&self, account: &Named) -> Posts {
        Posts { ids: below(&self.actor(account), "statuses"), pages: self.page(account) }
    }

    /// Where a file of the media directory is served.
    pub fn file(&self, path: &str) -> Url {
        let mut url = self.media_url.clone();
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().extend(path.split('/'));
        }
        url
    }

    /// What an address of the server means by its form; `None` where it is none of its objects.
    pub fn meaning(&self, url: &Url) -> Option<Meaning> {
        if let Some(path) = self.file_at(url) {
            return Some(Meaning::File(path));
        }
        if !is_same_origin(url, &self.web) {
            return None;
        }
        let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
        let (whose, rest) = match parts.as_slice() {
            ["users", name, rest @ ..] => (Whose::Name(name.to_lowercase()), rest),
            ["ap", "users", id, rest @ ..] => (Whose::Id(number(id)?), rest),
            [at, rest @ ..] => (Whose::Name(at.strip_prefix('@')?.to_lowercase()), rest),
            [] => return None,
        };
        match rest {
            [] => Some(Meaning::Account(whose)),
            ["statuses", id] | [id] => Some(Meaning::Status(whose, number(id)?, false)),
            ["statuses", id, "activity"] => Some(Meaning::Status(whose, number(id)?, true)),
            _ => None,
        }
    }

    fn file_at(&self, url: &Url) -> Option<String> {
        if !is_same_origin(url, &self.media_url) {
            return None;
        }
        let below = self.media_url.path().trim_end_matches('/');
        let path = url.path().strip_prefix(below)?.strip_prefix('/')?;
        let is_shelf = ["media_attachments/", "accounts/"].iter().any(|shelf| path.starts_with(shelf));
        (is_shelf && !path.split('/').any(|part| part == "..")).then(|| path.to_owned())
    }
}

/// A key in an address: digits and nothing else.
fn number(text: &str) -> Option<i64> {
    let text = text.strip_suffix(".json").unwrap_or(text);
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            web: Url::parse("https://social.example").unwrap(),
            domain: "example".into(),
            media_url: Url::parse("https://social.example/system").unwrap(),
            files: Files::Directory("/nowhere".into()),
        }
    }

    fn ann(is_numeric: bool) -> Named {
        Named { id: 42, username: "Ann".into(), is_numeric }
    }

    #[test]
    fn addresses_go_by_name_or_by_number_as_the_account_does() {
        let place = place();
        assert_eq!(place.posts(&ann(false)).id(7).as_str(), "https://social.example/users/Ann/statuses/7");
        assert_eq!(
            place.posts(&ann(true)).boost(7).as_str(),
            "https://social.example/ap/users/42/statuses/7/activity"
        );
        assert_eq!(place.posts(&ann(true)).page(7).as_str(), "https://social.example/@Ann/7");
        assert_eq!(
            place.file("accounts/avatars/a.png").as_str(),
            "https://social.example/system/accounts/avatars/a.png"
        );
    }

    #[test]
    fn every_spelling_of_an_address_means_the_same() {
        let place = place();
        let meaning = |url: &str| place.meaning(&Url::parse(url).unwrap());
        let named = Whose::Name("ann".into());
        for account in [ann(false), ann(true)] {
            let whose = if account.is_numeric { Whose::Id(42) } else { named.clone() };
            assert_eq!(place.meaning(&place.actor(&account)), Some(Meaning::Account(whose.clone())));
            assert_eq!(
                place.meaning(&place.posts(&account).id(7)),
                Some(Meaning::Status(whose.clone(), 7, false))
            );
            assert_eq!(place.meaning(&place.posts(&account).boost(7)), Some(Meaning::Status(whose, 7, true)));
        }
        assert_eq!(meaning("https://social.example/@Ann/7"), Some(Meaning::Status(named.clone(), 7, false)));
        assert_eq!(meaning("https://social.example/@ann"), Some(Meaning::Account(named)));
        let file = Some(Meaning::File("media_attachments/files/1/a.png".into()));
        assert_eq!(meaning("https://social.example/system/media_attachments/files/1/a.png"), file);
    }

    #[test]
    fn what_is_somebody_elses_or_no_object_means_nothing() {
        for url in [
            "https://other.example/users/ann/statuses/7",
            "http://social.example/users/ann/statuses/7",
            "https://social.example/about",
            "https://social.example/@ann/media",
            "https://social.example/users/ann/statuses/7x",
            "https://social.example/system/../etc/passwd",
        ] {
            assert_eq!(place().meaning(&Url::parse(url).unwrap()), None, "{url}");
        }
    }
}
