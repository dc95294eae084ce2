//! What a move changes at the server beside us, and what it needs of it.

use std::sync::Arc;

use godwit::{
    adapters::mastodon_database::{Files, MastodonAccounts, Place, schema::Version},
    model::id::AccountId,
    port::{clock::SystemClock, error::AdapterError, host::Host},
};
use url::Url;

use crate::stage::Stage;

const PEOPLE: &str = "
insert into accounts (id, username, created_at, updated_at, private_key) values
  (1, 'Eve', '2022-01-01', '2022-01-01', '-----BEGIN PRIVATE KEY-----
eA==
-----END PRIVATE KEY-----
');
insert into accounts (id, username, domain, uri, created_at, updated_at) values
  (2, 'eve', 'far.example', 'https://far.example/users/eve', '2022-01-01', '2022-01-01');
insert into users (account_id, email, created_at, updated_at, confirmed_at, approved) values
  (1, 'eve@x.example', '2022-01-01', '2022-01-01', '2022-01-01', true);
";

/// The server's accounts; `None` where no PostgreSQL is installed.
async fn beside(version: Version) -> Option<(Stage, MastodonAccounts)> {
    let stage = Stage::of(version).await?;
    stage.run(PEOPLE).await;
    let place = Place {
        web: Url::parse("https://new.example").unwrap(),
        domain: "new.example".into(),
        media_url: Url::parse("https://new.example/system/").unwrap(),
        files: Files::Directory("/nowhere".into()),
    };
    let accounts = MastodonAccounts::new(stage.database.clone(), place);
    Some((stage, accounts.changing(Arc::new(SystemClock), None, None)))
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[tokio::test]
async fn an_alias_is_published_once_and_goes_again() {
    for version in [Version::V4_2, Version::V4_7] {
        let Some((stage, host)) = beside(version).await else { return };
        let (eve, other) = (AccountId::from("1"), url("https://old.example/users/ann"));
        for _ in 0..2 {
            host.add_alias(&eve, &other).await.unwrap();
        }
        let account = host.account(&eve).await.unwrap().unwrap();
        assert_eq!(account.also_known_as, std::slice::from_ref(&other), "{version}");
        let document = host.actor_document(&eve).await.unwrap();
        assert_eq!(document["alsoKnownAs"], serde_json::json!([other.as_str()]));
        let mut c = stage.admin().await;
        let named: Vec<String> =
            sqlx::query_scalar("select acct::text from account_aliases").fetch_all(&mut c).await.unwrap();
        assert_eq!(named, ["ann@old.example"]);
        host.remove_alias(&eve, &other).await.unwrap();
        assert!(host.account(&eve).await.unwrap().unwrap().also_known_as.is_empty());
        let left: i64 =
            sqlx::query_scalar("select count(*) from account_aliases").fetch_one(&mut c).await.unwrap();
        assert_eq!(left, 0);
    }
}

#[tokio::test]
async fn where_an_account_went_is_said_when_the_server_knows_it_and_taken_back() {
    let Some((_stage, host)) = beside(Version::V4_5).await else { return };
    let (eve, target) = (AccountId::from("1"), url("https://far.example/users/eve"));
    let unknown = host.set_moved_to(&eve, Some(&url("https://nobody.example/users/x"))).await.unwrap_err();
    assert!(matches!(&unknown, AdapterError::Fatal { why, .. } if why.contains("search")), "{unknown}");
    host.set_moved_to(&eve, Some(&target)).await.unwrap();
    assert_eq!(host.account(&eve).await.unwrap().unwrap().moved_to, Some(target));
    host.set_moved_to(&eve, None).await.unwrap();
    assert_eq!(host.account(&eve).await.unwrap().unwrap().moved_to, None);
}

#[tokio::test]
async fn the_accounts_own_key_signs_and_one_that_is_sealed_needs_the_secrets() {
    for version in [Version::V4_2, Version::V4_7] {
        let Some((stage, host)) = beside(version).await else { return };
        let eve = AccountId::from("1");
        let signer = host.signer(&eve).await.unwrap();
        assert!(signer.key_id.ends_with("#main-key"), "{}", signer.key_id);
        assert!(signer.private_key_pem.contains("eA=="));
        if version == Version::V4_7 {
            stage
                .run("insert into keypairs (account_id, type, public_key, private_key, local_fragment, created_at, updated_at) \
                      values (1, 0, 'x', '{\"p\":\"AA==\",\"h\":{}}', '#rsa-0123456789abcdef', now(), now())")
                .await;
            let error = host.signer(&eve).await.unwrap_err();
            assert!(
                matches!(&error, AdapterError::Fatal { why, .. } if why.contains("ACTIVE_RECORD_ENCRYPTION"))
            );
        }
    }
}
