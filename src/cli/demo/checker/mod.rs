//! An independent check of a transfer: it speaks only HTTP and reads the archive by itself.

mod actors;
pub(crate) mod archive;
mod audience;
mod compare;
mod findings;
mod hidden;
mod html;
mod inventory;
mod new_home;
mod old_home;
mod redirects;
mod trial;

pub(crate) use actors::{disturbances, states};
pub(crate) use archive::Archive;
pub(crate) use findings::Findings;
pub(crate) use inventory::{Knowledge, word};
pub(crate) use old_home::{Before, record};
pub(crate) use redirects::Ends;
pub(crate) use trial::{check as check_trial, map};

use anyhow::Result;
use serde_json::Value;

use super::{
    browser::Browser,
    outcome::{Counts, Differing, Outcome, Report},
};

/// Whose eyes look, and at what.
pub(crate) struct Check<'a> {
    /// The archive, read by the checker itself.
    pub(crate) archive: &'a Archive,
    /// Old home before the announcement.
    pub(crate) before: &'a Before,
    /// Both actors.
    pub(crate) ends: &'a Ends,
    /// The person's browser.
    pub(crate) owner: &'a Browser,
    /// Nobody's browser.
    pub(crate) stranger: &'a Browser,
    /// What Old home reported about taking the archive in, and New home about the copy.
    pub(crate) reports: [&'a Report; 2],
    /// New home's list of addresses.
    pub(crate) map: &'a [Value],
    /// What is known of New home.
    pub(crate) known: &'a Knowledge,
}

impl Check<'_> {
    /// The last reading, after everything has settled.
    ///
    /// # Errors
    /// When a home does not answer.
    pub(crate) async fn run(&self, outcome: &mut Outcome, findings: &mut Findings) -> Result<()> {
        let now = inventory::read(self.owner, &self.ends.new, self.known).await?;
        let copies = new_home::find(self.archive, self.before, &now, findings);
        outcome.items = new_home::check(self.archive, &copies, &now, self.owner, findings).await?;
        outcome.visibility = new_home::audiences(&now);
        let answers = redirects::check(self.before, &copies, self.ends, self.stranger, findings).await?;
        outcome.redirects.checked += answers.checked;
        outcome.redirects.ok += answers.ok;
        hidden::check(self.before, &copies, self.stranger, &mut outcome.redirects, findings).await?;
        actors::check(self.archive, self.before, &now, self.ends, self.stranger, findings).await?;
        self.reasons(outcome, findings);
        self.addresses(&copies, outcome, findings);
        outcome.differences = findings.met().map(Differing::from).collect();
        Ok(())
    }

    /// Adds what the servers admit; every kind must come out even.
    fn reasons(&self, outcome: &mut Outcome, findings: &mut Findings) {
        let add = |word: &str, counts: &mut Counts| {
            for report in self.reports {
                counts.skipped += report.kind(word).skipped;
                counts.failed += report.kind(word).failed;
            }
        };
        add("posts", &mut outcome.items.posts);
        add("boosts", &mut outcome.items.boosts);
        add("likes", &mut outcome.items.likes);
        add("media", &mut outcome.items.media);
        add("bookmarks", &mut outcome.items.bookmarks);
        for report in self.reports {
            outcome.reasons.extend(report.reasons.iter().cloned());
        }
        let [_, copy] = self.reports;
        for (word, counts) in outcome.items.each() {
            findings.expect(counts.agrees(), || {
                let Counts { source, destination, skipped, failed } = counts;
                format!("{word}: {source} stood in the archive, {destination} arrived, {skipped} + {failed} did not")
            });
            let claimed = copy.kind(word).destination;
            findings.expect(claimed == counts.destination, || {
                format!("{word}: New home reports {claimed}, and has {}", counts.destination)
            });
            let explained: u64 =
                outcome.reasons.iter().filter(|reason| reason.kind == word).map(|reason| reason.count).sum();
            findings.expect(explained == counts.skipped + counts.failed, || {
                format!(
                    "{word}: {} did not arrive, {explained} of them with a reason",
                    counts.skipped + counts.failed
                )
            });
        }
        let accepted = findings.accepted();
        if !accepted.is_empty() {
            let compared = outcome.items.each().map(|(word, _)| word);
            let explains =
                |why: &str| accepted.iter().any(|one| one.reasons().iter().any(|reason| reason == why));
            for reason in &outcome.reasons {
                let is_explained = !compared.contains(&reason.kind.as_str()) || explains(&reason.why);
                findings.expect(is_explained, || {
                    format!("{}: “{}” is no way of theirs", reason.kind, reason.why)
                });
            }
        }
        let missing = self.archive.enclosures().values().filter(|hash| hash.is_none()).count();
        let missing = u64::try_from(missing).unwrap_or(u64::MAX);
        findings.expect(outcome.items.media.failed >= missing, || {
            format!("the archive lacks {missing} of its files, {} are reported", outcome.items.media.failed)
        });
    }

    /// The list of addresses says what the checker found by itself.
    fn addresses(&self, copies: &new_home::Copies, outcome: &Outcome, findings: &mut Findings) {
        let listed: std::collections::BTreeMap<String, String> = self
            .map
            .iter()
            .filter_map(|entry| Some((inventory::word(entry, "old")?, inventory::word(entry, "new")?)))
            .collect();
        for (entry, copy) in copies {
            let old = self.before.places.get(entry).map(|place| place.id.as_str()).unwrap_or_default();
            findings.expect(listed.get(old) == Some(&copy.id), || {
                format!("the list of addresses sends {old} to {:?}, the copy is {}", listed.get(old), copy.id)
            });
        }
        let entries = u64::try_from(self.map.len()).unwrap_or(u64::MAX);
        findings.expect(outcome.map.entries == entries, || {
            format!("New home reports {} addresses and lists {entries}", outcome.map.entries)
        });
        let open = copies
            .keys()
            .filter(|id| self.before.places.get(*id).is_some_and(|place| place.audience.is_open()));
        let open = u64::try_from(open.count()).unwrap_or(u64::MAX);
        findings.expect((open..=entries).contains(&outcome.map.handed_over), || {
            format!("{} addresses were handed over, {open} of {entries} had to be", outcome.map.handed_over)
        });
    }
}
