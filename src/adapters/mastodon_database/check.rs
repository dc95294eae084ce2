//! Whether everything beside us is as it must be: database, role, keys, addresses, files, Redis, clock.

use std::path::Path;

use sqlx::PgConnection;

use super::{Database, Files, files::Content, host::Secrets, role, schema::Schema, source::path_of_file};
use crate::{adapters::Surroundings, model::finding::Finding};

mod keys;
mod redis;
mod writing;

/// Difference between two clocks from which on signatures begin to fail here and there, in seconds.
const MOST_SECONDS: i64 = 30;

/// Looks at everything, one after the other; what cannot be looked at is a finding too.
pub async fn look(surroundings: &Surroundings, now_micros: i64) -> Vec<Finding> {
    let mut findings = Vec::new();
    match Database::at(&surroundings.database) {
        Ok(database) => in_database(&database, surroundings, now_micros, &mut findings).await,
        Err(error) => {
            findings.push(Finding::blocks("database", error.to_string(), "correct home.server_database"));
        }
    }
    findings.extend(match &surroundings.files {
        Files::Directory(dir) => Some(directory(dir, surroundings.takes_copies)),
        Files::Bucket(_) if surroundings.takes_copies => Some(bucket(&surroundings.files, now_micros).await),
        // Nothing is put anywhere to find out what nobody needs.
        Files::Bucket(_) => None,
    });
    if !surroundings.redis.is_empty() {
        findings.push(redis::look(&surroundings.redis).await);
    }
    findings
}

async fn in_database(
    database: &Database,
    surroundings: &Surroundings,
    now_micros: i64,
    findings: &mut Vec<Finding>,
) {
    let schema = match database.look().await {
        Ok(schema) => schema,
        Err(error) => {
            let remedy = "check home.server_database and that PostgreSQL runs; where tables differ, use a godwit \
                          that knows this release";
            findings.push(Finding::blocks("database", error.to_string(), remedy));
            return;
        }
    };
    findings.push(Finding::good("database", format!("its tables are those of release {}", schema.version)));
    let mut connection = match database.connection().await {
        Ok((connection, _)) => connection,
        Err(error) => {
            findings.push(Finding::blocks("database", error.to_string(), "see whether PostgreSQL runs"));
            return;
        }
    };
    let looked = async {
        Ok::<_, sqlx::Error>([
            permissions(&mut connection, schema).await?,
            secrets(&mut connection).await?,
            clock(&mut connection, now_micros).await?,
            keys::address(&mut connection, &surroundings.base).await?,
            sample(&mut connection, surroundings).await?,
        ])
    };
    match looked.await {
        Ok(found) => findings.extend(found),
        Err(error) => {
            findings.push(Finding::blocks("database", error.to_string(), "run the script of --print-role"));
        }
    }
    if !surroundings.takes_copies {
        return;
    }
    let (primary_key, salt) = surroundings.encryption.clone();
    let secrets = (!primary_key.is_empty()).then_some(Secrets { primary_key, salt });
    let is_kept = surroundings.redis.starts_with("keeper:");
    let looked = async {
        Ok::<_, sqlx::Error>([
            writing::look(&mut connection, schema).await?,
            keys::look(&mut connection, schema, secrets.as_ref(), is_kept).await?,
        ])
    };
    match looked.await {
        Ok(found) => findings.extend(found),
        Err(error) => {
            let remedy = "run the script of `godwit check --print-role --writing`";
            findings.push(Finding::blocks("writing", error.to_string(), remedy));
        }
    }
}

/// Whether the role may read everything that is read.
async fn permissions(c: &mut PgConnection, schema: Schema) -> Result<Finding, sqlx::Error> {
    let mut refused = Vec::new();
    for (table, columns) in role::read(schema.version) {
        let may: bool = if columns.is_empty() {
            sqlx::query_scalar("select has_table_privilege($1, 'select')")
                .bind(&table)
                .fetch_one(&mut *c)
                .await?
        } else {
            sqlx::query_scalar(
                "select bool_and(has_column_privilege($1, x, 'select')) from unnest($2::text[]) x",
            )
            .bind(&table)
            .bind(&columns)
            .fetch_one(&mut *c)
            .await?
        };
        if !may {
            refused.push(table);
        }
    }
    Ok(if refused.is_empty() {
        Finding::good("permissions", "the role may read what is needed")
    } else {
        let cause = format!("the role may not read: {}", refused.join(", "));
        Finding::blocks(
            "permissions",
            cause,
            "run the script of `godwit check --print-role` as the database's owner",
        )
    })
}

/// Whether the role may do more than it needs.
async fn secrets(c: &mut PgConnection) -> Result<Finding, sqlx::Error> {
    let (is_super, sees_passwords): (bool, bool) = sqlx::query_as(
        "select rolsuper, has_column_privilege('users', 'encrypted_password', 'select') \
         from pg_roles where rolname = current_user",
    )
    .fetch_one(c)
    .await?;
    Ok(if is_super || sees_passwords {
        let cause = "the role may read passwords and keys, which godwit never does";
        Finding::warns("least privilege", cause, "use the role that `godwit check --print-role` makes")
    } else {
        Finding::good("least privilege", "the role sees no password and no key")
    })
}

async fn clock(c: &mut PgConnection, now_micros: i64) -> Result<Finding, sqlx::Error> {
    let there: i64 = sqlx::query_scalar("select (extract(epoch from clock_timestamp()) * 1000000)::bigint")
        .fetch_one(c)
        .await?;
    let apart = (there - now_micros).abs() / 1_000_000;
    Ok(if apart > MOST_SECONDS {
        let cause = format!("the database's clock and this machine's are {apart} seconds apart");
        Finding::warns("clock", cause, "let both machines follow a time server")
    } else {
        Finding::good("clock", "the database's clock agrees with this machine's")
    })
}

/// Whether the file of the newest own attachment lies where the settings say.
async fn sample(c: &mut PgConnection, surroundings: &Surroundings) -> Result<Finding, sqlx::Error> {
    let found: Option<(i64, String)> = sqlx::query_as(
        "select id, file_file_name::text from media_attachments where remote_url = '' and file_file_name is not null \
         and coalesce(processing, 2) = 2 and status_id is not null order by id desc limit 1",
    )
    .fetch_optional(c)
    .await?;
    let Some((id, name)) = found else {
        return Ok(Finding::good("files", "nobody has uploaded a file yet"));
    };
    let path = path_of_file(id, &name);
    let files = &surroundings.files;
    let remedy = match files {
        Files::Directory(_) => {
            "home.media_dir must be the server's public/system, readable by this user; where its files lie in an \
             object store, say so in home.media"
        }
        Files::Bucket(_) => {
            "home.media must say what S3_BUCKET, S3_ENDPOINT, S3_REGION and S3_KEY_PREFIX of the server's environment \
             say, with a key that may read there"
        }
    };
    Ok(match files.look(&path).await {
        Ok(()) => Finding::good("files", "the newest attachment lies where it should and can be read"),
        Err(error) => {
            let cause =
                format!("the newest attachment, {path}, cannot be read from {}: {error}", files.place());
            Finding::warns("files", cause, remedy)
        }
    })
}

/// Whether copies could be written; reading needs no more than the files themselves.
fn directory(dir: &Path, takes_copies: bool) -> Finding {
    if !dir.is_dir() {
        let cause = format!("home.media_dir, {}, is no directory", dir.display());
        return Finding::warns("media directory", cause, "set it to the server's public/system");
    }
    // A file without a name: nothing is left of it.
    match tempfile::tempfile_in(dir) {
        Ok(_) => Finding::good("media directory", "it can be read and written"),
        Err(error) => {
            let cause = format!("nothing can be written into {}: {error}", dir.display());
            let remedy = "needed only where accounts arrive: let this user write there (group of the server's own user)";
            let weigh = if takes_copies { Finding::blocks } else { Finding::warns };
            weigh("media directory", cause, remedy)
        }
    }
}

/// Whether copies could be written into the bucket: a file of ours is put there, read, and removed.
async fn bucket(files: &Files, now_micros: i64) -> Finding {
    let name = format!("godwit-check-{now_micros}");
    let tried = async {
        files.put(&name, Content::Bytes(bytes::Bytes::from_static(b"godwit")), "text/plain").await?;
        let read = files.look(&name).await;
        files.take_away(vec![name.clone()]).await?;
        read
    };
    match tried.await {
        Ok(()) => Finding::good("bucket", "files can be put there, read and removed"),
        Err(error) => {
            let cause = format!("a file of ours could not be put into the bucket, read and removed: {error}");
            let remedy = "let the key of home.media read, put and delete there, and abandon uploads; where the bucket \
                          takes no word for who may read a file, set home.media_access to \"\"";
            Finding::blocks("bucket", cause, remedy)
        }
    }
}
