//! The consent page and the token endpoint, asked as a browser and a server ask them.

use actix_web::test::TestRequest;

use crate::{
    http::bench::{Daemon, PASSWORD},
    oauth::scope::Scope,
    transfer::fakes::{self, CALLBACK, CLIENT},
};

fn query(scope: Scope) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fakes::request(scope).fields()).finish()
}

async fn answer(daemon: &Daemon, scope: Scope, extra: &[(&str, &str)]) -> crate::http::bench::Answered {
    let (cookie, session) = daemon.sign_in("ann").await;
    let form = url::form_urlencoded::Serializer::new(query(scope))
        .append_pair("csrf", &session.csrf)
        .extend_pairs(extra)
        .finish();
    daemon
        .ask(
            TestRequest::post()
                .uri("/godwit/oauth/authorize")
                .cookie(cookie)
                .insert_header(("Content-Type", "application/x-www-form-urlencoded"))
                .set_payload(form),
        )
        .await
}

const YES: [(&str, &str); 4] =
    [("kinds", "content"), ("unlock", "yes"), ("password", PASSWORD), ("decision", "allow")];

#[actix_web::test]
async fn the_page_names_new_home_the_account_and_what_is_not_included() {
    let daemon = Daemon::new().await;
    let (cookie, _) = daemon.sign_in("ann").await;
    let uri = format!("/godwit/oauth/authorize?{}", query(Scope::Read));
    let page = daemon.ask(TestRequest::get().uri(&uri).cookie(cookie)).await;
    assert_eq!(page.status, 200);
    for words in ["new.example", "@ann", "your password, messages others wrote", "Sign out", "Posts"] {
        assert!(page.body.contains(words), "{words}");
    }
    assert!(page.body.contains(r#"name="kinds" value="content" checked"#));
    assert!(!page.body.contains(r#"name="private" value="yes" checked"#));
    let stranger = daemon.ask(TestRequest::get().uri(&uri).insert_header(("Accept", "text/html"))).await;
    assert!(stranger.header("location").starts_with("/sign-in?next="));
}

#[actix_web::test]
async fn consent_is_asked_for_with_the_texts_only() {
    let daemon = Daemon::new().await;
    let (cookie, _) = daemon.sign_in("ann").await;
    for scope in [Scope::Read, Scope::HandOver] {
        let uri = format!("/godwit/oauth/authorize?{}", query(scope));
        let spoken = crate::words::pseudo::speak();
        let page = daemon.ask(TestRequest::get().uri(&uri).cookie(cookie.clone())).await.body;
        drop(spoken);
        let data = ["@ann", "old.example", "new.example", "godwit", "New Example"];
        assert_eq!(crate::words::pseudo::hard_coded(&page, &data), Vec::<String>::new());
    }
}

#[actix_web::test]
async fn a_yes_needs_the_tick_and_the_password() {
    let daemon = Daemon::new().await;
    let yes = answer(&daemon, Scope::Read, &YES).await;
    assert_eq!(yes.status, 303, "{}", yes.body);
    let to = yes.header("location");
    assert!(to.starts_with(CALLBACK) && to.contains("code=") && to.contains("activitypub_actor="), "{to}");
    for left_out in ["kinds", "unlock", "password"] {
        let fields: Vec<_> = YES.into_iter().filter(|(name, _)| *name != left_out).collect();
        let again = answer(&daemon, Scope::Read, &fields).await;
        assert_eq!((again.status.as_u16(), again.header("location")), (200, ""), "{left_out}");
        assert!(again.body.contains(r#"role="alert""#));
    }
}

#[actix_web::test]
async fn a_no_is_told_to_new_home() {
    let daemon = Daemon::new().await;
    let no = answer(&daemon, Scope::Read, &[("decision", "deny")]).await;
    assert!(no.header("location").contains("error=access_denied"));
}

#[actix_web::test]
async fn hidden_fields_are_checked_like_the_first_request() {
    let daemon = Daemon::new().await;
    daemon.bench.remote.put(
        "https://evil.example/client.json",
        serde_json::json!({
            "client_id": "https://evil.example/client.json", "redirect_uris": [CALLBACK]
        }),
    );
    let (cookie, session) = daemon.sign_in("ann").await;
    for (from, to) in [
        ("new.example%2Fgodwit%2Fcallback", "evil.example%2Fcallback"),
        ("new.example%2Fgodwit%2Fclient.json", "evil.example%2Fclient.json"),
        ("S256", "plain"),
    ] {
        let form = url::form_urlencoded::Serializer::new(query(Scope::Read).replace(from, to))
            .append_pair("csrf", &session.csrf)
            .extend_pairs(YES)
            .finish();
        let request =
            TestRequest::post().uri("/godwit/oauth/authorize").cookie(cookie.clone()).set_payload(form);
        let refused = daemon.ask(request).await;
        assert!(refused.status.is_client_error(), "{to}");
        assert_eq!(refused.header("location"), "");
    }
}

#[actix_web::test]
async fn a_form_of_another_session_is_refused() {
    let daemon = Daemon::new().await;
    let (cookie, _) = daemon.sign_in("ann").await;
    let form = url::form_urlencoded::Serializer::new(query(Scope::Read))
        .append_pair("csrf", "another")
        .extend_pairs(YES)
        .finish();
    let request = TestRequest::post().uri("/godwit/oauth/authorize").cookie(cookie).set_payload(form);
    assert_eq!(daemon.ask(request).await.status, 403);
}

#[actix_web::test]
async fn the_code_of_a_yes_is_redeemed_once() {
    let daemon = Daemon::new().await;
    let yes = answer(&daemon, Scope::HandOver, &[("decision", "allow")]).await;
    let to = fakes::url(yes.header("location"));
    let code = to.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let verifier = crate::oauth::pkce::verifier("bench");
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("client_id", CLIENT),
        ("code_verifier", &verifier),
    ];
    let redeem = || TestRequest::post().uri("/godwit/oauth/token").set_form(form);
    let tokens = daemon.ask(redeem()).await;
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    let tokens: serde_json::Value = serde_json::from_str(&tokens.body).unwrap();
    assert_eq!(
        (tokens["token_type"].as_str(), tokens["scope"].as_str()),
        (Some("Bearer"), Some("godwit_hand_over"))
    );
    let again = daemon.ask(redeem()).await;
    assert_eq!(again.status, 400);
    assert!(again.body.contains("invalid_grant"));
}

#[actix_web::test]
async fn what_was_unticked_stays_unticked_after_a_wrong_password() {
    let daemon = Daemon::new().await;
    let wrong = [
        ("kinds", "content"),
        ("private", "yes"),
        ("unlock", "yes"),
        ("password", "wrong"),
        ("decision", "allow"),
    ];
    let again = answer(&daemon, Scope::Read, &wrong).await;
    assert!(again.body.contains("not the password"));
    for (field, is_ticked) in [
        (r#"name="kinds" value="content""#, true),
        (r#"name="kinds" value="liked""#, false),
        (r#"name="private" value="yes""#, true),
    ] {
        assert_eq!(again.body.contains(&format!("{field} checked")), is_ticked, "{field}");
    }
}
