//! What must be true before an account's departure is announced; whatever is not, is said in a sentence.

use url::Url;

use super::{
    hand_over::is_on_origin_of,
    source_side::{SourceSide, SourceSideError, SourceSideResult},
};
use crate::{
    model::{
        actor::{Actor, authority},
        ending::Ending,
        problem::ProblemKind,
    },
    port::{host::HostAccount, lookup},
    store::{
        consents,
        departures::{self, DepartureRow},
    },
};

/// Something that stands in the way of an announcement, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A sentence for the owner.
    pub why: String,
}

/// Looks at everything an announcement needs, freshly.
///
/// # Errors
/// [`SourceSideError`] when it cannot be looked at; what stands in the way is a [`Finding`].
pub async fn look(
    side: &SourceSide,
    account: &HostAccount,
    departure: &DepartureRow,
) -> SourceSideResult<Vec<Finding>> {
    let mut found = Vec::new();
    let mut find = |why: String| found.push(Finding { why });
    let target = target_of(departure)?;
    let there = authority(&target);
    let client = match &departure.consent_id {
        Some(id) => consents::find(&side.store, id).await?,
        None => None,
    };
    let holds = |consent: &consents::ConsentRow| {
        consent.revoked_at.is_none() && is_on_origin_of(&target, &consent.client_id)
    };
    if !client.as_ref().is_some_and(holds) {
        find(format!(
            "You never agreed to anything with {there}, or took it back. Start the move over there again."
        ));
    }
    let ending = departure.ending();
    if ending.is_none() {
        find(format!("{there} asks for something this server does not do. Start again over there."));
    }
    if !departure.is_map_complete {
        find(format!(
            "{there} has not yet given back all new addresses. Wait for it to finish, then come back."
        ));
    }
    if let Some(elsewhere) = account.moved_to.as_ref().filter(|elsewhere| **elsewhere != target) {
        find(format!(
            "This account has already moved to {elsewhere}. Most servers ignore a second move for a while."
        ));
    }
    let others = departures::of_account(&side.store, account.id.as_str()).await?;
    if others
        .iter()
        .filter(|row| row.id != departure.id && row.ending() != Some(Ending::Copy))
        .any(|row| matches!(row.state.as_str(), "resting" | "announcing" | "announced"))
        && ending != Some(Ending::Copy)
    {
        find("Another move of this account is already announced.".to_owned());
    }
    match lookup::actor(&*side.remote, &side.signer, &target, None).await {
        Ok((actor, _)) => found.extend(target_findings(account, &target, &actor)),
        Err(error) => found.push(Finding {
            why: format!("The new account {target} cannot be read at the moment ({error}). Try again later."),
        }),
    }
    Ok(found)
}

/// What speaks against a target, from its document alone.
pub(super) fn target_findings(account: &HostAccount, target: &Url, actor: &Actor) -> Vec<Finding> {
    let there = authority(target);
    let mut found = Vec::new();
    let mut find = |why: String| found.push(Finding { why });
    if *target == account.actor {
        find("The new account is this very account.".to_owned());
    }
    if !actor.also_known_as.contains(&account.actor) {
        find(format!(
            "The new account on {there} does not yet say that it is also you ({}). Say so over there, then come back.",
            account.actor
        ));
    }
    if let Some(further) = &actor.moved_to {
        find(format!("The new account on {there} has itself moved on, to {further}."));
    }
    found
}

/// The target's address.
pub(super) fn target_of(departure: &DepartureRow) -> SourceSideResult<Url> {
    Url::parse(&departure.target).map_err(|_| {
        SourceSideError::refused(ProblemKind::BadTarget, "the new account's address is unreadable")
    })
}
