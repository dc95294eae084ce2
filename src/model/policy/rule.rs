//! The first question of a policy: whom, at all.

use serde::{Deserialize, Serialize};

use super::Applicant;
use crate::words::text;

/// An admin's rule for one direction.
///
/// # Shape
/// In the configuration: `"nobody"`, `"anyone"`, `"invited"`, a list of host names, `{ except = [hosts] }` or
/// `{ account = "@name@host" }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Rule {
    /// A word that stands for everybody or nobody.
    Word(RuleWord),
    /// Only these hosts.
    Hosts(Vec<String>),
    /// Every host but these.
    Except {
        /// The hosts.
        except: Vec<String>,
    },
    /// One single account.
    Account {
        /// Its handle or its actor's address.
        account: String,
    },
}

/// The rules that need no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RuleWord {
    /// Closed.
    Nobody,
    /// Open.
    Anyone,
    /// Whoever is named in the list of invitations.
    Invited,
}

impl Default for Rule {
    fn default() -> Self {
        Self::Word(RuleWord::Nobody)
    }
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
    /// Whether somebody may pass. All servers that have a part in their name must be allowed; `is_invited`
    /// says whether an invitation names them.
    pub fn admits(&self, who: &Applicant, is_invited: bool) -> bool {
        let is_named =
            |hosts: &[String], server: &str| hosts.iter().any(|host| host.eq_ignore_ascii_case(server));
        match self {
            Self::Word(RuleWord::Anyone) => true,
            Self::Word(RuleWord::Nobody) => false,
            Self::Word(RuleWord::Invited) => is_invited,
            Self::Hosts(hosts) => {
                !who.servers.is_empty() && who.servers.iter().all(|server| is_named(hosts, server))
            }
            Self::Except { except } => {
                let except = except.iter().cloned().collect();
                !who.servers.iter().any(|server| super::is_listed(&except, server))
            }
            Self::Account { account } => who.is(account) && !who.servers.contains(account),
        }
    }

    /// The sentence for those who may not pass.
    pub fn refusal(&self, direction: Direction, here: &str, other: &str) -> String {
        use Direction::{Arrival, Departure};
        let servers = |hosts: &[String]| {
            if hosts.is_empty() { text!("policy-none-yet") } else { hosts.join(", ") }
        };
        match (self, direction) {
            (Self::Hosts(hosts), Arrival) => {
                text!("policy-accepts-certain-servers", here = here, other = other, servers = servers(hosts))
            }
            (Self::Except { .. }, Arrival) => {
                text!("policy-accepts-all-but-some", here = here, other = other)
            }
            (Self::Account { .. }, Arrival) => text!("policy-accepts-one-account", here = here),
            (Self::Word(RuleWord::Invited), Arrival) => text!("policy-accepts-the-invited", here = here),
            (Self::Word(RuleWord::Nobody | RuleWord::Anyone), Arrival) => {
                text!("policy-accepts-nobody", here = here, other = other)
            }
            (Self::Hosts(hosts), Departure) => text!(
                "policy-lets-leave-for-certain-servers",
                here = here,
                other = other,
                servers = servers(hosts)
            ),
            (Self::Except { .. }, Departure) => {
                text!("policy-lets-leave-for-all-but-some", here = here, other = other)
            }
            (Self::Account { .. }, Departure) => text!("policy-lets-one-account-leave", here = here),
            (Self::Word(RuleWord::Invited), Departure) => {
                text!("policy-lets-the-invited-leave", here = here)
            }
            (Self::Word(RuleWord::Nobody | RuleWord::Anyone), Departure) => {
                text!("policy-lets-nobody-leave", here = here, other = other)
            }
        }
    }
}
