//! A policy as people read it: one sentence a rule. The words are those of `src/words`.

use std::collections::BTreeSet;

use super::{Arrivals, Broken, Departures, Direction, Exception, Need, Policy, Rule, RuleWord};
use crate::{model::collection::CollectionKind, words::text};

/// Bytes as people read them.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_048_576 => text!("policy-kilobytes", n = bytes.div_ceil(1 << 10)),
        1_048_576..1_073_741_824 => text!("policy-megabytes", n = bytes.div_ceil(1 << 20)),
        _ => text!("policy-gigabytes", n = bytes.div_ceil(1 << 30)),
    }
}

fn listed<'a>(all: impl IntoIterator<Item = &'a String>) -> String {
    all.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn kinds(all: &BTreeSet<CollectionKind>) -> String {
    if all.is_empty() {
        return text!("policy-nothing");
    }
    let words: Vec<String> = all.iter().map(|kind| kind.as_str().replace('_', " ")).collect();
    words.join(", ")
}

fn whom(rule: &Rule, direction: Direction) -> String {
    use Direction::{Arrival, Departure};
    match (rule, direction) {
        (Rule::Word(RuleWord::Nobody), Arrival) => text!("policy-nobody-may-come"),
        (Rule::Word(RuleWord::Anyone), Arrival) => text!("policy-anyone-may-come"),
        (Rule::Word(RuleWord::Invited), Arrival) => text!("policy-invited-may-come"),
        (Rule::Hosts(hosts), Arrival) if hosts.is_empty() => text!("policy-no-server-may-come"),
        (Rule::Hosts(hosts), Arrival) => text!("policy-these-may-come", servers = listed(hosts)),
        (Rule::Except { except }, Arrival) => {
            text!("policy-all-but-these-may-come", servers = listed(except))
        }
        (Rule::Account { account }, Arrival) => text!("policy-one-may-come", account = account),
        (Rule::Word(RuleWord::Nobody), Departure) => text!("policy-nobody-may-leave"),
        (Rule::Word(RuleWord::Anyone), Departure) => text!("policy-anyone-may-leave"),
        (Rule::Word(RuleWord::Invited), Departure) => text!("policy-invited-may-leave"),
        (Rule::Hosts(hosts), Departure) if hosts.is_empty() => text!("policy-no-server-may-be-left-for"),
        (Rule::Hosts(hosts), Departure) => text!("policy-these-may-be-left-for", servers = listed(hosts)),
        (Rule::Except { except }, Departure) => {
            text!("policy-all-but-these-may-be-left-for", servers = listed(except))
        }
        (Rule::Account { account }, Departure) => text!("policy-one-may-leave", account = account),
    }
}

fn blocked(servers: &BTreeSet<String>, exceptions: &[Exception], direction: Direction) -> Vec<String> {
    let mut said = Vec::new();
    if !servers.is_empty() {
        said.push(match direction {
            Direction::Arrival => text!("policy-nobody-comes-from", servers = listed(servers)),
            Direction::Departure => text!("policy-nobody-leaves-for", servers = listed(servers)),
        });
    }
    for one in exceptions.iter().filter(|one| !one.reason.trim().is_empty()) {
        let reason = one.reason.trim_end_matches('.');
        said.push(text!("policy-all-the-same", who = one.who, reason = reason));
    }
    said
}

impl Policy {
    /// Every rule as a sentence, arrivals first.
    pub fn sentences(&self) -> Vec<String> {
        let mut said = self.arrivals.sentences();
        said.extend(self.departures.sentences());
        said
    }
}

impl Arrivals {
    /// Every rule as a sentence.
    pub fn sentences(&self) -> Vec<String> {
        let (terms, limits) = (&self.terms, &self.terms.limits);
        let mut said = vec![whom(&self.who, Direction::Arrival)];
        said.extend(blocked(&terms.blocked, &terms.exceptions, Direction::Arrival));
        if self.who == Rule::Word(RuleWord::Invited) && !terms.invited.is_empty() {
            said.push(text!("policy-invited", names = listed(&terms.invited)));
        }
        let approval = &terms.approval;
        if approval.always {
            said.push(text!("policy-looks-at-everybody"));
        }
        if approval.new_servers {
            said.push(text!("policy-looks-at-new-servers"));
        }
        said.extend(approval.above_posts.map(|n| text!("policy-looks-above-posts", n = n)));
        said.extend(approval.above_media_bytes.map(|n| text!("policy-looks-above-bytes", bytes = size(n))));
        said.extend(limits.posts.map(|n| text!("policy-most-posts", n = n)));
        said.extend(limits.media_bytes.map(|n| text!("policy-most-bytes", bytes = size(n))));
        said.extend(limits.largest_file_bytes.map(|n| text!("policy-largest-file", bytes = size(n))));
        said.extend(limits.kinds.as_ref().map(|all| text!("policy-kinds-that-come", kinds = kinds(all))));
        said.extend(limits.accounts_per_day.map(|n| text!("policy-most-a-day", n = n)));
        said.extend(limits.accounts_total.map(|n| text!("policy-most-accounts", n = n)));
        said.extend(limits.free_disk_bytes.map(|n| text!("policy-free-disk", bytes = size(n))));
        if terms.cool_down_days > 0 {
            said.push(text!("policy-days-between-moves", n = u64::from(terms.cool_down_days)));
        }
        said
    }
}

impl Departures {
    /// Every rule as a sentence.
    pub fn sentences(&self) -> Vec<String> {
        let terms = &self.terms;
        let mut said = vec![whom(&self.who, Direction::Departure)];
        said.extend(blocked(&terms.blocked, &terms.exceptions, Direction::Departure));
        if terms.cool_down_days > 0 {
            said.push(text!("policy-days-between-announced-moves", n = u64::from(terms.cool_down_days)));
        }
        said.push(if terms.sanctioned_may_leave {
            text!("policy-sanctioned-may-leave")
        } else {
            text!("policy-sanctioned-may-not-leave")
        });
        said
    }
}

impl Broken {
    /// Why somebody may not come to `here`: the rule, and who can change it.
    pub fn sentence(&self, rules: &Arrivals, here: &str, other: &str) -> String {
        match self {
            Self::Who => rules.who.refusal(Direction::Arrival, here, other),
            Self::Blocked(server) => text!("policy-takes-nobody-from", here = here, server = server),
            Self::Posts(n, most) => text!("policy-too-many-posts", here = here, most = most, n = n),
            Self::Media(n, most) => {
                text!("policy-too-many-bytes", here = here, most = size(*most), bytes = size(*n))
            }
            Self::Today(most) => text!("policy-too-many-today", here = here, most = most),
            Self::Full(most) => text!("policy-is-full", here = here, most = most),
            Self::Disk(needed, free) => {
                text!("policy-no-room", here = here, needed = size(*needed), free = size(*free))
            }
            Self::Cooling(days) => {
                text!("policy-cools-down", here = here, n = u64::try_from(*days).unwrap_or(1))
            }
        }
    }
}

impl Need {
    /// Why an admin looks first, for both sides.
    pub fn sentence(&self, here: &str) -> String {
        match self {
            Self::Always => text!("policy-every-request", here = here),
            Self::NewServer => text!("policy-new-server"),
            Self::Posts => text!("policy-more-posts"),
            Self::Media => text!("policy-more-files"),
            Self::Unsaid => text!("policy-unsaid"),
        }
    }
}
