//! Where a request for an old address goes. Only what was proven moves, and only for strangers' eyes.
//!
//! Spec: LOLA 0.3, Hosting Redirects for Objects.

use url::Url;

use crate::{
    model::{item::ItemKind, object::Visibility},
    port::{
        error::AdapterError,
        host::{Host, Located},
    },
    store::{Store, StoreError, redirects as rows},
};

/// Caches keep a redirect this long on the first day, in seconds: it may still be switched off.
pub const FIRST_DAY_SECONDS: u32 = 300;
/// And this long afterwards; never longer, because a cached redirect survives a return home.
pub const LATER_SECONDS: u32 = 86_400;
/// One day in microseconds.
const DAY_MICROS: i64 = 86_400 * 1_000_000;
/// Pages below a profile that move with it.
const SUB_PAGES: [&str; 5] = ["with_replies", "media", "featured", "followers", "following"];

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// This server answers as if nobody had moved.
    Here,
    /// It lives over there now.
    Moved {
        /// The exact new address.
        url: Url,
        /// How long caches may keep this.
        max_age_seconds: u32,
    },
    /// It stood open, went along, and was erased over there.
    Gone,
    /// The question names something that never arrived here, or that is not for strangers.
    Unknown,
}

/// What form of answer a request wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A document for programs.
    Activity,
    /// A page for people.
    Page,
    /// It does not say.
    Anything,
}

/// Why a redirect could not be looked up.
#[derive(Debug, thiserror::Error)]
pub enum RedirectError {
    /// Our database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The host beside us.
    #[error(transparent)]
    Adapter(#[from] AdapterError),
}

/// What was asked for, as far as a redirect depends on it.
#[derive(Debug, Clone)]
enum Asked<'a> {
    /// An object or its page.
    Object { visibility: Visibility, is_its_id: bool, place: Option<&'a rows::PlaceRow> },
    /// A file.
    File { visibility: Visibility, place: Option<&'a rows::PlaceRow> },
    /// A profile page, what is below it, a feed.
    Profile { page: &'a str },
    /// Everything else: actors, inboxes, keys, collections.
    Other,
}

/// The decision, without I/O.
fn decide(asked: &Asked<'_>, wanted: Wanted) -> Option<String> {
    let open = |visibility: &Visibility, place: &rows::PlaceRow| {
        visibility.is_open() && Visibility::from_word(&place.visibility).is_open() && place.proof == "proven"
    };
    match (asked, wanted) {
        (Asked::Object { visibility, is_its_id, place: Some(place) }, wanted) if open(visibility, place) => {
            let is_page = match wanted {
                Wanted::Activity => false,
                Wanted::Page => true,
                Wanted::Anything => !is_its_id,
            };
            let page = place.new_page.clone().filter(|_| is_page);
            Some(page.unwrap_or_else(|| place.new_url.clone()))
        }
        (Asked::File { visibility, place: Some(place) }, _) if open(visibility, place) => {
            Some(place.new_url.clone())
        }
        (Asked::Profile { page }, Wanted::Page | Wanted::Anything) => Some((*page).to_owned()),
        (Asked::Object { .. } | Asked::File { .. } | Asked::Profile { .. } | Asked::Other, _) => None,
    }
}

/// Answers a GET or HEAD for `url`, an address of this server.
///
/// # Errors
/// [`RedirectError`]; the request is better answered here than not at all.
pub async fn answer(
    store: &Store,
    host: &dyn Host,
    url: &Url,
    wanted: Wanted,
    now: i64,
) -> Result<Answer, RedirectError> {
    if !rows::is_anybody_forwarded(store).await? {
        return Ok(Answer::Here);
    }
    let located = host.locate(url).await?;
    if located.is_none()
        && let Some(id) = host.id_of(url)
        && let Some((place, announced_at)) = rows::gone(store, id.as_str()).await?
    {
        // It was open when it was proven, and who follows its address finds what became of it there.
        let visibility = Visibility::from_word(&place.visibility);
        let asked = Asked::Object { visibility, is_its_id: id.path() == url.path(), place: Some(&place) };
        return Ok(moved(&asked, wanted, announced_at, now));
    }
    let account = match &located {
        Some(located) => Some(located.account.clone()),
        None => profile_owner(host, url).await?,
    };
    let Some(account) = account else {
        return Ok(Answer::Here);
    };
    let Some(forwarding) = rows::forwarding(store, account.as_str()).await? else {
        return Ok(Answer::Here);
    };
    let place = match &located {
        Some(located) => rows::place(store, &forwarding.id, located.id.as_str()).await?,
        None => None,
    };
    let page = forwarding.target_page.as_deref().unwrap_or(&forwarding.target);
    let asked = match &located {
        Some(located) => asked_for(located, url, place.as_ref()),
        None => Asked::Profile { page },
    };
    Ok(moved(&asked, wanted, forwarding.announced_at, now))
}

/// Whether what is asked for was open and proven once, and is erased at New home.
fn is_erased(asked: &Asked<'_>) -> bool {
    match asked {
        Asked::Object { visibility, place: Some(place), .. }
        | Asked::File { visibility, place: Some(place) } => {
            visibility.is_open()
                && Visibility::from_word(&place.visibility).is_open()
                && place.proof == "erased"
        }
        _ => false,
    }
}

fn moved(asked: &Asked<'_>, wanted: Wanted, announced_at: i64, now: i64) -> Answer {
    if is_erased(asked) {
        return Answer::Gone;
    }
    let moved = decide(asked, wanted).and_then(|address| Url::parse(&address).ok());
    let is_first_day = now - announced_at < DAY_MICROS;
    moved.map_or(Answer::Here, |url| Answer::Moved {
        url,
        max_age_seconds: if is_first_day { FIRST_DAY_SECONDS } else { LATER_SECONDS },
    })
}

fn asked_for<'a>(located: &Located, url: &Url, place: Option<&'a rows::PlaceRow>) -> Asked<'a> {
    let visibility = located.visibility;
    match located.kind {
        ItemKind::Media | ItemKind::ProfileImages => Asked::File { visibility, place },
        // What is below an object (its activity, its replies) is another thing with an id of its own.
        _ if url.path().strip_prefix(located.id.path()).is_some_and(|rest| rest.len() > 1) => Asked::Other,
        _ => Asked::Object { visibility, is_its_id: url.path() == located.id.path(), place },
    }
}

/// Whose profile page, sub-page or feed an address is. The actor's own address is none of these:
/// it stays, with its key, for everybody who verifies. Nor is anything else below the profile: an address
/// where nothing is must answer like a post that the asker may not see.
async fn profile_owner(
    host: &dyn Host,
    url: &Url,
) -> Result<Option<crate::model::id::AccountId>, AdapterError> {
    let mut segments = url.path_segments().into_iter().flatten();
    let first = segments.next().unwrap_or_default();
    let rest: Vec<&str> = segments.filter(|segment| !segment.is_empty()).collect();
    let is_profile = match rest.as_slice() {
        [] => true,
        [page] => SUB_PAGES.contains(page),
        _ => false,
    };
    let Some(name) = first.strip_prefix('@').or_else(|| first.strip_prefix("%40")) else {
        return Ok(None);
    };
    let name = [".rss", ".atom"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let account = host.account_named(name).await?;
    Ok(account.filter(|account| is_profile && account.actor.path() != url.path()).map(|account| account.id))
}

/// Answers the new server's side of a redirect: `<actor>?redirect_ap_obj=<old address>`.
/// `None` when the request is not such a question.
///
/// # Errors
/// [`RedirectError`].
pub async fn arrived(store: &Store, host: &dyn Host, url: &Url) -> Result<Option<Answer>, RedirectError> {
    let Some((_, old)) = url.query_pairs().find(|(name, _)| name == "redirect_ap_obj") else {
        return Ok(None);
    };
    let last = url.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or_default();
    let account = match host.account_named(last.strip_prefix('@').unwrap_or(last)).await? {
        // Some servers name accounts by number in their addresses.
        None => host.account(&last.into()).await?,
        found => found,
    };
    let mut bare = url.clone();
    bare.set_query(None);
    let Some(account) = account.filter(|account| account.actor == bare || account.page == bare) else {
        return Ok(None);
    };
    let new = match rows::arrived(store, account.id.as_str(), &old).await? {
        Some(rows::Arrived::Erased) => return Ok(Some(Answer::Gone)),
        Some(rows::Arrived::At(new)) => Url::parse(&new).ok(),
        None => None,
    };
    Ok(Some(new.map_or(Answer::Unknown, |url| Answer::Moved { url, max_age_seconds: FIRST_DAY_SECONDS })))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "https://new.example/users/ann/posts/1";
    const PAGE: &str = "https://new.example/@ann/1";

    fn place(visibility: &str, proof: &str) -> rows::PlaceRow {
        rows::PlaceRow {
            new_url: ID.into(),
            new_page: Some(PAGE.into()),
            visibility: visibility.into(),
            proof: proof.into(),
        }
    }

    #[test]
    fn the_whole_table_row_by_row() {
        use Visibility::{Direct, Followers, Public, Unlisted};
        let proven = place("public", "proven");
        let (refused, unproven, hidden) =
            (place("public", "refused"), place("public", "none"), place("followers", "proven"));
        let pageless = rows::PlaceRow { new_page: None, ..proven.clone() };
        let object = |visibility, place| Asked::Object { visibility, is_its_id: true, place };
        let its_page = |visibility, place| Asked::Object { visibility, is_its_id: false, place };
        let file = |visibility, place| Asked::File { visibility, place };
        let profile = Asked::Profile { page: PAGE };
        let table = [
            ("proven object, document", object(Public, Some(&proven)), Wanted::Activity, Some(ID)),
            ("proven object, unlisted", object(Unlisted, Some(&proven)), Wanted::Activity, Some(ID)),
            ("proven object, browser", object(Public, Some(&proven)), Wanted::Page, Some(PAGE)),
            ("proven object, page unknown", object(Public, Some(&pageless)), Wanted::Page, Some(ID)),
            ("its id, no preference", object(Public, Some(&proven)), Wanted::Anything, Some(ID)),
            ("its page, no preference", its_page(Public, Some(&proven)), Wanted::Anything, Some(PAGE)),
            ("its page, document", its_page(Public, Some(&proven)), Wanted::Activity, Some(ID)),
            ("refused object", object(Public, Some(&refused)), Wanted::Activity, None),
            ("unproven object", object(Public, Some(&unproven)), Wanted::Page, None),
            ("unmapped object", object(Public, None), Wanted::Page, None),
            ("followers only", object(Followers, Some(&proven)), Wanted::Activity, None),
            ("direct", object(Direct, Some(&proven)), Wanted::Page, None),
            ("was hidden when handed over", object(Public, Some(&hidden)), Wanted::Activity, None),
            ("proven file", file(Public, Some(&proven)), Wanted::Anything, Some(ID)),
            ("proven file, browser", file(Public, Some(&proven)), Wanted::Page, Some(ID)),
            ("file of a private post", file(Followers, Some(&proven)), Wanted::Anything, None),
            ("unproven file", file(Public, Some(&unproven)), Wanted::Anything, None),
            ("profile, browser", profile.clone(), Wanted::Page, Some(PAGE)),
            ("feed", profile.clone(), Wanted::Anything, Some(PAGE)),
            ("profile, document", profile, Wanted::Activity, None),
            ("actor, inbox, key, collections", Asked::Other, Wanted::Activity, None),
            ("anything else, browser", Asked::Other, Wanted::Page, None),
        ];
        for (row, asked, wanted, expected) in table {
            assert_eq!(decide(&asked, wanted).as_deref(), expected, "{row}");
        }
    }

    #[test]
    fn only_what_stood_open_and_was_proven_is_said_to_be_gone() {
        use Visibility::{Followers, Public};
        let (erased, hidden, refused) =
            (place("public", "erased"), place("followers", "erased"), place("public", "refused"));
        let object = |visibility, place| Asked::Object { visibility, is_its_id: true, place: Some(place) };
        let answer = |asked: &Asked<'_>| moved(asked, Wanted::Anything, 0, 0);
        assert_eq!(answer(&object(Public, &erased)), Answer::Gone);
        assert_eq!(answer(&Asked::File { visibility: Public, place: Some(&erased) }), Answer::Gone);
        assert_eq!(answer(&object(Followers, &erased)), Answer::Here);
        assert_eq!(answer(&object(Public, &hidden)), Answer::Here);
        assert_eq!(answer(&object(Public, &refused)), Answer::Here);
    }
}
