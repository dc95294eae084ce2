//! Who may go, and where to.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Applicant, Decision, Direction, Exception, Rule, blocked_servers};
use crate::words::text;

/// The rules for those who go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Departures {
    /// Where to, at all.
    #[schema(value_type = Object)]
    pub who: Rule,
    /// Everything beyond.
    pub terms: LeavingTerms,
}

/// What holds for those who may go at all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LeavingTerms {
    /// Servers nobody goes to, nor to those below them. Permissions given before end at once.
    pub blocked: BTreeSet<String>,
    /// Who goes to a blocked server all the same: a server, or the leaving account's handle.
    pub exceptions: Vec<Exception>,
    /// Days between two announced moves of the same account.
    pub cool_down_days: u32,
    /// Whether an account under a sanction may take its data along, if its sanction does not say otherwise.
    pub sanctioned_may_leave: bool,
}

impl Departures {
    /// Decides about an account of this server (`here`; `leaver` its handle) that another server wants.
    pub fn decide(&self, here: &str, other: &str, leaver: Option<&str>) -> Decision {
        let mut who = Applicant::of_server(other);
        if let Some(leaver) = leaver {
            who.names.insert(leaver.to_lowercase());
        }
        if blocked_servers(&self.terms.blocked, &self.terms.exceptions, &who).is_some() {
            return Decision::Refused(text!("policy-not-for-that-server", here = here, other = other));
        }
        // By invitation and for one account: it is the leaving one that is meant.
        if self.who.admits(&who, false) {
            return Decision::Allowed;
        }
        Decision::Refused(self.who.refusal(Direction::Departure, here, other))
    }

    /// Days that are left until an account may announce another move; none: it may.
    pub fn cools(&self, last_move_at: Option<i64>, now: i64) -> Option<i64> {
        const DAY: i64 = 86_400_000_000;
        let until = last_move_at?.saturating_add(i64::from(self.terms.cool_down_days).saturating_mul(DAY));
        let left = until.saturating_sub(now);
        (left > 0).then(|| left.saturating_add(DAY - 1) / DAY)
    }
}
