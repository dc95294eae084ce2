//! Which servers may exchange accounts with this one.

use serde::{Deserialize, Serialize};

/// An admin's rule for one direction.
///
/// # Shape
/// In the configuration: `"nobody"`, `"anyone"`, or a list of host names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Rule {
    /// A word that stands for everybody or nobody.
    Word(RuleWord),
    /// Only these hosts.
    Hosts(Vec<String>),
    /// The default: closed.
    #[default]
    #[serde(skip)]
    Unset,
}

/// The two extremes of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleWord {
    /// Closed.
    Nobody,
    /// Open.
    Anyone,
}

/// Which way an account travels, seen from this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It comes here.
    Arrival,
    /// It leaves.
    Departure,
}

/// The answer of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Allowed,
    /// Stop; the sentence says why and is shown on the page and in the API.
    Refused(String),
}

impl Rule {
    /// Decides about an exchange between this server (`here`) and `other`.
    pub fn decide(&self, direction: Direction, here: &str, other: &str) -> Decision {
        let (doing, preposition) = match direction {
            Direction::Arrival => ("accepts accounts from", "from"),
            Direction::Departure => ("lets accounts leave for", "for"),
        };
        match self {
            Self::Word(RuleWord::Anyone) => Decision::Allowed,
            Self::Hosts(hosts) if hosts.iter().any(|host| host.eq_ignore_ascii_case(other)) => {
                Decision::Allowed
            }
            Self::Hosts(hosts) => Decision::Refused(format!(
                "{here} {doing} certain servers only, and {other} is not among them. \
                 The admins of {here} can add it. (Allowed: {})",
                if hosts.is_empty() { "none yet".to_owned() } else { hosts.join(", ") }
            )),
            Self::Word(RuleWord::Nobody) | Self::Unset => Decision::Refused(format!(
                "{here} {doing} nobody at present, so nothing can be copied {preposition} {other}. \
                 Only the admins of {here} can change that."
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unset_rule_refuses_everybody() {
        let decision = Rule::default().decide(Direction::Arrival, "new.example", "old.example");
        assert!(matches!(decision, Decision::Refused(why) if why.contains("nobody")));
    }

    #[test]
    fn a_list_of_hosts_allows_these_and_names_itself_when_it_refuses() {
        let rule = Rule::Hosts(vec!["old.example".into()]);
        assert_eq!(rule.decide(Direction::Departure, "here", "OLD.example"), Decision::Allowed);
        let refused = rule.decide(Direction::Departure, "here", "other.example");
        assert!(matches!(refused, Decision::Refused(why) if why.contains("other.example")));
    }

    #[test]
    fn anyone_means_anyone() {
        let rule = Rule::Word(RuleWord::Anyone);
        assert_eq!(rule.decide(Direction::Arrival, "here", "there"), Decision::Allowed);
    }
}
