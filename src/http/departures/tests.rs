//! The owner's pages, and the redirects that follow.

use actix_web::{http::StatusCode, test::TestRequest};
use serde_json::json;

use crate::{
    http::bench::{Answered, Daemon, PASSWORD},
    oauth::scope::Scope,
    site::accounts::Role,
    store::{
        departures::{self, DepartureRow},
        letters,
    },
    transfer::{
        announce,
        fakes::target,
        hand_over::{self, Batch, Entry},
    },
};

const NEW: &str = "https://new.example/users/ann";

async fn handed_over() -> (Daemon, DepartureRow) {
    let daemon = Daemon::new().await;
    let side = daemon.app.source_side();
    let grant = daemon.bench.grant(Scope::HandOver).await;
    hand_over::start(&side, &grant, NEW, Some("https://new.example/transfers/1")).await.unwrap();
    let entry = Entry {
        old: "https://old.example/users/ann/posts/1".into(),
        new: format!("{NEW}/posts/1"),
        page: None,
    };
    hand_over::take(&side, &grant, Batch { entries: vec![entry], complete: true, ..Batch::default() })
        .await
        .unwrap();
    daemon.bench.remote.put(&format!("{NEW}/posts/1"), json!({
        "id": format!("{NEW}/posts/1"), "type": "Note", "attributedTo": NEW, "url": "https://new.example/@ann/1",
        "previously": ["https://old.example/users/ann/posts/1"]
    }));
    let departure = hand_over::departure_of(&side, &grant).await.unwrap().unwrap();
    (daemon, departure)
}

async fn say(daemon: &Daemon, name: &str, departure: &str, password: &str) -> Answered {
    let (cookie, session) = daemon.sign_in(name).await;
    let form = [("departure", departure), ("password", password), ("csrf", session.csrf.as_str())];
    daemon.ask(TestRequest::post().uri("/departures/ann/finish").cookie(cookie).set_form(form)).await
}

/// The last word with a day to think.
async fn say_later(daemon: &Daemon, departure: &str) -> Answered {
    let (cookie, session) = daemon.sign_in("ann").await;
    let form =
        [("departure", departure), ("password", PASSWORD), ("later", "yes"), ("csrf", session.csrf.as_str())];
    daemon.ask(TestRequest::post().uri("/departures/ann/finish").cookie(cookie).set_form(form)).await
}

/// The link of the letter that says so.
async fn link(daemon: &Daemon) -> String {
    let (_, session) = daemon.sign_in("ann").await;
    let all = letters::of_account(&daemon.app.store, session.account.id.as_str(), 9).await.unwrap();
    let letter = all.iter().find(|letter| letter.kind == letters::kind::RESTS).unwrap();
    format!("/call-off/{}", letters::secret(&daemon.app.store, letter).unwrap())
}

async fn state(daemon: &Daemon, departure: &DepartureRow) -> String {
    departures::find(&daemon.app.store, &departure.id).await.unwrap().unwrap().state
}

#[actix_web::test]
async fn the_page_names_new_home_and_belongs_to_its_owner() {
    let (daemon, _) = handed_over().await;
    let (cookie, _) = daemon.sign_in("ann").await;
    let page = daemon.ask(TestRequest::get().uri("/departures/ann/finish").cookie(cookie)).await;
    assert_eq!(page.status, 200);
    for words in ["new.example", "cannot be called back", "Announce", "password"] {
        assert!(page.body.contains(words), "{words}");
    }
    let (cookie, _) = daemon.sign_in("bob").await;
    let other = daemon.ask(TestRequest::get().uri("/departures/ann/finish").cookie(cookie)).await;
    assert_eq!(other.status, 403);
    assert!(other.body.contains("Sign out"));
}

#[actix_web::test]
async fn the_last_word_is_asked_for_with_the_texts_only() {
    let (daemon, _) = handed_over().await;
    let (cookie, _) = daemon.sign_in("ann").await;
    for path in ["/departures/ann/finish", "/departures"] {
        let spoken = crate::words::pseudo::speak();
        let page = daemon.ask(TestRequest::get().uri(path).cookie(cookie.clone())).await.body;
        drop(spoken);
        let data = ["@ann", "old.example", "new.example", "godwit"];
        assert_eq!(crate::words::pseudo::hard_coded(&page, &data), Vec::<String>::new(), "{path}");
    }
}

#[actix_web::test]
async fn only_the_owner_with_their_password_announces() {
    let (daemon, departure) = handed_over().await;
    assert_eq!(say(&daemon, "bob", &departure.id, PASSWORD).await.status, 403);
    let wrong = say(&daemon, "ann", &departure.id, "wrong password").await;
    assert!(wrong.body.contains("Nothing was announced"));
    assert_eq!(state(&daemon, &departure).await, "started");
    let said = say(&daemon, "ann", &departure.id, PASSWORD).await;
    assert_eq!(
        (said.status, said.header("location")),
        (StatusCode::SEE_OTHER, "https://new.example/transfers/1")
    );
    assert_eq!(state(&daemon, &departure).await, "announcing");
}

#[actix_web::test]
async fn what_stands_in_the_way_is_said_on_the_page() {
    let (daemon, departure) = handed_over().await;
    daemon.bench.remote.put(NEW, target(&[]));
    let page = say(&daemon, "ann", &departure.id, PASSWORD).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("does not yet say that it is also you"));
    assert_eq!(state(&daemon, &departure).await, "started");
}

#[actix_web::test]
async fn after_the_announcement_old_links_lead_on_until_forwarding_is_off() {
    let (daemon, departure) = handed_over().await;
    say(&daemon, "ann", &departure.id, PASSWORD).await;
    let side = daemon.app.source_side();
    while announce::advance(&side, &departure.id).await.unwrap() {}
    let post =
        |accept: &'static str| TestRequest::get().uri("/users/ann/posts/1").insert_header(("Accept", accept));
    for (accept, to) in [
        ("application/activity+json", "https://new.example/users/ann/posts/1"),
        ("text/html", "https://new.example/@ann/1"),
    ] {
        let moved = daemon.ask(post(accept)).await;
        assert_eq!((moved.status.as_u16(), moved.header("location")), (301, to));
        assert_eq!(moved.header("vary"), "Accept, Sec-Fetch-Site");
        assert_eq!(moved.header("cache-control"), "public, max-age=300");
        assert_eq!(moved.header("cdn-cache-control"), "no-store");
    }
    let actor = TestRequest::get().uri("/users/ann").insert_header(("Accept", "application/activity+json"));
    assert_eq!(daemon.ask(actor).await.status, 404, "answered here, where no site is in this test");
    let (cookie, session) = daemon.sign_in("ann").await;
    let form = [("departure", departure.id.as_str()), ("on", "no"), ("csrf", session.csrf.as_str())];
    let off = TestRequest::post().uri("/departures/forwarding").cookie(cookie).set_form(form);
    assert_eq!(daemon.ask(off).await.status, 303);
    assert_eq!(daemon.ask(post("text/html")).await.status, 404);
}

#[actix_web::test]
async fn what_was_left_is_deleted_by_its_owner_only_after_the_announcement_and_links_lead_on() {
    let (daemon, departure) = handed_over().await;
    let (cookie, session) = daemon.sign_in("ann").await;
    let delete = |cookie: &actix_web::cookie::Cookie<'static>, csrf: &str| {
        let form = [("sure", "yes"), ("password", PASSWORD), ("csrf", csrf)];
        TestRequest::post().uri("/departures/ann/delete").cookie(cookie.clone()).set_form(form)
    };
    assert_eq!(daemon.ask(delete(&cookie, &session.csrf)).await.status, 409, "not announced yet");
    say(&daemon, "ann", &departure.id, PASSWORD).await;
    let side = daemon.app.source_side();
    while announce::advance(&side, &departure.id).await.unwrap() {}
    for path in ["/departures/ann/delete", "/departures/ann/farewell"] {
        let spoken = crate::words::pseudo::speak();
        let page = daemon.ask(TestRequest::get().uri(path).cookie(cookie.clone())).await.body;
        drop(spoken);
        let data = ["@ann", "old.example", "new.example", "godwit"];
        assert_eq!(crate::words::pseudo::hard_coded(&page, &data), Vec::<String>::new(), "{path}");
    }
    let (bob, bobs) = daemon.sign_in("bob").await;
    assert_eq!(daemon.ask(delete(&bob, &bobs.csrf)).await.status, 403);
    let reading = daemon.bench.grant(Scope::Read).await;
    assert_eq!(daemon.ask(delete(&cookie, &session.csrf)).await.status, 303);
    let revoked = crate::store::consents::find(&daemon.app.store, reading.consent.as_str()).await.unwrap();
    assert!(revoked.is_none_or(|row| row.revoked_at.is_some()), "nobody goes on reading");
    let post = TestRequest::get().uri("/users/ann/posts/1").insert_header(("Accept", "text/html"));
    assert_eq!(daemon.ask(post).await.status, 301);
    assert_eq!(state(&daemon, &departure).await, "announced");
    let list = daemon.ask(TestRequest::get().uri("/departures").cookie(cookie)).await.body;
    assert!(list.contains("Your data here was deleted"), "{list}");
}

#[actix_web::test]
async fn a_name_that_was_left_stays_locked_and_what_its_release_would_mean_is_said() {
    let (daemon, departure) = handed_over().await;
    say(&daemon, "ann", &departure.id, PASSWORD).await;
    let side = daemon.app.source_side();
    while announce::advance(&side, &departure.id).await.unwrap() {}
    let (cookie, session) = daemon.sign_in("ann").await;
    let page = daemon.ask(TestRequest::get().uri("/departures/ann/delete").cookie(cookie.clone())).await.body;
    for words in
        ["stays locked while old links lead on: nobody else gets it", "your old links end before that"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let form = [("sure", "yes"), ("password", PASSWORD), ("csrf", session.csrf.as_str())];
    let delete = TestRequest::post().uri("/departures/ann/delete").cookie(cookie.clone()).set_form(form);
    assert_eq!(daemon.ask(delete).await.status, 303);
    // Neither somebody who signs up or arrives, nor whoever answers for the server, gets it.
    let site = &daemon.app.site;
    let leads_on = async || {
        let post = TestRequest::get().uri("/users/ann/posts/1").insert_header(("Accept", "text/html"));
        daemon.ask(post).await.status.as_u16()
    };
    for (switched_on, name, from) in [("yes", "ann", "192.0.2.1"), ("no", "Ann", "192.0.2.2")] {
        let form =
            [("departure", departure.id.as_str()), ("on", switched_on), ("csrf", session.csrf.as_str())];
        let switch = TestRequest::post().uri("/departures/forwarding").cookie(cookie.clone()).set_form(form);
        assert_eq!(daemon.ask(switch).await.status, 303);
        assert!(site.name_is_free(name).await.is_err(), "{name}");
        let asked = site.sign_up((name, "another password"), from, None, None).await;
        assert!(asked.unwrap_err().to_string().contains("is taken"), "{name} signed up");
        let made = site.create_account(name, "another password", Role::Member).await;
        assert!(made.unwrap_err().to_string().contains("is taken"), "{name} was made");
        assert!(!site.free_names("ann").await.unwrap().contains(&"ann".to_owned()));
        assert_eq!(leads_on().await, if switched_on == "yes" { 301 } else { 404 });
    }
    let owner = site.sign_in("ann", PASSWORD).await.unwrap();
    assert!(owner.is_some(), "the account is still its owner's");
}

#[actix_web::test]
async fn grants_are_listed_and_taken_back() {
    let (daemon, departure) = handed_over().await;
    let (cookie, session) = daemon.sign_in("ann").await;
    let page = daemon.ask(TestRequest::get().uri("/departures").cookie(cookie.clone())).await;
    assert!(page.body.contains("may give back the list"));
    let consent = departure.consent_id.clone().unwrap();
    let form = [("consent", consent.as_str()), ("csrf", session.csrf.as_str())];
    let revoke = TestRequest::post().uri("/departures/revoke").cookie(cookie).set_form(form);
    assert_eq!(daemon.ask(revoke).await.status, 303);
    assert_eq!(state(&daemon, &departure).await, "withdrawn");
}

#[actix_web::test]
async fn a_server_that_may_only_read_does_not_put_itself_in_new_homes_place() {
    let (daemon, departure) = handed_over().await;
    let side = daemon.app.source_side();
    let mut reading = daemon.bench.grant(Scope::Read).await;
    reading.client_id = "https://rogue.example/godwit/client.json".to_owned();
    hand_over::start(&side, &reading, "https://rogue.example/users/eve", None).await.unwrap();
    let (cookie, _) = daemon.sign_in("ann").await;
    let page = daemon.ask(TestRequest::get().uri("/departures/ann/finish").cookie(cookie)).await;
    assert!(page.body.contains("new.example") && !page.body.contains("rogue.example"));
    assert!(page.body.contains(&departure.id));
}

#[actix_web::test]
async fn the_owner_alone_still_sees_the_old_profile() {
    let (daemon, departure) = handed_over().await;
    say(&daemon, "ann", &departure.id, PASSWORD).await;
    let side = daemon.app.source_side();
    while announce::advance(&side, &departure.id).await.unwrap() {}
    for (who, path, expected) in [
        (None, "/@ann", 301),
        (Some("bob"), "/@ann", 301),
        (Some("ann"), "/@ann", 404),
        (Some("ann"), "/@ann/with_replies", 404),
        (Some("ann"), "/users/ann/posts/1", 301),
    ] {
        let mut request = TestRequest::get().uri(path).insert_header(("Accept", "text/html"));
        if let Some(name) = who {
            request = request.cookie(daemon.sign_in(name).await.0);
        }
        assert_eq!(
            daemon.ask(request).await.status,
            expected,
            "{who:?} at {path}; 404: here, where no site is"
        );
    }
}

#[actix_web::test]
async fn an_announcement_rests_when_its_owner_wants_a_day_and_is_called_off_on_the_page() {
    let (daemon, departure) = handed_over().await;
    assert_eq!(say_later(&daemon, &departure.id).await.status, 303);
    assert_eq!(state(&daemon, &departure).await, "resting");
    let (cookie, session) = daemon.sign_in("ann").await;
    for path in ["/departures/ann/finish", "/departures"] {
        let spoken = crate::words::pseudo::speak();
        let page = daemon.ask(TestRequest::get().uri(path).cookie(cookie.clone())).await.body;
        drop(spoken);
        let data = ["@ann", "old.example", "new.example", "godwit", "UTC"];
        assert_eq!(crate::words::pseudo::hard_coded(&page, &data), Vec::<String>::new(), "{path}");
    }
    let page = daemon.ask(TestRequest::get().uri("/departures/ann/finish").cookie(cookie.clone())).await.body;
    for words in ["will be announced on", "UTC", "Call it off", "nobody is told"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let call_off = |csrf: &str, cookie: &actix_web::cookie::Cookie<'static>| {
        let form = [("departure", departure.id.as_str()), ("csrf", csrf)];
        TestRequest::post().uri("/departures/call-off").cookie(cookie.clone()).set_form(form)
    };
    let (bob, bobs) = daemon.sign_in("bob").await;
    assert_eq!(daemon.ask(call_off(&bobs.csrf, &bob)).await.status, 404, "nobody else's");
    assert_eq!(daemon.ask(call_off("forged", &cookie)).await.status, 403);
    assert_eq!(state(&daemon, &departure).await, "resting");
    assert_eq!(daemon.ask(call_off(&session.csrf, &cookie)).await.status, 303);
    assert_eq!(state(&daemon, &departure).await, "started");
}

#[actix_web::test]
async fn the_letters_link_works_without_signing_in_and_looking_at_it_changes_nothing() {
    let (daemon, departure) = handed_over().await;
    say_later(&daemon, &departure.id).await;
    let link = link(&daemon).await;
    for _program_that_looks_at_links in 0..2 {
        let spoken = crate::words::pseudo::speak();
        let page = daemon.ask(TestRequest::get().uri(&link)).await;
        drop(spoken);
        assert_eq!(page.status, 200);
        let data = ["@ann", "old.example", "new.example", "godwit", "UTC"];
        assert_eq!(crate::words::pseudo::hard_coded(&page.body, &data), Vec::<String>::new());
        assert_eq!(state(&daemon, &departure).await, "resting");
    }
    assert_eq!(daemon.ask(TestRequest::post().uri("/call-off/another")).await.status, 404);
    assert_eq!(state(&daemon, &departure).await, "resting");
    for _pressed_twice in 0..2 {
        let said = daemon.ask(TestRequest::post().uri(&link)).await;
        assert!(
            said.body.contains("is called off") && said.body.contains("Nobody was told"),
            "{}",
            said.body
        );
        assert_eq!(state(&daemon, &departure).await, "started");
    }
    say(&daemon, "ann", &departure.id, PASSWORD).await;
    let late = daemon.ask(TestRequest::post().uri(&link)).await;
    assert!(late.body.contains("can no longer be called off"), "{}", late.body);
    assert_eq!(state(&daemon, &departure).await, "announcing");
}

#[actix_web::test]
async fn a_page_is_sent_what_is_new_until_there_is_nothing_more_to_follow() {
    let (daemon, departure) = handed_over().await;
    say_later(&daemon, &departure.id).await;
    let (cookie, _) = daemon.sign_in("ann").await;
    let live = || TestRequest::get().uri("/departures/ann/finish/live").cookie(cookie.clone());
    let mut events = daemon.watch(live()).await;
    assert_eq!(events.status, 200);
    let first = events.next().await.unwrap();
    assert!(first.starts_with("event: content\ndata: {") && first.ends_with("\n\n"), "{first}");
    assert!(first.contains("Your move will be announced"), "{first}");
    let link = link(&daemon).await;
    daemon.ask(TestRequest::post().uri(&link)).await;
    let second = events.next().await.unwrap();
    assert!(second.contains("Announce your move") && second.ends_with("event: end\ndata:\n\n"), "{second}");
    assert_eq!(events.next().await, None);
    let (bob, _) = daemon.sign_in("bob").await;
    let others = TestRequest::get().uri("/departures/ann/finish/live").cookie(bob);
    assert_eq!(daemon.ask(others).await.status, 404);
    assert_eq!(daemon.ask(TestRequest::get().uri("/departures/ann/finish/live")).await.status, 401);
}

#[actix_web::test]
async fn only_so_many_pages_are_sent_what_is_new_and_all_are_let_go_at_the_end() {
    let (daemon, departure) = handed_over().await;
    say_later(&daemon, &departure.id).await;
    let (cookie, _) = daemon.sign_in("ann").await;
    let live = || TestRequest::get().uri("/departures/ann/finish/live").cookie(cookie.clone());
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(daemon.watch(live()).await);
    }
    assert_eq!(daemon.ask(live()).await.status, 429);
    open.pop();
    open.push(daemon.watch(live()).await);
    daemon.app.watchers.end();
    for events in &mut open {
        while events.next().await.is_some() {}
    }
    assert_eq!(daemon.ask(live()).await.status, 429, "nobody is let in while it ends");
}

#[actix_web::test]
async fn whoever_signs_out_is_sent_nothing_more() {
    let (daemon, departure) = handed_over().await;
    say_later(&daemon, &departure.id).await;
    let (cookie, _) = daemon.sign_in("ann").await;
    let mut events =
        daemon.watch(TestRequest::get().uri("/departures/ann/finish/live").cookie(cookie.clone())).await;
    assert!(events.next().await.is_some());
    daemon.app.site.sign_out(cookie.value()).await.unwrap();
    let link = link(&daemon).await;
    daemon.ask(TestRequest::post().uri(&link)).await;
    while let Some(words) = events.next().await {
        assert!(!words.contains("Announce your move"), "{words}");
    }
}
