//! The doors of the token's routes.

use actix_web::test::TestRequest;

use crate::{http::bench::Daemon, oauth::scope::Scope, transfer::tokens::ACCESS_SECONDS};

const READING: [&str; 12] = [
    "outline",
    "blocked",
    "media",
    "content",
    "outbox",
    "liked",
    "bookmarks",
    "following",
    "content?cursor=x",
    "media/1",
    "status",
    "inventory/1/posts",
];

fn get(path: &str, token: &str) -> TestRequest {
    TestRequest::get().uri(path).insert_header(("Authorization", format!("Bearer {token}")))
}

#[actix_web::test]
async fn a_token_of_one_actor_opens_no_route_of_another() {
    let daemon = Daemon::new().await;
    let token = daemon.bench.token(Scope::Read).await;
    for name in ["bob", "nobody"] {
        for path in READING {
            let answer = daemon.ask(get(&format!("/godwit/lola/{name}/{path}"), &token)).await;
            assert_eq!(answer.status, 403, "{name}/{path}");
            assert!(answer.body.contains("actor-mismatch"));
        }
        let posts = [
            ("start", "actor=https%3A%2F%2Fnew.example%2Fusers%2Fann"),
            ("map", r#"{"entries":[]}"#),
            ("inventory", r#"{"pass":1}"#),
            ("inventory/entries", r#"{"kind":"posts","bits":0,"buckets":[0]}"#),
            ("inventory/items", r#"{"collection":"content","keys":[]}"#),
        ];
        for (path, body) in posts {
            let request = TestRequest::post()
                .uri(&format!("/godwit/lola/{name}/{path}"))
                .insert_header(("Authorization", format!("Bearer {token}")))
                .insert_header(("Content-Type", "application/x-www-form-urlencoded"))
                .set_payload(body);
            assert_eq!(daemon.ask(request).await.status, 403, "{name}/{path}");
        }
    }
}

#[actix_web::test]
async fn without_a_token_that_holds_there_is_nothing() {
    let daemon = Daemon::new().await;
    let token = daemon.bench.token(Scope::Read).await;
    assert_eq!(daemon.ask(get("/godwit/lola/ann/status", &token)).await.status, 200);
    let none = daemon.ask(TestRequest::get().uri("/godwit/lola/ann/status")).await;
    assert_eq!(
        (none.status.as_u16(), none.header("www-authenticate")),
        (401, r#"Bearer error="invalid_token""#)
    );
    daemon.bench.clock.advance(ACCESS_SECONDS);
    let expired = daemon.ask(get("/godwit/lola/ann/status", &token)).await;
    assert_eq!(expired.status, 401);
    assert_eq!(expired.header("cache-control"), "private, no-store");
}

#[actix_web::test]
async fn each_scope_opens_its_own_routes_only() {
    let daemon = Daemon::new().await;
    let reading = daemon.bench.token(Scope::Read).await;
    let handing_over = daemon.bench.token(Scope::HandOver).await;
    let map = |token: &str| {
        TestRequest::post()
            .uri("/godwit/lola/ann/map")
            .insert_header(("Authorization", format!("Bearer {token}")))
            .set_payload(
                r#"{"entries":[{"old":"https://old.example/users/ann/posts/1","new":"https://new.example/1",
                "kind":"posts","visibility":"public"}],"complete":true}"#,
            )
    };
    let refused = daemon.ask(map(&reading)).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("insufficient-scope"));
    assert_eq!(daemon.ask(get("/godwit/lola/ann/content", &handing_over)).await.status, 403);
    assert_eq!(
        daemon.ask(map(&handing_over)).await.status,
        409,
        "nobody said yet which account is the new one"
    );
    let start = TestRequest::post()
        .uri("/godwit/lola/ann/start")
        .insert_header(("Authorization", format!("Bearer {handing_over}")))
        .set_form([("actor", "https://new.example/users/ann"), ("oracle", ""), ("return", "")]);
    assert_eq!(daemon.ask(start).await.status, 200);
    let taken = daemon.ask(map(&handing_over)).await;
    assert_eq!((taken.status.as_u16(), taken.body.as_str()), (200, r#"{"accepted":1,"refused":[]}"#));
    let status = daemon.ask(get("/godwit/lola/ann/status", &handing_over)).await;
    assert!(status.body.contains(r#""entries":1"#), "{}", status.body);
}

#[actix_web::test]
async fn questions_for_an_inventory_that_make_no_sense_are_refused() {
    let daemon = Daemon::new().await;
    let reading = daemon.bench.token(Scope::Read).await;
    let ask = async |token: &str, path: &str, body: &str| {
        let request = TestRequest::post()
            .uri(&format!("/godwit/lola/ann/{path}"))
            .insert_header(("Authorization", format!("Bearer {token}")))
            .set_payload(body.to_owned());
        daemon.ask(request).await.status.as_u16()
    };
    let keys = format!(r#"{{"collection":"content","keys":[{}]}}"#, vec![r#""k""#; 101].join(","));
    for (path, body, expected) in [
        ("inventory", r#"{"pass":1}"#, 200),
        ("inventory", r#"{"pass":0}"#, 400),
        ("inventory", r#"{"pass":4294967295}"#, 400),
        ("inventory", "{}", 400),
        ("inventory/entries", r#"{"kind":"posts","bits":14,"buckets":[]}"#, 200),
        ("inventory/entries", r#"{"kind":"posts","bits":15,"buckets":[]}"#, 400),
        ("inventory/entries", r#"{"kind":"dreams","bits":0,"buckets":[]}"#, 400),
        ("inventory/items", r#"{"collection":"content","keys":["https://old.example/"]}"#, 200),
        ("inventory/items", keys.as_str(), 400),
    ] {
        assert_eq!(ask(&reading, path, body).await, expected, "{path} {body}");
    }
    assert_eq!(daemon.ask(get("/godwit/lola/ann/inventory/2/posts", &reading)).await.status, 404);
    assert_eq!(daemon.ask(get("/godwit/lola/ann/inventory/1/dreams", &reading)).await.status, 404);
    let handing_over = daemon.bench.token(Scope::HandOver).await;
    for (path, body) in [
        ("inventory", r#"{"pass":1}"#),
        ("inventory/entries", r#"{"kind":"posts","bits":0,"buckets":[0]}"#),
        ("inventory/items", r#"{"collection":"content","keys":[]}"#),
    ] {
        assert_eq!(ask(&handing_over, path, body).await, 403, "{path}");
    }
}
