//! What a server that received an account says of it in the end, so that anybody can count it again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{digest::Digest, inventory::Inventory, item::ItemKind, moment::Moment, report::ReasonCount};
use crate::model::inventory::KindInventory;

/// The form of the document; another one is not read.
pub const FORM: u32 = 1;

/// When it was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The copy was counted; its trial begins or goes on.
    Trial,
    /// It was kept.
    Kept,
    /// Old home has announced.
    Done,
}

impl Occasion {
    /// The word used in storage and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trial => "trial",
            Self::Kept => "kept",
            Self::Done => "done",
        }
    }
}

/// One kind, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct KindLine {
    /// What Old home states and signs; `None` where it does not.
    pub stated: Option<KindInventory>,
    /// What was read at Old home, or told by it to be there.
    pub read: u64,
    /// What is here, counted here.
    pub here: u64,
    /// Left out because the person did not want it.
    pub declined: u64,
    /// Not carried, with a reason.
    pub not_carried: u64,
    /// Tried in vain, with a reason.
    pub failed: u64,
}

impl KindLine {
    /// Whether all that was read is accounted for.
    pub fn adds_up(&self) -> bool {
        let parts = [self.here, self.declined, self.not_carried, self.failed];
        parts.iter().try_fold(0_u64, |sum, part| sum.checked_add(*part)) == Some(self.read)
    }
}

/// Whose word the numbers of Old home are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "word_of", rename_all = "snake_case")]
pub enum OldSide {
    /// Old home's own: its signed statement stands here, with the key it was checked with.
    OldHome {
        /// The statement as it came.
        #[schema(value_type = Object)]
        statement: serde_json::Value,
        /// The public key its server published.
        key_pem: String,
    },
    /// New home's alone: it counted what it was given.
    NewHomeAlone {
        /// Why.
        why: String,
    },
}

/// The document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Certificate {
    /// [`FORM`].
    pub form: u32,
    /// The transfer at the server that issues it.
    pub transfer: String,
    /// When, and at which time.
    pub occasion: Occasion,
    /// When.
    #[schema(value_type = String)]
    pub issued_at: Moment,
    /// The account it was copied from, where it is known.
    pub old_actor: Option<Url>,
    /// The account it was copied to.
    pub new_actor: Option<Url>,
    /// Whose word the numbers of Old home are.
    pub old_side: OldSide,
    /// The numbers of every kind.
    #[schema(value_type = BTreeMap<String, KindLine>)]
    pub kinds: BTreeMap<ItemKind, KindLine>,
    /// Why something is not here.
    pub reasons: Vec<ReasonCount>,
    /// Differences that are nobody's item.
    pub gaps: Vec<ReasonCount>,
    /// How many failed items and gaps there are together.
    pub differences: u64,
    /// How many of them the person has accepted.
    pub accepted: u64,
    /// The SHA-256 of the list of all items, as JSON lines, at that moment.
    #[schema(value_type = String)]
    pub items: Digest,
    /// The server that issues it.
    pub issuer: Url,
    /// Its public key.
    pub issuer_key_pem: String,
}

impl Certificate {
    /// What does not add up, in sentences; empty when everything does.
    pub fn contradictions(&self, stated: Option<&Inventory>) -> Vec<String> {
        let mut found = Vec::new();
        for (kind, line) in &self.kinds {
            let name = kind.as_str();
            if !line.adds_up() {
                found.push(format!(
                    "{name}: {} read at Old home are not {} here + {} declined + {} not carried + {} failed",
                    line.read, line.here, line.declined, line.not_carried, line.failed
                ));
            }
            let explained = self.explained(name);
            let left = line.declined.saturating_add(line.not_carried).saturating_add(line.failed);
            if explained != left {
                found.push(format!("{name}: {left} are not here, and reasons are given for {explained}"));
            }
            if let Some(said) = line.stated {
                let has_gap = self.gaps.iter().any(|gap| gap.kind == name);
                if said.count != line.read && !has_gap {
                    found.push(format!(
                        "{name}: Old home states {} and {} were read, and no gap says why",
                        said.count, line.read
                    ));
                }
                if stated.is_some_and(|stated| stated.kinds.get(kind) != Some(&said)) {
                    found.push(format!("{name}: this is not what Old home signed"));
                }
            }
        }
        let failed = self.kinds.values().fold(0_u64, |sum, line| sum.saturating_add(line.failed));
        let gaps = self.gaps.iter().fold(0_u64, |sum, gap| sum.saturating_add(gap.count));
        if failed.saturating_add(gaps) != self.differences {
            found.push(format!(
                "{failed} failed and {gaps} in gaps are not the {} differences it names",
                self.differences
            ));
        }
        if self.occasion != Occasion::Trial && self.accepted != self.differences {
            found.push(format!(
                "{} of {} differences were accepted before it was kept or announced",
                self.accepted, self.differences
            ));
        }
        found
    }

    fn explained(&self, kind: &str) -> u64 {
        self.reasons
            .iter()
            .filter(|line| line.kind == kind)
            .fold(0, |sum, line| sum.saturating_add(line.count))
    }
}
