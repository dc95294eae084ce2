//! What a check found: what it looked at, whether that is good, and if not, what to do.

use serde::Serialize;

/// How much a finding matters, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// As it should be.
    Good,
    /// Something will not work, the rest will.
    Warns,
    /// The daemon cannot do its work.
    Blocks,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, a word or two.
    pub about: String,
    /// How much it matters.
    pub weight: Weight,
    /// What was found.
    pub cause: String,
    /// What to do; empty where nothing is to be done.
    pub remedy: String,
}

impl Finding {
    /// Something that is as it should be.
    pub fn good(about: &str, cause: impl Into<String>) -> Self {
        Self { about: about.to_owned(), weight: Weight::Good, cause: cause.into(), remedy: String::new() }
    }

    /// Something of which a part will not work.
    pub fn warns(about: &str, cause: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { about: about.to_owned(), weight: Weight::Warns, cause: cause.into(), remedy: remedy.into() }
    }

    /// Something without which nothing works.
    pub fn blocks(about: &str, cause: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { weight: Weight::Blocks, ..Self::warns(about, cause, remedy) }
    }

    /// What a program that checks ends with: 0, 10 where something warns, 11 where something blocks.
    pub fn exit_code(findings: &[Self]) -> u8 {
        match findings.iter().map(|finding| finding.weight).max() {
            None | Some(Weight::Good) => 0,
            Some(Weight::Warns) => 10,
            Some(Weight::Blocks) => 11,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_finding_decides_how_a_check_ends() {
        let (good, warns) = (Finding::good("a", "b"), Finding::warns("a", "b", "c"));
        let blocks = Finding::blocks("a", "b", "c");
        assert_eq!(Finding::exit_code(&[]), 0);
        assert_eq!(Finding::exit_code(std::slice::from_ref(&good)), 0);
        assert_eq!(Finding::exit_code(&[warns.clone(), good.clone()]), 10);
        assert_eq!(Finding::exit_code(&[blocks, warns, good]), 11);
    }
}
