//! What another policy would have said to the requests of the past.

use serde::Serialize;

use super::{Arrivals, Request, Room};

/// A request of the past.
#[derive(Debug, Clone)]
pub struct Past {
    /// Names it for the page.
    pub id: String,
    /// When it was made, microseconds since 1970.
    pub at: i64,
    /// What was asked.
    pub request: Request,
    /// What was said then: `admitted`, `pending`, `approved`, `declined`, `refused`, `timed_out`.
    pub outcome: String,
    /// Accounts on the server then; not known any more, so those of today.
    pub accounts: u64,
}

/// How many of them would have had which answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WhatIf {
    /// Requests that were looked at.
    pub requests: u64,
    /// Would begin at once.
    pub begin: u64,
    /// Would wait for an admin.
    pub wait: u64,
    /// Would be refused.
    pub refused: u64,
    /// Were refused or declined then, and would come now.
    pub newly_let_in: u64,
    /// Came then, and would be refused now.
    pub newly_refused: u64,
    /// Posts that would come.
    pub posts: u64,
    /// Bytes of files that would come.
    pub media_bytes: u64,
}

/// A day, in microseconds.
const DAY: i64 = 86_400_000_000;

/// Plays the requests again, oldest first, under other rules. The disk is left out: how full it would
/// have been nobody knows.
pub fn replay(rules: &Arrivals, past: &[Past]) -> WhatIf {
    let mut all = WhatIf::default();
    let mut came: Vec<i64> = Vec::new();
    for one in past {
        let today = came.iter().filter(|at| one.at.saturating_sub(**at) < DAY).count();
        let room = Room {
            today: u64::try_from(today).unwrap_or(u64::MAX),
            accounts: one.accounts,
            now: one.at,
            ..Room::default()
        };
        let verdict = rules.judge(&one.request, &room);
        let was_in = matches!(one.outcome.as_str(), "admitted" | "approved" | "pending");
        all.requests += 1;
        if verdict.may_come() {
            came.push(one.at);
            if verdict.needs.is_empty() {
                all.begin += 1;
            } else {
                all.wait += 1;
            }
            all.newly_let_in += u64::from(!was_in);
            all.posts = all.posts.saturating_add(one.request.size.posts.unwrap_or(0));
            all.media_bytes = all.media_bytes.saturating_add(one.request.size.media_bytes.unwrap_or(0));
        } else {
            all.refused += 1;
            all.newly_refused += u64::from(was_in);
        }
    }
    all
}
