//! Which accounts may come and go: rules an admin can read as sentences, and what follows from them.
//!
//! Everything here is pure: facts go in, a [`Verdict`] comes out. Who counts and reserves is the store.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{actor::authority, handle::Handle};

mod arrivals;
mod departures;
mod presets;
mod rule;
mod sentences;
#[cfg(test)]
mod tests;
mod what_if;

pub use arrivals::{Approval, Arrivals, Broken, Caps, Limits, Need, Request, Room, Size, Terms, Verdict};
pub use departures::{Departures, LeavingTerms};
pub use presets::Preset;
pub use rule::{Decision, Direction, Rule, RuleWord};
pub use what_if::{Past, WhatIf, replay};

/// All rules of a server, both directions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Who may come.
    pub arrivals: Arrivals,
    /// Who may go.
    pub departures: Departures,
}

/// Somebody who may pass although their server is blocked, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// A handle, an actor's address or a server.
    pub who: String,
    /// Why; without a reason it counts for nothing.
    pub reason: String,
}

/// Who wants to pass, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Applicant {
    /// Every server that has a part in the name: the handle's, the actor's.
    pub servers: BTreeSet<String>,
    /// The names the account goes by: handle and actor's address, lower case.
    pub names: BTreeSet<String>,
}

impl Applicant {
    /// Known by a server only.
    pub fn of_server(host: &str) -> Self {
        Self { servers: [host.to_ascii_lowercase()].into(), names: BTreeSet::new() }
    }

    /// Known by a handle only.
    pub fn of_handle(handle: &Handle) -> Self {
        Self {
            servers: [handle.host.to_ascii_lowercase()].into(),
            names: [handle.to_string().to_lowercase()].into(),
        }
    }

    /// Known by its actor. The name in the address is the one its own server gave it.
    pub fn of_actor(actor: &url::Url) -> Self {
        let host = authority(actor);
        let last = actor.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty()));
        let mut names: BTreeSet<String> = [actor.as_str().to_lowercase()].into();
        if let Some(name) = last {
            names.insert(format!("@{}@{host}", name.trim_start_matches('@')).to_lowercase());
        }
        Self { servers: [host.to_ascii_lowercase()].into(), names }
    }

    /// Both halves of what is known.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.servers.extend(other.servers);
        self.names.extend(other.names);
        self
    }

    /// Whether it is meant by `written`: a handle, an actor's address or a server.
    pub fn is(&self, written: &str) -> bool {
        let written = written.trim().to_lowercase();
        let handle = written.trim_start_matches('@');
        self.names.contains(&written)
            || self.names.contains(&format!("@{handle}"))
            || self.servers.iter().any(|server| *server == written)
    }

    /// The servers as they are shown.
    pub fn shown(&self) -> String {
        self.servers.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// Whether a server, or one it belongs to, stands in a list.
pub(super) fn is_listed(list: &BTreeSet<String>, host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    list.iter().any(|listed| {
        let listed = listed.trim().to_ascii_lowercase();
        host == listed || host.strip_suffix(&listed).is_some_and(|rest| rest.ends_with('.'))
    })
}

/// The servers of somebody that are blocked, unless a reasoned exception names them.
pub(super) fn blocked_servers<'a>(
    blocked: &BTreeSet<String>,
    exceptions: &[Exception],
    who: &'a Applicant,
) -> Option<&'a str> {
    let is_excepted = exceptions.iter().any(|one| !one.reason.trim().is_empty() && who.is(&one.who));
    let found = who.servers.iter().find(|server| is_listed(blocked, server));
    found.filter(|_| !is_excepted).map(String::as_str)
}
