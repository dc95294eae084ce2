//! Everything people read, in one place: `en/*.ftl`, a file for each group of pages. Rules: `docs/MESSAGES.md`.

use std::sync::OnceLock;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use maud::{Markup, PreEscaped, Render};
use unic_langid::LanguageIdentifier;

#[cfg(test)]
pub(crate) mod catalog;
#[cfg(test)]
mod hard_coded;
pub mod letters;
#[cfg(test)]
pub mod pseudo;

/// The texts, compiled in.
const FILES: [(&str, &str); 13] = [
    ("site.ftl", include_str!("en/site.ftl")),
    ("transfers.ftl", include_str!("en/transfers.ftl")),
    ("departures.ftl", include_str!("en/departures.ftl")),
    ("desk.ftl", include_str!("en/desk.ftl")),
    ("letters.ftl", include_str!("en/letters.ftl")),
    ("yours.ftl", include_str!("en/yours.ftl")),
    ("guests.ftl", include_str!("en/guests.ftl")),
    ("problems.ftl", include_str!("en/problems.ftl")),
    ("policy.ftl", include_str!("en/policy.ftl")),
    ("refusals.ftl", include_str!("en/refusals.ftl")),
    ("trouble.ftl", include_str!("en/trouble.ftl")),
    ("reasons.ftl", include_str!("en/reasons.ftl")),
    ("archive.ftl", include_str!("en/archive.ftl")),
];

/// A text for a page. What is put into it is escaped, unless it is markup of ours.
macro_rules! say {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::words::markup($id, &[$((stringify!($name), $crate::words::Said::said(&$value))),*])
    };
}

/// A text for a title, a mail or a program: nothing in it is escaped.
macro_rules! text {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::words::plain($id, &[$((stringify!($name), $crate::words::Said::said(&$value))),*])
    };
}

pub(crate) use {say, text};

/// What may be put into a text.
#[derive(Debug, Clone)]
pub enum Word {
    /// Somebody's words or a name.
    Plain(String),
    /// Markup that was made by us.
    Markup(String),
    /// A number: it decides between one and many, and is written with separators.
    Number(u64),
}

/// Whatever can be put into a text.
pub trait Said {
    /// As what.
    fn said(&self) -> Word;
}

impl Said for str {
    fn said(&self) -> Word {
        Word::Plain(self.to_owned())
    }
}

impl Said for String {
    fn said(&self) -> Word {
        Word::Plain(self.clone())
    }
}

impl Said for Markup {
    fn said(&self) -> Word {
        Word::Markup(self.0.clone())
    }
}

impl Said for u64 {
    fn said(&self) -> Word {
        Word::Number(*self)
    }
}

impl Said for usize {
    fn said(&self) -> Word {
        Word::Number(u64::try_from(*self).unwrap_or(u64::MAX))
    }
}

impl<T: Said + ?Sized> Said for &T {
    fn said(&self) -> Word {
        (**self).said()
    }
}

/// The text as markup; use `say!`.
pub fn markup(id: &str, words: &[(&'static str, Word)]) -> Markup {
    PreEscaped(put_together(id, words, |word| match word {
        Word::Plain(text) => text.render().0.into(),
        Word::Markup(markup) => markup.clone().into(),
        Word::Number(number) => (*number).into(),
    }))
}

/// The text as it is; use `text!`.
pub fn plain(id: &str, words: &[(&'static str, Word)]) -> String {
    put_together(id, words, |word| match word {
        Word::Plain(text) | Word::Markup(text) => text.clone().into(),
        Word::Number(number) => (*number).into(),
    })
}

/// A number that can be read at a glance: `1,204`.
pub fn number(n: u64) -> String {
    grouped(&n.to_string())
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn put_together(
    id: &str,
    words: &[(&'static str, Word)],
    value: impl Fn(&Word) -> FluentValue<'static>,
) -> String {
    let bundle = bundle();
    let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
        tracing::error!(id, "a text is missing");
        return id.to_owned();
    };
    let args: FluentArgs<'_> = words.iter().map(|(name, word)| (*name, value(word))).collect();
    let mut errors = Vec::new();
    let said = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
    if !errors.is_empty() {
        tracing::error!(id, ?errors, "a text could not be put together");
    }
    #[cfg(test)]
    let said = pseudo::bracketed(said);
    said
}

fn bundle() -> &'static FluentBundle<FluentResource> {
    static BUNDLE: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    BUNDLE.get_or_init(|| {
        let mut bundle =
            FluentBundle::new_concurrent(vec!["en".parse::<LanguageIdentifier>().unwrap_or_default()]);
        // The marks around what is put in are for texts of both directions; links and tests do without.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(|value, _| match value {
            FluentValue::Number(number) => Some(grouped(&number.as_string())),
            _ => None,
        }));
        for (name, text) in FILES {
            let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(readable, errors)| {
                tracing::error!(name, ?errors, "texts cannot be read");
                readable
            });
            if let Err(errors) = bundle.add_resource(resource) {
                tracing::error!(name, ?errors, "texts have the same name");
            }
        }
        bundle
    })
}
