//! The page on which a post is rewritten by its owner.

use actix_web::HttpResponse;
use maud::html;

use super::layout::{self, Home};
use crate::words::{say, text};
use crate::{
    app::App,
    site::{
        edits::{shown_warning, typed},
        posts::{LONGEST, Post},
        sessions::Session,
    },
};

/// The form, filled with what stands there now.
pub fn page(app: &App, session: &Session, post: &Post) -> HttpResponse {
    let warning = shown_warning(&post.object);
    let body = html! {
        h1 { (say!("site-edit-your-post")) }
        @if post.is_trial {
            p.note { (say!("site-this-is-your-copy-what-you-change")) }
        }
        form.card method="post" action={ "/posts/" (post.id) "/edit" } {
            (layout::csrf(session))
            label for="text" { (say!("site-text")) }
            textarea #text name="text" rows="8" maxlength=(LONGEST) { (typed(&post.object)) }
            details open[!warning.is_empty()] {
                summary { (say!("site-warning")) }
                label for="warning" { (say!("site-shown-instead-of-the-text-until")) }
                input #warning type="text" name="warning" maxlength="200" value=(warning);
            }
            p.actions { button type="submit" { (say!("site-save")) } }
        }
    };
    layout::page(app, Some(session), Home::Plain, &text!("site-edit-your-post"), &body)
}
