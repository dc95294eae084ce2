//! A fresh proof of who one is, before anything that cannot be taken back: the password at the built-in
//! server; beside another server a sign-in there within the last minutes, good for one step.

use maud::{Markup, html};

use super::{extract::SignedIn, problem::Problem};
use crate::{
    app::App,
    site::sessions::Session,
    transfer::guests,
    words::{say, text},
};

/// Whether the proof is given. A guest's is used up.
///
/// # Errors
/// [`Problem`] when it was tried too often, or cannot be looked at.
pub(super) async fn is_given(app: &App, signed: &SignedIn, password: &str) -> Result<bool, Problem> {
    match app.reception() {
        Some(reception) => Ok(guests::spend(&reception, &signed.token).await?),
        None => Ok(app.site.confirm_password(&signed.session.account.id, password).await?),
    }
}

/// Where it is asked for, inside a form. `next` is the page with the form, `label` asks for a password.
pub(super) fn field(
    app: &App,
    session: &Session,
    next: &str,
    label: &Markup,
    described_by: Option<&str>,
) -> Markup {
    if !session.is_guest {
        return html! {
            label for="password" { (label) }
            input #password type="password" name="password" autocomplete="current-password" required
                aria-describedby=[described_by];
        };
    }
    let domain = app.config.domain();
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("again", "yes")
        .append_pair("next", next)
        .finish();
    html! {
        @if session.is_fresh {
            p.note { (say!("guests-you-signed-in-just-now", domain = domain)) }
        } @else {
            p.note { (say!("guests-sign-in-once-more-first", domain = domain)) }
            p.actions { a.button href={ "/sign-in?" (query) } { (say!("guests-sign-in-once-more-at", domain = domain)) } }
        }
    }
}

/// What is said when it is missing: `wrong` where a password was.
pub(super) fn missing(app: &App, session: &Session, wrong: String) -> String {
    if session.is_guest { text!("guests-nothing-was-done", domain = app.config.domain()) } else { wrong }
}
