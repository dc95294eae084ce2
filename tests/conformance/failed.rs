//! What failed is tried again while the trial lasts, and stands where it belongs once it has come.

use std::{collections::BTreeSet, path::PathBuf};

use godwit::{
    model::{certificate::Certificate, item::ItemKind, pass::Found, report::Report},
    store::certificates,
    transfer::{TransferError, certificate, look, status, trial},
};

use super::{
    both::{Tables, on_both},
    deltas::{Following, copied},
    laboratory::Home,
    openings::Stage,
    tables::{does, texts},
};

on_both! {
    actix_web::test =>
    files_that_could_not_be_had_are_tried_again_and_shown_by_their_posts,
    a_post_that_old_home_could_not_read_arrives_once_it_can,
}

/// Where a home's files lie, and where they are while they cannot be had.
fn shelves(home: &Home) -> [PathBuf; 2] {
    let dir = &home.app.config.server.data_dir;
    [dir.join("media"), dir.join("away")]
}

/// Moves all files of a home from one directory to another.
fn carry([from, to]: &[PathBuf; 2]) {
    std::fs::create_dir_all(to).unwrap();
    for shelf in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        if shelf.file_name() != "spool" && shelf.file_name() != "door" {
            std::fs::rename(shelf.path(), to.join(shelf.file_name())).unwrap();
        }
    }
}

async fn report(copy: &Following<'_>) -> Report {
    let status = status::status(&copy.new.app.engine, &copy.transfer().await).await.unwrap();
    assert_eq!(status.can_try_again, status.report.items.values().any(|counts| counts.failed > 0));
    status.report
}

/// What the last certificate says: failed items, differences.
async fn certified(copy: &Following<'_>) -> (u64, u64) {
    let sealed = certificates::last(&copy.new.app.store, &copy.id).await.unwrap().unwrap();
    let said: Certificate = serde_json::from_value(sealed.statement).unwrap();
    (said.kinds.values().map(|line| line.failed).sum(), said.differences)
}

async fn files_that_could_not_be_had_are_tried_again_and_shown_by_their_posts(tables: Tables) {
    let stage = Stage::of_ours(&tables).await;
    let [there, away] = shelves(&stage.old);
    carry(&[there.clone(), away.clone()]);
    let copy = copied(&stage.old, &stage.new, &stage.ann, "eve").await;
    let failed = report(&copy).await;
    let (files, pictures) =
        (failed.kind(ItemKind::Media).failed, failed.kind(ItemKind::ProfileImages).failed);
    assert!(files > 0 && pictures > 0 && failed.agrees(), "{failed:#?}");
    assert_eq!(certified(&copy).await, (files + pictures, files + pictures));

    let pass = copy.look().await;
    assert_eq!((pass.found, pass.problem), (Found::default(), None), "nothing had changed at Old home");
    assert_eq!(report(&copy).await, failed, "what fails once more has failed for the same reason");
    let kept = trial::keep(&copy.new.app.engine, &copy.transfer().await).await;
    assert!(matches!(kept, Err(TransferError::Refused(_))), "{kept:?}");
    certificate::accept(&copy.new.app.engine, &copy.transfer().await, files + pictures).await.unwrap();

    carry(&[away, there]);
    look::try_again(&copy.new.app.engine, &copy.transfer().await).await.unwrap();
    copy.step().await;
    let now = report(&copy).await;
    assert_eq!(now.kind(ItemKind::Media).failed + now.kind(ItemKind::ProfileImages).failed, 0, "{now:#?}");
    assert_eq!(now.kind(ItemKind::Media).destination, files);
    assert_eq!(certified(&copy).await, (0, 0));
    copy.is_as_if_made_now("fresh", &BTreeSet::new()).await;
    let again = look::try_again(&copy.new.app.engine, &copy.transfer().await).await;
    assert!(matches!(again, Err(TransferError::Refused(_))), "{again:?}");
    let pass = copy.look().await;
    assert_eq!((pass.found, pass.rounds), (Found::default(), 1), "what has come is not found again");
}

async fn a_post_that_old_home_could_not_read_arrives_once_it_can(tables: Tables) {
    let stage = Stage::of_ours(&tables).await;
    let sql = "select id, '' from posts where deleted_at is null order by id".to_owned();
    let (post, _) = texts(&stage.old, sql).await.remove(3);
    let spoil = format!("update posts set object = 'spoilt ' || object where id = '{post}'");
    does(&stage.old, spoil).await;
    let copy = copied(&stage.old, &stage.new, &stage.ann, "eve").await;
    let failed = report(&copy).await.kind(ItemKind::Posts).failed;
    assert_eq!((failed, certified(&copy).await.1), (1, 1));
    copy.look().await;
    assert_eq!(report(&copy).await.kind(ItemKind::Posts).failed, 1);

    let mend = format!("update posts set object = substr(object, 8) where id = '{post}'");
    does(&stage.old, mend).await;
    copy.look().await;
    assert_eq!(report(&copy).await.kind(ItemKind::Posts).failed, 0);
    assert_eq!(certified(&copy).await, (0, 0));
    copy.is_as_if_made_now("fresh", &BTreeSet::new()).await;
}
