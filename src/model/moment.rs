//! A point in time that remembers how it was written.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// A time in microseconds since 1970 together with its original spelling.
///
/// Receivers compare `published` literally on refresh, so a copied object must say
/// exactly what the source said, to the last digit.
///
/// # Units
/// `micros`: microseconds since 1970-01-01T00:00:00Z, may be negative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moment {
    text: String,
    micros: i64,
}

/// The text is not an RFC 3339 time.
#[derive(Debug, thiserror::Error)]
#[error("not a time in RFC 3339 form")]
pub struct NotATime;

impl Moment {
    /// Reads an RFC 3339 time and keeps its spelling.
    ///
    /// # Errors
    /// [`NotATime`] when the text is anything else.
    pub fn parse(text: &str) -> Result<Self, NotATime> {
        let time = DateTime::parse_from_rfc3339(text.trim()).map_err(|_| NotATime)?;
        Ok(Self { text: text.trim().to_owned(), micros: time.timestamp_micros() })
    }

    /// The moment `micros` microseconds after 1970, spelt with as many digits as it needs.
    pub fn from_micros(micros: i64) -> Self {
        let time = DateTime::<Utc>::from_timestamp_micros(micros).unwrap_or(DateTime::UNIX_EPOCH);
        Self { text: time.to_rfc3339_opts(SecondsFormat::AutoSi, true), micros: time.timestamp_micros() }
    }

    /// The original spelling.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Microseconds since 1970.
    pub fn micros(&self) -> i64 {
        self.micros
    }

    /// Seconds since 1970, rounded down.
    pub fn seconds(&self) -> i64 {
        self.micros.div_euclid(1_000_000)
    }

    /// Day and minute as people write an appointment, `2023-07-20, 09:30 UTC`.
    pub fn minute(&self) -> String {
        DateTime::<Utc>::from_timestamp_micros(self.micros)
            .map(|time| time.format("%Y-%m-%d, %H:%M UTC").to_string())
            .unwrap_or_default()
    }

    /// The calendar day as people write it in lists, `2023-07-20`.
    pub fn day(&self) -> String {
        DateTime::<Utc>::from_timestamp_micros(self.micros)
            .map(|time| time.format("%Y-%m-%d").to_string())
            .unwrap_or_default()
    }
}

impl TryFrom<String> for Moment {
    type Error = NotATime;

    fn try_from(text: String) -> Result<Self, NotATime> {
        Self::parse(&text)
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> String {
        moment.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_keeps_its_spelling_to_the_digit() {
        for text in ["2022-05-06T07:08:09Z", "2022-05-06T07:08:09.120Z", "2022-05-06T09:08:09+02:00"] {
            assert_eq!(Moment::parse(text).unwrap().text(), text);
        }
    }

    #[test]
    fn offsets_name_the_same_instant() {
        let zulu = Moment::parse("2022-05-06T07:08:09Z").unwrap();
        let offset = Moment::parse("2022-05-06T09:08:09+02:00").unwrap();
        assert_eq!(zulu.micros(), offset.micros());
    }

    #[test]
    fn text_that_is_no_time_is_refused() {
        assert!(Moment::parse("yesterday").is_err());
    }
}
