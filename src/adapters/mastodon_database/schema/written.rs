//! What we wrote down about a release: its tables, read from the SQL that makes them.

use std::collections::{BTreeMap, BTreeSet};

/// Tables by name.
pub type Tables = BTreeMap<String, Table>;

/// A table as far as reading and writing it is concerned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Its columns by name.
    pub columns: BTreeMap<String, Column>,
    /// Sets of columns whose values occur once; those over expressions are not listed.
    pub uniques: BTreeSet<Vec<String>>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its type, as PostgreSQL's `format_type` names it, without lengths.
    pub kind: String,
    /// Whether it is never empty.
    pub is_compulsory: bool,
    /// Whether it fills itself.
    pub has_default: bool,
}

/// Reads a write-down: one column a line, and indexes behind their tables.
pub fn read(sql: &str) -> Tables {
    let mut tables = Tables::new();
    let mut current: Option<String> = None;
    for line in sql.lines() {
        if let Some(name) = line.strip_prefix("create table ").and_then(|rest| rest.strip_suffix(" (")) {
            tables.entry(name.to_owned()).or_default();
            current = Some(name.to_owned());
        } else if line.starts_with(')') {
            current = None;
        } else if let Some(table) = current.as_ref().and_then(|name| tables.get_mut(name)) {
            read_column(line.trim().trim_end_matches(','), table);
        } else if let Some(rest) = line.strip_prefix("create unique index ") {
            read_unique(rest, &mut tables);
        }
    }
    tables
}

fn read_column(line: &str, table: &mut Table) {
    if let Some(keys) = line.strip_prefix("primary key (").and_then(|rest| rest.strip_suffix(')')) {
        table.uniques.insert(list(keys));
        return;
    }
    let Some((name, rest)) = line.split_once(' ') else { return };
    let end = rest.find(" not null").or_else(|| rest.find(" default")).unwrap_or(rest.len());
    let kind = rest.get(..end).unwrap_or(rest);
    let column = Column {
        kind: full_name(kind),
        is_compulsory: rest.contains(" not null"),
        has_default: rest.contains(" default ") || kind == "bigserial",
    };
    table.columns.insert(name.to_owned(), column);
}

/// `<index> on <table> (<columns>)`; those over a part of the rows or over expressions are left out.
fn read_unique(rest: &str, tables: &mut Tables) {
    let Some((table, keys)) = rest.split_once(" on ").and_then(|(_, on)| on.split_once(" (")) else { return };
    let Some(keys) = keys.strip_suffix(");") else { return };
    let is_plain = keys.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ',' | ' '));
    if let Some(table) = tables.get_mut(table).filter(|_| is_plain) {
        table.uniques.insert(list(keys));
    }
}

/// Column names without the words that may follow them.
fn list(keys: &str) -> Vec<String> {
    keys.split(", ").filter_map(|key| key.split(' ').next()).map(str::to_owned).collect()
}

/// The name PostgreSQL gives back for a type.
fn full_name(kind: &str) -> String {
    let (one, many) = kind.strip_suffix("[]").map_or((kind, ""), |one| (one, "[]"));
    let one = match one {
        "bigserial" => "bigint",
        "varchar" => "character varying",
        "timestamp" | "timestamp(6)" => "timestamp without time zone",
        same => same,
    };
    format!("{one}{many}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::mastodon_database::schema::Version;

    #[test]
    fn columns_are_read_with_type_and_whether_they_may_stay_empty() {
        let tables = read(Version::V4_7.tables());
        let column = |table: &str, column: &str| tables[table].columns[column].clone();
        let id = Column { kind: "bigint".into(), is_compulsory: true, has_default: true };
        assert_eq!(column("statuses", "id"), id);
        assert_eq!(column("blocks", "id"), id);
        let kinds = column("statuses", "ordered_media_attachment_ids");
        assert_eq!(kinds, Column { kind: "bigint[]".into(), is_compulsory: false, has_default: false });
        assert_eq!(column("statuses", "created_at").kind, "timestamp without time zone");
        assert!(column("statuses", "created_at").is_compulsory);
        assert!(
            tables["favourites"].uniques.contains(&vec!["account_id".to_owned(), "status_id".to_owned()])
        );
        assert!(tables["statuses_tags"].uniques.contains(&vec!["tag_id".to_owned(), "status_id".to_owned()]));
    }

    #[test]
    fn every_release_is_written_down_with_its_last_change() {
        for version in Version::ALL {
            assert!(version.tables().contains(&format!("values ('{}')", version.last_change())), "{version}");
            assert!(read(version.tables()).len() > 35, "{version}");
        }
        let has = |version: Version, table: &str| read(version.tables()).contains_key(table);
        assert!(!has(Version::V4_3, "quotes") && has(Version::V4_4, "quotes"));
        assert!(!has(Version::V4_5, "keypairs") && has(Version::V4_6, "keypairs"));
    }
}
