//! The annotated example configuration, made from the defaults and compared with the file by a test.

use super::Config;

/// What each key means; the unit stands in the key's name or here.
const COMMENTS: &[(&str, &str)] = &[
    ("[server]", "Where the daemon listens and what it is called."),
    (
        "base_url",
        "The address people and servers know. It decides what we are, never a request's Host header.",
    ),
    ("listen", "Socket the daemon listens on; put a TLS-terminating proxy in front."),
    ("data_dir", "Directory of this daemon's own: keys, media, and the database if it is SQLite."),
    (
        "trusted_proxies",
        "Networks of proxies in front: only from them is X-Forwarded-For believed. Who asks directly is known by its address.",
    ),
    ("[database]", "Where the tables are."),
    (
        "url",
        "A PostgreSQL that several daemons may share: postgres://user:password@host/name. Empty: SQLite in data_dir.",
    ),
    ("name", "Name shown on the pages."),
    (
        "[media]",
        "Where this daemon keeps its files: in data_dir, or in a bucket of a server that speaks S3, which several daemons may share. Files still arriving lie in data_dir.",
    ),
    ("bucket", "The bucket's name. It is only for this, and nobody else can read it. Empty: data_dir/media."),
    ("endpoint", "Its server, like https://s3.example; empty: Amazon's own in that region."),
    ("region", "The region, as its server is told."),
    ("prefix", "What all names in it begin with, like godwit/media; empty: nothing."),
    ("access_key_id", "The name of a key that may read, put and delete there, and abandon uploads."),
    ("secret_access_key", "The key itself. It is never logged."),
    ("[home]", "Which server the daemon stands beside."),
    (
        "kind",
        "\"built_in\", or \"mastodon_database\" for a server whose PostgreSQL and files are on this machine or near it.",
    ),
    (
        "server_database",
        "Its database: postgres://user:password@host/name. `godwit check --print-role` prints the role.",
    ),
    ("handle_domain", "The name in its handles, where it is not that of server.base_url."),
    ("media_dir", "Directory of its files, as this daemon sees it."),
    ("media_url", "What the addresses of its files begin with; empty: /system/ below server.base_url."),
    (
        "media_access",
        "Who may read what is put into its bucket (S3_PERMISSION of its environment); empty: the bucket decides.",
    ),
    (
        "[home.media]",
        "The bucket its files lie in, instead of media_dir (the S3_ values of its environment). Then media_url is set, too.",
    ),
    ("[home.media] bucket", "The bucket's name (S3_BUCKET). Empty: its files lie in media_dir."),
    ("[home.media] prefix", "What all names in it begin with (S3_KEY_PREFIX); empty: nothing."),
    (
        "redis",
        "Its Redis, redis://:password@host:port/number, to be told what changed; empty: it is not told.",
    ),
    ("takes_copies", "Whether copies, aliases and moves are written there; its role then needs more rights."),
    (
        "encryption_primary_key",
        "ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY of its environment, where it keeps its keys encrypted.",
    ),
    ("encryption_salt", "ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT, likewise."),
    ("client_id", "What the daemon is registered as at its sign-in; empty where it registers itself."),
    ("client_secret", "The secret that goes with it."),
    (
        "[policy]",
        "Who may come and go, until an admin says otherwise at the desk or with `godwit policy`: \"nobody\" (default), \"anyone\", \"invited\", a list like [\"old.example\"], or a table with `except` (a list) or `account` (one handle).",
    ),
    ("arrivals", "Servers whose accounts may be copied to this one."),
    ("departures", "Servers that accounts of this one may be copied to."),
    ("sign_up", "Whether anybody may make an account here, on the way from the sign-in page."),
    ("[policy.arriving]", "What else holds for those who come."),
    (
        "blocked",
        "Servers from which nobody comes, or to which nobody goes; what lies below them is meant, too.",
    ),
    ("exceptions", "Who passes all the same: tables with `who` (a handle or server) and `reason`."),
    ("invited", "Handles that were invited, where `arrivals` is \"invited\"."),
    (
        "cool_down_days",
        "Days between two announced moves of an account; trying again and what failed are free.",
    ),
    (
        "[policy.arriving.approval]",
        "Whom an admin looks at first. Further keys: above_posts, above_media_bytes.",
    ),
    ("always", "Everybody."),
    ("new_servers", "Whoever comes from a server that nobody came from before."),
    (
        "[policy.arriving.limits]",
        "What may come at most; what is not named is not limited: posts, media_bytes, largest_file_bytes, kinds, accounts_per_day, accounts_total, free_disk_bytes.",
    ),
    ("[policy.leaving]", "What else holds for those who go."),
    ("sanctioned_may_leave", "Whether an account under a sanction may take its data along."),
    ("[limits]", "What the daemon takes and gives at most."),
    ("page_items", "Items on one page of an export."),
    (
        "transfer_items",
        "Posts, files, likes and so on that one transfer may bring; an account with more is refused.",
    ),
    (
        "media_file_bytes",
        "Largest single media file, in bytes; a larger one counts as failed, with this reason.",
    ),
    ("archive_bytes", "Unpacked size of an archive, in bytes; a larger one is refused."),
    ("archive_entries", "Entries of an archive; more are refused."),
    (
        "rest_seconds",
        "How long an announcement rests when its owner wants a day to think; until then it can be called off.",
    ),
    (
        "trial_days",
        "How long a trial lasts until its copy is thrown away; its owner can extend it. 0: until its owner ends it.",
    ),
    (
        "[limits.rates]",
        "How often within a minute one address (of those who have an account: one account, too) may ask; as many may come at once. 0: without limit.",
    ),
    ("passwords", "Signing in, and whatever else asks for a password."),
    ("sign_ups", "Making an account."),
    ("starts", "Asking for a copy, and having an address looked at."),
    ("exports", "Permissions to read, and the tokens for them."),
    ("uploads", "Files that are given to be brought in."),
    ("inbox", "Activities of another server."),
    ("searches", "Searches of those who are not signed in."),
    ("[federation]", "How the daemon reaches other servers."),
    ("timeout_seconds", "Longest wait for one answer, in seconds."),
    ("[mail]", "How letters leave. Who has no address reads them on the page."),
    ("from", "Who they come from."),
    ("smtp_url", "The mail server, smtps://user:password@host. Empty: letters are files in data_dir/mail."),
    (
        "[scanner]",
        "Who looks at files before anybody can see them; a refused one is left out with the reason. `url` instead: a service on 127.0.0.1 that is sent each file (2xx taken, 4xx refused). Empty: nobody.",
    ),
    (
        "command",
        "A program and its arguments; the file's path comes last. It ends with 0: taken, 1: refused (its first line says why), else it is asked again.",
    ),
    ("loopback_hosts", "For laboratories only: host:port names reachable on loopback. `serve` refuses any."),
];

/// The text of `config.example.toml`: every key with its default and its meaning.
pub fn example() -> String {
    let config = Config::default();
    let plain = toml::to_string(&config).unwrap_or_default();
    let mut text = String::from("# Every key with its default. Unknown keys are errors.\n");
    let mut section = "";
    for line in plain.lines() {
        let key = line.split(" = ").next().unwrap_or(line);
        if line.starts_with('[') {
            section = line;
        }
        let here = format!("{section} {key}");
        let of = |wanted: &str| COMMENTS.iter().find(|(name, _)| *name == wanted);
        if let Some((_, comment)) = of(&here).or_else(|| of(key)) {
            text.push_str("# ");
            text.push_str(comment);
            text.push('\n');
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_example_is_explained() {
        let text = example();
        let mut previous = "";
        for line in text.lines() {
            if line.contains(" = ") || line.starts_with('[') {
                assert!(previous.starts_with('#'), "no comment above {line}");
            }
            previous = line;
        }
    }

    #[test]
    fn the_example_reads_back_as_the_defaults() {
        let config: Config = toml::from_str(&example()).unwrap();
        assert_eq!(config.limits.page_items, Config::default().limits.page_items);
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        let error = toml::from_str::<Config>("[server]\nbase_ulr = \"https://x.example\"").unwrap_err();
        assert!(error.to_string().contains("base_ulr"));
    }
}
