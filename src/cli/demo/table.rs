//! The closing table: every number on one screen.

use super::{checker::Findings, outcome::Outcome};

/// Prints the table to stderr, and every disagreement below it.
pub(crate) fn print(outcome: &Outcome, findings: &Findings) {
    eprintln!("\n{}", text(outcome));
    let (shown, more) = findings.shown();
    for sentence in shown {
        eprintln!("  ! {sentence}");
    }
    if more > 0 {
        eprintln!("  ! and {more} more");
    }
    let verdict = if findings.is_empty() { "Everything agrees." } else { "Not everything agrees." };
    eprintln!("\n{verdict}");
}

fn text(outcome: &Outcome) -> String {
    let rule = "+-----------+---------+----------+---------+--------+";
    let mut lines = vec![rule.to_owned()];
    lines.push("|           | archive | New home | skipped | failed |".to_owned());
    lines.push(rule.to_owned());
    for (word, counts) in outcome.items.each() {
        lines.push(format!(
            "| {word:<9} | {:>7} | {:>8} | {:>7} | {:>6} | {}",
            counts.source,
            counts.destination,
            counts.skipped,
            counts.failed,
            if counts.agrees() { "ok" } else { "DIFFERS" },
        ));
    }
    lines.push(rule.to_owned());
    let seen = outcome.visibility;
    lines.push(format!(
        "Audiences        {} public, {} unlisted, {} followers, {} direct",
        seen.public, seen.unlisted, seen.followers, seen.direct
    ));
    let map = outcome.map;
    lines.push(format!("Addresses        {} new ones, {} handed over", map.entries, map.handed_over));
    let asked = outcome.redirects;
    lines.push(format!("Old addresses    {} of {} lead to the exact new place", asked.ok, asked.checked));
    lines
        .push(format!("Hidden things    {} leaks in {} requests", asked.hidden_leaked, asked.hidden_checked));
    let follower = outcome.follower;
    let yes = |is_so: bool| if is_so { "yes" } else { "no" };
    lines.push(format!(
        "Follower         old before: {}, new after: {}, old after: {}, disturbed {} times",
        yes(follower.followed_old_before),
        yes(follower.follows_new_after),
        yes(follower.follows_old_after),
        outcome.notifications_at_follower,
    ));
    for reason in &outcome.reasons {
        lines.push(format!("Reason           {} × {}: {}", reason.count, reason.kind, reason.why));
    }
    for one in &outcome.differences {
        lines.push(format!("Difference       {} × {}: {}", one.count, one.what, one.why));
    }
    lines.push(format!("Time             {} ms", outcome.elapsed_ms));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_that_does_not_come_out_even_stands_out() {
        let mut outcome = Outcome::default();
        outcome.items.posts.source = 3;
        let text = text(&outcome);
        assert!(text.contains("| posts     |       3 |        0 |       0 |      0 | DIFFERS"), "{text}");
        assert_eq!(text.matches("| ok").count(), 4);
    }
}
