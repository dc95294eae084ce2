//! The signed-in person's own page: write, read, find people, move.

use actix_web::HttpResponse;
use maud::{Markup, html};
use url::Url;

use super::{
    layout::{self, Home},
    post::{self, Author},
    words, write_form,
};
use crate::words::{say, text};
use crate::{
    app::App,
    model::{moment::Moment, object::Visibility},
    site::{accounts::Role, sessions::Session, timeline::Seen},
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
    pub stands: String,
}

/// The page; `held` says what holds for a name that is not the account's own yet.
pub fn page(
    app: &App,
    session: &Session,
    timeline: &[Seen],
    news: &[News],
    copies: &[OpenCopy],
    held: &Markup,
    usual: Visibility,
) -> HttpResponse {
    let account = &session.account;
    let own = Author::of(app, account);
    let me = app.site.urls.actor(&account.username);
    let body = html! {
        h1 { (say!("site-hello", name = own.name)) }
        @if let Some(target) = &account.moved_to {
            p.warning role="note" {
                (say!("site-this-account-has-moved-to", link = html! { a href=(target) { (Author::elsewhere(target).handle) } }, link2 = html! { a href="/departures" { (say!("site-see-who-was-told")) } }))
            }
        }
        (held)
        @for copy in copies {
            div.note.new-home {
                p { strong { (copy.stands) } " (" (copy.of) ")" }
                p.actions { a.button.primary href=(copy.page) { (say!("site-go-on-with-your-move")) } }
            }
        }
        (write_form::form(session, None, usual))
        section aria-labelledby="moving" {
            h2 #moving { (say!("site-moving")) }
            ul.ways {
                li { a.button href="/transfers/new" { (say!("site-bring-an-account-here")) }
                    " " span { (say!("site-when-this-is-your-new-home-copy")) } }
                li { a.button href="/departures" { (say!("site-departures")) }
                    " " span { (say!("site-when-this-is-your-old-home-see")) } }
            }
        }
        @if session.account.role == Role::Admin { p.actions { a.button href="/desk" { (say!("desk-link")) } } }
        p.actions { a.button href="/letters" { (say!("letters-link")) } }
        p.actions { a.button href="/yours" { (say!("site-what-you-set-up-mutes-filters-lists")) } }
        section aria-labelledby="people" {
            h2 #people { (say!("site-follow-somebody")) }
            form.card method="post" action="/follows" {
                (layout::csrf(session))
                label for="handle" { (say!("site-their-address")) }
                input #handle type="text" name="handle" placeholder=(say!("site-name-server-example")) required
                    autocapitalize="none" spellcheck="false";
                p.actions { button type="submit" { (say!("site-follow")) } }
            }
        }
        section aria-labelledby="news" {
            h2 #news { (say!("site-news")) }
            @if news.is_empty() { p.note { (say!("site-nothing-new")) } }
            @else { ul.news { @for one in news { li { (line(app, one)) } } } }
        }
        section aria-labelledby="timeline" {
            h2 #timeline { (say!("site-posts")) }
            @for one in timeline {
                @if one.object.attributed_to == me { (post::card(app, &own, &one.object, one.is_trial)) }
                @else { (post::seen(app, one)) }
            }
            @if timeline.is_empty() {
                p.note { (say!("site-posts-of-yours-and-of-people-you")) }
            }
        }
    };
    layout::page(app, Some(session), Home::Plain, &text!("site-home"), &body)
}

fn line(app: &App, news: &News) -> Markup {
    let who = Author::elsewhere(&news.actor);
    let did = match news.kind.as_str() {
        "follow" => text!("site-follows-you"),
        "mention" => text!("site-mentioned-you"),
        "reply" => text!("site-answered-you"),
        "move" => text!("site-has-moved"),
        _ => text!("site-did-something"),
    };
    html! {
        a href=(post::link(app, &news.actor)) { (who.handle) } " " (did)
        @if let Some(subject) = &news.subject { ": " a href=(post::link(app, subject)) { (say!("site-see-what-it-is")) } }
        " " (words::day(&news.at))
    }
}
