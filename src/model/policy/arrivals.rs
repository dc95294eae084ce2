//! Who may come, how much of it, and who is looked at first.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Applicant, Exception, Rule, blocked_servers};
use crate::model::collection::CollectionKind;

/// The rules for those who come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Arrivals {
    /// Whom at all.
    #[schema(value_type = Object)]
    pub who: Rule,
    /// Everything beyond.
    pub terms: Terms,
}

/// What holds for those who may come at all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Terms {
    /// Servers from which nobody comes, nor from those below them.
    pub blocked: BTreeSet<String>,
    /// Who comes from a blocked server all the same.
    pub exceptions: Vec<Exception>,
    /// Handles or actors that were invited, for the rule `invited`.
    pub invited: BTreeSet<String>,
    /// Days between two moves to the same account here.
    pub cool_down_days: u32,
    /// Who is looked at first.
    pub approval: Approval,
    /// How much.
    pub limits: Limits,
}

/// Whose request waits for an admin.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Approval {
    /// Everybody's.
    pub always: bool,
    /// From servers that nobody came from before.
    pub new_servers: bool,
    /// With more posts than this.
    pub above_posts: Option<u64>,
    /// With more bytes of files than this.
    pub above_media_bytes: Option<u64>,
}

/// What may come at most. What is absent is not limited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Posts of one account.
    pub posts: Option<u64>,
    /// Bytes of files of one account.
    pub media_bytes: Option<u64>,
    /// Bytes of one file; a larger one is left out with this reason.
    pub largest_file_bytes: Option<u64>,
    /// Kinds that come; others are left out with this reason.
    pub kinds: Option<BTreeSet<CollectionKind>>,
    /// Accounts that begin to come within 24 hours.
    pub accounts_per_day: Option<u64>,
    /// Accounts on this server; above it nobody comes.
    pub accounts_total: Option<u64>,
    /// Bytes of the disk that stay free.
    pub free_disk_bytes: Option<u64>,
}

/// How much somebody wants to bring, as far as their Old home says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Size {
    /// Posts.
    pub posts: Option<u64>,
    /// Bytes of files.
    pub media_bytes: Option<u64>,
    /// Kinds that are there and wanted.
    pub kinds: BTreeSet<CollectionKind>,
}

/// A wish to come, with everything the rules ask about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Request {
    /// Who.
    pub who: Applicant,
    /// How much.
    pub size: Size,
    /// Whether somebody came from there before.
    pub is_known_server: bool,
    /// Whether it is a file: its server is only what the file claims.
    pub is_archive: bool,
}

/// How full the server is at the moment of the decision, without the request itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Room {
    /// Arrivals that began within 24 hours.
    pub today: u64,
    /// Accounts on this server.
    pub accounts: u64,
    /// Bytes free on the disk; none where nobody can tell.
    pub free_bytes: Option<u64>,
    /// Bytes of them that are promised to others.
    pub promised_bytes: u64,
    /// The last move of this pair's other half ended then (microseconds since 1970), and it was another's.
    pub last_move_at: Option<i64>,
    /// The moment, microseconds since 1970.
    pub now: i64,
}

/// A rule that forbids a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Broken {
    /// Not among those who may come.
    Who,
    /// From a blocked server.
    Blocked(String),
    /// Too many posts: how many, and how many may be.
    Posts(u64, u64),
    /// Too many bytes of files.
    Media(u64, u64),
    /// So many came within a day already.
    Today(u64),
    /// The server has so many accounts.
    Full(u64),
    /// The disk: bytes that are needed, bytes that can be given.
    Disk(u64, u64),
    /// Too soon after another move: days that are left.
    Cooling(i64),
}

/// Why an admin looks first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Everybody is looked at.
    Always,
    /// Nobody came from this server before.
    NewServer,
    /// More posts than pass by themselves.
    Posts,
    /// More files than pass by themselves.
    Media,
    /// Old home does not say how much there is, and a rule asks.
    Unsaid,
}

/// What follows from the rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Rules that forbid it; none: it may come.
    pub broken: Vec<Broken>,
    /// Why an admin looks first; none: it begins at once.
    pub needs: Vec<Need>,
    /// Kinds that stay where they are.
    pub without: BTreeSet<CollectionKind>,
}

impl Verdict {
    /// Whether no rule forbids it.
    pub fn may_come(&self) -> bool {
        self.broken.is_empty()
    }
}

/// What a transfer is held to once it was let in, whatever its Old home said before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Caps {
    /// Posts.
    pub posts: Option<u64>,
    /// Bytes of files.
    pub media_bytes: Option<u64>,
    /// Bytes of one file.
    pub largest_file_bytes: Option<u64>,
}

/// Bytes that a line of the tables takes, its indices and the copy that is kept while it travels included.
const ITEM_BYTES: u64 = 8 << 10;
/// Bytes of files on their way at the same time at most.
const SPOOL_BYTES: u64 = 1 << 30;
/// A day, in microseconds.
const DAY: i64 = 86_400_000_000;

impl Size {
    /// Bytes to be reserved: what stays, and what lies beside it while it comes. What Old home does not say
    /// is taken to be as much as may come.
    pub fn bytes(&self, caps: &Caps) -> u64 {
        let media = self.media_bytes.or(caps.media_bytes).unwrap_or(0);
        let posts = self.posts.or(caps.posts).unwrap_or(0);
        media.saturating_add(media.min(SPOOL_BYTES)).saturating_add(posts.saturating_mul(ITEM_BYTES))
    }
}

impl Arrivals {
    /// Whom the first rules send away, before anything else is known.
    pub fn turns_away(&self, who: &Applicant) -> Option<Broken> {
        let terms = &self.terms;
        if let Some(server) = blocked_servers(&terms.blocked, &terms.exceptions, who) {
            return Some(Broken::Blocked(server.to_owned()));
        }
        let is_invited = terms.invited.iter().any(|one| who.names.iter().any(|name| same_name(name, one)));
        (!self.who.admits(who, is_invited)).then_some(Broken::Who)
    }

    /// What a transfer that is let in now is held to.
    pub fn caps(&self) -> Caps {
        let limits = &self.terms.limits;
        Caps {
            posts: limits.posts,
            media_bytes: limits.media_bytes,
            largest_file_bytes: limits.largest_file_bytes,
        }
    }

    /// What follows from every rule for a request in a room.
    pub fn judge(&self, request: &Request, room: &Room) -> Verdict {
        let (limits, size) = (&self.terms.limits, &request.size);
        let is_above = |value: Option<u64>, most: Option<u64>| {
            Some((value?, most?)).filter(|(value, most)| value > most)
        };
        let mut broken: Vec<Broken> = self.turns_away(&request.who).into_iter().collect();
        broken.extend(is_above(size.posts, limits.posts).map(|(n, most)| Broken::Posts(n, most)));
        broken.extend(is_above(size.media_bytes, limits.media_bytes).map(|(n, most)| Broken::Media(n, most)));
        broken.extend(limits.accounts_per_day.filter(|most| room.today >= *most).map(Broken::Today));
        broken.extend(limits.accounts_total.filter(|most| room.accounts > *most).map(Broken::Full));
        broken.extend(self.disk(size, room));
        broken.extend(self.cooling(room));
        let without = match &limits.kinds {
            Some(kinds) => size.kinds.difference(kinds).copied().collect(),
            None => BTreeSet::new(),
        };
        Verdict { broken, needs: self.needs(request), without }
    }

    fn disk(&self, size: &Size, room: &Room) -> Option<Broken> {
        let (free, keep) = (room.free_bytes?, self.terms.limits.free_disk_bytes?);
        let needed = size.bytes(&self.caps());
        let can_be_given = free.saturating_sub(keep).saturating_sub(room.promised_bytes);
        (needed > can_be_given || free <= keep).then_some(Broken::Disk(needed, can_be_given))
    }

    fn cooling(&self, room: &Room) -> Option<Broken> {
        let until =
            room.last_move_at?.saturating_add(i64::from(self.terms.cool_down_days).saturating_mul(DAY));
        let left = until.saturating_sub(room.now);
        (left > 0).then(|| Broken::Cooling(left.saturating_add(DAY - 1) / DAY))
    }

    fn needs(&self, request: &Request) -> Vec<Need> {
        let approval = &self.terms.approval;
        let size = &request.size;
        let is_above = |value: Option<u64>, most: Option<u64>| match (value, most) {
            (Some(value), Some(most)) => value > most,
            _ => false,
        };
        let is_unsaid = (size.posts.is_none() && approval.above_posts.is_some())
            || (size.media_bytes.is_none() && approval.above_media_bytes.is_some());
        let all = [
            (approval.always, Need::Always),
            (approval.new_servers && !request.is_known_server, Need::NewServer),
            (is_above(size.posts, approval.above_posts), Need::Posts),
            (is_above(size.media_bytes, approval.above_media_bytes), Need::Media),
            (is_unsaid, Need::Unsaid),
        ];
        all.into_iter().filter(|(is_so, _)| *is_so).map(|(_, need)| need).collect()
    }
}

/// Whether two spellings name the same account; the first `@` of a handle may be missing.
fn same_name(known: &str, written: &str) -> bool {
    let bare = |name: &str| name.trim().trim_start_matches('@').to_lowercase();
    bare(known) == bare(written)
}
