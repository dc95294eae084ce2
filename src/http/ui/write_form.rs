//! The form a post is written in.

use maud::{Markup, html};

use super::layout;
use crate::{
    model::object::{Object, Visibility},
    site::{posts::LONGEST, sessions::Session},
};

/// Audiences in the words of the form.
const AUDIENCES: [(Visibility, &str); 4] = [
    (Visibility::Public, "Public: everybody"),
    (Visibility::Unlisted, "Quietly public: everybody, but not in lists"),
    (Visibility::Followers, "Followers only"),
    (Visibility::Direct, "Only people mentioned"),
];

/// The form. `usual` is the audience the person chose for new posts; an answer starts with the
/// narrower of it and the audience of what it answers.
pub fn form(session: &Session, answers: Option<&Object>, usual: Visibility) -> Markup {
    let chosen = answers.map_or(usual, |object| object.visibility.max(usual));
    html! {
        form.card method="post" action="/posts" {
            (layout::csrf(session))
            @if let Some(parent) = answers { input type="hidden" name="in_reply_to" value=(parent.id); }
            label for="text" { @if answers.is_some() { "Your reply" } @else { "Write a post" } }
            textarea #text name="text" rows="4" maxlength=(LONGEST) required {}
            details {
                summary { "Add a warning" }
                label for="warning" { "Shown instead of the text until somebody opens it" }
                input #warning type="text" name="warning" maxlength="200";
            }
            label for="visibility" { "Who sees it" }
            select #visibility name="visibility" {
                @for (visibility, words) in AUDIENCES {
                    option value=(visibility.as_str()) selected[visibility == chosen] { (words) }
                }
            }
            p.actions { button type="submit" { @if answers.is_some() { "Reply" } @else { "Post" } } }
        }
    }
}
