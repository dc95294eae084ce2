//! The numbers of a transfer: what stood at the source, what stands here, and a reason for every difference.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::item::ItemKind;

/// Counts of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct KindCounts {
    /// What the source says it has; `None` where it does not say.
    pub announced: Option<u64>,
    /// What was read from the source.
    pub source: u64,
    /// What the destination holds, counted there and not inferred.
    pub destination: u64,
    /// Left out, with a reason.
    pub skipped: u64,
    /// Left out because the person did not want it.
    #[serde(default)]
    pub declined: u64,
    /// Tried in vain, with a reason.
    pub failed: u64,
    /// Of those at the destination, gone at the source and kept because the owner changed them here.
    #[serde(default)]
    pub own: u64,
}

impl KindCounts {
    /// Whether every item at the source is accounted for.
    pub fn agrees(&self) -> bool {
        self.source + self.own == self.destination + self.skipped + self.declined + self.failed
    }
}

/// How many items share one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReasonCount {
    /// Kind of the items.
    pub kind: String,
    /// How many.
    pub count: u64,
    /// The sentence.
    pub why: String,
}

/// The whole account of a transfer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Report {
    /// Counts by kind.
    pub items: BTreeMap<String, KindCounts>,
    /// Why something is not here.
    pub reasons: Vec<ReasonCount>,
    /// Carried over with a remark: duplicate keys, counters that lied, things that changed form.
    pub notes: Vec<ReasonCount>,
}

impl Report {
    /// Counts of one kind, zeros where there are none.
    pub fn kind(&self, kind: ItemKind) -> KindCounts {
        self.items.get(kind.as_str()).copied().unwrap_or_default()
    }

    /// Whether all kinds agree: the condition for "done".
    pub fn agrees(&self) -> bool {
        self.items.values().all(KindCounts::agrees)
    }
}
