//! Who watches work on an open page: a few for each account, not too many in all, and all of them let go when
//! the daemon ends.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

use crate::model::id::AccountId;

/// Pages that one account may have open; a browser itself has six connections for a server.
const PER_ACCOUNT: usize = 4;
/// Pages open in all.
const IN_ALL: usize = 512;

/// The pages that are open. Cheap to clone.
#[derive(Clone)]
pub struct Watchers {
    open: Arc<Mutex<BTreeMap<AccountId, usize>>>,
    ends: watch::Sender<bool>,
}

impl Default for Watchers {
    fn default() -> Self {
        Self { open: Arc::default(), ends: watch::Sender::new(false) }
    }
}

/// A place among them; dropping it gives it back.
pub struct Place {
    watchers: Watchers,
    account: AccountId,
}

impl Watchers {
    /// A place for one more page; none when there are enough, or the daemon is ending.
    pub fn take(&self, account: &AccountId) -> Option<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, own) = (open.values().sum::<usize>(), open.get(account).copied().unwrap_or(0));
        if all >= IN_ALL || own >= PER_ACCOUNT || *self.ends.borrow() {
            return None;
        }
        *open.entry(account.clone()).or_insert(0) += 1;
        Some(Place { watchers: self.clone(), account: account.clone() })
    }

    /// Becomes `true` when they are to be let go.
    pub fn ends(&self) -> watch::Receiver<bool> {
        self.ends.subscribe()
    }

    /// Waits for something at most so long, and not beyond the end of the daemon.
    pub async fn wait(&self, longest: Duration, something: impl Future<Output = ()>) {
        let mut ends = self.ends();
        let ending = async {
            let _ends_or_is_gone = ends.wait_for(|is_over| *is_over).await;
        };
        tokio::select! {
            () = something => {}
            () = ending => {}
            () = tokio::time::sleep(longest) => {}
        }
    }

    /// Lets everybody go, and nobody in any more.
    pub fn end(&self) {
        self.ends.send_replace(true);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.watchers.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = open.get_mut(&self.account) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_for_a_change_is_let_go_when_the_daemon_ends() {
        let watchers = Watchers::default();
        let never = Duration::from_secs(1_000_000_000);
        let waiting = watchers.wait(never, std::future::pending());
        let ending = async { watchers.end() };
        tokio::join!(waiting, ending);
        // And whoever comes then does not wait at all.
        watchers.wait(never, std::future::pending()).await;
    }

    #[test]
    fn an_account_has_so_many_pages_open_and_a_closed_one_makes_room() {
        let watchers = Watchers::default();
        let (ann, bob): (AccountId, AccountId) = ("ann".into(), "bob".into());
        let mut places: Vec<Place> = (0..PER_ACCOUNT).map(|_| watchers.take(&ann).unwrap()).collect();
        assert!(watchers.take(&ann).is_none());
        assert!(watchers.take(&bob).is_some(), "another is not kept out by that");
        places.pop();
        assert!(watchers.take(&ann).is_some());
        watchers.end();
        assert!(watchers.take(&bob).is_none());
        drop(places);
        assert!(watchers.open.lock().unwrap().is_empty());
    }
}
