//! What may be asked of the keeper. What stands nowhere here cannot be asked.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::adapters::mastodon_database::caches::Index;

/// One thing to do, a line of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case", deny_unknown_fields)]
pub enum Order {
    /// Says whether it could do what it is for.
    Ready {},
    /// Drops what the server remembers of an account and of posts.
    Forget {
        /// The account's key.
        account: i64,
        /// The posts' keys.
        statuses: Vec<i64>,
    },
    /// Puts numbers before the search index.
    LookAgain {
        /// Which one.
        index: Index,
        /// The numbers.
        ids: Vec<i64>,
    },
    /// Signs the delivery of an account's own Move, or of the Update that goes before it.
    Sign {
        /// The account's key.
        account: i64,
        /// Where it is delivered.
        inbox: Url,
        /// The activity, as it is sent.
        activity: String,
    },
}

/// What it says, a line of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// It is done.
    Done {},
    /// The headers that make a delivery a signed one.
    Signed {
        /// Names and values.
        headers: Vec<(String, String)>,
    },
    /// It was not done.
    Refused {
        /// Why.
        why: String,
        /// Whether the same may be done later.
        is_for_now: bool,
    },
}

/// Longest line, in bytes: some thousand numbers, or a document of an account.
pub(super) const LONGEST_LINE: u64 = 512 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_can_be_asked() {
        let orders = [
            Order::Ready {},
            Order::Forget { account: 1, statuses: vec![2] },
            Order::LookAgain { index: Index::Tags, ids: vec![3] },
        ];
        for order in orders {
            let line = serde_json::to_string(&order).unwrap();
            assert_eq!(serde_json::from_str::<Order>(&line).unwrap(), order, "{line}");
        }
        for line in [
            r#"{"order":"flushall"}"#,
            r#"{"order":"forget","account":1,"statuses":[],"key":"queue:push"}"#,
            r#"{"order":"forget","account":"1\r\nFLUSHALL","statuses":[]}"#,
            r#"{"order":"look_again","index":"chewy:queue:StatusesIndex","ids":[1]}"#,
            "null",
        ] {
            assert!(serde_json::from_str::<Order>(line).is_err(), "{line}");
        }
    }
}
