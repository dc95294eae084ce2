//! Sentences about everything that does not agree.

/// More than anybody reads; the rest is counted.
const SHOWN: usize = 40;

/// Disagreements found so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    sentences: Vec<String>,
}

impl Findings {
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

    /// Whether everything agrees.
    pub(crate) fn is_empty(&self) -> bool {
        self.sentences.is_empty()
    }

    /// The sentences, and how many more there are.
    pub(crate) fn shown(&self) -> (impl Iterator<Item = &String>, usize) {
        (self.sentences.iter().take(SHOWN), self.sentences.len().saturating_sub(SHOWN))
    }
}
