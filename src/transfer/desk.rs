//! What admins do beside answering single requests: rules, what other rules would have said, and the book.

use super::{Engine, TransferError, TransferResult, admit};
use crate::{
    model::policy::{Decision, Policy, Rule, RuleWord, WhatIf, replay},
    store::{
        applications,
        audit::AuditRow,
        leaving as leaving_rows,
        policies::{self, InForce},
    },
    words::text,
};

/// How far back requests are played again, in microseconds: 90 days.
pub const BACK: i64 = 90 * 24 * 3600 * 1_000_000;
/// Requests that are played again at most.
const MOST: i64 = 100_000;

/// The rules in force, with their version.
///
/// # Errors
/// [`TransferError::Store`].
pub async fn rules(engine: &Engine) -> TransferResult<InForce> {
    Ok(policies::current(&engine.store, &engine.policy).await?)
}

/// Puts other rules into force, if those of `version` still are. Requests that wait are asked again when somebody
/// lets them in; permissions that were given obey at once.
///
/// # Errors
/// [`TransferError::Refused`] when a rule makes no sense; [`TransferError::Store`] when another admin was quicker.
pub async fn change(engine: &Engine, version: i64, policy: Policy, by: Option<&str>) -> TransferResult<()> {
    let exceptions = policy.arrivals.terms.exceptions.iter().chain(&policy.departures.terms.exceptions);
    if let Some(one) = exceptions.into_iter().find(|one| one.reason.trim().is_empty()) {
        return Err(TransferError::Refused(text!("refusals-say-why-it-is-an-exception", who = one.who)));
    }
    let line = AuditRow {
        id: engine.clock.id(),
        at: engine.clock.now_micros(),
        account_id: by.map(str::to_owned),
        what: "policy_changed".to_owned(),
        detail: policy.sentences().join(" ").chars().take(2_000).collect(),
    };
    Ok(policies::change(&engine.store, version, policy, line).await?)
}

/// What other rules would have answered to the requests of the last 90 days.
///
/// # Errors
/// [`TransferError::Store`].
pub async fn what_if(engine: &Engine, policy: &Policy) -> TransferResult<WhatIf> {
    let since = engine.clock.now_micros().saturating_sub(BACK);
    let past = applications::since(&engine.store, since, MOST).await?;
    Ok(replay(&policy.arrivals, &past))
}

/// Whether an admin still has to look at somebody: for the number beside the link.
///
/// # Errors
/// [`TransferError::Store`].
pub async fn waiting(engine: &Engine) -> TransferResult<usize> {
    let now = engine.clock.now_micros();
    Ok(applications::pending(&engine.store, now, 1_000).await?.len())
}

pub use admit::{Word, answer};

/// Who leaves, seen from the desk.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct Leaving {
    /// Servers that were given permissions, the busiest first.
    pub servers: Vec<LeavingFor>,
    /// Moves that were announced.
    pub announced: u64,
    /// What is unusual, in sentences.
    pub anomalies: Vec<String>,
}

/// One server that accounts leave for.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct LeavingFor {
    /// Its name.
    pub server: String,
    /// Accounts that gave it a permission.
    pub accounts: u64,
    /// Of these, within the last 24 hours.
    pub lately: u64,
    /// Permissions that hold.
    pub open: u64,
    /// Whether the rules let accounts leave for it.
    pub is_allowed: bool,
}

/// Accounts that leave for one server within a day, from which on it is said.
const MANY: i64 = 10;
/// Servers listed at most.
const MOST_SERVERS: i64 = 500;

/// Who leaves, where to, how many, and what is unusual.
///
/// # Errors
/// [`TransferError::Store`].
pub async fn leaving(engine: &Engine) -> TransferResult<Leaving> {
    let since = engine.clock.now_micros().saturating_sub(24 * 3600 * 1_000_000);
    let rules = rules(engine).await?.policy.departures;
    let mut anomalies = Vec::new();
    let mut servers = Vec::new();
    let number = |n: i64| u64::try_from(n).unwrap_or(0);
    for one in leaving_rows::by_server(&engine.store, since, MOST_SERVERS).await? {
        let server = admit::server_of(&one.client_id);
        if one.lately >= MANY {
            anomalies.push(text!("desk-many-leave-for", n = number(one.lately), server = server));
        }
        let is_allowed = matches!(rules.decide(&engine.domain, &server, None), Decision::Allowed);
        servers.push(LeavingFor {
            server,
            accounts: number(one.accounts),
            lately: number(one.lately),
            open: number(one.open),
            is_allowed,
        });
    }
    let unusual = leaving_rows::unusual(&engine.store, since).await?;
    for (account, n) in unusual.scattered {
        let named = engine.host.account(&account.as_str().into()).await?.map(|found| found.username);
        let who = named.unwrap_or(account);
        anomalies.push(text!("desk-gave-permissions-to-many", who = who, n = number(n)));
    }
    Ok(Leaving { servers, announced: number(unusual.announced), anomalies })
}

/// Nobody leaves for `server` from now on; what it was permitted is taken back. `None`: for no server at all;
/// permissions stay and are good for nothing until the rules change again.
///
/// # Errors
/// [`TransferError::Store`] when another admin changed the rules at the same moment.
pub async fn stop(engine: &Engine, server: Option<&str>, by: Option<&str>) -> TransferResult<()> {
    let InForce { version, mut policy, .. } = rules(engine).await?;
    match server {
        Some(server) => {
            policy.departures.terms.blocked.insert(server.trim().to_lowercase());
        }
        None => policy.departures.who = Rule::Word(RuleWord::Nobody),
    }
    change(engine, version, policy, by).await?;
    let Some(server) = server else { return Ok(()) };
    let all = leaving_rows::by_server(&engine.store, 0, MOST_SERVERS).await?;
    for one in all.iter().filter(|one| admit::server_of(&one.client_id).eq_ignore_ascii_case(server.trim())) {
        let line = AuditRow {
            id: engine.clock.id(),
            at: engine.clock.now_micros(),
            account_id: by.map(str::to_owned),
            what: "departures_stopped".to_owned(),
            detail: one.client_id.clone(),
        };
        leaving_rows::revoke_all(&engine.store, &one.client_id, line).await?;
    }
    Ok(())
}
