//! `godwit import FILE --account NAME --dry-run`: what would come and what would not, and why; nothing is written.

use std::io::{self, Write};

use anyhow::bail;

use super::import::{print_json, print_reasons, run_to, taken_back};
use crate::{
    app::App,
    model::transfer::{Transfer, TransferState},
    transfer::dry_run::{self, DryRun},
};

/// Reads everything a transfer would bring that was just begun, says so, and takes it back.
pub(super) async fn run(app: &App, begun: &Transfer, is_json: bool) -> anyhow::Result<()> {
    dry_run::begin(&app.engine, begun).await?;
    let surveyed = run_to(app, &begun.id, None).await?;
    if surveyed.state != TransferState::AwaitingChoice {
        bail!("{}", taken_back(app, &surveyed).await?);
    }
    let mut said = dry_run::read_all(&app.engine, &surveyed).await?;
    let read = run_to(app, &begun.id, Some(TransferState::Planned)).await?;
    if read.state == TransferState::Planned {
        said.report = dry_run::report(&app.engine, &read).await?;
    }
    let problem = taken_back(app, &read).await?;
    if read.state != TransferState::Planned && said.refused.is_empty() {
        bail!("{problem}");
    }
    if is_json {
        print_json(&said)?;
    } else {
        print(&said)?;
    }
    if !said.refused.is_empty() {
        bail!("{} Nothing would be imported.", said.refused.join(" "));
    }
    Ok(())
}

fn print(said: &DryRun) -> io::Result<()> {
    let mut out = io::stdout();
    let columns = ["kind", "archive", "would come", "left out", "failed"];
    let [kind, archive, come, left, failed] = columns;
    writeln!(out, "{kind:<16}{archive:>12}{come:>12}{left:>12}{failed:>12}")?;
    for (kind, c) in &said.report.items {
        let left = c.skipped + c.declined;
        let come = c.source.saturating_sub(left + c.failed);
        writeln!(out, "{kind:<16}{:>12}{come:>12}{left:>12}{:>12}", c.source, c.failed)?;
    }
    print_reasons(&said.report)?;
    for (kind, line) in &said.forecast.kinds {
        for becomes in line.becomes.iter().filter(|_| line.count != Some(0)) {
            writeln!(out, "{kind}: {becomes}")?;
        }
    }
    if let Some(bytes) = said.forecast.media_bytes {
        writeln!(out, "Files take {bytes} bytes.")?;
    }
    for why in &said.looked_at_first {
        writeln!(out, "An admin would look first: {why}")?;
    }
    writeln!(out, "Nothing was written.")
}
