//! Rows that stood there before and are changed: counters, settings, the profile. How they were is noted,
//! so that taking a copy away leaves them as if it had never come.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::store::host_rows::Touched;

/// A table of theirs whose rows are changed: which column names a row, and which ones are changed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    /// Its name.
    pub(super) name: &'static str,
    key: &'static str,
    columns: &'static [&'static str],
}

/// Numbers about accounts.
pub(super) const ACCOUNT_STATS: Table = Table {
    name: "account_stats",
    key: "account_id",
    columns: &["statuses_count", "last_status_at", "updated_at"],
};
/// Numbers about posts.
pub(super) const STATUS_STATS: Table = Table {
    name: "status_stats",
    key: "status_id",
    columns: &["replies_count", "reblogs_count", "favourites_count", "updated_at"],
};
/// Topics on an account's page.
pub(super) const FEATURED_TAGS: Table =
    Table { name: "featured_tags", key: "id", columns: &["statuses_count", "last_status_at", "updated_at"] };
/// Accounts, but for what is secret in them.
pub(super) const ACCOUNTS: Table = Table {
    name: "accounts",
    key: "id",
    columns: &[
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
        "updated_at",
    ],
};
/// Settings of logins.
pub(super) const USERS: Table =
    Table { name: "users", key: "account_id", columns: &["settings", "updated_at"] };

/// All of them.
const TABLES: [Table; 5] = [ACCOUNT_STATS, STATUS_STATS, FEATURED_TAGS, ACCOUNTS, USERS];

/// Columns that count; what was added to them is subtracted when others have counted on.
const COUNTS: [&str; 4] = ["statuses_count", "replies_count", "reblogs_count", "favourites_count"];

/// Finds a table by name.
pub(super) fn named(name: &str) -> Option<Table> {
    TABLES.into_iter().find(|table| table.name == name)
}

/// How rows are.
pub(super) type Seen = BTreeMap<i64, Value>;

impl Table {
    /// Looks at rows, and keeps others from changing them until the transaction ends.
    pub(super) async fn see(self, c: &mut PgConnection, keys: &[i64]) -> Result<Seen, sqlx::Error> {
        // Only our own words are put into the text.
        let named: Vec<String> = self.columns.iter().map(|column| format!("'{column}', {column}")).collect();
        let sql = format!(
            "select {key}, jsonb_build_object({named}) from {name} where {key} = any($1) order by {key} for update",
            key = self.key,
            name = self.name,
            named = named.join(", ")
        );
        let rows: Vec<(i64, Value)> = sqlx::query_as(AssertSqlSafe(sql)).bind(keys).fetch_all(c).await?;
        Ok(rows.into_iter().collect())
    }

    /// What is noted of rows that were looked at before and after they were changed.
    pub(super) fn changed(self, before: &Seen, after: &Seen) -> Vec<Touched> {
        let changed = after.iter().filter(|(key, value)| before.get(key) != Some(value));
        changed
            .map(|(key, value)| Touched {
                place: self.name.to_owned(),
                row_key: key.to_string(),
                before: before.get(key).unwrap_or(&Value::Null).to_string(),
                after: value.to_string(),
            })
            .collect()
    }

    /// Brings a row back: whole where nobody changed it since, else only what was added to it.
    pub(super) async fn restore(
        self,
        c: &mut PgConnection,
        key: i64,
        before: &Value,
        after: &Value,
    ) -> Result<(), sqlx::Error> {
        let Some(now) = self.see(c, &[key]).await?.remove(&key) else { return Ok(()) };
        if now == *before {
            // Somebody was here before and could not say so.
            return Ok(());
        }
        if before.is_null() && now == *after {
            let sql = format!("delete from {} where {} = $1", self.name, self.key);
            return sqlx::query(AssertSqlSafe(sql)).bind(key).execute(c).await.map(drop);
        }
        let back = undone(before, after, &now);
        if back.is_empty() {
            return Ok(());
        }
        let columns: Vec<&str> =
            self.columns.iter().copied().filter(|name| back.contains_key(*name)).collect();
        let sql = format!(
            "update {name} set ({list}) = (select {list} from jsonb_populate_record(null::{name}, $2)) \
             where {key} = $1",
            name = self.name,
            key = self.key,
            list = columns.join(", ")
        );
        sqlx::query(AssertSqlSafe(sql)).bind(key).bind(Value::Object(back)).execute(c).await.map(drop)
    }
}

/// The columns to write so that what was done to a row is undone.
fn undone(before: &Value, after: &Value, now: &Value) -> Map<String, Value> {
    let (Some(after), Some(now)) = (after.as_object(), now.as_object()) else { return Map::new() };
    let mut back = Map::new();
    for (column, left) in after {
        let was = before.get(column).unwrap_or(&Value::Null);
        let is = now.get(column).unwrap_or(&Value::Null);
        if was == left {
            continue;
        }
        if is == left && !before.is_null() {
            back.insert(column.clone(), was.clone());
        } else if COUNTS.contains(&column.as_str()) {
            let number = |value: &Value| value.as_i64().unwrap_or(0);
            let rest = number(is).saturating_sub(number(left).saturating_sub(number(was))).max(0);
            back.insert(column.clone(), Value::from(rest));
        }
    }
    back
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_nobody_changed_since_is_as_before() {
        let (before, after) =
            (json!({"statuses_count": 2, "at": "x"}), json!({"statuses_count": 9, "at": "y"}));
        assert_eq!(Value::Object(undone(&before, &after, &after)), before);
    }

    #[test]
    fn what_others_did_since_stays() {
        let before = json!({"statuses_count": 2, "at": "x", "note": ""});
        let after = json!({"statuses_count": 9, "at": "y", "note": "ours"});
        let now = json!({"statuses_count": 10, "at": "z", "note": "theirs"});
        assert_eq!(Value::Object(undone(&before, &after, &now)), json!({"statuses_count": 3}));
        let back = undone(&Value::Null, &json!({"statuses_count": 7}), &json!({"statuses_count": 8}));
        assert_eq!(Value::Object(back), json!({"statuses_count": 1}));
    }
}
