//! Lines for Caddy. Its packages cannot change answers, so actor documents stay as they are; a home that asks
//! finds our metadata at `/.well-known/oauth-authorization-server/godwit`.

use super::{INTERFACES, MAY_MOVE, PAGES, Parts};

/// What goes into the site block.
pub(super) fn lines(parts: &Parts) -> String {
    let Parts { host, ours, behind, .. } = parts;
    let paths = |before: &str, names: &[&str]| {
        let both = names.iter().map(|name| format!("{before}{name} {before}{name}/*"));
        both.collect::<Vec<_>>().join(" ")
    };
    let (pages, interfaces) = (paths("/", &PAGES), paths("/api/v1/", &INTERFACES));
    let may_move: Vec<String> = MAY_MOVE.iter().map(|start| format!("/{start}*")).collect();
    let may_move = may_move.join(" ");
    let split = split(parts);
    format!(
        r#"# Made by `godwit proxy caddy`. Import this in the site block of {host}, before your own handlers.
# Without godwit everything answers as before: take the import away, reload, and nothing of it is left.

# Ours alone: our own path, our pages, what we say to programs.
@godwit_own path /godwit/* /.well-known/oauth-authorization-server/godwit {pages} {interfaces}
handle @godwit_own {{
    reverse_proxy {ours}
}}

# Who godwit itself is, is ours to say; everybody else is known to the server behind.
@godwit_who {{
    path /.well-known/webfinger
    expression {{http.request.uri.query}}.matches("(?i)resource=(acct(:|%3A)godwit\\.host(@|%40)|https?(:|%3A)(/|%2F)+[^/]+(/|%2F)godwit(/|%2F)actor)")
}}
handle @godwit_who {{
    reverse_proxy {ours}
}}

# The holder of a permission that godwit gave reads from godwit.
@godwit_bearer {{
    method GET HEAD
    path {may_move}
    header_regexp Authorization "(?i)^Bearer +godwit_"
}}
handle @godwit_bearer {{
    reverse_proxy {ours}
}}

# What may have moved: godwit is asked first, and has a word only for what did. Everything else is behind.
@godwit_moved {{
    method GET HEAD
    path {may_move}
}}
handle @godwit_moved {{
    reverse_proxy {ours} {{
        rewrite /godwit/moved{{uri}}
        transport http {{
            dial_timeout 1s
            response_header_timeout 3s
        }}
        @none status 404 5xx
        handle_response @none {{
            reverse_proxy {behind}
        }}
    }}
}}

# And everything while godwit is away.
handle_errors {{
    @godwit_away expression {{http.error.status_code}} in [502, 503, 504]
    handle @godwit_away {{
        reverse_proxy {behind}
    }}
}}
{split}"#
    )
}

/// Lines for hosts of their own.
fn split(parts: &Parts) -> String {
    let Parts { origin, ours, behind, handles, files, .. } = parts;
    let handles = handles.as_ref().map(|host| {
        format!(
            r"
# For the site block of {host}, which stands in handles: who somebody is, is asked at {origin}.
# redir /.well-known/webfinger {origin}{{uri}} permanent
"
        )
    });
    let files = files.as_ref().map(|host| {
        format!(
            r"
# For the site block of {host}, which has the files: godwit first, then what is behind.
# reverse_proxy {ours} {{
#     rewrite /godwit/moved{{uri}}
#     @none status 404 5xx
#     handle_response @none {{
#         reverse_proxy {behind}
#     }}
# }}
"
        )
    });
    [handles, files].into_iter().flatten().collect()
}
