//! What is nobody else's business stays so: at Old home the very same answer as before, at New home none.

use anyhow::Result;
use url::Url;

use super::{
    findings::Findings,
    new_home::Copies,
    old_home::{Before, Told},
};
use crate::{
    adapters::stand_in::Difference,
    cli::demo::{browser::Browser, outcome::Redirects},
};

/// Asks as a stranger for everything hidden, at both homes.
///
/// # Errors
/// When a home does not answer.
pub(crate) async fn check(
    before: &Before,
    copies: &Copies,
    stranger: &Browser,
    counts: &mut Redirects,
    findings: &mut Findings,
) -> Result<()> {
    for (request, told) in &before.hidden {
        counts.hidden_checked += 1;
        let now = stranger.look(&request.url, request.accept).await?;
        let status = now.status;
        if Told::from(now) != *told {
            counts.hidden_leaked += 1;
            findings.add(format!(
                "{} ({}) is nobody else's business, and a stranger is told something new ({status})",
                request.url, request.accept
            ));
        }
    }
    for (request, told) in &before.fixed {
        let now = stranger.look(&request.url, request.accept).await?;
        let status = now.status;
        if Told::from(now) == *told {
            let sentence = || format!("{} opens for whoever has its address", request.url);
            findings.accept(Difference::OpenFiles, sentence);
        } else {
            findings.add(format!("{} is a file that stays, and it answers {status} now", request.url));
        }
    }
    for (entry, copy) in copies {
        let was_hidden = before.places.get(entry).is_none_or(|old| !old.audience.is_open());
        if !was_hidden {
            continue;
        }
        for file in copy.fixed_files() {
            findings.accept(Difference::OpenFiles, || format!("{file} opens for whoever has its address"));
        }
        for (address, accept) in copy.requests() {
            counts.hidden_checked += 1;
            let status = stranger.look(&Url::parse(&address)?, accept).await?.status;
            if status != 404 {
                counts.hidden_leaked += 1;
                findings.add(format!("{address} ({accept}) should be hidden, and a stranger gets {status}"));
            }
        }
    }
    Ok(())
}
