//! The form a post is written in.

use maud::{Markup, html};

use super::layout;
use crate::words::{say, text};
use crate::{
    model::object::{Object, Visibility},
    site::{posts::LONGEST, sessions::Session},
};

/// The form. `usual` is the audience the person chose for new posts; an answer starts with the
/// narrower of it and the audience of what it answers.
pub fn form(session: &Session, answers: Option<&Object>, usual: Visibility) -> Markup {
    let chosen = answers.map_or(usual, |object| object.visibility.max(usual));
    html! {
        form.card method="post" action="/posts" {
            (layout::csrf(session))
            @if let Some(parent) = answers { input type="hidden" name="in_reply_to" value=(parent.id); }
            label for="text" { @if answers.is_some() { (say!("site-your-reply")) } @else { (say!("site-write-a-post")) } }
            textarea #text name="text" rows="4" maxlength=(LONGEST) required {}
            details {
                summary { (say!("site-add-a-warning")) }
                label for="warning" { (say!("site-shown-instead-of-the-text-until")) }
                input #warning type="text" name="warning" maxlength="200";
            }
            label for="visibility" { (say!("site-who-sees-it")) }
            select #visibility name="visibility" {
                @for visibility in Visibility::ALL {
                    option value=(visibility.as_str()) selected[visibility == chosen] { (audience(visibility)) }
                }
            }
            p.actions { button type="submit" { @if answers.is_some() { (say!("site-reply")) } @else { (say!("site-post-it")) } } }
        }
    }
}

/// Audiences in the words of the form.
fn audience(visibility: Visibility) -> String {
    match visibility {
        Visibility::Public => text!("site-public-everybody"),
        Visibility::Unlisted => text!("site-quietly-public-everybody-but-not-in"),
        Visibility::Followers => text!("site-to-followers-only"),
        Visibility::Direct => text!("site-to-people-mentioned-only"),
    }
}
