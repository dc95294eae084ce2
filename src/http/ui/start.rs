//! The start page: what this server does, for somebody who has never heard of it.

use actix_web::HttpResponse;
use maud::html;

use super::layout::{self, Home};
use crate::words::{say, text};
use crate::{app::App, site::sessions::Session};

/// The start page.
pub fn page(app: &App, session: Option<&Session>) -> HttpResponse {
    let domain = app.config.domain();
    let body = html! {
        div.hero {
            img src="/static/mark.svg" alt="" width="96" height="96";
            h1 { (say!("site-take-your-account-with-you")) }
            p { (say!("site-move-to-with-your-posts-pictures-and", domain = domain)) }
            p.actions {
                @if session.is_some() {
                    a.button.primary href="/home" { (say!("site-my-home")) }
                    a.button href="/transfers/new" { (say!("site-bring-an-account-here")) }
                } @else {
                    a.button.primary href="/sign-in" { (say!("site-sign-in")) }
                    a.button href="/transfers/new" { (say!("site-bring-an-account-here")) }
                }
            }
        }
        h2 { (say!("site-how-a-move-goes")) }
        ol.steps {
            li { (say!("site-copy-you-say-yes-at-your-old")) }
            li { (say!("site-try-look-at-the-copy-only-you")) }
            li { (say!("site-keep-the-copy-becomes-part-of-your")) }
            li { (say!("site-announce-your-old-home-tells-your")) }
        }
        p.note { (say!("site-nothing-is-announced-and-nothing")) }
    };
    layout::page(app, session, Home::Plain, &text!("site-welcome"), &body)
}
