//! Where a departure stands, and the owner's switch for what was announced.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    findings::target_of,
    source_side::{SourceSide, SourceSideError, SourceSideResult},
};
use crate::{
    model::{ending::Ending, id::AccountId, moment::Moment, problem::ProblemKind},
    store::{
        announcements::{self, DeliveryCounts},
        departures::{self, DepartureRow},
        forwards::{self, MapCounts},
    },
    words::text,
};

/// Where a departure stands, in numbers.
#[derive(Debug, Clone)]
pub struct Status {
    /// The departure.
    pub departure: DepartureRow,
    /// The list of addresses.
    pub map: MapCounts,
    /// The servers told.
    pub deliveries: DeliveryCounts,
}

/// Counts what became of a departure.
///
/// # Errors
/// [`SourceSideError::Store`].
pub async fn status(side: &SourceSide, departure: DepartureRow) -> SourceSideResult<Status> {
    let map = forwards::counts(&side.store, &departure.id).await?;
    let deliveries = announcements::deliveries(&side.store, &departure.id).await?;
    Ok(Status { departure, map, deliveries })
}

/// The same as the destination reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DepartureNumbers {
    /// `not_started`, `started`, `resting`, `announcing`, `announced` or `withdrawn`.
    pub state: String,
    /// While it rests: when it will be announced (RFC 3339).
    pub due_at: Option<String>,
    /// How it ends: `announce`, `redirect` or `copy`.
    pub ending: Option<String>,
    /// The new actor.
    pub target: Option<String>,
    /// Why it does not go on, in a sentence.
    pub problem: Option<String>,
    /// The list of addresses.
    pub map: MapCounts,
    /// The servers told.
    pub deliveries: DeliveryCounts,
    /// Whether proven old addresses lead to the new ones.
    pub is_forwarding: bool,
}

impl Status {
    /// The numbers as the destination reads them.
    pub fn numbers(&self) -> DepartureNumbers {
        DepartureNumbers {
            state: self.departure.state.clone(),
            due_at: self.departure.due_at.map(|at| Moment::from_micros(at).text().to_owned()),
            ending: Some(self.departure.ending.clone()),
            target: Some(self.departure.target.clone()),
            problem: self.departure.problem.clone(),
            map: self.map,
            deliveries: self.deliveries,
            is_forwarding: self.departure.is_forwarding
                && self.departure.ending().is_some_and(Ending::redirects),
        }
    }
}

/// Switches forwarding of an announced departure off or on; of a copy, whether the account names it.
///
/// # Errors
/// [`SourceSideError::Refused`] when it is not this account's or not announced.
pub async fn set_forwarding(
    side: &SourceSide,
    account: &AccountId,
    departure: &str,
    is_on: bool,
) -> SourceSideResult<()> {
    let changed =
        departures::set_forwarding(&side.store, departure.to_owned(), account.as_str().to_owned(), is_on)
            .await?;
    if !changed {
        return Err(SourceSideError::refused(ProblemKind::NotFound, text!("refusals-no-move-to-switch")));
    }
    let departure_row = departures::find(&side.store, departure).await?;
    if let Some(row) = departure_row.filter(|row| row.ending() == Some(Ending::Copy)) {
        let copy = target_of(&row)?;
        side.host.set_copied_to(account, &copy, is_on).await?;
        return side
            .note(account.as_str(), if is_on { "copy named" } else { "copy not named" }, departure)
            .await;
    }
    side.note(account.as_str(), if is_on { "forwarding on" } else { "forwarding off" }, departure).await
}

/// The numbers where nothing was started: zeros.
pub fn nothing() -> DepartureNumbers {
    DepartureNumbers {
        state: "not_started".to_owned(),
        due_at: None,
        ending: None,
        target: None,
        problem: None,
        map: MapCounts::default(),
        deliveries: DeliveryCounts::default(),
        is_forwarding: false,
    }
}
