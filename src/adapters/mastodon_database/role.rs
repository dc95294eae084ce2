//! A role of PostgreSQL that may read what is read here, and nothing that is secret.

use std::fmt::Write;

use super::schema::{Version, written};

/// The role's name.
pub const ROLE: &str = "godwit";

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
