//! Who may sign in with an account of the server beside us, who answers for it, and that nobody is told of a
//! move twice.

use std::sync::Arc;

use godwit::{
    adapters::mastodon_database::{Files, MastodonAccounts, Place, host::FrontDoor, schema::Version},
    model::{actor::Actor, id::AccountId},
    port::{clock::SystemClock, entrance::Entrance, host::Host},
};
use serde_json::json;
use url::Url;

use crate::stage::Stage;

const PEOPLE: &str = "
insert into accounts (id, username, created_at, updated_at, suspended_at) values
  (1, 'Ann', now(), now(), null), (2, 'Bob', now(), now(), null), (3, 'Cleo', now(), now(), null),
  (4, 'Dan', now(), now(), now()), (5, 'Eve', now(), now(), null), (6, 'Fay', now(), now(), null);
insert into user_roles (id, name, permissions, created_at, updated_at) values
  (-99, '', 65536, now(), now()), (7, 'Owner', 1, now(), now()), (8, 'Admin', 1116, now(), now()), (9, 'Moderator', 1308, now(), now());
insert into users (account_id, email, role_id, confirmed_at, approved, disabled, sign_in_count, current_sign_in_at, last_sign_in_at, created_at, updated_at) values
  (1, 'a', 7, now(), true, false, 3, '2026-01-02 00:00:00', '2026-01-01 00:00:00', now(), now()),
  (2, 'b', 8, now(), true, false, 0, null, null, now(), now()),
  (3, 'c', 9, now(), true, false, 0, null, null, now(), now()),
  (4, 'd', null, now(), true, false, 0, null, null, now(), now()),
  (5, 'e', null, null, true, false, 0, null, null, now(), now()),
  (6, 'f', null, now(), true, true, 0, null, null, now(), now());
";

#[tokio::test]
async fn who_may_sign_in_there_is_a_guest_and_who_answers_for_it_is_an_admin() {
    for version in [Version::V4_2, Version::V4_7] {
        let Some(stage) = Stage::of(version).await else { return };
        let own = if version >= Version::V4_7 { "null" } else { "''" };
        stage.run(&format!("alter table accounts alter column uri set default {own}; {PEOPLE}")).await;
        let door =
            FrontDoor::new(stage.database.clone(), Url::parse("https://social.example").unwrap(), None);
        let guest = async |id: &str| door.guest(&AccountId::from(id)).await.unwrap();
        let ann = guest("1").await.unwrap();
        assert_eq!((ann.username.as_str(), ann.is_admin, ann.sign_ins), ("Ann", true, 3));
        assert_eq!(ann.signed_in_at.unwrap() - ann.seen_before.unwrap(), 24 * 3600 * 1_000_000);
        assert!(guest("2").await.unwrap().is_admin, "who manages the settings answers for the server");
        assert!(!guest("3").await.unwrap().is_admin, "a moderator does not");
        for nobody in ["4", "5", "6", "7", "x"] {
            assert_eq!(
                guest(nobody).await,
                None,
                "{nobody} is suspended, unconfirmed, disabled or not there"
            );
        }
    }
}

#[tokio::test]
async fn a_move_that_is_told_is_known_and_the_new_account_is_made_known_once() {
    for version in [Version::V4_2, Version::V4_7] {
        let Some(stage) = Stage::of(version).await else { return };
        let own = if version >= Version::V4_7 { "null" } else { "''" };
        stage.run(&format!("alter table accounts alter column uri set default {own}; {PEOPLE}")).await;
        let web = Url::parse("https://social.example").unwrap();
        let place = Place {
            domain: "social.example".into(),
            media_url: web.join("/system/").unwrap(),
            web,
            files: Files::Directory("/nowhere".into()),
        };
        let host = MastodonAccounts::new(stage.database.clone(), place);
        let host = host.changing(Arc::new(SystemClock), None, None);
        let ann = host.account(&AccountId::from("1")).await.unwrap().unwrap().id;
        let actor: Actor = serde_json::from_value(json!({
            "id": "https://new.example/users/ann", "kind": "Person", "username": "ann",
            "inbox": "https://new.example/users/ann/inbox", "also_known_as": [], "endpoints": {},
            "portability": {}, "collections": {},
        }))
        .unwrap();
        for _ in 0..2 {
            host.meet(&actor).await.unwrap();
        }
        assert!(!host.is_move_told(&ann, &actor.id).await.unwrap());
        host.set_moved_to(&ann, Some(&actor.id)).await.unwrap();
        assert!(!host.is_move_told(&ann, &actor.id).await.unwrap(), "pointing there tells nobody");
        for _ in 0..2 {
            host.note_move(&ann, &actor.id).await.unwrap();
        }
        assert!(host.is_move_told(&ann, &actor.id).await.unwrap());
        let counted: (i64, i64) = sqlx::query_as(
            "select (select count(*) from accounts where domain = 'new.example'), \
             (select count(*) from account_migrations)",
        )
        .fetch_one(&mut stage.admin().await)
        .await
        .unwrap();
        assert_eq!(counted, (1, 1));
    }
}
