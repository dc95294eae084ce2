//! Which tables are taken for which release's, and which are refused.

use godwit::{
    adapters::mastodon_database::schema::{SchemaError, Version},
    port::error::AdapterError,
};

use crate::stage::Stage;

#[tokio::test]
async fn each_releases_tables_are_recognized() {
    for version in Version::ALL {
        let Some(stage) = Stage::of(version).await else { return };
        assert_eq!(stage.database.look().await.unwrap().version, version);
    }
}

#[tokio::test]
async fn tables_that_differ_are_refused_and_the_difference_is_named() {
    for (change, named) in [
        ("alter table statuses drop column spoiler_text", "statuses.spoiler_text is missing"),
        (
            "alter table polls alter votes_count type integer",
            "polls.votes_count is integer instead of bigint",
        ),
        (
            "alter table mentions add why text not null",
            "mentions.why is not known here and must be filled in",
        ),
        ("alter table statuses add local_only boolean", "statuses.local_only is not known here and changes"),
        ("drop table bookmarks", "bookmarks is missing"),
        (
            "drop index index_favourites_on_account_id_and_status_id",
            "favourites has no unique index over (account_id, status_id)",
        ),
        (
            "alter table lists alter column created_at drop not null, alter column account_id set not null, alter title drop default",
            "lists.title must be filled in now",
        ),
    ] {
        let Some(stage) = Stage::of(Version::V4_5).await else { return };
        stage.run(change).await;
        let error = stage.database.look().await.unwrap_err();
        assert!(matches!(error, SchemaError::Drifted { version: Version::V4_5, .. }), "{change}: {error}");
        assert!(error.to_string().contains(named), "{change}: {error}");
    }
}

#[tokio::test]
async fn what_does_no_harm_is_no_difference() {
    let Some(stage) = Stage::of(Version::V4_3).await else { return };
    stage.run("alter table media_attachments add old_name text; alter table polls alter account_id drop not null").await;
    stage.run("alter table statuses alter text drop not null; create table more (id int)").await;
    assert_eq!(stage.database.look().await.unwrap().version, Version::V4_3);
}

#[tokio::test]
async fn a_later_release_and_another_database_are_refused() {
    let Some(stage) = Stage::of(Version::V4_7).await else { return };
    stage.run("insert into schema_migrations values ('20270101000000')").await;
    let error = stage.database.look().await.unwrap_err();
    assert!(matches!(error, SchemaError::Newer { found: 20_270_101_000_000, .. }), "{error}");
    assert!(error.to_string().contains("update godwit"), "{error}");
    stage.run("drop table schema_migrations").await;
    assert!(matches!(stage.database.look().await.unwrap_err(), SchemaError::NotOne));
}

#[tokio::test]
async fn a_database_in_the_middle_of_an_update_is_what_its_columns_say() {
    let Some(stage) = Stage::of(Version::V4_7).await else { return };
    // The second half of the changes is still to come.
    stage.run("update schema_migrations set version = '20260701000000'").await;
    assert_eq!(stage.database.look().await.unwrap().version, Version::V4_7);
}

#[tokio::test]
async fn an_update_between_two_batches_is_a_pause() {
    let Some(stage) = Stage::of(Version::V4_6).await else { return };
    let (connection, schema) = stage.database.connection().await.unwrap();
    assert_eq!(schema.version, Version::V4_6);
    drop(connection);
    stage.run("alter table statuses rename text to words; insert into schema_migrations values ('20260801000000')").await;
    let error = stage.database.connection().await.err().unwrap();
    assert!(
        matches!(&error, AdapterError::Busy { why, .. } if why.contains("statuses.text is missing")),
        "{error}"
    );
    // The same at the beginning is the end.
    let afresh = godwit::adapters::mastodon_database::Database::at(&stage.url).unwrap();
    assert!(matches!(afresh.connection().await.err().unwrap(), AdapterError::Fatal { .. }));
}

#[tokio::test]
async fn a_snapshot_sees_one_moment_and_writes_nothing() {
    let Some(stage) = Stage::of(Version::V4_4).await else { return };
    let mut snapshot = stage.database.snapshot().await.unwrap();
    let count = "select count(*) from tags";
    let before: i64 = sqlx::query_scalar(count).fetch_one(snapshot.connection().unwrap()).await.unwrap();
    stage.run("insert into tags (name, created_at, updated_at) values ('birds', now(), now())").await;
    let after: i64 = sqlx::query_scalar(count).fetch_one(snapshot.connection().unwrap()).await.unwrap();
    assert_eq!((before, after), (0, 0));
    let write = sqlx::query("delete from tags").execute(snapshot.connection().unwrap()).await;
    assert!(write.unwrap_err().to_string().contains("read-only"));
}
