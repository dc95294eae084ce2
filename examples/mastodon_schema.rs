//! Compares our write-down of Mastodon's tables, column by column, with a release's own `db/schema.rb`:
//! `cargo run --example mastodon_schema -- path/to/db/schema.rb …`. For developers; it reads nothing else.
#![expect(clippy::print_stdout, reason = "a developer reads it")]

use std::{collections::BTreeSet, process::ExitCode};

use godwit::adapters::mastodon_database::schema::{
    Version,
    written::{self, Column, Table, Tables},
};

fn main() -> ExitCode {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() {
        println!("give the path of one or more files db/schema.rb");
        return ExitCode::from(2);
    }
    let mut is_good = true;
    for path in paths {
        match std::fs::read_to_string(&path)
            .map_err(|error| error.to_string())
            .and_then(|text| compare(&text))
        {
            Ok((version, findings)) => {
                is_good &= findings.is_empty();
                println!("{path}: {version}, {} differences", findings.len());
                for finding in findings {
                    println!("  {finding}");
                }
            }
            Err(why) => {
                is_good = false;
                println!("{path}: {why}");
            }
        }
    }
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What is otherwise in the file than in our write-down of its release.
fn compare(ruby: &str) -> Result<(Version, Vec<String>), String> {
    let stated =
        ruby.lines().find_map(|line| line.split_once("define(version: ")).ok_or("it states no version")?.1;
    let stated: String = stated.chars().filter(char::is_ascii_digit).collect();
    let version = Version::ALL.into_iter().find(|version| version.last_change().to_string() == stated);
    let version = version.ok_or(format!("release {stated} is not written down"))?;
    let (ours, theirs) = (written::read(version.tables()), read(ruby));
    let mut findings = Vec::new();
    for (name, table) in ours.iter().filter(|(name, _)| *name != "schema_migrations") {
        let Some(there) = theirs.get(name) else {
            findings.push(format!("{name}: not in the file"));
            continue;
        };
        let names: BTreeSet<&String> = table.columns.keys().chain(there.columns.keys()).collect();
        for column in names {
            let (here, there) = (table.columns.get(column), there.columns.get(column));
            if here != there {
                findings.push(format!("{name}.{column}: {here:?} here, {there:?} in the file"));
            }
        }
        for keys in table.uniques.symmetric_difference(&there.uniques) {
            findings.push(format!("{name}: unique ({}) on one side only", keys.join(", ")));
        }
    }
    Ok((version, findings))
}

/// The tables of such a file, as far as ours say something about a table.
fn read(ruby: &str) -> Tables {
    let mut tables = Tables::new();
    let mut current: Option<String> = None;
    for line in ruby.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("create_table \"") {
            let Some((name, options)) = rest.split_once('"') else { continue };
            let mut table = Table::default();
            if let Some(keys) = options.split_once("primary_key: [") {
                table.uniques.insert(quoted(keys.1));
            } else if !options.contains("id: false") {
                table.uniques.insert(vec!["id".to_owned()]);
                let id = Column { kind: "bigint".into(), is_compulsory: true, has_default: true };
                table.columns.insert("id".to_owned(), id);
            }
            tables.insert(name.to_owned(), table);
            current = Some(name.to_owned());
        } else if line == "end" {
            current = None;
        } else if let (Some(table), Some(rest)) =
            (current.as_ref().and_then(|name| tables.get_mut(name)), line.strip_prefix("t."))
        {
            read_line(rest, table);
        }
    }
    tables
}

fn read_line(rest: &str, table: &mut Table) {
    if let Some(keys) = rest.strip_prefix("index [") {
        if rest.contains("unique: true") && !rest.contains("where:") {
            table.uniques.insert(quoted(keys));
        }
        return;
    }
    let Some((kind, rest)) = rest.split_once(" \"") else { return };
    let Some((name, options)) = rest.split_once('"') else { return };
    let one = match kind {
        "string" => "character varying",
        "datetime" => "timestamp without time zone",
        "float" => "double precision",
        same => same,
    };
    let many = if options.contains("array: true") { "[]" } else { "" };
    let column = Column {
        kind: format!("{one}{many}"),
        is_compulsory: options.contains("null: false"),
        has_default: options.contains("default: "),
    };
    if kind != "index" {
        table.columns.insert(name.to_owned(), column);
    }
}

/// The quoted words up to the closing bracket.
fn quoted(text: &str) -> Vec<String> {
    let list = text.split(']').next().unwrap_or_default();
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}
