//! Lines for nginx.

use super::{INTERFACES, MAY_MOVE, PAGES, Parts};

/// Headers for either server.
const HEADERS: &str = "proxy_set_header Host $http_host;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header Proxy \"\";
    proxy_http_version 1.1;";

/// What goes into the server block.
pub(super) fn lines(parts: &Parts) -> String {
    let Parts { origin, host, ours, behind, .. } = parts;
    let (pages, interfaces, may_move) = (PAGES.join("|"), INTERFACES.join("|"), MAY_MOVE.join("|"));
    let split = split(parts);
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
{split}"#
    )
}

/// Lines for hosts of their own.
fn split(parts: &Parts) -> String {
    let Parts { origin, ours, behind, handles, files, .. } = parts;
    let handles = handles.as_ref().map(|host| {
        format!(
            r"
# For the server block of {host}, which stands in handles: who somebody is, is asked at {origin}.
# location = /.well-known/webfinger {{ return 301 {origin}$request_uri; }}
"
        )
    });
    let files = files.as_ref().map(|host| {
        format!(
            r"
# For the server block of {host}, which has the files: godwit first, then what is behind.
# location / {{
#     error_page 404 500 502 503 504 = @files_behind;
#     proxy_intercept_errors on;
#     proxy_connect_timeout 1s;
#     proxy_read_timeout 3s;
#     proxy_pass http://{ours}/godwit/moved$request_uri;
# }}
# location @files_behind {{ proxy_pass http://{behind}; proxy_set_header Host {host}; }}
"
        )
    });
    [handles, files].into_iter().flatten().collect()
}
