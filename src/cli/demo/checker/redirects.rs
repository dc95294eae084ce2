//! Every address strangers could open at Old home, and where it leads now.

use anyhow::Result;
use url::Url;

use super::{
    archive::Sort,
    findings::Findings,
    inventory::{Place, id_of_document},
    new_home::Copies,
    old_home::{Before, Request, Told},
};
use crate::{
    adapters::stand_in::Difference,
    cli::demo::{
        browser::{ACTIVITY, ANYTHING, Answer, Browser, PAGES},
        outcome::Redirects,
    },
};

/// Names of the person at both homes and both addresses.
#[derive(Debug, Clone)]
pub(crate) struct Ends {
    /// Actor at Old home.
    pub(crate) old: Url,
    /// Actor at New home.
    pub(crate) new: Url,
}

/// Asks Old home for everything that was open and follows each answer.
///
/// # Errors
/// When a home does not answer.
pub(crate) async fn check(
    before: &Before,
    copies: &Copies,
    ends: &Ends,
    stranger: &Browser,
    findings: &mut Findings,
) -> Result<Redirects> {
    let mut counts = Redirects::default();
    for (request, told) in &before.open {
        let (Some(old), Some(new)) = (before.places.get(&request.entry), copies.get(&request.entry)) else {
            alone(request, told, before, stranger, findings).await?;
            continue;
        };
        let answer = stranger.look(&request.url, request.accept).await?;
        counts.checked += 1;
        match follow(request, &answer, old, new, stranger).await? {
            None => counts.ok += 1,
            Some(why) => findings.add(format!("{} ({}): {why}", request.url, request.accept)),
        }
    }
    for (was, expected) in profile(ends)? {
        let answer = stranger.look(&was, PAGES).await?;
        counts.checked += 1;
        if answer.is_redirect() && answer.location().as_ref() == Some(&expected) {
            let there = stranger.look(&expected, PAGES).await?;
            if there.status == 200 {
                counts.ok += 1;
            } else {
                findings.add(format!("{was} leads to {expected}, which answers {}", there.status));
            }
        } else {
            findings.add(format!("{was} should lead to {expected}, and {}", told(&answer)));
        }
    }
    Ok(counts)
}

/// What has no copy must have a reason, and answers as it always did.
async fn alone(
    request: &Request,
    told: &Told,
    before: &Before,
    stranger: &Browser,
    findings: &mut Findings,
) -> Result<()> {
    // Which boosts may have none is looked at where entries are compared, and counted there.
    let may_have_none = findings.accepted().contains(&Difference::UnknownPosts)
        && before.places.get(&request.entry).is_some_and(|old| old.sort == Sort::Boost);
    findings.expect(may_have_none, || format!("{} has no copy it could lead to", request.url));
    let now = stranger.look(&request.url, request.accept).await?;
    findings.expect(Told::from(now) == *told, || {
        format!("{} ({}) has no copy, and answers otherwise than before", request.url, request.accept)
    });
    Ok(())
}

/// Profile, what lies below it, and the feed: all lead to the new profile, whose own parts may have other names.
fn profile(ends: &Ends) -> Result<Vec<(Url, Url)>> {
    let name = |url: &Url| url.path_segments().and_then(Iterator::last).unwrap_or_default().to_owned();
    let (old, new) = (name(&ends.old), name(&ends.new));
    ["", "/with_replies", "/media", ".rss"]
        .iter()
        .map(|part| Ok((ends.old.join(&format!("/@{old}{part}"))?, ends.new.join(&format!("/@{new}"))?)))
        .collect()
}

/// Why an answer is not the exact new place of the same thing; `None` when it is.
async fn follow(
    request: &Request,
    answer: &Answer,
    old: &Place,
    new: &Place,
    stranger: &Browser,
) -> Result<Option<String>> {
    let Some(location) = answer.location().filter(|_| answer.status == 301) else {
        return Ok(Some(told(answer)));
    };
    let place = location.as_str();
    let is_exact = match request.accept {
        ACTIVITY => place == new.id,
        PAGES if old.sort == Sort::Boost => place == new.id || Some(place) == new.page.as_deref(),
        PAGES => Some(place) == new.page.as_deref(),
        _ => file(request, old, new).is_some_and(|expected| place == expected),
    };
    if !is_exact {
        return Ok(Some(format!("it leads to {place}, which is another place")));
    }
    let there = stranger.look(&location, request.accept).await?;
    if request.accept == PAGES && there.is_redirect() {
        return Ok(None);
    }
    if there.status != 200 {
        return Ok(Some(format!("it leads to {place}, which answers {}", there.status)));
    }
    let is_itself = request.accept != ACTIVITY || id_of_document(&there).as_deref() == Some(place);
    Ok(if is_itself { None } else { Some(format!("{place} calls itself something else")) })
}

/// The new address of the file a request is about.
fn file<'a>(request: &Request, old: &Place, new: &'a Place) -> Option<&'a str> {
    debug_assert_eq!(request.accept, ANYTHING);
    let number = old.files.iter().position(|file| file == request.url.as_str())?;
    new.files.get(number).map(String::as_str)
}

fn told(answer: &Answer) -> String {
    answer.location().map_or_else(
        || format!("it answers {}", answer.status),
        |place| format!("it answers {} to {place}", answer.status),
    )
}
