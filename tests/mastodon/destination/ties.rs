//! Whom an owner followed and blocked: asked by the server itself, and only once its owner allowed it.

use godwit::{
    adapters::mastodon_database::schema::Version,
    model::{follow::FollowOptions, id::TransferId, tie::Tie},
    port::{
        client_api::Applicant,
        destination::Destination,
        error::AdapterError,
        host::{Host, Tied},
    },
    store::refollows,
};
use url::Url;

use super::{
    house::{EVE, FRANK, House, SOME, same},
    luggage::Luggage,
};
use crate::web_side::WebSide;

const HUGO: &str = "https://far.example/users/hugo";
const IVAN: &str = "https://far.example/users/ivan";

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn us() -> Applicant {
    Applicant {
        name: "godwit".into(),
        website: "https://new.example/".into(),
        redirect_uri: "https://new.example/follows/again/permitted".into(),
    }
}

/// Asks an owner, who says yes.
async fn allow(host: &dyn Host, web: &WebSide) {
    let permits = host.permits().unwrap();
    let way = permits.way(web, &House::eve(), &us()).await.unwrap();
    let said = |name: &str| way.query_pairs().find(|(one, _)| one == name).unwrap().1.into_owned();
    assert_eq!(said("scope"), crate::web_side::ALL);
    permits.take(web, &House::eve(), &said("state"), "good").await.unwrap();
}

/// A house with a kept copy.
async fn kept(version: Version) -> Option<House> {
    let house = House::of(version).await?;
    let transfer = TransferId::from("t1");
    house.copy(&transfer, &Luggage::full()).await;
    house.destination.release(&transfer, &House::eve()).await.unwrap();
    Some(house)
}

#[tokio::test]
async fn whoever_was_followed_or_blocked_waits_and_no_row_of_theirs_is_written() {
    for version in SOME {
        let Some(house) = House::of(version).await else { return };
        let ties = "select concat(account_id, ' ', target_account_id) from follows union all \
                    select concat(account_id, ' ', target_account_id) from follow_requests union all \
                    select concat(account_id, ' ', target_account_id) from blocks";
        let before = house.texts(ties).await;
        let transfer = TransferId::from("t1");
        house.copy(&transfer, &Luggage::full()).await;
        assert!(refollows::kept(&house.store, House::eve().as_str()).await.unwrap().is_empty(), "on trial");
        house.destination.release(&transfer, &House::eve()).await.unwrap();
        assert_eq!(house.texts(ties).await, before, "{version}");
        let wishes = refollows::kept(&house.store, House::eve().as_str()).await.unwrap();
        let wished: Vec<(&str, &str)> =
            wishes.iter().map(|wish| (wish.actor.as_str(), wish.tie.as_str())).collect();
        assert_eq!(wished, [(HUGO, "follow"), (IVAN, "block")], "{version}");
    }
}

#[tokio::test]
async fn once_its_owner_allowed_it_the_server_follows_and_blocks_and_then_the_permission_goes_back() {
    for version in SOME {
        let Some(house) = kept(version).await else { return };
        let (host, web) = (house.host(), WebSide::of(&house.stage.url, EVE));
        let wishes = refollows::kept(&house.store, House::eve().as_str()).await.unwrap();
        let early = host.tie(&web, &House::eve(), &url(HUGO), &wishes[0].tie).await.unwrap_err();
        assert!(early.to_string().contains("allow"), "{early}");
        assert!(web.heard.lock().unwrap().is_empty(), "nobody was asked");

        allow(&host, &web).await;
        for _twice in 0..2 {
            for wish in &wishes {
                let tied = host.tie(&web, &House::eve(), &url(&wish.actor), &wish.tie).await.unwrap();
                assert_eq!(tied, Tied::Done, "{version}");
            }
        }
        assert_eq!((web.asked("/follow"), web.asked("/block")), (1, 1), "nobody is asked twice");
        let follow = "select concat(a.username, ' ', f.show_reblogs, ' ', f.notify, ' ', f.languages) \
                      from follow_requests f join accounts a on a.id = f.target_account_id";
        assert_eq!(house.texts(follow).await, ["hugo f t {de,en}"], "{version}");
        let blocked = "select a.username from blocks b join accounts a on a.id = b.target_account_id";
        assert_eq!(house.texts(blocked).await, ["ivan"]);
        // Whoever stood on a list stands on it now; the server keeps nobody there who is not followed.
        let listed = "select concat(a.username, ' ', m.follow_id is not null, ' ', m.follow_request_id is not null) \
                      from list_accounts m join accounts a on a.id = m.account_id order by m.id";
        assert_eq!(house.texts(listed).await, ["greta t f", "hugo f t"], "{version}");

        let permits = host.permits().unwrap();
        assert!(permits.is_given(&House::eve()).await.unwrap());
        for _twice in 0..2 {
            permits.give_back(&web, &House::eve()).await.unwrap();
        }
        assert_eq!(web.asked("/oauth/revoke"), 1);
        assert!(!permits.is_given(&House::eve()).await.unwrap());
    }
}

#[tokio::test]
async fn a_server_that_had_enough_is_left_alone_until_the_time_it_names() {
    let Some(house) = kept(Version::V4_7).await else { return };
    let (host, web) = (house.host(), WebSide::of(&house.stage.url, EVE));
    allow(&host, &web).await;
    web.patience.store(0, std::sync::atomic::Ordering::SeqCst);
    let follow = Tie::Follow(FollowOptions::default());
    let tied = host.tie(&web, &House::eve(), &url(HUGO), &follow).await.unwrap();
    assert!(matches!(&tied, Tied::Rests { after, .. } if after.as_secs() >= 86_400), "{tied:?}");
    assert_eq!(house.number("select count(*) from follow_requests").await, 0);
    let nobody =
        host.tie(&web, &House::eve(), &url("https://gone.example/users/x"), &follow).await.unwrap_err();
    assert!(matches!(&nobody, AdapterError::Item { why } if why.contains("cannot find")), "{nobody}");
    let own = host.tie(&web, &House::eve(), &url("https://new.example/@Eve"), &follow).await.unwrap_err();
    assert!(own.to_string().contains("itself"), "{own}");
}

#[tokio::test]
async fn a_permission_that_is_not_the_one_asked_for_is_not_taken() {
    let Some(house) = kept(Version::V4_5).await else { return };
    let host = house.host();
    let permits = host.permits().unwrap();
    let state = |way: &Url| way.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let other = WebSide::of(&house.stage.url, FRANK);
    let less = WebSide { scope: "read:accounts", ..WebSide::of(&house.stage.url, EVE) };
    for web in [other, less] {
        let way = permits.way(&web, &House::eve(), &us()).await.unwrap();
        assert!(permits.take(&web, &House::eve(), &state(&way), "good").await.is_err());
        assert_eq!(web.asked("/oauth/revoke"), 1, "and goes back");
        assert!(!permits.is_given(&House::eve()).await.unwrap());
    }
    let web = WebSide::of(&house.stage.url, EVE);
    let first = permits.way(&web, &House::eve(), &us()).await.unwrap();
    let second = permits.way(&web, &House::eve(), &us()).await.unwrap();
    assert_eq!(web.asked("/api/v1/apps"), 0, "it is registered once");
    for (way, code) in [(&first, "good"), (&second, "bad")] {
        assert!(permits.take(&web, &House::eve(), &state(way), code).await.is_err(), "{code}");
    }
    permits.take(&web, &House::eve(), &state(&second), "good").await.unwrap();
    let again = permits.take(&web, &House::eve(), &state(&second), "good").await;
    assert!(again.is_err(), "an answer counts once");
}

#[tokio::test]
async fn a_permission_that_was_taken_back_at_the_server_is_asked_for_anew() {
    let Some(house) = kept(Version::V4_6).await else { return };
    let (host, web) = (house.host(), WebSide::of(&house.stage.url, EVE));
    allow(&host, &web).await;
    let elsewhere = WebSide::of(&house.stage.url, EVE);
    let error = host.tie(&elsewhere, &House::eve(), &url(HUGO), &Tie::Block).await.unwrap_err();
    assert!(error.to_string().contains("allow it again"), "{error}");
    assert!(!host.permits().unwrap().is_given(&House::eve()).await.unwrap());
}

#[tokio::test]
async fn a_copy_that_is_removed_asks_nobody_any_more() {
    let Some(house) = House::of(Version::V4_7).await else { return };
    let before = house.census();
    let transfer = TransferId::from("t1");
    house.copy(&transfer, &Luggage::full()).await;
    house.destination.release(&transfer, &House::eve()).await.unwrap();
    let wishes = refollows::kept(&house.store, House::eve().as_str()).await.unwrap();
    let wishes = wishes.into_iter().map(|wish| (wish, "far.example".to_owned())).collect();
    refollows::choose(&house.store, House::eve().to_string(), wishes, 1).await.unwrap();
    assert_eq!(refollows::waiting(&house.store, House::eve().as_str()).await.unwrap(), 2);
    let due = refollows::due(&house.store, 2, 9).await.unwrap();
    assert_eq!((due[0].kind.as_str(), due[1].kind.as_str()), ("follow", "block"));
    house.destination.remove(&transfer, &House::eve()).await.unwrap();
    assert_eq!(refollows::waiting(&house.store, House::eve().as_str()).await.unwrap(), 0);
    assert!(refollows::kept(&house.store, House::eve().as_str()).await.unwrap().is_empty());
    same(&house.census(), &before, "removed");
}
