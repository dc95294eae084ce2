//! Sentences about everything that does not agree, and what differs with a reason.

use std::collections::BTreeMap;

use crate::adapters::stand_in::Difference;

/// More than anybody reads; the rest is counted.
const SHOWN: usize = 40;

/// Disagreements found so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    sentences: Vec<String>,
    accepting: &'static [Difference],
    met: BTreeMap<Difference, u64>,
}

impl Findings {
    /// None so far; what is on the list is counted and no disagreement.
    pub(crate) fn accepting(accepting: &'static [Difference]) -> Self {
        Self { accepting, ..Self::default() }
    }

    /// Writes one down.
    pub(crate) fn add(&mut self, sentence: impl Into<String>) {
        self.sentences.push(sentence.into());
    }

    /// Writes one down unless `is_so`.
    pub(crate) fn expect(&mut self, is_so: bool, sentence: impl FnOnce() -> String) {
        if !is_so {
            self.sentences.push(sentence());
        }
    }

    /// Counts what differs in this way, if that is accepted; else writes it down.
    pub(crate) fn accept(&mut self, difference: Difference, sentence: impl FnOnce() -> String) {
        if self.accepting.contains(&difference) {
            *self.met.entry(difference).or_default() += 1;
        } else {
            self.sentences.push(sentence());
        }
    }

    /// What is accepted; nothing between homes that are their own servers.
    pub(crate) fn accepted(&self) -> &'static [Difference] {
        self.accepting
    }

    /// What was accepted so far, and how often.
    pub(crate) fn met(&self) -> impl Iterator<Item = (Difference, u64)> {
        self.met.iter().map(|(difference, count)| (*difference, *count))
    }

    /// Whether everything agrees.
    pub(crate) fn is_empty(&self) -> bool {
        self.sentences.is_empty()
    }

    /// The sentences, and how many more there are.
    pub(crate) fn shown(&self) -> (impl Iterator<Item = &String>, usize) {
        (self.sentences.iter().take(SHOWN), self.sentences.len().saturating_sub(SHOWN))
    }
}
