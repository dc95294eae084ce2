//! Where a departure stands, and the owner's switch for what was announced.

use super::source_side::{SourceSide, SourceSideError, SourceSideResult};
use crate::{
    model::{id::AccountId, problem::ProblemKind},
    store::{
        announcements::{self, DeliveryCounts},
        departures::{self, DepartureRow},
        forwards::{self, MapCounts},
    },
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

impl Status {
    /// The numbers as the destination reads them.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "state": self.departure.state,
            "target": self.departure.target,
            "problem": self.departure.problem,
            "map": {
                "entries": self.map.entries,
                "proven": self.map.proven,
                "refused": self.map.refused,
                "hidden": self.map.hidden,
            },
            "deliveries": {
                "queued": self.deliveries.queued,
                "delivered": self.deliveries.delivered,
                "dead": self.deliveries.dead,
            },
            "is_forwarding": self.departure.is_forwarding,
        })
    }
}

/// Switches forwarding of an announced departure off or on.
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
        return Err(SourceSideError::refused(
            ProblemKind::NotFound,
            "there is no announced move of yours to switch",
        ));
    }
    side.note(account.as_str(), if is_on { "forwarding on" } else { "forwarding off" }, departure).await
}

/// The numbers where nothing was started: zeros.
pub fn nothing() -> serde_json::Value {
    serde_json::json!({
        "state": "not_started",
        "target": null,
        "problem": null,
        "map": {"entries": 0, "proven": 0, "refused": 0, "hidden": 0},
        "deliveries": {"queued": 0, "delivered": 0, "dead": 0},
        "is_forwarding": false,
    })
}
