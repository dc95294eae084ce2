//! One line of the list of all items of a transfer, as people and programs get it.

use serde::{Deserialize, Serialize};

use super::digest::Digest;

/// One item and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Line {
    /// Its kind.
    pub kind: String,
    /// Its key at Old home.
    pub key: String,
    /// `fetched` (waits), `written` (here), `declined`, `skipped` or `failed`.
    pub state: String,
    /// Why it is not here.
    pub why: Option<String>,
    /// Its content hash; absent where it was never read.
    #[schema(value_type = Option<String>)]
    pub content: Option<Digest>,
    /// Its address here.
    pub new: Option<String>,
}

/// Something that could not be read or shown here, kept for its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Unshown {
    /// Its kind.
    pub kind: String,
    /// Its key at Old home.
    pub key: String,
    /// Why it is not here.
    pub why: String,
    /// What it says, as it came; absent where Old home never gave it out.
    pub text: Option<String>,
}

impl Unshown {
    /// As one line of JSON.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

impl Line {
    /// As one line of JSON.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// As the fields of a table for people. A field that a spreadsheet would take for a formula is
    /// made text with an apostrophe: others wrote what stands in it.
    pub fn cells(&self) -> [String; 6] {
        let content = self.content.map(Digest::hex);
        [
            &self.kind,
            &self.key,
            &self.state,
            self.why.as_deref().unwrap_or_default(),
            content.as_deref().unwrap_or_default(),
            self.new.as_deref().unwrap_or_default(),
        ]
        .map(|field| {
            if field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
                format!("'{field}")
            } else {
                field.to_owned()
            }
        })
    }

    /// What the fields are called.
    pub const HEADINGS: [&'static str; 6] = ["kind", "key", "state", "why", "content", "new"];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobodys_words_become_a_formula() {
        for evil in ["=HYPERLINK(\"x\")", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            let line = Line {
                kind: "posts".into(),
                key: evil.into(),
                state: "failed".into(),
                why: Some(evil.into()),
                content: None,
                new: None,
            };
            assert_eq!(line.cells()[1], format!("'{evil}"));
            assert_eq!(line.cells()[3], format!("'{evil}"));
        }
    }
}
