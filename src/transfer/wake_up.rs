//! At the start: what rows say is held against what the world says. A row may be older than what was
//! done, after a crash in between or a restored backup.

use super::{SourceSide, source_side::SourceSideResult, step};
use crate::{
    model::transfer::TransferState,
    store::{departures, transfers},
};

/// Asks our own actors and, by making it due at once, the other servers.
///
/// # Errors
/// [`super::source_side::SourceSideError`]; what was not asked is asked at the next start.
pub async fn look_around(side: &SourceSide) -> SourceSideResult<()> {
    // Each of these steps begins by asking Old home how far it is.
    for state in [TransferState::HandingOver, TransferState::AwaitingAnnouncement] {
        debug_assert!(step::RUNNING.contains(&state));
        transfers::wake_all(&side.store, state).await?;
    }
    // A newer software may show what an older one could not.
    transfers::wake_all(&side.store, TransferState::Trial).await?;
    for departure in departures::in_state(&side.store, "started").await? {
        let Some(account) = side.host.account(&departure.account_id.as_str().into()).await? else { continue };
        let says_so = account.moved_to.is_some_and(|moved_to| moved_to.as_str() == departure.target);
        if !says_so {
            continue;
        }
        // Our own actor names the new one already: others may have read it, so that the rest must follow.
        tracing::warn!(departure.id, "the actor has moved already; its announcement is finished");
        let mut activity = account.actor.clone();
        activity.set_fragment(Some(&format!("moves/{}", side.clock.id())));
        let activity = departure.activity_id.unwrap_or_else(|| activity.to_string());
        departures::ask(&side.store, departure.id, activity, side.clock.now_micros()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        port::host::Host,
        transfer::fakes::{Bench, url},
    };

    const NEW: &str = "https://new.example/users/ann";

    async fn started(bench: &Bench) -> departures::DepartureRow {
        let grant = bench.grant(crate::oauth::scope::Scope::HandOver).await;
        crate::transfer::hand_over::start(&bench.side, &grant, NEW, None).await.unwrap();
        departures::current(&bench.store, "ann-id").await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn an_actor_that_says_it_has_moved_is_believed_more_than_its_row() {
        let bench = Bench::new().await;
        let row = started(&bench).await;
        look_around(&bench.side).await.unwrap();
        assert_eq!(departures::find(&bench.store, &row.id).await.unwrap().unwrap().state, "started");
        bench.host.set_moved_to(&"ann-id".into(), Some(&url(NEW))).await.unwrap();
        look_around(&bench.side).await.unwrap();
        let found = departures::find(&bench.store, &row.id).await.unwrap().unwrap();
        assert_eq!(found.state, "announcing");
        assert!(found.activity_id.is_some());
    }
}
