//! New home's pages: the box for the old address, and where a copy stands.

use maud::{Markup, html};
use url::Url;

use super::{
    before, choice_form, choices::Choices, differing, forecast, held, looks, name, numbers, waiting, words,
};
use crate::words::{say, text};
use crate::{
    app::App,
    http::ui::{
        homes::{homes, own},
        layout::csrf,
        post::Author,
        words::sentence,
    },
    model::{
        actor::authority,
        moment::Moment,
        transfer::{Origin, Transfer, TransferState as S},
    },
    site::sessions::Session,
    transfer::{
        TransferError,
        forecast::Forecast,
        status::{OutOfSight, Status},
    },
};

/// What was typed into the box, and why it did not do.
pub(super) struct Typed<'a> {
    /// The text.
    pub(super) text: &'a str,
    /// The reason.
    pub(super) error: Option<&'a TransferError>,
}

/// The page with the one box; also for somebody who has no account here yet, where they may make one.
pub(super) fn new(app: &App, session: Option<&Session>, typed: &Typed<'_>, before: &[Transfer]) -> Markup {
    let here = app.config.domain();
    let refusal = typed.error.map(|error| words::refusal(typed.text, error));
    let new = session.map_or_else(|| here.clone(), |session| own(app, &session.account.username));
    html! {
        h1 { (say!("transfers-bring-an-account-here")) }
        p { (say!("transfers-you-have-an-account-on-another-server", here = here)) }
        @let unnamed = text!("transfers-name-old-example");
        (homes(if typed.text.is_empty() { &unnamed } else { typed.text }, &new))
        @if let Some((said, exactly)) = &refusal {
            div.warning role="alert" {
                p #why { (said) }
                @if let Some(exactly) = exactly {
                    details.quiet { summary { (say!("transfers-for-the-admins-what-exactly-happened")) } p { code { (exactly) } } }
                }
                (before::ladder(&here))
            }
        }
        form.card method="post" action="/transfers" {
            @if let Some(session) = session { (csrf(session)) }
            label for="handle" { (say!("transfers-your-address-at-old-home")) }
            input #handle name="handle" type="text" required autofocus autocapitalize="none" autocomplete="off"
                spellcheck="false" inputmode="email" placeholder=(say!("transfers-name-old-example")) value=(typed.text)
                aria-invalid=[refusal.is_some().then_some("true")] aria-describedby=[refusal.is_some().then_some("why")];
            p { (say!("transfers-next-old-home-asks-you-to-sign")) }
            div.actions { button type="submit" { (say!("transfers-see-what-can-come-along")) } }
        }
        p.actions { a.button href="/transfers/archive" { (say!("transfers-only-a-file")) } }
        @if let Some(session) = session { (other_ways(app, session)) }
        @else { (name::has_account(app, typed.text)) }
        @if !before.is_empty() {
            h2 { (say!("transfers-your-copies")) }
            ul.ways { @for transfer in before {
                li { a href={ "/transfers/" (transfer.id) } { (words::old_handle(transfer)) }
                    span { (words::headline(transfer)) } }
            } }
        }
    }
}

/// What else can be brought, and where to: a file, or this very account under another name.
fn other_ways(app: &App, session: &Session) -> Markup {
    let (here, name) = (app.config.domain(), &session.account.username);
    html! {
        p.hint { (say!("transfers-comes-into-your-account", name = name, here = here)) }
        @if app.config.policy.sign_up && session.account.held_until.is_none() {
            details.choice {
                summary { (say!("transfers-another-name-here")) }
                p { (say!("transfers-another-name-here-means", name = name, here = here)) }
                form method="post" action="/transfers/name" {
                    (csrf(session))
                    input type="hidden" name="of" value={ "@" (name) "@" (here) };
                    button.secondary type="submit" { (say!("transfers-choose-another-name")) }
                }
            }
        }
    }
}

/// What is known beside the status.
#[derive(Default)]
pub(super) struct Known<'a> {
    /// The account Old home answered for, where it is another than typed.
    pub(super) named: Option<&'a Url>,
    /// What would come, while the person chooses.
    pub(super) forecast: Option<&'a Forecast>,
    /// Minutes that reading will still take, where Old home lets itself be asked only so often.
    pub(super) minutes: Option<i64>,
    /// What the admins see of the request, while it waits.
    pub(super) seen: Option<Markup>,
    /// Microseconds since 1970.
    pub(super) now: i64,
    /// What speaks against the choice that was made.
    pub(super) objection: Option<String>,
}

/// The page of one transfer.
pub(super) fn show(
    app: &App,
    session: &Session,
    transfer: &Transfer,
    status: &Status,
    known: &Known<'_>,
) -> Markup {
    // Whose a file claims to be is known once it was looked at.
    let claimed = || status.survey.as_ref()?.get("actor")?.as_str();
    let written = || Url::parse(status.old_actor.as_deref().or_else(claimed)?).ok();
    let old_actor = known.named.cloned().or_else(written);
    let old_handle =
        old_actor.as_ref().map_or_else(|| transfer.asked_for.clone(), |url| Author::elsewhere(url).handle);
    let old_host = old_actor.as_ref().map_or_else(|| text!("transfers-old-home"), authority);
    let is_announcing = words::is_announcing(transfer);
    let new_handle = own(app, &session.account.username);
    let ends = status.trial_ends_at.as_deref().and_then(|text| Moment::parse(text).ok());
    let trial_ends = ends.map(|end| end.day());
    let choices = Choices {
        session,
        transfer,
        old_host: &old_host,
        new_handle: &new_handle,
        new_actor: status.new_actor.as_deref(),
        is_announcing,
        was_refused: words::was_refused(transfer),
        trial_ends: trial_ends.clone(),
        trial_days: app.config.limits.trial_days,
    };
    html! {
        h1 { (words::headline(transfer)) }
        (way(transfer.state))
        (homes(&old_handle, &new_handle))
        @if matches!(transfer.origin, Origin::Archive { .. }) && old_actor.is_some() {
            p.hint { (say!("transfers-so-the-file-says", file = transfer.asked_for)) }
        }
        @if transfer.state == S::AwaitingConfirmation {
            p.warning { (say!("transfers-you-typed-but-at-old-home-you", asked_for = transfer.asked_for, old_handle = old_handle)) }
        }
        @if let Some(problem) = transfer.problem.as_deref().filter(|_| !is_announcing && status.announces_at.is_none()) { (trouble(transfer.state, problem)) }
        @if let Some(why) = &known.objection {
            div.warning role="alert" { p { (sentence(why)) } p { (say!("transfers-choose-less")) } }
        }
        @if let Some(hidden) = &status.hidden { (out_of_sight(app, hidden)) }
        p { (words::explanation(transfer)) }
        @if let Some(day) = &trial_ends { p.hint { (say!("transfers-the-trial-lasts-until", day = day)) } }
        (waiting::waiting(session, transfer, status, known.seen.as_ref().unwrap_or(&html! {})))
        (choices.first())
        @if let Some(minutes) = known.minutes.filter(|_| transfer.state == S::Fetching) { (slowly(&old_host, minutes)) }
        @if transfer.state == S::AwaitingChoice {
            @let shown = html! { (sample(status)) @if let Some(known) = known.forecast { (forecast::forecast(known)) } };
            (choice_form::form(session, transfer, status, &shown))
        } @else if !matches!(transfer.state, S::AwaitingConsent | S::AwaitingConfirmation | S::Discarding | S::Discarded | S::Removing | S::Removed) {
            (numbers::numbers(transfer, status, |done| {
                app.gauges.look(&format!("{} {}", transfer.id, transfer.state.as_str()), done, known.now)
            }))
            (differing::differing(session, transfer, status))
            (differing::papers(transfer))
        }
        @if transfer.state == S::Trial { (looks::since(session, transfer, status, &old_host)) }
        @if transfer.state == S::Done && transfer.origin.is_home() { (afterwards(&old_host, old_actor.as_ref())) }
        (choices.others())
        (held::held(session, transfer.state))
    }
}

/// Copy, Try, Announce: where the person is on the way.
fn way(state: S) -> Markup {
    let at = words::stage(state);
    html! {
        @if let Some(at) = at {
            ol.way aria-label=(say!("transfers-the-way-of-a-move")) {
                @for (n, stage) in words::stages().iter().enumerate() {
                    li aria-current=[(n == at).then_some("step")] class=[(n < at).then_some("is-done")] {
                        (stage) @if n < at { span.unseen { " " (say!("transfers-done")) } }
                    }
                }
            }
        }
    }
}

/// What stands in the way. It is a sentence for people, from where it was noted.
fn trouble(state: S, problem: &str) -> Markup {
    html! {
        @if state.is_running() || state == S::AwaitingAnnouncement {
            p.note { (sentence(problem)) }
        } @else {
            p.warning role="alert" { (sentence(problem)) }
        }
    }
}

/// What the admins have done to it, and until when it can still come back.
fn out_of_sight(app: &App, hidden: &OutOfSight) -> Markup {
    let here = app.config.domain();
    html! {
        div.warning role="note" {
            @match hidden.remove_at {
                Some(at) => p { (say!("transfers-the-admins-remove-it", here = here, until = Moment::from_micros(at).day())) }
                None => p { (say!("transfers-the-admins-have-hidden-it", here = here)) }
            }
            p { (say!("transfers-they-say")) " " q { (hidden.why) } }
        }
    }
}

/// Why it takes so long, and how long.
fn slowly(old_host: &str, minutes: i64) -> Markup {
    html! {
        p.note { (say!("transfers-lets-itself-be-asked-only-so-often", old = old_host, n = u64::try_from(minutes).unwrap_or(0).max(1))) }
    }
}

/// Where to look after the move.
fn afterwards(old_host: &str, old_actor: Option<&Url>) -> Markup {
    html! {
        h2 { (say!("transfers-at", old_host = old_host)) }
        p { (say!("transfers-your-account-there-still-exists-sign")) }
        @if let Some(page) = old_actor.and_then(|url| url.join("/departures").ok()) {
            p.actions { a.button href=(page) { (say!("transfers-see-who-was-told-at", old_host = old_host)) } }
        }
    }
}

/// A few posts of the account, to see that it is the right one.
fn sample(status: &Status) -> Markup {
    let sample = status.survey.as_ref().and_then(|survey| survey.get("sample"));
    let sample = sample.and_then(serde_json::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |post: &serde_json::Value, field: &str| {
        post.get(field).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    };
    html! {
        @if !sample.is_empty() {
            details {
                summary { (say!("transfers-the-first-public-posts-there")) }
                ul { @for post in sample { li { strong { (text(post, "day")) } " " (text(post, "text")) } } }
            }
        }
    }
}
