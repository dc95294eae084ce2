//! The destination says that the copy is gone: nothing here leads to it any more. What a Move has told
//! others stays told.

use super::{
    findings::target_of,
    hand_over::departure_of,
    source_side::{SourceSide, SourceSideError, SourceSideResult},
    tokens::Grant,
};
use crate::{
    model::{ending::Ending, problem::ProblemKind},
    oauth::scope::Scope,
    store::departures,
    words::text,
};

/// Withdraws what is said and forwarded under a grant. Saying it again changes nothing.
///
/// # Errors
/// [`SourceSideError::Refused`] for a token that may only read.
pub async fn withdraw(side: &SourceSide, grant: &Grant) -> SourceSideResult<()> {
    if grant.scope != Scope::HandOver {
        let why = text!("refusals-withdrawing-needs-the-consent");
        return Err(SourceSideError::refused(ProblemKind::InsufficientScope, why));
    }
    let Some(departure) = departure_of(side, grant).await? else { return Ok(()) };
    if departure.ending() == Some(Ending::Copy) {
        let copy = target_of(&departure)?;
        side.host.set_copied_to(&grant.account, &copy, false).await?;
    }
    if departures::withdraw(&side.store, departure.id.clone()).await? {
        side.note(grant.account.as_str(), "withdrawn", &departure.target).await?;
    }
    Ok(())
}
