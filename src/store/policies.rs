//! Table `policies`: the rules admins made, version by version. Without any the configuration's are in force.

use super::{Connection, Store, StoreError, StoreResult, audit, from_json, to_json};
use crate::{model::policy::Policy, words::text};

/// The rules in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// Grows with every change; 0 is the configuration.
    pub version: i64,
    /// The rules.
    pub policy: Policy,
    /// Who made them, and when; nobody where it is the configuration.
    pub made: Option<(String, i64)>,
}

/// The rules in force; `default` where no admin made any.
///
/// # Errors
/// [`StoreError`].
pub async fn current(store: &Store, default: &Policy) -> StoreResult<InForce> {
    let mut c = store.reader().await?;
    current_in(&mut c, default).await
}

/// As [`current`], inside a transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn current_in(c: &mut Connection, default: &Policy) -> StoreResult<InForce> {
    let found: Option<(i64, String, String, i64)> = row!(
        c,
        (i64, String, String, i64),
        "select version, policy, made_by, made_at from policies order by version desc limit 1"
    )?;
    let Some((version, text, by, at)) = found else {
        return Ok(InForce { version: 0, policy: default.clone(), made: None });
    };
    Ok(InForce { version, policy: from_json("policy", &text)?, made: Some((by, at)) })
}

/// Puts other rules into force, if those of `version` still are.
///
/// # Errors
/// [`StoreError::Conflict`] when another admin was quicker.
pub async fn change(store: &Store, version: i64, policy: Policy, line: audit::AuditRow) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                let made = run!(
                    c,
                    "insert into policies (version, policy, made_by, made_at) \
                     select cast($1 as bigint) + 1, cast($2 as text), cast($3 as text), cast($4 as bigint) \
                     where coalesce((select max(version) from policies), 0) = $1 on conflict do nothing",
                    version,
                    to_json(&policy),
                    line.account_id.as_deref().unwrap_or("command line"),
                    line.at,
                )?;
                if made == 0 {
                    return Err(StoreError::Conflict(text!("refusals-another-admin-has-changed-the-rules")));
                }
                audit::insert_in(c, &line).await
            })
        })
        .await
}
