//! Lines for Caddy. Its packages cannot change answers, so actor documents stay as they are; a home that asks
//! finds our metadata at `/.well-known/oauth-authorization-server/godwit`.

use std::net::SocketAddr;

use super::{ASKED_BY_HANDLE, Block, INTERFACES, MAY_MOVE, PAGES, Parts, SHELVES, further};

/// What goes into a site block.
pub(super) fn lines(parts: &Parts, block: Block) -> String {
    match block {
        Block::Pages => pages(parts),
        Block::Handles => handles(parts),
        Block::Files => files(parts),
    }
}

fn pages(parts: &Parts) -> String {
    let Parts { host, ours, behind, .. } = parts;
    let paths = |before: &str, names: &[&str]| {
        let both = names.iter().map(|name| format!("{before}{name} {before}{name}/*"));
        both.collect::<Vec<_>>().join(" ")
    };
    let (pages, interfaces) = (paths("/", &PAGES), paths("/api/v1/", &INTERFACES));
    let may_move: Vec<String> = MAY_MOVE.iter().map(|start| format!("/{start}*")).collect();
    let may_move = may_move.join(" ");
    let asked_first = asked_first(parts, "@godwit_moved", "/godwit/moved", *behind);
    let shelves = parts.files.map(|files| shelves(parts, files)).unwrap_or_default();
    let away = away(parts, Some(*behind));
    let further = further(parts, "caddy");
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
{asked_first}{shelves}{away}{further}"#
    )
}

/// Asks the daemon at an address below `at`, and somebody else where it has no word.
fn asked_first(parts: &Parts, matcher: &str, at: &str, otherwise: SocketAddr) -> String {
    let ours = parts.ours;
    format!(
        r"handle {matcher} {{
    reverse_proxy {ours} {{
        rewrite {at}{{uri}}
        transport http {{
            dial_timeout 1s
            response_header_timeout 3s
        }}
        @none status 404 5xx
        handle_response @none {{
            reverse_proxy {otherwise}
        }}
    }}
}}
"
    )
}

/// Paths of files.
fn paths_of_files(parts: &Parts) -> String {
    SHELVES.map(|shelf| format!("{}/{shelf}/*", parts.files_below)).join(" ")
}

/// Files, which somebody hands out. The daemon cannot tell by the path which host was asked, so that it is asked at
/// another address.
fn shelves(parts: &Parts, files: SocketAddr) -> String {
    let paths = paths_of_files(parts);
    let asked_first = asked_first(parts, "@godwit_files", "/godwit/moved-files", files);
    format!(
        r"
# Files of what may have moved: godwit is asked first, and has a word only for what did.
@godwit_files {{
    method GET HEAD
    path {paths}
}}
{asked_first}"
    )
}

/// Who is asked while the daemon is away. A site has one block for this: of two, only the first is heard.
fn away(parts: &Parts, behind: Option<SocketAddr>) -> String {
    let is_away = "expression {http.error.status_code} in [502, 503, 504]";
    let files = parts.files.map(|files| {
        let paths = paths_of_files(parts);
        format!(
            r"    @godwit_files_away {{
        path {paths}
        {is_away}
    }}
    handle @godwit_files_away {{
        reverse_proxy {files}
    }}
"
        )
    });
    let behind = behind.map(|behind| {
        format!(
            r"    @godwit_away {is_away}
    handle @godwit_away {{
        reverse_proxy {behind}
    }}
"
        )
    });
    let handlers: String = [files, behind].into_iter().flatten().collect();
    format!("\n# And everything while godwit is away.\nhandle_errors {{\n{handlers}}}\n")
}

/// Where handles have a host of their own: it knows nobody, and says where to ask.
fn handles(parts: &Parts) -> String {
    let Parts { origin, host, .. } = parts;
    let asked: Vec<String> = ASKED_BY_HANDLE.iter().map(|name| format!("/.well-known/{name}")).collect();
    let asked = asked.join(" ");
    format!(
        r"# Made by `godwit proxy caddy`. Import this in the site block of {host}, which stands in handles, unless it says
# the same already: who somebody is, is asked at {origin}.
@godwit_handles path {asked}
header @godwit_handles Access-Control-Allow-Origin *
redir @godwit_handles {origin}{{uri}} permanent
"
    )
}

/// Where files have.
fn files(parts: &Parts) -> String {
    let lines = parts.files.map(|files| shelves(parts, files) + &away(parts, None)).unwrap_or_default();
    format!(
        "# Made by `godwit proxy caddy`. Import this in the site block of {}, which has the files.\n{lines}",
        parts.host
    )
}
