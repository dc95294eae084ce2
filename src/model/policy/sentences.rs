//! A policy as people read it: one sentence a rule.

use std::collections::BTreeSet;

use super::{Arrivals, Broken, Departures, Direction, Exception, Need, Policy, Rule, RuleWord};
use crate::model::collection::CollectionKind;

/// Bytes as people read them.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_048_576 => format!("{} KB", bytes.div_ceil(1 << 10)),
        1_048_576..1_073_741_824 => format!("{} MB", bytes.div_ceil(1 << 20)),
        _ => format!("{} GB", bytes.div_ceil(1 << 30)),
    }
}

fn listed<'a>(all: impl IntoIterator<Item = &'a str>) -> String {
    all.into_iter().collect::<Vec<_>>().join(", ")
}

fn kinds(all: &BTreeSet<CollectionKind>) -> String {
    if all.is_empty() {
        return "nothing".to_owned();
    }
    let words: Vec<String> = all.iter().map(|kind| kind.as_str().replace('_', " ")).collect();
    words.join(", ")
}

fn whom(rule: &Rule, direction: Direction) -> String {
    let (subject, from) = match direction {
        Direction::Arrival => ("may come", "from"),
        Direction::Departure => ("may leave", "for"),
    };
    match rule {
        Rule::Word(RuleWord::Nobody) => format!("Nobody {subject}."),
        Rule::Word(RuleWord::Anyone) => format!("Anyone {subject}, {from} any server."),
        Rule::Word(RuleWord::Invited) => format!("Only people who were invited {subject}."),
        Rule::Hosts(hosts) if hosts.is_empty() => format!("Nobody {subject}: the list of servers is empty."),
        Rule::Hosts(hosts) => {
            format!(
                "People {subject} {from} these servers only: {}.",
                listed(hosts.iter().map(String::as_str))
            )
        }
        Rule::Except { except } => format!(
            "People {subject} {from} any server but these: {}.",
            listed(except.iter().map(String::as_str))
        ),
        Rule::Account { account } => format!("Only one account {subject}: {account}."),
    }
}

fn blocked(servers: &BTreeSet<String>, exceptions: &[Exception], direction: Direction) -> Vec<String> {
    let mut said = Vec::new();
    if !servers.is_empty() {
        let verb = match direction {
            Direction::Arrival => "comes from",
            Direction::Departure => "leaves for",
        };
        said.push(format!("Nobody {verb} {}.", listed(servers.iter().map(String::as_str))));
    }
    for one in exceptions.iter().filter(|one| !one.reason.trim().is_empty()) {
        said.push(format!("All the same, {} does, because: {}.", one.who, one.reason.trim_end_matches('.')));
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
            said.push(format!("Invited: {}.", listed(terms.invited.iter().map(String::as_str))));
        }
        let approval = &terms.approval;
        if approval.always {
            said.push("An admin looks at everybody first.".to_owned());
        }
        if approval.new_servers {
            said.push("An admin looks first when nobody came from that server before.".to_owned());
        }
        if let Some(most) = approval.above_posts {
            said.push(format!("An admin looks first at more than {most} posts."));
        }
        if let Some(most) = approval.above_media_bytes {
            said.push(format!("An admin looks first at more than {} of files.", size(most)));
        }
        let number = |value: Option<u64>, text: fn(u64) -> String| value.map(text);
        said.extend(number(limits.posts, |n| format!("One account brings at most {n} posts.")));
        said.extend(number(limits.media_bytes, |n| {
            format!("One account brings at most {} of files.", size(n))
        }));
        said.extend(number(limits.largest_file_bytes, |n| {
            format!("Files above {} stay where they are.", size(n))
        }));
        if let Some(all) = &limits.kinds {
            said.push(format!("Of each account come: {}.", kinds(all)));
        }
        said.extend(number(limits.accounts_per_day, |n| {
            format!("At most {n} accounts come within 24 hours.")
        }));
        said.extend(number(limits.accounts_total, |n| {
            format!("Nobody comes while this server has more than {n} accounts.")
        }));
        said.extend(number(limits.free_disk_bytes, |n| {
            format!("At least {} of the disk stay free.", size(n))
        }));
        if terms.cool_down_days > 0 {
            let days = terms.cool_down_days;
            said.push(format!(
                "Between two moves lie at least {days} days. Trying the same one again is free, and so is one that failed."
            ));
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
            said.push(format!(
                "Between two announced moves of an account lie at least {} days.",
                terms.cool_down_days
            ));
        }
        let may = if terms.sanctioned_may_leave { "may" } else { "may not" };
        said.push(format!(
            "Accounts under a sanction {may} take their data along, if their sanction does not say otherwise."
        ));
        said
    }
}

impl Broken {
    /// Why somebody may not come to `here`: the rule, and who can change it.
    pub fn sentence(&self, rules: &Arrivals, here: &str, other: &str) -> String {
        match self {
            Self::Who => rules.who.refusal(Direction::Arrival, here, other),
            Self::Blocked(server) => format!(
                "{here} takes nobody from {server}. Only its admins can make an exception for an account."
            ),
            Self::Posts(n, most) => format!(
                "{here} takes at most {most} posts of one account, and these are {n}. \
                 Choose fewer, or ask the admins of {here}."
            ),
            Self::Media(n, most) => format!(
                "{here} takes at most {} of files of one account, and these are {}. \
                 Leave files out, or ask the admins of {here}.",
                size(*most),
                size(*n)
            ),
            Self::Today(most) => format!(
                "{here} takes {most} accounts within 24 hours, and so many have come. Try again tomorrow."
            ),
            Self::Full(most) => format!(
                "{here} has more than {most} accounts and takes no others at present. Only its admins can change that."
            ),
            Self::Disk(needed, free) => format!(
                "{here} has no room for this at present: it needs {}, and {} can be given. \
                 Leave files out, or try again later.",
                size(*needed),
                size(*free)
            ),
            Self::Cooling(days) => format!(
                "This account moved here shortly ago. {here} takes another move of it in {days} days; \
                 trying the same one again is free."
            ),
        }
    }
}

impl Need {
    /// Why an admin looks first, for both sides.
    pub fn sentence(&self, here: &str) -> String {
        match self {
            Self::Always => format!("The admins of {here} look at every request."),
            Self::NewServer => "Nobody came from that server before.".to_owned(),
            Self::Posts => "There are more posts than come without being looked at.".to_owned(),
            Self::Media => "There are more files than come without being looked at.".to_owned(),
            Self::Unsaid => "Old home does not say how much there is.".to_owned(),
        }
    }
}
