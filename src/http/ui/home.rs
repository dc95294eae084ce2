//! The signed-in person's own page: write, read, find people, move.

use actix_web::HttpResponse;
use maud::{Markup, html};
use url::Url;

use super::{
    layout::{self, Home},
    post::{self, Author},
    write_form,
};
use crate::{
    app::App,
    model::{moment::Moment, object::Visibility},
    site::{sessions::Session, timeline::Seen},
};

/// Something that happened around an account.
pub struct News {
    /// `follow`, `mention`, `reply` or `move`.
    pub kind: String,
    /// Who did it.
    pub actor: Url,
    /// What it is about.
    pub subject: Option<Url>,
    /// When.
    pub at: Moment,
}

/// A copy that waits for its owner or is at work.
pub struct OpenCopy {
    /// Where its page is.
    pub page: String,
    /// The account it is of.
    pub of: String,
    /// Where it stands.
    pub stands: &'static str,
}

/// The page.
pub fn page(
    app: &App,
    session: &Session,
    timeline: &[Seen],
    news: &[News],
    copies: &[OpenCopy],
    usual: Visibility,
) -> HttpResponse {
    let account = &session.account;
    let own = Author::of(app, account);
    let me = app.site.urls.actor(&account.username);
    let body = html! {
        h1 { "Hello, " (own.name) }
        @if let Some(target) = &account.moved_to {
            p.warning role="note" {
                "This account has moved to " a href=(target) { (Author::elsewhere(target).handle) } ". "
                a href="/departures" { "See who was told" } "."
            }
        }
        @for copy in copies {
            div.note.new-home {
                p { strong { (copy.stands) } " (" (copy.of) ")" }
                p.actions { a.button.primary href=(copy.page) { "Go on with your move" } }
            }
        }
        (write_form::form(session, None, usual))
        section aria-labelledby="moving" {
            h2 #moving { "Moving" }
            ul.ways {
                li { a.button href="/transfers/new" { "Bring an account here" }
                    " " span { "When this is your New home: copy your account from elsewhere." } }
                li { a.button href="/departures" { "Departures" }
                    " " span { "When this is your Old home: see who may copy it, announce, take back." } }
            }
        }
        p.actions { a.button href="/yours" { "What you set up: mutes, filters, lists and more" } }
        section aria-labelledby="people" {
            h2 #people { "Follow somebody" }
            form.card method="post" action="/follows" {
                (layout::csrf(session))
                label for="handle" { "Their address" }
                input #handle type="text" name="handle" placeholder="@name@server.example" required
                    autocapitalize="none" spellcheck="false";
                p.actions { button type="submit" { "Follow" } }
            }
        }
        section aria-labelledby="news" {
            h2 #news { "News" }
            @if news.is_empty() { p.note { "Nothing new." } }
            @else { ul.news { @for one in news { li { (line(app, one)) } } } }
        }
        section aria-labelledby="timeline" {
            h2 #timeline { "Posts" }
            @for one in timeline {
                @if one.object.attributed_to == me { (post::card(app, &own, &one.object, one.is_trial)) }
                @else { (post::seen(app, one)) }
            }
            @if timeline.is_empty() {
                p.note { "Posts of yours and of people you follow appear here." }
            }
        }
    };
    layout::page(app, Some(session), Home::Plain, "Home", &body)
}

fn line(app: &App, news: &News) -> Markup {
    let who = Author::elsewhere(&news.actor);
    let did = match news.kind.as_str() {
        "follow" => "follows you",
        "mention" => "mentioned you",
        "reply" => "answered you",
        "move" => "has moved",
        _ => "did something",
    };
    html! {
        a href=(post::link(app, &news.actor)) { (who.handle) } " " (did)
        @if let Some(subject) = &news.subject { ": " a href=(post::link(app, subject)) { "see what it is" } }
        " " time datetime=(news.at.text()) { (news.at.day()) }
    }
}
