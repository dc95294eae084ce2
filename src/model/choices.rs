//! What of an old account its owner wants here. Nothing chosen is everything.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use super::collection::CollectionKind;
use crate::words::text;

/// A calendar day in UTC, `2023-07-20`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(NaiveDate);

/// The text is not a day.
#[derive(Debug, thiserror::Error)]
#[error("not a day in the form 2023-07-20")]
pub struct NotADay;

impl Day {
    /// Its first microsecond since 1970.
    fn starts(self) -> i64 {
        self.0.and_time(NaiveTime::MIN).and_utc().timestamp_micros()
    }

    /// The first microsecond after it.
    fn ends(self) -> i64 {
        self.0.checked_add_days(Days::new(1)).map_or(i64::MAX, |next| Self(next).starts())
    }
}

impl std::str::FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").map(Self).map_err(|_| NotADay)
    }
}

impl TryFrom<String> for Day {
    type Error = NotADay;

    fn try_from(text: String) -> Result<Self, NotADay> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

/// What is wanted, chosen between survey and copy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Choices {
    /// The collections that are wanted; without it all of them.
    pub kinds: Option<BTreeSet<CollectionKind>>,
    /// First day of what is wanted, `2023-07-20`, in UTC.
    #[schema(value_type = Option<String>)]
    pub from: Option<Day>,
    /// Last day of what is wanted, in UTC.
    #[schema(value_type = Option<String>)]
    pub until: Option<Day>,
    /// Only what the person wrote for themselves: no replies to others, no boosts.
    pub originals_only: bool,
}

/// Microseconds since 1970 between which something must have been made: from, and before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first that is wanted.
    pub from: i64,
    /// The first that is not wanted any more.
    pub before: i64,
}

impl Choices {
    /// Whether a collection is wanted.
    pub fn wants(&self, kind: CollectionKind) -> bool {
        let is_chosen = self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
        is_chosen && !(self.originals_only && kind == CollectionKind::Outbox)
    }

    /// Whether some posts are wanted and others not.
    pub fn divides_posts(&self) -> bool {
        self.originals_only || self.span().is_some()
    }

    /// The time that is wanted, where it is not all of it.
    pub fn span(&self) -> Option<Span> {
        (self.from.is_some() || self.until.is_some()).then(|| Span {
            from: self.from.map_or(i64::MIN, Day::starts),
            before: self.until.map_or(i64::MAX, Day::ends),
        })
    }

    /// What makes no sense about it, as a sentence.
    pub fn contradiction(&self) -> Option<String> {
        let is_backwards = self.from.zip(self.until).is_some_and(|(from, until)| from > until);
        if is_backwards {
            return Some(text!("refusals-the-first-day-is-after-the-last"));
        }
        let is_empty = !CollectionKind::ALL.into_iter().any(|kind| self.wants(kind));
        is_empty.then(|| text!("refusals-nothing-is-chosen"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Choices {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn nothing_chosen_is_everything() {
        let all = read("{}");
        assert!(CollectionKind::ALL.into_iter().all(|kind| all.wants(kind)));
        assert!(!all.divides_posts() && all.contradiction().is_none());
    }

    #[test]
    fn the_last_day_belongs_to_it_and_the_next_does_not() {
        let span = read(r#"{"from": "2022-01-01", "until": "2022-01-01"}"#).span().unwrap();
        assert_eq!((span.from, span.before), (1_640_995_200_000_000, 1_641_081_600_000_000));
        assert_eq!(read(r#"{"from": "2022-01-01"}"#).span().unwrap().before, i64::MAX);
    }

    #[test]
    fn originals_are_no_boosts() {
        let originals = read(r#"{"originals_only": true}"#);
        assert!(!originals.wants(CollectionKind::Outbox) && originals.wants(CollectionKind::Content));
    }

    #[test]
    fn a_choice_that_means_nothing_is_said_so() {
        let backwards = read(r#"{"from": "2022-02-01", "until": "2022-01-01"}"#);
        assert!(backwards.contradiction().is_some());
        assert!(read(r#"{"kinds": []}"#).contradiction().is_some());
        assert!(serde_json::from_str::<Choices>(r#"{"untill": "2022-01-01"}"#).is_err());
    }
}
