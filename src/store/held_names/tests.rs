//! Names that are held: one winner, never for ever, never lost to what began meanwhile.

use futures::future::join_all;
use url::Url;

use super::*;
use crate::{
    model::transfer::{Origin, Transfer},
    store::{census::census, sessions, transfers},
};

const NOW: i64 = 1_000 * DAY;

async fn open() -> (Store, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (Store::open(dir.path()).await.unwrap(), dir)
}

fn named(id: &str, username: &str) -> NewAccount {
    NewAccount {
        id: id.to_owned(),
        username: username.to_owned(),
        role: "member".to_owned(),
        password_hash: String::new(),
        private_key_pem: String::new(),
        public_key_pem: String::new(),
        created_at: NOW,
    }
}

/// A copy that comes to an account.
async fn coming(store: &Store, id: &str, account: &str, state: TransferState) -> TransferId {
    let actor = Url::parse("https://old.example/users/ann").unwrap();
    let transfer = Transfer {
        id: id.into(),
        account: account.into(),
        asked_for: "@ann@old.example".to_owned(),
        origin: Origin::Live { actor },
        state,
        problem: None,
        resume_at: None,
        ending: None,
    };
    transfers::insert(store, transfer, None, NOW).await.unwrap();
    id.into()
}

async fn goes(store: &Store, id: &TransferId, way: &[TransferState], now: i64) {
    for pair in way.windows(2) {
        transfers::step(store, id, pair[0], pair[1], now).await.unwrap();
    }
}

#[tokio::test]
async fn of_ten_who_want_a_name_at_once_one_gets_it_and_nobody_comes_beyond_the_limit() {
    let (store, _dir) = open().await;
    let wish = |n: usize| make(&store, named(&format!("a{n}"), "ann"), Some(3), Some(NOW + AT_FIRST));
    let made = join_all((0..10).map(wish)).await;
    let winners = made.iter().filter(|made| matches!(made, Ok(Made::Yes))).count();
    assert_eq!(winners, 1, "{made:?}");
    let wish = |n: usize| make(&store, named(&format!("b{n}"), &format!("bob{n}")), Some(3), None);
    let made = join_all((0..10).map(wish)).await;
    assert_eq!(made.iter().filter(|made| matches!(made, Ok(Made::Yes))).count(), 2, "{made:?}");
    assert!(made.iter().any(|made| matches!(made, Ok(Made::Full(3)))), "{made:?}");
}

#[tokio::test]
async fn a_name_is_held_through_a_copy_and_is_the_accounts_own_once_it_is_kept() {
    use TransferState as S;
    let (store, _dir) = open().await;
    make(&store, named("a", "ann"), None, Some(NOW + AT_FIRST)).await.unwrap();
    let (ann, id) = (AccountId::from("a"), coming(&store, "t", "a", S::AwaitingConsent).await);
    assert_eq!(until(&store, &ann).await.unwrap(), Some(NOW + AT_FIRST), "asking alone holds nothing longer");
    goes(&store, &id, &[S::AwaitingConsent, S::Surveying], NOW).await;
    assert_eq!(until(&store, &ann).await.unwrap(), Some(NOW + UNDER_WAY));
    let rest = [S::Surveying, S::Fetching, S::Planned, S::Importing, S::Verifying, S::Trial, S::Keeping];
    goes(&store, &id, &rest, NOW).await;
    assert_eq!(until(&store, &ann).await.unwrap(), None);
    assert!(!give_back(&store, &ann, NOW + 2 * UNDER_WAY).await.unwrap(), "nobody takes it away any more");
}

#[tokio::test]
async fn a_name_of_which_nothing_came_is_free_again_and_leaves_nothing() {
    use TransferState as S;
    let (store, _dir) = open().await;
    let before = census(&store).await;
    make(&store, named("a", "ann"), None, Some(NOW + AT_FIRST)).await.unwrap();
    let ann = AccountId::from("a");
    sessions::open(&store, "hash".to_owned(), ann.clone(), String::new(), NOW, NOW).await.unwrap();
    let id = coming(&store, "t", "a", S::Surveying).await;
    goes(&store, &id, &[S::Surveying, S::Discarding, S::Discarded], NOW).await;
    assert_eq!(until(&store, &ann).await.unwrap(), Some(NOW + AT_FIRST), "there is a day to start again");
    let end = NOW + AT_FIRST;
    assert!(!give_back(&store, &ann, end - 1).await.unwrap());
    assert_eq!(due(&store, end).await.unwrap(), std::slice::from_ref(&ann));
    assert!(give_back(&store, &ann, end).await.unwrap());
    assert!(!give_back(&store, &ann, end).await.unwrap(), "doing it again changes nothing");
    let left: Vec<_> =
        census(&store).await.into_iter().zip(before).filter(|(now, then)| now != then).collect();
    assert!(matches!(&left[..], [(now, _)] if now.0 == "transfers"), "{left:?}");
    assert_eq!(make(&store, named("b", "ann"), None, None).await.unwrap(), Made::Yes);
}

#[tokio::test]
async fn what_is_under_way_keeps_its_name_and_what_others_saw_keeps_its_account() {
    use TransferState as S;
    let (store, _dir) = open().await;
    make(&store, named("a", "ann"), None, Some(NOW)).await.unwrap();
    let ann = AccountId::from("a");
    let (one, two) =
        (coming(&store, "1", "a", S::Surveying).await, coming(&store, "2", "a", S::Surveying).await);
    goes(&store, &one, &[S::Surveying, S::Discarding, S::Discarded], NOW).await;
    assert_eq!(until(&store, &ann).await.unwrap(), Some(NOW + UNDER_WAY), "the other copy is on its way");
    put_off(&store, &ann, NOW, NOW + 1).await.unwrap();
    assert_eq!(until(&store, &ann).await.unwrap(), Some(NOW + UNDER_WAY), "it was not due");
    hold(&store, &ann, NOW).await.unwrap();
    assert!(!give_back(&store, &ann, NOW).await.unwrap(), "a copy is still there");
    goes(&store, &two, &[S::Surveying, S::Discarding, S::Discarded], NOW).await;
    crate::store::census::follower(&store, "a", "https://elsewhere.example/users/fay", None).await;
    hold(&store, &ann, NOW).await.unwrap();
    assert!(!give_back(&store, &ann, NOW).await.unwrap());
    assert_eq!(until(&store, &ann).await.unwrap(), None, "somebody follows it: it stays for good");
}
