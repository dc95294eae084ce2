//! Lines for nginx.

use std::net::SocketAddr;

use super::{ASKED_BY_HANDLE, Block, INTERFACES, MAY_MOVE, PAGES, Parts, SHELVES, further};

/// Headers for either server.
const HEADERS: &str = "proxy_set_header Host $http_host;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header Proxy \"\";
    proxy_http_version 1.1;";

/// What goes into a server block.
pub(super) fn lines(parts: &Parts, block: Block) -> String {
    match block {
        Block::Pages => pages(parts),
        Block::Handles => handles(parts),
        Block::Files => files(parts),
    }
}

fn pages(parts: &Parts) -> String {
    let Parts { origin, host, ours, behind, .. } = parts;
    let (pages, interfaces, may_move) = (PAGES.join("|"), INTERFACES.join("|"), MAY_MOVE.join("|"));
    let shelves = parts.files.map(|files| shelves(parts, files)).unwrap_or_default();
    let further = further(parts, "nginx");
    format!(
        r#"# Made by `godwit proxy nginx`. Include this in the server block of {host}, before your own locations.
# Without godwit everything answers as before: take the include away, reload, and nothing of it is left.

# Ours alone: our own path, our pages, what we say to programs.
location ^~ /godwit/ {{
    proxy_pass http://{ours};
    {HEADERS}
}}
# People bring archives here, as large as godwit itself allows.
location = /transfers/archive {{
    client_max_body_size 0;
    proxy_request_buffering off;
    proxy_pass http://{ours};
    {HEADERS}
}}
location ~ ^/(?:{pages})(?:/|$) {{
    proxy_pass http://{ours};
    {HEADERS}
}}
location ~ ^/api/v1/(?:{interfaces})(?:/|$) {{
    proxy_pass http://{ours};
    {HEADERS}
}}
location = /.well-known/oauth-authorization-server/godwit {{
    proxy_pass http://{ours};
    {HEADERS}
}}

# Who godwit itself is, is ours to say; everybody else is known to the server behind.
location = /.well-known/webfinger {{
    error_page 418 = @godwit;
    if ($arg_resource ~* "^(?:acct(?::|%3A)godwit\.host(?:@|%40)|https?(?::|%3A)(?:/|%2F)+[^/%]+(?:%3A\d+)?(?:/|%2F)godwit(?:/|%2F)actor$)") {{
        return 418;
    }}
    proxy_pass http://{behind};
    {HEADERS}
}}

# What may have moved: godwit is asked first, and has a word only for what did. The holder of a permission
# that godwit gave reads from godwit. Everything else, and everything while godwit is away, is behind.
location ~ ^/(?:{may_move}) {{
    recursive_error_pages on;
    error_page 418 = @godwit;
    error_page 419 = @godwit_behind;
    error_page 404 500 502 503 504 = @godwit_behind;
    if ($request_method !~ ^(?:GET|HEAD)$) {{
        return 419;
    }}
    if ($http_authorization ~* "^Bearer +godwit_") {{
        return 418;
    }}
    proxy_intercept_errors on;
    proxy_connect_timeout 1s;
    proxy_read_timeout 3s;
    proxy_pass http://{ours}/godwit/moved$request_uri;
    {HEADERS}
}}
location @godwit {{
    proxy_pass http://{ours};
    {HEADERS}
}}
location @godwit_behind {{
    proxy_pass http://{behind};
    {HEADERS}
    # Where accounts are asked whether they may leave, said in their own documents; for that the answer must
    # not be compressed on this last piece of its way.
    proxy_set_header Accept-Encoding "";
    sub_filter_types application/activity+json application/ld+json;
    sub_filter_once on;
    sub_filter '"endpoints":{{"' '"endpoints":{{"oauthMigrationEndpoint":"{origin}/godwit/oauth/authorize","oauthTokenEndpoint":"{origin}/godwit/oauth/token","';
}}
{shelves}{further}"#
    )
}

/// Where handles have a host of their own: it knows nobody, and says where to ask.
fn handles(parts: &Parts) -> String {
    let Parts { origin, host, .. } = parts;
    let asked = ASKED_BY_HANDLE.join("|");
    format!(
        r"# Made by `godwit proxy nginx`. Include this in the server block of {host}, which stands in handles, unless it says
# the same already: who somebody is, is asked at {origin}.
location ~ ^/\.well-known/(?:{asked})$ {{
    add_header Access-Control-Allow-Origin *;
    return 301 {origin}$request_uri;
}}
"
    )
}

/// Where files have.
fn files(parts: &Parts) -> String {
    let lines = parts.files.map(|files| shelves(parts, files)).unwrap_or_default();
    format!(
        "# Made by `godwit proxy nginx`. Include this in the server block of {}, which has the files.\n{lines}",
        parts.host
    )
}

/// Files, which somebody hands out. The daemon cannot tell by the path which host was asked, so that it is asked at
/// another address.
fn shelves(parts: &Parts, files: SocketAddr) -> String {
    let Parts { ours, files_below, .. } = parts;
    let shelf = |name: &str| {
        format!(
            r"location ^~ {files_below}/{name}/ {{
    recursive_error_pages on;
    error_page 404 419 500 502 503 504 = @godwit_files;
    if ($request_method !~ ^(?:GET|HEAD)$) {{
        return 419;
    }}
    proxy_intercept_errors on;
    proxy_connect_timeout 1s;
    proxy_read_timeout 3s;
    proxy_pass http://{ours}/godwit/moved-files$request_uri;
    {HEADERS}
}}
"
        )
    };
    let shelves = SHELVES.map(shelf).concat();
    format!(
        r"
# Files of what may have moved: godwit is asked first, and has a word only for what did.
{shelves}location @godwit_files {{
    proxy_pass http://{files};
    {HEADERS}
}}
"
    )
}
