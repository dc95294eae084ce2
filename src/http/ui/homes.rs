//! The two accounts a move is between: they stand on every page of it, in colour and in words.

use maud::{Markup, html};
use url::Url;

use super::post::Author;
use crate::{app::App, model::actor::authority, words::say};

/// The account at Old home and the one at New home.
pub fn homes(old: &str, new: &str) -> Markup {
    html! {
        div.homes {
            p.home.is-old { span { (say!("transfers-old-home")) } strong { (broken_before_the_server(old)) } }
            p.home.is-new { span { (say!("transfers-new-home")) } strong { (broken_before_the_server(new)) } }
        }
    }
}

/// A handle that is longer than its line is wide goes on with the server in the next one.
fn broken_before_the_server(handle: &str) -> Markup {
    let at = handle.rfind('@').filter(|at| *at > 0);
    if let Some((name, server)) = at.and_then(|at| handle.split_at_checked(at)) {
        html! { (name) wbr; (server) }
    } else {
        html! { (handle) }
    }
}

/// The same at Old home: an account of ours, and the address of the one it moves to.
pub fn leaving(app: &App, username: &str, target: &str) -> Markup {
    homes(&own(app, username), &handle_of(target))
}

/// How one writes an account of ours.
pub fn own(app: &App, username: &str) -> String {
    format!("@{username}@{}", app.config.handle_domain())
}

/// How one writes the account behind an actor's address; what is no address stays as it is.
pub fn handle_of(actor: &str) -> String {
    Url::parse(actor).map_or_else(|_| actor.to_owned(), |url| Author::elsewhere(&url).handle)
}

/// Both homes for somebody who has to sign in on the way, as far as the way says which the other one is.
pub fn on_the_way(app: &App, next: &str) -> Markup {
    let here = app.config.domain();
    let base = &app.config.server.base_url;
    let url = base.join(next).ok();
    let named = |field: &str| {
        let mut fields = url.as_ref()?.query_pairs();
        fields.find(|(name, _)| name == field).map(|(_, value)| value.into_owned())
    };
    let host = |field: &str| Url::parse(&named(field)?).ok().map(|url| authority(&url));
    if next.starts_with("/godwit/oauth/") {
        return host("client_id").map_or_else(Markup::default, |new| homes(&here, &new));
    }
    let old = if next.starts_with("/transfers") { named("of") } else { host("iss") };
    old.filter(|old| !old.is_empty()).map_or_else(Markup::default, |old| homes(&old, &here))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_elsewhere_is_written_as_people_write_it() {
        assert_eq!(handle_of("https://new.example/users/ann"), "@ann@new.example");
        assert_eq!(handle_of("new.example"), "new.example");
    }
}
