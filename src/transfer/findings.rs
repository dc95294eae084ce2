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
    words::text,
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
        find(text!("refusals-you-never-agreed", there = there));
    }
    let ending = departure.ending();
    if ending.is_none() {
        find(text!("refusals-asks-for-something-else", there = there));
    }
    if !departure.is_map_complete {
        find(text!("refusals-list-is-not-complete", there = there));
    }
    if let Some(elsewhere) = account.moved_to.as_ref().filter(|elsewhere| **elsewhere != target) {
        find(text!("refusals-has-already-moved", elsewhere = elsewhere.as_str()));
    }
    let others = departures::of_account(&side.store, account.id.as_str()).await?;
    if others
        .iter()
        .filter(|row| row.id != departure.id && row.ending() != Some(Ending::Copy))
        .any(|row| matches!(row.state.as_str(), "resting" | "announcing" | "announced"))
        && ending != Some(Ending::Copy)
    {
        find(text!("refusals-another-move-is-announced"));
    }
    match lookup::actor(&*side.remote, &side.signer, &target, None).await {
        Ok((actor, _)) => found.extend(target_findings(account, &target, &actor)),
        Err(error) => {
            tracing::info!(%error, %target, "the new account cannot be read");
            let why = text!("refusals-cannot-be-read-now", there = there);
            found.push(Finding { why });
        }
    }
    Ok(found)
}

/// What speaks against a target, from its document alone.
pub(super) fn target_findings(account: &HostAccount, target: &Url, actor: &Actor) -> Vec<Finding> {
    let there = authority(target);
    let mut found = Vec::new();
    let mut find = |why: String| found.push(Finding { why });
    if *target == account.actor {
        find(text!("refusals-new-is-this-very-account"));
    }
    if !actor.also_known_as.contains(&account.actor) {
        let own = account.actor.as_str();
        find(text!("refusals-does-not-say-it-is-you", there = there, own = own));
    }
    if let Some(further) = &actor.moved_to {
        find(text!("refusals-has-itself-moved", there = there, further = further.as_str()));
    }
    found
}

/// The target's address.
pub(super) fn target_of(departure: &DepartureRow) -> SourceSideResult<Url> {
    Url::parse(&departure.target).map_err(|_| {
        SourceSideError::refused(ProblemKind::BadTarget, text!("refusals-new-address-is-unreadable"))
    })
}
