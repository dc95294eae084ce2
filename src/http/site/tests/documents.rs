//! What servers and browsers are given, and with which headers.

use actix_web::{
    http::{StatusCode, header},
    test,
};

use super::{ACTIVITY, HTML, house};

#[actix_web::test]
async fn the_actor_document_has_its_key_and_every_endpoint() {
    let house = house().await;
    let answer = house.get("/users/ann", ACTIVITY, None).await;
    assert_eq!(answer.header("content-type"), crate::wire::ACTIVITY_JSON);
    let document = answer.json();
    let id = document["id"].as_str().unwrap().to_owned();
    assert_eq!(document["publicKey"]["id"], format!("{id}#main-key"));
    assert_eq!(document["publicKey"]["owner"], id);
    assert!(document["publicKey"]["publicKeyPem"].as_str().unwrap().starts_with("-----BEGIN PUBLIC KEY"));
    for name in [
        "sharedInbox",
        "oauthAuthorizationEndpoint",
        "oauthMigrationEndpoint",
        "oauthTokenEndpoint",
        "startMigration",
        "finishMigration",
        "godwitHandOver",
        "godwitStatus",
    ] {
        assert!(document["endpoints"][name].is_string(), "{name}");
    }
    let read = crate::wire::actor::read(&document).unwrap();
    assert_eq!(read.endpoints.hand_over.unwrap().path(), "/godwit/lola/ann/map");
    assert!(!answer.text.contains("PRIVATE"));
}

#[actix_web::test]
async fn browsers_get_pages_and_servers_get_documents() {
    let house = house().await;
    let redirect = house.get("/users/ann", HTML, None).await;
    assert_eq!(redirect.status, StatusCode::FOUND);
    assert!(redirect.header("location").ends_with("/@ann"));
    let back = house.get("/@ann", ACTIVITY, None).await;
    assert!(back.header("location").ends_with("/users/ann"));
    let post = house.get(house.first.id.path(), "*/*", None).await;
    assert_eq!(post.json()["id"], house.first.id.as_str());
    assert!(post.header("vary").contains("Accept"));
    let page = house.get(house.first.url.as_ref().unwrap().path(), HTML, None).await;
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    let missing = house.get("/users/ann/posts/none", ACTIVITY, None).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let finger = house.get("/.well-known/webfinger?resource=acct:ANN@social.example", "*/*", None).await;
    assert_eq!(finger.json()["subject"], "acct:ann@social.example");
    assert!(
        house
            .get("/.well-known/webfinger?resource=acct:godwit.host@social.example", "*/*", None)
            .await
            .status
            .is_success()
    );
    assert_eq!(house.get("/nodeinfo/2.1", "*/*", None).await.json()["usage"]["users"]["total"], 3);
}

#[actix_web::test]
async fn files_are_sent_as_plain_media_and_private_ones_only_with_a_view_of_their_own() {
    let house = house().await;
    let open = house.get("/media/openfile/a.png", "*/*", Some("ann")).await;
    assert_eq!((open.status, open.text.as_str()), (StatusCode::OK, "nine byte"));
    assert_eq!(open.header("content-type"), "image/png");
    assert_eq!(open.header("x-content-type-options"), "nosniff");
    assert!(open.header("content-disposition").starts_with("inline"));
    assert!(open.header("content-security-policy").contains("sandbox"));
    assert_eq!(open.header("set-cookie"), "");
    let page = house.get("/media/pagefile/a.html", "*/*", None).await;
    assert_eq!(page.header("content-type"), "application/octet-stream");
    assert!(page.header("content-disposition").starts_with("attachment"));
    for hidden in ["trialfile", "lonefile"] {
        let answer = house.get(&format!("/media/{hidden}/a.png"), "*/*", Some("ann")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{hidden}: a cookie opens no file");
    }
    let key = house.app.site.view_key().await.unwrap();
    let token = key.token("trialfile", house.app.clock.now_micros());
    let seen = house.get(&format!("/media/trialfile/a.png?view={token}"), "*/*", None).await;
    assert_eq!((seen.status, seen.header("cache-control")), (StatusCode::OK, "private, no-store"));
    let other = house.get(&format!("/media/lonefile/a.png?view={token}"), "*/*", None).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND, "a view fits its own file only");
    let part =
        test::TestRequest::get().uri("/media/openfile/a.png").insert_header((header::RANGE, "bytes=5-"));
    let part = house.ask(part, None).await;
    assert_eq!((part.status, part.text.as_str()), (StatusCode::PARTIAL_CONTENT, "byte"));
    assert_eq!(part.header("content-range"), "bytes 5-8/9");
}
