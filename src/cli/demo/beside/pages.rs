//! The stand-in's pages for people: signing in, allowing a program, a profile, a post.

use maud::{DOCTYPE, Markup, html};

fn page(title: &str, body: &Markup) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; meta name="viewport" content="width=device-width, initial-scale=1"; title { (title) } }
            body { main { h1 { (title) } (body) p { small { "A stand-in for another server, for demonstrations." } } } }
        }
    };
    markup.into_string()
}

/// Asks for name and password.
pub(super) fn sign_in(next: &str, is_wrong: bool) -> String {
    page(
        "Sign in",
        &html! {
            @if is_wrong { p role="alert" { "Name or password is wrong." } }
            form method="post" action="/auth/sign_in" {
                input type="hidden" name="next" value=(next);
                label { "Name " input type="text" name="username" required; }
                label { "Password " input type="password" name="password" required; }
                button type="submit" { "Sign in" }
            }
        },
    )
}

/// Asks whether a program may know who somebody is. Whoever wants to be somebody else signs out here.
pub(super) fn allow(who: &str, program: &str, fields: &[(String, String)], here: &str) -> String {
    page(
        "Authorization required",
        &html! {
            p { "Signed in as " strong { "@" (who) } }
            form method="post" action="/auth/sign_out" {
                input type="hidden" name="next" value=(here);
                button type="submit" { "Sign out" }
            }
            p { strong { (program) } " would like to see your account's information." }
            form method="post" action="/oauth/authorize" {
                @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                button type="submit" name="commit" value="Authorize" { "Authorize" }
            }
        },
    )
}

/// Somebody's profile.
pub(super) fn profile(handle: &str) -> String {
    page(&format!("@{handle}"), &html! { p { "A profile." } })
}

/// One post.
pub(super) fn post(handle: &str, content: &str) -> String {
    page(&format!("A post by @{handle}"), &html! { p { (content) } })
}

/// Everything else.
pub(super) fn nothing() -> String {
    page("Nothing here", &html! {})
}
