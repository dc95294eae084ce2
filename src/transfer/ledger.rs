//! Old home: what has become of an announcement, server by server. That a server took the word proves nothing; that
//! nobody there follows the old account any more does.

use std::collections::BTreeMap;

use url::Url;

use super::source_side::{SourceSide, SourceSideResult};
use crate::{
    model::{actor::authority, outlook::ServerShare},
    store::announcements,
};

/// How it stands with one follower's server, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heard {
    /// It was told, and nobody there follows the old account any more.
    Followed,
    /// It is yet to be told.
    Waits,
    /// It was told, and says nothing: somebody there still follows the old account.
    Silent,
    /// It could not be told.
    Refused,
}

/// One server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub host: String,
    /// How it stands.
    pub heard: Heard,
    /// How many there still follow the old account.
    pub remaining: u64,
}

/// All servers that were to be told, the ones that need a look first. `remaining`: followers that are still there.
///
/// # Errors
/// [`super::source_side::SourceSideError::Store`].
pub async fn ledger(
    side: &SourceSide,
    departure: &str,
    remaining: &[ServerShare],
) -> SourceSideResult<Vec<Line>> {
    Ok(lines(&announcements::told(&side.store, departure).await?, remaining))
}

fn lines(told: &[(String, String)], remaining: &[ServerShare]) -> Vec<Line> {
    let still: BTreeMap<&str, u64> =
        remaining.iter().map(|share| (share.host.as_str(), share.followers)).collect();
    let mut servers: BTreeMap<String, Heard> = BTreeMap::new();
    for (inbox, state) in told {
        let Ok(inbox) = Url::parse(inbox) else { continue };
        let host = authority(&inbox);
        let follows_still = still.get(host.as_str()).is_some_and(|followers| *followers > 0);
        let heard = match state.as_str() {
            "queued" => Heard::Waits,
            "dead" => Heard::Refused,
            _ if follows_still => Heard::Silent,
            _ => Heard::Followed,
        };
        // Where a server has several inboxes, the worst of them is what its owner has to know.
        servers.entry(host).and_modify(|known| *known = (*known).max(heard)).or_insert(heard);
    }
    let mut lines: Vec<Line> = servers
        .into_iter()
        .map(|(host, heard)| Line { remaining: still.get(host.as_str()).copied().unwrap_or(0), host, heard })
        .collect();
    lines.sort_by(|a, b| b.heard.cmp(&a.heard).then(b.remaining.cmp(&a.remaining)).then(a.host.cmp(&b.host)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_took_the_word_and_does_nothing_is_called_silent() {
        let told = [
            ("https://b.example/inbox", "delivered"),
            ("https://a.example/inbox", "delivered"),
            ("https://a.example/users/x/inbox", "dead"),
            ("https://c.example/inbox", "queued"),
            ("https://d.example/inbox", "delivered"),
        ]
        .map(|(inbox, state)| (inbox.to_owned(), state.to_owned()));
        let still = [ServerShare { host: "d.example".to_owned(), followers: 3 }];
        let found = lines(&told, &still);
        let seen: Vec<_> =
            found.iter().map(|line| (line.host.as_str(), line.heard, line.remaining)).collect();
        assert_eq!(
            seen,
            [
                ("a.example", Heard::Refused, 0),
                ("d.example", Heard::Silent, 3),
                ("c.example", Heard::Waits, 0),
                ("b.example", Heard::Followed, 0)
            ]
        );
    }
}
