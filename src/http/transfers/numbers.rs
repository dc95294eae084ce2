//! The numbers of both homes side by side, and a reason for every difference.

use maud::{Markup, html};

use crate::words::{say, text};
use crate::{
    app::gauges::Measured,
    http::ui::words::{self, number, pace},
    model::{
        item::ItemKind,
        report::{KindCounts, ReasonCount, Report},
        transfer::{Origin, Transfer, TransferState as S},
    },
    transfer::{recognize::was_here, status::Status},
};

/// Bar, table and reasons; `measured` tells how fast so many things of the present step go.
pub(super) fn numbers(
    transfer: &Transfer,
    status: &Status,
    measured: impl Fn(u64) -> Option<Measured>,
) -> Markup {
    let report = &status.report;
    let is_counted = !matches!(
        transfer.state,
        S::Surveying | S::Fetching | S::Planned | S::Importing | S::Verifying | S::Failed
    );
    let (before, left): (Vec<ReasonCount>, Vec<ReasonCount>) =
        report.reasons.iter().cloned().partition(|line| was_here(&line.why));
    html! {
        @if transfer.state.is_running() { (bar(transfer, status, measured)) }
        (table(report, is_counted, status.differences.count == 0))
        @if is_counted && matches!(transfer.origin, Origin::ClientApi { .. }) {
            p.note { (say!("transfers-old-home-does-not-count-for-a-move")) }
        }
        (reasons(&text!("transfers-here-before"), &before))
        (reasons(&text!("transfers-left-out-or-failed-and-why"), &left))
        (reasons(&text!("transfers-good-to-know"), &report.notes))
    }
}

/// How many there are at Old home, as far as is known by now.
fn there(counts: &KindCounts, is_counted: bool) -> u64 {
    if is_counted { counts.source } else { counts.source.max(counts.announced.unwrap_or(0)) }
}

/// Everything has two ways to go: read at Old home, put in its place here.
fn bar(transfer: &Transfer, status: &Status, measured: impl Fn(u64) -> Option<Measured>) -> Markup {
    let state = transfer.state;
    if state == S::HandingOver && transfer.origin.is_home() {
        let (done, all) = (status.map.handed_over, status.map.entries);
        return html! {
            p { (say!("transfers-of-new-addresses-told", done = number(done), all = number(all))) }
            progress max=(all.max(1)) value=(done) aria-label=(say!("transfers-addresses-told")) {}
            (pace(measured(done), all.saturating_sub(done)))
        };
    }
    let counts = || status.report.items.values();
    let all: u64 = counts().map(|one| there(one, false)).sum();
    let read: u64 = counts().map(|one| one.source).sum();
    let here: u64 = counts().map(|one| one.destination + one.skipped + one.declined + one.failed).sum();
    // What this step has done of what it has to do: first everything is read, then it is put in its place.
    let done = if state == S::Fetching { read } else { here };
    let is_measured = all > 0 && matches!(state, S::Fetching | S::Planned | S::Importing | S::Verifying);
    html! {
        @if is_measured {
            p { (say!("transfers-of-read-at-old-home-in-place", read = number(read), all = number(all), here = number(here))) }
            progress max=(all * 2) value=(read + here) aria-label=(say!("transfers-how-far-the-copy-is")) {}
            (pace(measured(done), all.saturating_sub(done)))
        } @else {
            progress aria-label=(say!("transfers-at-work")) {}
        }
    }
}

fn table(report: &Report, is_counted: bool, is_whole: bool) -> Markup {
    let rows: Vec<(ItemKind, KindCounts)> = ItemKind::ALL
        .into_iter()
        .map(|kind| (kind, report.kind(kind)))
        .filter(|(_, counts)| there(counts, is_counted) + counts.destination > 0)
        .collect();
    let sum = |of: fn(&KindCounts) -> u64| rows.iter().map(|(_, counts)| of(counts)).sum::<u64>();
    let declined = sum(|counts| counts.declined);
    let back: u64 = ItemKind::ALL.into_iter().map(|kind| stood_here(report, kind)).sum();
    let (skipped, failed) = (sum(|counts| counts.skipped).saturating_sub(back), sum(|counts| counts.failed));
    let (source, here) = (sum(|counts| counts.source), sum(|counts| counts.destination));
    html! {
        @if rows.is_empty() {
            @if is_counted && !report.items.is_empty() { p.note { (say!("transfers-there-was-nothing-to-copy")) } }
        } @else {
            @if is_counted && source == here && is_whole {
                p.verdict { (say!("transfers-all-things-you-allowed-to-be-copied", source = number(source))) }
            } @else if is_counted && source == here {
                p.verdict { (say!("transfers-all-things-old-home-gave-are-here", source = number(source))) }
            } @else if is_counted && source == here + back && is_whole {
                p.verdict { (say!("transfers-all-things-are-here-and-some-were", source = number(source), back = number(back))) }
            } @else if is_counted {
                p.verdict { (say!("transfers-of-things-you-allowed-to-be-copied", here = number(here), source = number(source))) }
            }
            table.numbers {
                caption { (say!("transfers-counted-at-both-homes")) }
                thead { tr {
                    th scope="col" { "" } th scope="col" { (say!("transfers-at-old-home")) } th scope="col" { (if back > 0 { say!("transfers-brought-now") } else { say!("transfers-here") }) }
                    @if back > 0 { th scope="col" { (say!("transfers-here-before")) } }
                    @if declined > 0 { th scope="col" { (say!("transfers-left-out-by-you")) } }
                    @if skipped > 0 { th scope="col" { (say!("transfers-left-out")) } }
                    @if failed > 0 { th scope="col" { (say!("transfers-failed")) } }
                } }
                tbody { @for (kind, counts) in &rows {
                    tr {
                        th scope="row" { (words::kind(kind.as_str())) }
                        td { (number(there(counts, is_counted))) }
                        td { (number(counts.destination)) }
                        @if back > 0 { td { (number(stood_here(report, *kind))) } }
                        @if declined > 0 { td { (number(counts.declined)) } }
                        @if skipped > 0 { td { (number(counts.skipped.saturating_sub(stood_here(report, *kind)))) } }
                        @if failed > 0 { td { (number(counts.failed)) } }
                    }
                } }
            }
            @for (kind, counts) in rows.iter().filter(|_| is_counted) {
                @if let Some(said) = counts.announced.filter(|said| *said != counts.source) {
                    p.note { (say!("transfers-old-home-announced-and-gave", value = words::kind(kind.as_str()), said = number(said), source = number(counts.source))) }
                }
            }
        }
    }
}

/// How many of a kind need not come: they stand here since before.
fn stood_here(report: &Report, kind: ItemKind) -> u64 {
    let lines = report.reasons.iter().filter(|line| line.kind == kind.as_str() && was_here(&line.why));
    lines.map(|line| line.count).sum()
}

fn reasons(title: &str, lines: &[ReasonCount]) -> Markup {
    let all: u64 = lines.iter().map(|line| line.count).sum();
    html! {
        @if !lines.is_empty() {
            details {
                summary { (title) " (" (number(all)) ")" }
                ul { @for line in lines {
                    li { strong { (words::kind(&line.kind)) ", " (number(line.count)) } ": " (words::sentence(&line.why)) }
                } }
            }
        }
    }
}
