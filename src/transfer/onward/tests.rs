//! What a former home believes of a further move, and what it does not.

use serde_json::json;

use super::*;
use crate::{
    store::departures::of_account,
    transfer::{
        announce,
        fakes::{Bench, url},
        hand_over::{self, Batch, Entry},
        redirect::{self, Answer, Wanted},
    },
};

const OLD: &str = "https://old.example/users/ann";
const NEW: &str = "https://new.example/users/ann";
const FURTHER: &str = "https://further.example/users/ann";
const LIST: &str = "https://further.example/users/ann/arrivals";

/// Ann has moved from old to new, posts 1 and 2 lead there; then she moved further.
async fn moved() -> (Bench, Grant) {
    let bench = Bench::new().await;
    let grant = bench.grant(Scope::HandOver).await;
    hand_over::start(&bench.side, &grant, NEW, None).await.unwrap();
    let entry =
        |n: u32| Entry { old: format!("{OLD}/posts/{n}"), new: format!("{NEW}/posts/{n}"), page: None };
    let batch = Batch { entries: vec![entry(1), entry(2), entry(9)], complete: true, ..Batch::default() };
    hand_over::take(&bench.side, &grant, batch).await.unwrap();
    for n in [1, 2] {
        let crumbs = json!([{"actor": OLD, "id": format!("{OLD}/posts/{n}")}]);
        bench.remote.put(
            &format!("{NEW}/posts/{n}"),
            json!({
                "id": format!("{NEW}/posts/{n}"), "type": "Note", "attributedTo": NEW, "previously": crumbs,
            }),
        );
    }
    let departure = hand_over::departure_of(&bench.side, &grant).await.unwrap().unwrap();
    announce::announce(&bench.side, &bench.ann(), &departure).await.unwrap();
    while announce::advance(&bench.side, &departure.id).await.unwrap() {}
    let mut new = crate::transfer::fakes::target(&[OLD]);
    new["movedTo"] = json!(FURTHER);
    bench.remote.put(NEW, new);
    bench.remote.put(FURTHER, further(&[OLD, NEW]));
    bench.remote.put(LIST, json!({"id": LIST, "type": "OrderedCollection", "first": format!("{LIST}?1")}));
    let line = |old: String, new: String| json!({"type": "Move", "origin": old, "target": new});
    bench.remote.put(
        &format!("{LIST}?1"),
        json!({"type": "OrderedCollectionPage", "orderedItems": [
            line(format!("{NEW}/posts/1"), format!("{FURTHER}/posts/1")),
            line("https://old.example/users/bob/posts/1".into(), format!("{FURTHER}/posts/7")),
            line(format!("{OLD}/posts/2"), "https://evil.example/posts/2".into()),
            {"type": "Note"}, 7, null,
        ]}),
    );
    put_further_post(&bench, OLD);
    (bench, grant)
}

fn further(also_known_as: &[&str]) -> serde_json::Value {
    json!({
        "id": FURTHER, "type": "Person", "preferredUsername": "ann", "inbox": format!("{FURTHER}/inbox"),
        "url": "https://further.example/@ann", "alsoKnownAs": also_known_as, (wire::actor::PORTABILITY): LIST,
    })
}

fn put_further_post(bench: &Bench, whose: &str) {
    bench.remote.put(
        &format!("{FURTHER}/posts/1"),
        json!({
            "id": format!("{FURTHER}/posts/1"), "type": "Note", "attributedTo": FURTHER,
            "url": "https://further.example/@ann/1",
            "previously": [{"actor": NEW, "id": format!("{NEW}/posts/1")},
                {"actor": whose, "id": format!("{OLD}/posts/1")}],
        }),
    );
}

async fn go_on(bench: &Bench) -> DepartureRow {
    let find = async || {
        let all = of_account(&bench.store, "ann-id").await.unwrap();
        all.into_iter().find(|row| row.target == FURTHER).unwrap()
    };
    let id = find().await.id;
    while advance(&bench.side, &id).await.unwrap() {}
    find().await
}

async fn asked(bench: &Bench, path: &str) -> Answer {
    let at = url(&format!("https://old.example/{path}"));
    let now = Clock::now_micros(&*bench.clock);
    redirect::answer(&bench.store, &*bench.host, &at, Wanted::Page, now).await.unwrap()
}

fn to(address: &str) -> Answer {
    Answer::Moved { url: url(address), max_age_seconds: 300 }
}

#[tokio::test]
async fn what_is_proven_leads_to_the_present_home_and_the_rest_where_it_led() {
    let (bench, grant) = moved().await;
    told(&bench.side, &grant, FURTHER).await.unwrap();
    assert_eq!(asked(&bench, "users/ann/posts/1").await, to(&format!("{NEW}/posts/1")), "until it is proven");
    assert_eq!(go_on(&bench).await.state, "announced");
    assert_eq!(asked(&bench, "users/ann/posts/1").await, to("https://further.example/@ann/1"));
    assert_eq!(asked(&bench, "users/ann/posts/2").await, to(&format!("{NEW}/posts/2")), "it is not there");
    assert_eq!(asked(&bench, "users/ann/posts/9").await, Answer::Here, "a post for followers");
    assert_eq!(asked(&bench, "@ann").await, to("https://further.example/@ann"));
    assert_eq!(bench.ann().moved_to, Some(url(FURTHER)));
    told(&bench.side, &grant, FURTHER).await.unwrap();
    let all = of_account(&bench.store, "ann-id").await.unwrap();
    let states: Vec<_> = all.iter().map(|row| row.state.as_str()).collect();
    assert_eq!(states, ["announced", "passed"], "told twice is told once");
}

#[tokio::test]
async fn a_further_home_that_nothing_speaks_for_is_not_followed() {
    let (bench, grant) = moved().await;
    let refused = async |further: &str| told(&bench.side, &grant, further).await.is_err();
    assert!(refused("https://evil.example/users/ann").await, "the new home itself says something else");
    assert!(refused("https://a:b@further.example/users/ann").await);
    bench.remote.put(FURTHER, further(&[NEW]));
    assert!(refused(FURTHER).await, "it does not say that it is also the old one");
    let mut listless = further(&[OLD, NEW]);
    listless[wire::actor::PORTABILITY] = json!("https://evil.example/list");
    bench.remote.put(FURTHER, listless);
    assert!(refused(FURTHER).await, "its list is elsewhere");
    bench.remote.put(FURTHER, further(&[OLD, NEW]));
    let reading = bench.grant(Scope::Read).await;
    assert!(told(&bench.side, &reading, FURTHER).await.is_err(), "a reading token says nothing");
    assert_eq!(of_account(&bench.store, "ann-id").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_post_that_was_somebody_elses_is_not_led_on() {
    let (bench, grant) = moved().await;
    put_further_post(&bench, "https://old.example/users/bob");
    told(&bench.side, &grant, FURTHER).await.unwrap();
    go_on(&bench).await;
    assert_eq!(asked(&bench, "users/ann/posts/1").await, to(&format!("{NEW}/posts/1")));
}

#[tokio::test]
async fn a_name_that_vanishes_on_the_way_leaves_everything_as_it_was() {
    let (bench, grant) = moved().await;
    told(&bench.side, &grant, FURTHER).await.unwrap();
    bench.remote.put(FURTHER, further(&[NEW]));
    let row = go_on(&bench).await;
    assert_eq!(row.state, "withdrawn");
    assert!(row.problem.is_some());
    assert_eq!(asked(&bench, "users/ann/posts/1").await, to(&format!("{NEW}/posts/1")));
    assert_eq!(bench.ann().moved_to, Some(url(NEW)));
    bench.remote.put(FURTHER, further(&[OLD, NEW]));
    told(&bench.side, &grant, FURTHER).await.unwrap();
    assert_eq!(go_on(&bench).await.state, "announced", "it may be said again");
}

#[tokio::test]
async fn the_owners_switch_stays_off_when_the_account_moves_on() {
    let (bench, grant) = moved().await;
    let first = of_account(&bench.store, "ann-id").await.unwrap().remove(0).id;
    departures::set_forwarding(&bench.store, first, "ann-id".into(), false).await.unwrap();
    told(&bench.side, &grant, FURTHER).await.unwrap();
    go_on(&bench).await;
    assert_eq!(asked(&bench, "users/ann/posts/1").await, Answer::Here);
}

#[tokio::test]
async fn a_home_that_was_come_back_to_is_led_to_again() {
    let (bench, grant) = moved().await;
    assert!(told(&bench.side, &grant, NEW).await.is_err(), "it has moved on");
    told(&bench.side, &grant, FURTHER).await.unwrap();
    go_on(&bench).await;
    let back = |further: &str| {
        let mut document = crate::transfer::fakes::target(&[OLD, FURTHER]);
        document[wire::actor::PORTABILITY] = json!(format!("{further}/arrivals"));
        document
    };
    bench.remote.put(NEW, back(NEW));
    bench.remote.put(&format!("{NEW}/arrivals"), json!({"type": "OrderedCollection", "orderedItems": []}));
    told(&bench.side, &grant, NEW).await.unwrap();
    let all = of_account(&bench.store, "ann-id").await.unwrap();
    let id = all.into_iter().find(|row| row.target == NEW).unwrap().id;
    while advance(&bench.side, &id).await.unwrap() {}
    for n in [1, 2] {
        let there = asked(&bench, &format!("users/ann/posts/{n}")).await;
        assert_eq!(there, to(&format!("{NEW}/posts/{n}")), "as it was proven before");
    }
    assert_eq!(bench.ann().moved_to, Some(url(NEW)));
}
