//! How somebody is followed.

use serde::{Deserialize, Serialize};

/// What a follower wants to see of whom they follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FollowOptions {
    /// Whether what they pass on is seen, too.
    pub shows_boosts: bool,
    /// Whether each new post is announced.
    pub notifies: bool,
    /// The only languages whose posts are seen; none stands for all.
    pub languages: Vec<String>,
}

/// Languages of one follow at most.
const MOST_LANGUAGES: usize = 200;
/// Longest name of a language, in bytes.
const LONGEST_LANGUAGE: usize = 35;

impl Default for FollowOptions {
    fn default() -> Self {
        Self { shows_boosts: true, notifies: false, languages: Vec::new() }
    }
}

impl FollowOptions {
    /// Whether nothing was chosen.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Languages that are names of languages, each once, in order.
    #[must_use]
    pub fn checked(mut self) -> Self {
        let is_name = |tag: &String| {
            (2..=LONGEST_LANGUAGE).contains(&tag.len())
                && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        self.languages.retain(is_name);
        self.languages.sort();
        self.languages.dedup();
        self.languages.truncate(MOST_LANGUAGES);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_languages_stay_and_nothing_chosen_is_as_usual() {
        let languages = ["en", "de", "", "x", "no language", "en", "pt-BR"].map(str::to_owned).to_vec();
        let options = FollowOptions { languages, ..FollowOptions::default() }.checked();
        assert_eq!(options.languages, ["de", "en", "pt-BR"]);
        assert!(!options.is_usual() && FollowOptions::default().is_usual());
        assert_eq!(serde_json::from_str::<FollowOptions>("{}").unwrap(), FollowOptions::default());
    }
}
