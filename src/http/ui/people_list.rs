//! The page of one list of people.

use actix_web::HttpResponse;
use maud::html;

use super::{
    layout::{self, Home},
    post::{self, Author},
};
use crate::words::{say, text};
use crate::{
    app::App,
    model::belonging::PeopleList,
    site::{sessions::Session, timeline::Seen},
};

/// Posts of the people on a list, newest first.
pub fn page(app: &App, session: &Session, list: &PeopleList, seen: &[Seen]) -> HttpResponse {
    let people = u64::try_from(list.members.len()).unwrap_or(0);
    let body = html! {
        h1 { (list.title) }
        p { (say!("site-posts-of-on-this-list-whom-you", people = text!("site-people", n = people))) }
        ul { @for member in &list.members {
            li { a href=(member) rel="nofollow noreferrer" { (Author::elsewhere(member).handle) } }
        } }
        @for one in seen { (post::seen(app, one)) }
        @if seen.is_empty() { p.note { (say!("site-nothing-here-yet")) } }
        p.actions { a.button href="/yours" { (say!("site-what-you-set-up")) } }
    };
    layout::page(app, Some(session), Home::Plain, &list.title, &body)
}
