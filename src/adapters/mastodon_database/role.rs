//! A role of PostgreSQL that may read what is read here, and nothing that is secret.

use std::fmt::Write;

use super::schema::{Version, written};

/// The role's name.
pub const ROLE: &str = "godwit";
/// The name of the keeper's.
pub const KEEPER: &str = "godwit_keeper";

/// Columns that nobody here needs and whose theft would hurt: passwords, keys, tokens, addresses of people.
const SECRET: [(&str, &str); 15] = [
    ("accounts", "private_key"),
    ("keypairs", "private_key"),
    ("users", "encrypted_password"),
    ("users", "otp_secret"),
    ("users", "encrypted_otp_secret"),
    ("users", "encrypted_otp_secret_iv"),
    ("users", "encrypted_otp_secret_salt"),
    ("users", "otp_backup_codes"),
    ("users", "reset_password_token"),
    ("users", "confirmation_token"),
    ("users", "sign_in_token"),
    ("users", "email"),
    ("users", "unconfirmed_email"),
    ("users", "sign_up_ip"),
    ("users", "webauthn_id"),
];

/// Tables that are only read by whoever writes copies.
const NOT_READ: [&str; 3] = ["notifications", "bulk_imports", "bulk_import_rows"];

/// The tables of a release that are read, each with its columns where not all of them are.
pub(super) fn read(version: Version) -> Vec<(String, Vec<String>)> {
    let tables = written::read(version.tables());
    let is_read = |name: &String| !NOT_READ.contains(&name.as_str());
    let columns = |(name, table): (String, written::Table)| {
        let is_secret = |column: &String| SECRET.contains(&(name.as_str(), column.as_str()));
        let open: Vec<String> = table.columns.keys().filter(|column| !is_secret(column)).cloned().collect();
        let is_whole = open.len() == table.columns.len();
        (name, if is_whole { Vec::new() } else { open })
    };
    tables.into_iter().filter(|(name, _)| is_read(name)).map(columns).collect()
}

/// The script that makes the role, to be run in the server's database by its owner.
pub fn script(version: Version) -> String {
    let mut out = format!(
        "-- A role that may read what godwit reads in a database of release {version}, and no password, key or\n\
         -- address. Run it as the database's owner: psql DATABASE -f THIS. To take it away again:\n\
         --   drop owned by {ROLE}; drop role {ROLE};\n\
         create role {ROLE} login connection limit 8;\n\
         -- \\password {ROLE}   (not needed where it signs in through the socket)\n\
         alter role {ROLE} set default_transaction_read_only = on;\n\
         alter role {ROLE} set statement_timeout = '60s';\n\
         grant usage on schema public to {ROLE};\n"
    );
    for (table, columns) in read(version) {
        let columns = if columns.is_empty() { String::new() } else { format!(" ({})", columns.join(", ")) };
        let _infallible = writeln!(out, "grant select{columns} on {table} to {ROLE};");
    }
    out
}

/// One privilege that writing needs.
pub(super) struct Right {
    /// What may be done.
    pub(super) deed: &'static str,
    /// With which table.
    pub(super) table: &'static str,
    /// With which of its columns; none stands for all.
    pub(super) columns: Vec<&'static str>,
}

/// What is done with the tables that copies, aliases and `movedTo` are written into, and since when they
/// exist.
const WRITTEN: [(&str, &[&str], Version); 26] = [
    ("statuses", &["insert", "update", "delete"], Version::V4_2),
    ("status_edits", &["insert", "delete"], Version::V4_2),
    ("status_stats", &["insert", "update", "delete"], Version::V4_2),
    ("media_attachments", &["insert", "delete"], Version::V4_2),
    ("conversations", &["insert", "update", "delete"], Version::V4_2),
    ("polls", &["insert", "delete"], Version::V4_2),
    ("mentions", &["insert"], Version::V4_2),
    ("quotes", &["insert"], Version::V4_4),
    ("account_stats", &["insert", "update", "delete"], Version::V4_2),
    ("tags", &["insert", "delete"], Version::V4_2),
    ("statuses_tags", &["insert"], Version::V4_2),
    ("featured_tags", &["insert", "update", "delete"], Version::V4_2),
    ("tag_follows", &["insert", "delete"], Version::V4_2),
    ("favourites", &["insert", "delete"], Version::V4_2),
    ("bookmarks", &["insert", "delete"], Version::V4_2),
    ("status_pins", &["insert", "delete"], Version::V4_2),
    ("mutes", &["insert", "delete"], Version::V4_2),
    ("account_notes", &["insert", "delete"], Version::V4_2),
    ("account_domain_blocks", &["insert", "delete"], Version::V4_2),
    ("custom_filters", &["insert", "delete"], Version::V4_2),
    ("custom_filter_keywords", &["insert", "delete"], Version::V4_2),
    ("lists", &["insert", "delete"], Version::V4_2),
    ("list_accounts", &["insert", "delete"], Version::V4_2),
    ("account_aliases", &["insert", "delete"], Version::V4_2),
    // The account somebody moves to, and that the move was told.
    ("accounts", &["insert"], Version::V4_2),
    ("account_migrations", &["insert"], Version::V4_2),
];

/// Columns of rows that stood there before: what the owner left empty, aliases, where the account went.
const CHANGED: [(&str, &[&str]); 2] = [
    (
        "accounts",
        &[
            "display_name",
            "note",
            "fields",
            "avatar_file_name",
            "avatar_content_type",
            "avatar_file_size",
            "avatar_updated_at",
            "avatar_storage_schema_version",
            "header_file_name",
            "header_content_type",
            "header_file_size",
            "header_updated_at",
            "header_storage_schema_version",
            "also_known_as",
            "moved_to_account_id",
            "updated_at",
        ],
    ),
    ("users", &["settings", "updated_at"]),
];

/// Every privilege that writing needs in a release.
pub(super) fn writing(version: Version) -> Vec<Right> {
    let whole = WRITTEN.into_iter().filter(|(_, _, since)| version >= *since);
    let whole = whole.flat_map(|(table, deeds, _)| {
        deeds.iter().map(move |deed| Right { deed, table, columns: Vec::new() })
    });
    let some = CHANGED.into_iter();
    whole
        .chain(some.map(|(table, columns)| Right { deed: "update", table, columns: columns.to_vec() }))
        .collect()
}

/// The sequences that new keys are drawn from.
pub(super) fn sequences(version: Version) -> Vec<String> {
    // A row of this one has no key of its own.
    let keyed = WRITTEN.into_iter().filter(|(table, deeds, since)| {
        version >= *since && deeds.contains(&"insert") && !matches!(*table, "statuses_tags" | "statuses")
    });
    keyed.map(|(table, ..)| format!("{table}_id_seq")).collect()
}

/// The script that lets the role write what copies need, and nothing else.
pub fn writing_script(version: Version) -> String {
    let mut out = format!(
        "-- What the role {ROLE} needs to write copies, aliases and where an account went, in a database of release\n\
         -- {version}, besides what it reads. Run it as the database's owner: psql DATABASE -f THIS.\n\
         alter role {ROLE} set default_transaction_read_only = off;\n"
    );
    for (table, deeds, _) in WRITTEN.into_iter().filter(|(_, _, since)| version >= *since) {
        let _infallible = writeln!(out, "grant {} on {table} to {ROLE};", deeds.join(", "));
    }
    for (table, columns) in CHANGED {
        let _infallible = writeln!(out, "grant update ({}) on {table} to {ROLE};", columns.join(", "));
    }
    for sequence in sequences(version) {
        let _infallible = writeln!(out, "grant usage on sequence {sequence} to {ROLE};");
    }
    out
}

/// The script that makes the keeper's role: it finds an account by its key and reads what it signs with.
pub fn signing_script(version: Version) -> String {
    let number = if version >= Version::V4_5 { "id_scheme, " } else { "" };
    let mut out = format!(
        "-- The role of godwit's keeper, which signs in the name of accounts in a database of release {version}. Run\n\
         -- it as the database's owner: psql DATABASE -f THIS. To take it away again:\n\
         --   drop owned by {KEEPER}; drop role {KEEPER};\n\
         create role {KEEPER} login connection limit 8;\n\
         alter role {KEEPER} set default_transaction_read_only = on;\n\
         grant usage on schema public to {KEEPER};\n\
         grant select on schema_migrations to {KEEPER};\n\
         grant select (id, username, domain, {number}suspended_at, private_key) on accounts to {KEEPER};\n"
    );
    if version >= Version::V4_7 {
        let columns = "id, account_id, type, local_fragment, private_key, revoked, expires_at";
        let _infallible = writeln!(out, "grant select ({columns}) on keypairs to {KEEPER};");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_reads_no_secret_and_writes_nothing() {
        for version in Version::ALL {
            let script = script(version);
            for (_, column) in SECRET {
                let names = |line: &str| line.split(['(', ')', ',']).any(|name| name.trim() == column);
                let granted = |line: &str| line.starts_with("grant") && names(line);
                assert!(!script.lines().any(granted), "{version} {column}");
            }
            assert!(script.contains("grant select on statuses to godwit;"));
            for word in ["insert", "update", "delete", "truncate", " all "] {
                let grants = |line: &str| {
                    line.starts_with("grant")
                        && line.split(" on ").next() != Some("grant select")
                        && line.starts_with(&format!("grant {word}"))
                };
                assert!(!script.lines().any(grants), "{version} {word}");
            }
        }
    }
}
