//! Whether the role may write what a copy needs, each privilege by its name.

use sqlx::PgConnection;

use crate::{
    adapters::mastodon_database::{role, schema::Schema},
    model::finding::Finding,
};

/// Looks at every privilege that writing needs.
pub(super) async fn look(c: &mut PgConnection, schema: Schema) -> Result<Finding, sqlx::Error> {
    let mut refused = Vec::new();
    for right in role::writing(schema.version) {
        let may: bool = match right.columns.as_slice() {
            [] => {
                sqlx::query_scalar("select has_table_privilege($1, $2)")
                    .bind(right.table)
                    .bind(right.deed)
                    .fetch_one(&mut *c)
                    .await?
            }
            columns => {
                sqlx::query_scalar(
                    "select bool_and(has_column_privilege($1, x, $2)) from unnest($3::text[]) x",
                )
                .bind(right.table)
                .bind(right.deed)
                .bind(columns)
                .fetch_one(&mut *c)
                .await?
            }
        };
        if !may {
            refused.push(format!("{} {}", right.deed, right.table));
        }
    }
    for sequence in role::sequences(schema.version) {
        let may: bool = sqlx::query_scalar("select has_sequence_privilege($1, 'usage')")
            .bind(&sequence)
            .fetch_one(&mut *c)
            .await?;
        if !may {
            refused.push(format!("usage {sequence}"));
        }
    }
    let is_read_only: String =
        sqlx::query_scalar("select current_setting('default_transaction_read_only')").fetch_one(c).await?;
    if is_read_only == "on" {
        refused.push("write at all (default_transaction_read_only is on)".to_owned());
    }
    Ok(if refused.is_empty() {
        Finding::good("writing", "the role may write what copies need")
    } else {
        let cause = format!("the role may not: {}", refused.join(", "));
        let remedy = "run the script of `godwit check --print-role --writing` as the database's owner, or set \
                      home.takes_copies to false";
        Finding::blocks("writing", cause, remedy)
    })
}
