//! Old home: whether an account may go there now, by every rule for those who leave. Asked before a permission is
//! given, and again whenever one is used.

use super::source_side::{SourceSide, SourceSideError, SourceSideResult, plain_url};
use crate::{
    model::{actor::authority, policy::Decision, problem::ProblemKind},
    oauth::scope::Scope,
    port::host::HostAccount,
    store::{departures, sanctions},
    words::text,
};

/// Whether `account` may let `other` do what the scope says.
///
/// # Errors
/// [`SourceSideError::Refused`] with the rule in a sentence.
pub async fn may_leave(
    side: &SourceSide,
    account: &HostAccount,
    other: &str,
    scope: Scope,
) -> SourceSideResult<()> {
    let here = authority(&side.base);
    // Who takes a new name on this server does not leave it.
    if other == here {
        return Ok(());
    }
    let refused = |why: String| Err(SourceSideError::refused(ProblemKind::Policy, why));
    let rules = side.rules().await?;
    if let Decision::Refused(why) = rules.decide(&here, other, Some(&side.handle(account))) {
        return refused(why);
    }
    let Some(sanction) = sanctions::find(&side.store, account.id.as_str()).await? else { return Ok(()) };
    let may_go = sanction.may_leave.unwrap_or(rules.terms.sanctioned_may_leave);
    match (may_go, scope) {
        (true, Scope::Read) => Ok(()),
        (true, Scope::HandOver) => {
            refused(text!("refusals-data-only", here = here, reason = sanction.reason))
        }
        (false, _) => refused(text!("refusals-under-a-sanction", here = here, reason = sanction.reason)),
    }
}

/// Whether `account` may begin to leave for `other` so soon after another move. The same pair is free.
///
/// # Errors
/// As [`may_leave`].
pub async fn has_cooled(side: &SourceSide, account: &HostAccount, other: &str) -> SourceSideResult<()> {
    let moves = departures::of_account(&side.store, account.id.as_str()).await?;
    let is_elsewhere = |target: &str| plain_url(target).is_none_or(|url| authority(&url) != other);
    let last = moves.iter().filter(|row| is_elsewhere(&row.target)).filter_map(|row| row.announced_at).max();
    let Some(days) = side.rules().await?.cools(last, side.clock.now_micros()) else { return Ok(()) };
    let why = text!("refusals-moved-from-here-shortly-ago", n = u64::try_from(days).unwrap_or(1));
    Err(SourceSideError::refused(ProblemKind::Policy, why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        store::{audit::AuditRow, sanctions::Sanction},
        transfer::{
            consent,
            fakes::{self, Bench},
        },
    };

    async fn asks(bench: &Bench, scope: Scope) -> Result<(), String> {
        let ann = bench.ann();
        let asked = consent::ask(&bench.side, fakes::request(scope), Some(&ann)).await;
        asked.map(drop).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn who_is_under_a_sanction_leaves_when_an_admin_says_so_and_with_data_only() {
        let bench = Bench::new().await;
        for (may_leave, reads, hands_over) in
            [(None, false, false), (Some(false), false, false), (Some(true), true, false)]
        {
            let line = AuditRow {
                id: bench.side.clock.id(),
                at: 1,
                account_id: None,
                what: "sanctioned".to_owned(),
                detail: String::new(),
            };
            let sanction = Sanction { reason: "spam".to_owned(), may_leave };
            sanctions::set(&bench.store, "ann-id", Some(sanction), line).await.unwrap();
            let (read, handed) = (asks(&bench, Scope::Read).await, asks(&bench, Scope::HandOver).await);
            assert_eq!(
                (read.is_ok(), handed.is_ok()),
                (reads, hands_over),
                "{may_leave:?}: {read:?} {handed:?}"
            );
            assert!(handed.unwrap_err().contains("spam"));
        }
    }

    #[tokio::test]
    async fn a_permission_given_before_obeys_a_changed_rule() {
        let mut bench = Bench::new().await;
        let ann = bench.ann();
        may_leave(&bench.side, &ann, "new.example", Scope::Read).await.unwrap();
        bench.side.departures.terms.blocked.insert("new.example".to_owned());
        let refused = may_leave(&bench.side, &ann, "new.example", Scope::Read).await;
        assert!(refused.unwrap_err().to_string().contains("new.example"));
    }
}
