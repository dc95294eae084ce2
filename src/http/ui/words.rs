//! Words that several pages share, as `docs/MESSAGES.md` lists them.

use crate::{
    app::gauges::Measured,
    model::{item::ItemKind, moment::Moment, object::Visibility},
    transfer::kinds,
    words::{say, text},
};
use maud::{Markup, html};

pub use crate::words::number;

/// How fast work goes that somebody watches and how long the rest takes, once that was measured.
pub fn pace(measured: Option<Measured>, left: u64) -> Markup {
    let told = |pace: Measured| {
        let a_minute = pace.done.saturating_mul(60) / pace.seconds.max(1);
        let seconds = left.saturating_mul(pace.seconds) / pace.done.max(1);
        say!("site-pace", n = number(a_minute.max(1)), left = duration(seconds))
    };
    html! { p.pace { @if let Some(pace) = measured.filter(|_| left > 0) { (told(pace)) } } }
}

/// How long something takes, roughly.
pub fn duration(seconds: u64) -> String {
    match seconds {
        0..=59 => text!("site-less-than-a-minute"),
        60..=5_399 => text!("site-about-minutes", n = (seconds + 30) / 60),
        _ => text!("site-about-hours", n = (seconds + 1_800) / 3_600),
    }
}

/// What a person calls a kind of things; other words pass as they are.
pub fn kind(word: &str) -> String {
    match ItemKind::from_word(word) {
        Some(kind) => kinds::name(kind),
        None if word == "map" => text!("site-new-addresses"),
        None => sentence(&word.replace('_', " ")).trim_end_matches('.').to_owned(),
    }
}

/// What a person calls an audience.
pub fn audience(visibility: Visibility) -> String {
    match visibility {
        Visibility::Public => text!("site-public"),
        Visibility::Unlisted => text!("site-quietly-public"),
        Visibility::Followers => text!("site-followers-only"),
        Visibility::Direct => text!("site-only-people-mentioned"),
    }
}

/// A length in bytes as people read it: `3.0 MB`.
pub fn bytes(n: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", number(n / unit), n % unit * 10 / unit);
    match n {
        0..1_024 => text!("site-bytes", n = n),
        1_024..1_048_576 => text!("site-kb", n = n / 1_024),
        1_048_576..1_073_741_824 => text!("site-mb", tenths = tenths(1 << 20)),
        _ => text!("site-gb", tenths = tenths(1 << 30)),
    }
}

/// A day, as people and as programs read it.
pub fn day(moment: &Moment) -> Markup {
    html! { time datetime=(moment.text()) { (moment.day()) } }
}

/// The same to the minute.
pub fn minute(moment: &Moment) -> Markup {
    html! { time datetime=(moment.text()) { (moment.minute()) } }
}

/// A message as a sentence: errors of the code begin small and end without a stop.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    // The name of a server stays as it is.
    let begins_with_a_name =
        text.split_whitespace().next().is_some_and(|word| word.contains(['.', '@', '/']));
    let mut letters = text.chars();
    let first = letters.next().filter(|_| !begins_with_a_name);
    let mut said: String = match first {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => text.to_owned(),
    };
    if !said.is_empty() && !said.ends_with(['.', '?', '!', ':', ';', '…']) {
        said.push('.');
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_one_is_one() {
        assert_eq!(
            ["0", "999", "1,000", "1,240,007"].map(str::to_owned),
            [0, 999, 1000, 1_240_007].map(number)
        );
    }

    #[test]
    fn a_pace_is_told_once_it_was_measured_and_never_when_nothing_is_left() {
        assert_eq!(pace(None, 900).0, r#"<p class="pace"></p>"#);
        assert_eq!(pace(Some(Measured { done: 100, seconds: 10 }), 0).0, r#"<p class="pace"></p>"#);
        let said = pace(Some(Measured { done: 600, seconds: 30 }), 1_200).0;
        assert!(said.contains("1,200 a minute") && said.contains("about one minute"), "{said}");
        assert!(pace(Some(Measured { done: 10, seconds: 60 }), 99_990).0.contains("about 167 hours"));
    }

    #[test]
    fn a_duration_is_told_roughly() {
        let told = [3, 95, 8_000].map(duration);
        assert_eq!(told, ["less than a minute", "about 2 minutes", "about 2 hours"].map(str::to_owned));
    }

    #[test]
    fn errors_of_the_code_become_sentences() {
        assert_eq!(sentence("write it like this"), "Write it like this.");
        assert_eq!(sentence("Nothing was taken."), "Nothing was taken.");
        assert_eq!(sentence("écrit"), "Écrit.");
        assert_eq!(sentence("old.example does not answer"), "old.example does not answer.");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn no_kind_is_shown_by_the_word_of_the_code() {
        for kind in ItemKind::ALL {
            let shown = super::kind(kind.as_str());
            assert!(shown.starts_with(char::is_uppercase) && !shown.contains('_'), "{shown}");
        }
        assert_ne!(kind("media"), "Media");
        assert_eq!(kind("map"), "New addresses");
    }
}
