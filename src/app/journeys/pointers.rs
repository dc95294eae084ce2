//! Likes and bookmarks of several people of one server.

use super::*;

#[tokio::test]
async fn two_people_of_one_server_bring_a_like_of_the_same_post() {
    let new = NewHome::open().await;
    let liked = || OldHome::new().page(CollectionKind::Liked, vec![like("https://b.example/notes/1")]);
    for name in ["ann", "bob"] {
        let account = new.account(name).await;
        let (transfer, report) = new.copy(&account, liked()).await;
        assert_eq!(transfer.state, TransferState::Trial, "{name}: {:?}", transfer.problem);
        assert_eq!((report.items["likes"].source, report.items["likes"].destination), (1, 1), "{name}");
    }
}

#[tokio::test]
async fn what_an_account_liked_before_is_skipped_with_the_reason() {
    let new = NewHome::open().await;
    let ann = new.account("ann").await;
    let liked = || OldHome::new().page(CollectionKind::Liked, vec![like("https://b.example/notes/1")]);
    new.copy(&ann, liked()).await;
    let (transfer, report) = new.copy(&ann, liked()).await;
    assert_eq!(transfer.state, TransferState::Trial, "{:?}", transfer.problem);
    assert_eq!((report.items["likes"].destination, report.items["likes"].skipped), (0, 1));
    assert_eq!(report.reasons[0].why, "this account already has it");
}
