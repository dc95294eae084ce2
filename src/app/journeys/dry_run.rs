//! What a copy would bring is read to its end, and nothing of it stays.

use super::*;
use crate::{
    store::copies,
    transfer::{dry_run, trial},
};

/// Three posts, of which one says nothing, and a file of the first.
fn old_home() -> OldHome {
    let shown = json!([{"type": "Document", "url": "https://old.example/a.png"}]);
    OldHome::new().page(CollectionKind::Media, vec![file("https://old.example/a.png")]).page(
        CollectionKind::Content,
        vec![post(1, json!({"attachment": shown})), post(2, json!({"content": ""})), post(3, json!({}))],
    )
}

/// A dry run up to where its posts have been read.
async fn read(new: &NewHome, engine: &Engine, account: &Account) -> Transfer {
    let id = new.transfer(account).await;
    let find = async || transfers::find(&new.app.store, &id).await.unwrap().unwrap();
    dry_run::begin(engine, &find().await).await.unwrap();
    let (surveyed, _) = new.run(engine, &id).await;
    assert_eq!(surveyed.state, TransferState::AwaitingChoice);
    let said = dry_run::read_all(engine, &surveyed).await.unwrap();
    assert_eq!((said.refused, said.forecast.kinds["posts"].count), (Vec::new(), None));
    while find().await.state != TransferState::Planned {
        step::advance(engine, &find().await).await.unwrap();
    }
    find().await
}

#[tokio::test]
async fn it_counts_what_would_come_and_says_why_the_rest_would_not() {
    let new = NewHome::open().await;
    let ann = new.account("ann").await;
    let engine = new.engine(old_home());
    let planned = read(&new, &engine, &ann).await;
    let report = dry_run::report(&engine, &planned).await.unwrap();
    let posts = report.items["posts"];
    assert_eq!((posts.source, posts.skipped, posts.destination), (3, 1, 0), "{:?}", report.reasons);
    assert_eq!(dry_run::report(&engine, &planned).await.unwrap(), report, "looking again is the same");
    trial::discard(&engine, &planned).await.unwrap();
    let (over, _) = new.run(&engine, &planned.id).await;
    assert_eq!(over.state, TransferState::Discarded);

    let (_, came) = new.copy(&ann, old_home()).await;
    assert_eq!(came.items["posts"].destination, 2, "it comes as was said");
    assert_eq!(came.reasons, report.reasons);
}

#[tokio::test]
async fn one_whose_command_is_gone_ends_before_anything_is_written() {
    let new = NewHome::open().await;
    let ann = new.account("ann").await;
    let engine = new.engine(old_home());
    let left = read(&new, &engine, &ann).await;
    let (over, _) = new.run(&engine, &left.id).await;
    assert_eq!(over.state, TransferState::Discarded);
    let written = copies::counts(&new.app.store, left.id.as_str()).await.unwrap();
    assert!(written.iter().all(|(_, number)| *number == 0), "{written:?}");
}
