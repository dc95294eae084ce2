//! Writing, deleting and signing in by form.

use actix_web::{
    http::{StatusCode, header},
    test,
};

use super::{ACTIVITY, PASSWORD, house};
use crate::http::extract::cookie_name;

#[actix_web::test]
async fn a_post_is_written_with_the_form_of_its_own_session_only_and_leaves_a_tombstone() {
    let house = house().await;
    let token = house.app.site.sign_in("ann", PASSWORD).await.unwrap().unwrap();
    let csrf = house.app.site.session(&token).await.unwrap().unwrap().csrf;
    let send = async |path: &str, fields: &[(&str, &str)]| {
        let request = test::TestRequest::post()
            .uri(path)
            .cookie(actix_web::cookie::Cookie::new(cookie_name(&house.app), token.clone()))
            .insert_header((header::ACCEPT, "application/json"))
            .set_form(fields);
        house.ask(request, None).await
    };
    let stale = send("/posts", &[("text", "hi"), ("csrf", "wrong")]).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN);
    let written = send("/posts", &[("text", "hi"), ("visibility", "public"), ("csrf", &csrf)]).await;
    assert_eq!(written.status, StatusCode::CREATED);
    let id = url::Url::parse(written.json()["id"].as_str().unwrap()).unwrap();
    let local = id.path_segments().unwrap().next_back().unwrap().to_owned();
    assert!(house.get(id.path(), ACTIVITY, None).await.status.is_success());
    let edited = send(&format!("/posts/{local}/edit"), &[("text", "ho"), ("csrf", &csrf)]).await;
    assert_eq!(edited.status, StatusCode::OK);
    let document = house.get(id.path(), ACTIVITY, None).await.json();
    assert_eq!(document["content"], "<p>ho</p>", "{document}");
    assert!(document["updated"].is_string(), "{document}");
    let deleted = send(&format!("/posts/{local}/delete"), &[("csrf", &csrf)]).await;
    assert_eq!(deleted.status, StatusCode::SEE_OTHER);
    let gone = house.get(id.path(), ACTIVITY, None).await;
    assert_eq!((gone.status, gone.json()["type"].as_str().unwrap()), (StatusCode::GONE, "Tombstone"));
    let unknown = send("/posts", &[("text", "hi"), ("visibility", "everyone"), ("csrf", &csrf)]).await;
    let id = url::Url::parse(unknown.json()["id"].as_str().unwrap()).unwrap();
    assert_eq!(house.get(id.path(), ACTIVITY, None).await.status, StatusCode::NOT_FOUND, "unknown is direct");
}

#[actix_web::test]
async fn signing_in_sets_a_cookie_that_scripts_and_other_sites_do_not_get() {
    let house = house().await;
    let form = [("username", "ann"), ("password", PASSWORD), ("next", "//evil.example")];
    let answer = house.ask(test::TestRequest::post().uri("/sign-in").set_form(form), None).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/home"));
    let cookie = answer.header("set-cookie");
    for part in ["__Host-godwit=", "HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let wrong = [("username", "ann"), ("password", "wrong password")];
    let answer = house.ask(test::TestRequest::post().uri("/sign-in").set_form(wrong), None).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.text.contains("role=\"alert\"") && answer.header("set-cookie").is_empty());
}

#[actix_web::test]
async fn passwords_cannot_be_tried_one_after_another() {
    let house = house().await;
    let send = async |name: &str, password: &str| {
        let form = [("username", name), ("password", password)];
        house.ask(test::TestRequest::post().uri("/sign-in").set_form(form), None).await.status
    };
    assert_eq!(send("ann", PASSWORD).await, StatusCode::SEE_OTHER);
    for _ in 0..10 {
        assert_eq!(send("Ann ", "a wrong password").await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(send("ann", PASSWORD).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(send("bob", PASSWORD).await, StatusCode::SEE_OTHER, "others are not held up");
}

#[actix_web::test]
async fn who_signs_out_to_be_somebody_else_comes_back_to_where_they_were_and_never_elsewhere() {
    let house = house().await;
    for (next, to) in [
        ("/godwit/oauth/authorize?a=b", "/godwit/oauth/authorize?a=b"),
        ("", "/"),
        ("//evil.example", "/home"),
    ] {
        let token = house.app.site.sign_in("ann", PASSWORD).await.unwrap().unwrap();
        let csrf = house.app.site.session(&token).await.unwrap().unwrap().csrf;
        let request = test::TestRequest::post()
            .uri("/sign-out")
            .cookie(actix_web::cookie::Cookie::new(cookie_name(&house.app), token.clone()))
            .set_form([("csrf", csrf.as_str()), ("next", next)]);
        let answer = house.ask(request, None).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, to));
        assert!(house.app.site.session(&token).await.unwrap().is_none());
    }
}

#[actix_web::test]
async fn no_other_page_signs_a_visitor_in() {
    let house = house().await;
    let form = [("username", "ann"), ("password", PASSWORD)];
    for (from, is_fine) in
        [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false)]
    {
        let request = test::TestRequest::post().uri("/sign-in").set_form(form);
        let answer = house.ask(request.insert_header(("sec-fetch-site", from)), None).await;
        assert_eq!(answer.status == StatusCode::SEE_OTHER, is_fine, "{from}");
    }
}
