//! In what a database differs from what was written down, as far as it would break us.

use super::written::{Column, Tables};

/// One thing that is otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// `table` or `table.column`.
    pub place: String,
    /// What is otherwise.
    pub what: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.place, self.what)
    }
}

/// Columns that forks add and that say who may see a post or how its text is meant: whoever does not
/// read them would show too much.
const CHANGE_THE_MEANING: [(&str, &str); 2] = [("statuses", "local_only"), ("statuses", "content_type")];

/// Compares. Columns that are there besides, and those that may be empty although they once might not,
/// do no harm and are no difference.
pub fn between(written: &Tables, live: &Tables) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut add = |place: String, what: String| found.push(Difference { place, what });
    for (name, table) in written {
        let Some(there) = live.get(name) else {
            add(name.clone(), "is missing".to_owned());
            continue;
        };
        for (column, expected) in &table.columns {
            let place = format!("{name}.{column}");
            match there.columns.get(column) {
                None => add(place, "is missing".to_owned()),
                Some(found) if found.kind != expected.kind => {
                    add(place, format!("is {} instead of {}", found.kind, expected.kind));
                }
                Some(found) if must_be_filled(found) && !must_be_filled(expected) => {
                    add(place, "must be filled in now".to_owned());
                }
                Some(_) => {}
            }
        }
        for (column, more) in &there.columns {
            if table.columns.contains_key(column) {
                continue;
            }
            if must_be_filled(more) {
                add(format!("{name}.{column}"), "is not known here and must be filled in".to_owned());
            } else if CHANGE_THE_MEANING.contains(&(name.as_str(), column.as_str())) {
                add(format!("{name}.{column}"), "is not known here and changes what a post means".to_owned());
            }
        }
        for keys in table.uniques.difference(&there.uniques) {
            add(name.clone(), format!("has no unique index over ({})", keys.join(", ")));
        }
    }
    found
}

fn must_be_filled(column: &Column) -> bool {
    column.is_compulsory && !column.has_default
}
