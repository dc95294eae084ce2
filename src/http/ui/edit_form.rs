//! The page on which a post is rewritten by its owner.

use actix_web::HttpResponse;
use maud::html;

use super::layout::{self, Home};
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
        h1 { "Edit your post" }
        @if post.is_trial {
            p.note { "This is your copy. What you change here stays as you leave it, even when the post at "
                "Old home changes later. Nobody is told." }
        }
        form.card method="post" action={ "/posts/" (post.id) "/edit" } {
            (layout::csrf(session))
            label for="text" { "Text" }
            textarea #text name="text" rows="8" maxlength=(LONGEST) { (typed(&post.object)) }
            details open[!warning.is_empty()] {
                summary { "Warning" }
                label for="warning" { "Shown instead of the text until somebody opens it" }
                input #warning type="text" name="warning" maxlength="200" value=(warning);
            }
            p.actions { button type="submit" { "Save" } }
        }
    };
    layout::page(app, Some(session), Home::Plain, "Edit your post", &body)
}
