//! What New home's pages say. Screen words only: Old home, New home, Copy, Try, Keep, Announce, Throw away.

use maud::{Markup, html};

use crate::{
    app::App,
    http::ui::layout::csrf,
    model::transfer::{Transfer, TransferState as S},
    site::sessions::Session,
    transfer::status::Status,
};

/// The page with the one box.
pub fn new(app: &App, session: &Session, typed: &str, why_not: Option<&str>, before: &[Transfer]) -> Markup {
    let name = &app.config.server.name;
    html! {
        h1 { "Bring an account here" }
        p { "You have an account on another server. " (name) " can copy it here. Nothing is announced, "
            "and nobody but you sees the copy, until you say so." }
        @if let Some(why) = why_not { p.warning role="alert" { (why) } }
        form.card method="post" action="/transfers" {
            (csrf(session))
            label for="handle" { "Your address at your old home" }
            input #handle name="handle" type="text" required autofocus autocapitalize="none" autocomplete="off"
                spellcheck="false" placeholder="@name@old.example" value=(typed);
            p.note { "You will be asked there to sign in and to agree. Your password stays there." }
            div.actions { button type="submit" { "Go to Old home" } }
        }
        @if !before.is_empty() {
            h2 { "Earlier copies" }
            ul { @for transfer in before {
                li { a href={ "/transfers/" (transfer.id) } { (transfer.asked_for) } " – " (headline(transfer.state)) }
            } }
        }
    }
}

/// The page of one transfer.
pub fn show(app: &App, session: &Session, transfer: &Transfer, status: &Status) -> Markup {
    html! {
        h1 { (headline(transfer.state)) }
        p.homes { "Old home: " strong { (transfer.asked_for) } " → New home: "
            strong { "@" (session.account.username) "@" (app.config.domain()) } }
        @if let Some(problem) = &transfer.problem { p.warning role="alert" { (problem) } }
        p { (explanation(transfer.state)) }
        @if transfer.state.is_running() { progress aria-label="working" {} }
        (numbers(status))
        (reasons(status))
        (buttons(session, transfer))
    }
}

/// One line that says where the copy stands.
fn headline(state: S) -> &'static str {
    match state {
        S::AwaitingConsent => "Waiting for your yes at Old home",
        S::AwaitingConfirmation => "Is this the account you mean?",
        S::Surveying => "Looking at what there is",
        S::Fetching => "Copying from Old home",
        S::Planned | S::Importing => "Putting everything in its place",
        S::Verifying => "Counting both sides",
        S::Trial => "Your copy is here – try it",
        S::Keeping => "Making your copy visible",
        S::Kept => "Your copy is kept",
        S::HandingOver => "Telling Old home the new addresses",
        S::AwaitingAnnouncement => "One last word at Old home",
        S::Done => "You have moved",
        S::Failed => "Something is in the way",
        S::Discarding => "Throwing the copy away",
        S::Discarded => "The copy was thrown away",
    }
}

/// What it means and what happens next.
fn explanation(state: S) -> &'static str {
    match state {
        S::AwaitingConsent => "Old home is asking you. If you closed its page, start again.",
        S::AwaitingConfirmation => {
            "You are signed in at Old home with another account than the one you typed. Copy that one?"
        }
        S::Surveying | S::Fetching | S::Planned | S::Importing | S::Verifying => {
            "You can close this page; the work goes on. Nobody but you can see the copy."
        }
        S::Trial => {
            "Only you can see it. Look around, then choose: announce the move, keep the copy without \
             announcing anything, or throw it away. Old home works as before until you announce."
        }
        S::Keeping => "It becomes visible to whoever could see the originals. Nothing is announced.",
        S::Kept => "The copy is visible to whoever could see the originals. Nothing was announced.",
        S::HandingOver => "Your copy is visible now. Your old links will lead here once you have announced.",
        S::AwaitingAnnouncement => {
            "Old home has the new addresses. It asks for your password once more, then tells your followers."
        }
        S::Done => "Your followers are being told, and your old links lead here.",
        S::Failed => "Nothing is lost. You can try again where it stopped, or throw the copy away.",
        S::Discarding | S::Discarded => "Nothing of it stays here. Old home is as it was.",
    }
}

fn numbers(status: &Status) -> Markup {
    html! {
        @if !status.report.items.is_empty() {
            table.numbers {
                thead { tr { th { "Kind" } th { "At Old home" } th { "Here" } th { "Skipped" } th { "Failed" } } }
                tbody { @for (kind, counts) in &status.report.items {
                    tr {
                        th scope="row" { (kind.replace('_', " ")) }
                        td { (counts.source) } td { (counts.destination) } td { (counts.skipped) } td { (counts.failed) }
                    }
                } }
            }
        }
    }
}

fn reasons(status: &Status) -> Markup {
    let lists = [("Not here, and why", &status.report.reasons), ("Good to know", &status.report.notes)];
    html! {
        @for (title, lines) in lists {
            @if !lines.is_empty() {
                details { summary { (title) }
                    ul { @for line in lines {
                        li { (line.count) " × " (line.kind.replace('_', " ")) ": " (line.why) }
                    } }
                }
            }
        }
    }
}

fn buttons(session: &Session, transfer: &Transfer) -> Markup {
    let button = |action: &str, label: &str, class: &str| {
        html! {
            form method="post" action={ "/transfers/" (transfer.id) "/" (action) } {
                (csrf(session))
                button type="submit" class=(class) { (label) }
            }
        }
    };
    html! {
        div.actions {
            @match transfer.state {
                S::Trial => {
                    a.button href={ "/@" (session.account.username) } { "Look around" }
                    (button("announce", "Announce the move", "primary"))
                    (button("keep", "Keep the copy, announce nothing", ""))
                    (button("discard", "Throw the copy away", "danger"))
                }
                S::Kept => { (button("announce", "Announce the move", "primary")) }
                S::AwaitingAnnouncement => {
                    a.button.primary href={ "/transfers/" (transfer.id) "/finish" } { "Go to Old home" }
                    (button("announce", "Ask Old home again", ""))
                }
                S::AwaitingConfirmation => {
                    (button("confirm", "Yes, copy that account", "primary"))
                    (button("discard", "No, stop", "danger"))
                }
                S::Failed => {
                    (button("retry", "Try again", "primary"))
                    (button("discard", "Throw the copy away", "danger"))
                }
                S::Done => { a.button href={ "/@" (session.account.username) } { "Your profile" } }
                S::AwaitingConsent => {
                    a.button href="/transfers/new" { "Start again" }
                    (button("discard", "Stop", "danger"))
                }
                state if state.can_discard() => { (button("discard", "Stop and throw away", "danger")) }
                _ => {}
            }
        }
    }
}
