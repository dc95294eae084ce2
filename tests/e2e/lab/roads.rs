//! Old addresses of a person who moved more than once: each must be answered where it stands, or with
//! the one step to where it is answered.

use futures::{StreamExt, stream};
use serde_json::{Value, json};
use url::Url;

use super::{
    browser::{ACTIVITY, ANYTHING, Browser, PAGES},
    home::Home,
    tables,
};

/// Addresses asked for at the same time.
const AT_ONCE: usize = 8;

/// What a stranger can ask a home for: ids, pages and files, and what never was for strangers.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    /// Ids of open posts.
    pub open: Vec<String>,
    /// Ids of open boosts.
    pub boosts: Vec<String>,
    /// Files of open posts.
    pub files: Vec<String>,
    /// Ids of what is for others or nobody.
    pub hidden: Vec<String>,
}

/// Everything that stands at a home, read from its own tables.
pub async fn addresses(home: &Home) -> Addresses {
    let list = async |sql: &'static str| -> Vec<String> {
        tables::texts(home, sql).await.into_iter().map(|path| home.at(&path)).collect()
    };
    let open = list(
        "select '/users/ann/posts/' || id from posts \
         where visibility in ('public', 'unlisted') and deleted_at is null and not is_trial",
    )
    .await;
    let boosts = list(
        "select '/users/ann/boosts/' || id from boosts \
         where visibility in ('public', 'unlisted') and not is_trial",
    )
    .await;
    let files = list(
        "select '/media/' || m.id || '/' || m.file_name from media m \
         join posts p on p.id = m.post_id where p.visibility in ('public', 'unlisted') \
         and p.deleted_at is null and not m.is_trial and not p.is_trial",
    )
    .await;
    let hidden = list(
        "select '/users/ann/posts/' || id from posts \
         where visibility not in ('public', 'unlisted') or is_trial",
    )
    .await;
    Addresses { open, boosts, files, hidden }
}

/// Says that every address of a home is answered there, or in one step by `at`; gives how many requests
/// were led on.
pub async fn lead(stranger: &Browser, from: &Addresses, at: Option<&Home>) -> usize {
    let pages: Vec<String> =
        from.open.iter().map(|address| address.replace("/users/ann/posts/", "/@ann/")).collect();
    let asked = [(&from.open, ACTIVITY), (&pages, PAGES), (&from.boosts, ACTIVITY), (&from.files, ANYTHING)];
    let all = asked.into_iter().flat_map(|(list, accept)| list.iter().map(move |address| (address, accept)));
    let led = stream::iter(all).map(|(address, accept)| leads(stranger, address, accept, at));
    let led: Vec<bool> = led.buffer_unordered(AT_ONCE).collect().await;
    for address in &from.hidden {
        assert_eq!(stranger.get(address, ACTIVITY).await.status, 404, "{address} is not for strangers");
    }
    led.into_iter().filter(|led| *led).count()
}

async fn leads(stranger: &Browser, address: &str, accept: &str, at: Option<&Home>) -> bool {
    let answer = stranger.get(address, accept).await;
    let Some(next) = answer.location().filter(|_| answer.status == 301) else {
        assert_eq!(answer.status, 200, "{address} ({accept})");
        assert!(at.is_none(), "{address} ({accept}) is answered where it was");
        return false;
    };
    let at = at.unwrap_or_else(|| panic!("{address} ({accept}) leads away, to {next}"));
    assert!(next.as_str().starts_with(&at.origin), "{address} ({accept}) leads to {next}");
    let there = stranger.get(next.as_str(), accept).await;
    assert_eq!(there.status, 200, "{address} ({accept}) leads to {next}, which answers {}", there.status);
    true
}

/// Waits until a home, where this person is signed in, says that its account lives at `actor` now, and
/// sends visitors there.
pub async fn until_moved_to(person: &Browser, home: &Home, actor: &str) {
    let document = json!(actor);
    person.wait(&home.actor("ann"), |found: &Value| found["movedTo"] == document).await;
    let there = Url::parse(actor).unwrap().origin();
    let leads = async || {
        let answer = person.get(&home.at("/@ann"), ANYTHING).await;
        answer.location().is_some_and(|next| next.origin() == there)
    };
    person.after_changes(&home.origin, leads).await;
}
