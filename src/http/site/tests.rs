//! Who sees what, asked over HTTP as strangers, owners and admins do.

use actix_web::{
    App as Actix,
    body::MessageBody,
    dev::{Service, ServiceResponse},
    http::{StatusCode, header},
    test,
    web::Data,
};
use serde_json::Value;

use crate::{
    app::App,
    config::Config,
    http::extract::cookie_name,
    model::{
        media::Attachment,
        object::{Object, Tag, TagKind, Visibility},
    },
    site::{
        accounts::{Account, Role},
        posts::Draft,
    },
    store::{boosts, media, pointers, posts},
};

const HTML: &str = "text/html,application/xhtml+xml,*/*;q=0.8";
const ACTIVITY: &str = "application/activity+json";
const PASSWORD: &str = "a long password";
/// Words that only things hidden from strangers contain.
const HIDDEN: [&str; 4] = ["wordfollowers", "worddirect", "wordtrial", "secretboost"];

struct House {
    app: Data<App>,
    ann: Account,
    first: Object,
    _dir: tempfile::TempDir,
}

/// A server with ann, who wrote a post of each visibility and has one copy on trial, all answering
/// her first post and all about #birds; bob and an admin live there too.
async fn house() -> House {
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.server.data_dir = dir.path().to_owned();
    let app = Data::new(App::open(config).await.unwrap());
    let ann = app.site.create_account("ann", PASSWORD, Role::Member).await.unwrap();
    app.site.create_account("bob", PASSWORD, Role::Member).await.unwrap();
    app.site.create_account("root", PASSWORD, Role::Admin).await.unwrap();
    let write = async |text: &str, visibility: Visibility, parent: Option<&Object>| {
        let draft = Draft {
            text: text.to_owned(),
            visibility,
            warning: String::new(),
            in_reply_to: parent.map(|object| object.id.clone()),
        };
        app.site.write_post(&ann, draft).await.unwrap()
    };
    let first = write("the first", Visibility::Public, None).await;
    for visibility in Visibility::ALL {
        write(&format!("word{} about #birds", visibility.as_str()), visibility, Some(&first)).await;
    }
    trial_copy(&app, &ann, &first).await;
    House { app, ann, first, _dir: dir }
}

/// A public post, a boost and a like that came with a transfer and are not kept yet.
async fn trial_copy(app: &App, ann: &Account, parent: &Object) {
    let id = app.clock.id();
    let (account_id, transfer_id) = (ann.id.as_str().to_owned(), Some("transfer".to_owned()));
    let hashtag = Tag { kind: TagKind::Hashtag, name: "#birds".into(), href: None };
    let file = app.site.urls.media("trialfile", "a.png");
    let attachment = Attachment {
        url: file.to_string(),
        media_type: "image/png".into(),
        alt: Some("a bird".into()),
        blurhash: None,
        focal_point: None,
        width: None,
        height: None,
    };
    let object = Object {
        id: app.site.urls.post("ann", &id),
        url: Some(app.site.urls.post_page("ann", &id)),
        content: "<p>wordtrial <script>alert(1)</script></p>".into(),
        in_reply_to: Some(parent.id.clone()),
        tags: vec![hashtag],
        attachments: vec![attachment],
        ..parent.clone()
    };
    let post = posts::NewPost {
        id: id.clone(),
        account_id: account_id.clone(),
        object: serde_json::to_string(&object).unwrap(),
        visibility: "public".into(),
        published_at: object.published.micros(),
        in_reply_to: Some(parent.id.to_string()),
        transfer_id: transfer_id.clone(),
        is_trial: true,
        tags: vec!["birds".into()],
    };
    let boost = boosts::BoostRow {
        id: app.clock.id(),
        account_id: account_id.clone(),
        object_url: "https://b.example/secretboost".into(),
        visibility: "public".into(),
        published: "2024-01-01T00:00:00Z".into(),
        previously: "[]".into(),
        transfer_id: transfer_id.clone(),
        is_trial: true,
    };
    let like = pointers::PointerRow {
        id: app.clock.id(),
        account_id: account_id.clone(),
        kind: "likes".into(),
        object_url: "https://b.example/secretlike".into(),
        published: None,
        transfer_id: transfer_id.clone(),
        is_trial: true,
    };
    let row = |id: &str, post_id: Option<String>, media_type: &str, is_trial: bool| media::NewMedia {
        id: id.to_owned(),
        account_id: account_id.clone(),
        post_id,
        sha256: "ab12".into(),
        bytes: 9,
        media_type: media_type.to_owned(),
        file_name: "a.png".into(),
        transfer_id: transfer_id.clone(),
        is_trial,
    };
    let open = parent.id.path_segments().unwrap().next_back().unwrap().to_owned();
    let files = [
        row("trialfile", Some(id), "image/png", true),
        row("openfile", Some(open.clone()), "image/png", false),
        row("pagefile", Some(open), "text/html", false),
        row("lonefile", None, "image/png", false),
    ];
    let path = app.blobs.path("ab12");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, b"nine byte").unwrap();
    app.store
        .write(move |c| {
            Box::pin(async move {
                posts::insert_in(c, post).await?;
                boosts::insert_in(c, boost).await?;
                pointers::insert_in(c, like).await?;
                for file in files {
                    media::insert_in(c, file).await?;
                }
                Ok(())
            })
        })
        .await
        .unwrap();
}

struct Answer {
    status: StatusCode,
    headers: header::HeaderMap,
    text: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

impl House {
    async fn get(&self, path: &str, accept: &str, who: Option<&str>) -> Answer {
        self.ask(test::TestRequest::get().uri(path).insert_header((header::ACCEPT, accept)), who).await
    }

    async fn ask(&self, mut request: test::TestRequest, who: Option<&str>) -> Answer {
        if let Some(name) = who {
            let token = self.app.site.sign_in(name, PASSWORD).await.unwrap().unwrap();
            request = request.cookie(actix_web::cookie::Cookie::new(cookie_name(&self.app), token));
        }
        let service =
            test::init_service(Actix::new().app_data(self.app.clone()).configure(super::configure)).await;
        answered(service.call(request.to_request()).await.unwrap()).await
    }
}

async fn answered<B: MessageBody>(response: ServiceResponse<B>) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = test::read_body(response).await;
    Answer { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

#[actix_web::test]
async fn a_stranger_and_a_neighbour_see_nothing_private_or_on_trial_anywhere() {
    let house = house().await;
    let id = house.first.id.path().to_owned();
    let page = house.first.url.as_ref().unwrap().path().to_owned();
    let lists = [
        ("/users/ann/outbox?cursor=first", ACTIVITY, "wordunlisted"),
        (&format!("{id}/replies"), ACTIVITY, "posts/"),
        (&id, ACTIVITY, "the first"),
        ("/@ann/with_replies", HTML, "wordunlisted"),
        ("/@ann", HTML, "the first"),
        (&page, HTML, "wordunlisted"),
        ("/@ann/media", HTML, "the first"),
        ("/tags/birds", HTML, "wordpublic"),
        ("/search?q=WORD", HTML, "wordpublic"),
        ("/@ann.rss", HTML, "the first"),
        ("/users/ann/liked", ACTIVITY, "totalItems"),
    ];
    for who in [None, Some("bob")] {
        for (path, accept, there) in lists {
            let answer = house.get(path, accept, who).await;
            assert!(answer.text.contains(there), "{path} {}", answer.text);
            for word in HIDDEN {
                assert!(!answer.text.contains(word), "{word} shows at {path} to {who:?}");
            }
            assert!(!answer.text.contains("secretlike"), "{path}");
        }
        let listed = house.get("/search?q=word", HTML, who).await;
        assert!(!listed.text.contains("wordunlisted"), "unlisted posts stay out of search");
        let outbox = house.get("/users/ann/outbox", ACTIVITY, who).await.json();
        assert_eq!(outbox["totalItems"], 3);
    }
}

#[actix_web::test]
async fn the_owner_sees_everything_and_nothing_of_it_is_cached() {
    let house = house().await;
    let outbox = house.get("/users/ann/outbox?cursor=first", ACTIVITY, Some("ann")).await;
    for word in HIDDEN {
        assert!(outbox.text.contains(word), "{word} is missing");
    }
    assert!(outbox.text.contains("?view="), "private files need a signed view");
    assert_eq!(outbox.header("cache-control"), "private, no-store");
    assert!(outbox.header("vary").contains("Cookie"));
    assert_eq!(house.get("/users/ann/outbox", ACTIVITY, Some("ann")).await.json()["totalItems"], 7);
    let page = house.get("/@ann/with_replies", HTML, Some("ann")).await.text;
    assert!(page.contains("copy, only you see this") && page.contains("secretboost"));
    assert!(!page.contains("<script"), "copied markup is cleaned");
    assert_eq!(house.get("/users/ann/liked", ACTIVITY, Some("ann")).await.json()["totalItems"], 1);
}

#[actix_web::test]
async fn an_admin_may_look_at_copies_on_trial_but_not_at_private_posts() {
    let house = house().await;
    let page = house.get("/@ann/with_replies", HTML, Some("root")).await.text;
    assert!(page.contains("wordtrial"));
    assert!(!page.contains("worddirect") && !page.contains("wordfollowers"));
}

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
        "sharedInbox", "oauthAuthorizationEndpoint", "oauthMigrationEndpoint", "oauthTokenEndpoint",
        "startMigration", "finishMigration", "godwitHandOver", "godwitStatus",
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
    assert!(house.get("/.well-known/webfinger?resource=acct:actor@social.example", "*/*", None).await.status.is_success());
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
    let part = test::TestRequest::get().uri("/media/openfile/a.png").insert_header((header::RANGE, "bytes=5-"));
    let part = house.ask(part, None).await;
    assert_eq!((part.status, part.text.as_str()), (StatusCode::PARTIAL_CONTENT, "byte"));
    assert_eq!(part.header("content-range"), "bytes 5-8/9");
}

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
    let deleted = send(&format!("/posts/{local}/delete"), &[("csrf", &csrf)]).await;
    assert_eq!(deleted.status, StatusCode::SEE_OTHER);
    let gone = house.get(id.path(), ACTIVITY, None).await;
    assert_eq!((gone.status, gone.json()["type"].as_str().unwrap()), (StatusCode::GONE, "Tombstone"));
    let unknown = send("/posts", &[("text", "hi"), ("visibility", "everyone"), ("csrf", &csrf)]).await;
    let id = url::Url::parse(unknown.json()["id"].as_str().unwrap()).unwrap();
    assert_eq!(house.get(id.path(), ACTIVITY, None).await.status, StatusCode::NOT_FOUND, "unknown is direct");
}

#[actix_web::test]
async fn answering_does_not_reveal_whether_a_hidden_post_exists() {
    let house = house().await;
    let bob = house.app.site.account_named("bob").await.unwrap().unwrap();
    let viewer = crate::site::viewer::Viewer::Owner(house.ann.id.clone());
    let shelf = crate::site::lists::Shelf::Everything;
    let all = house.app.site.entries(&house.ann, &viewer, shelf, None, 40).await.unwrap();
    let hidden = all.items.iter().find_map(|entry| match entry {
        crate::site::lists::Entry::Post(post) if post.object.visibility == Visibility::Direct => Some(&post.object.id),
        _ => None,
    });
    let nowhere = house.app.site.urls.post("ann", "none");
    for parent in [hidden.unwrap(), &nowhere] {
        let draft = Draft {
            text: "hm".into(),
            visibility: Visibility::Public,
            warning: String::new(),
            in_reply_to: Some(parent.clone()),
        };
        let refused = house.app.site.write_post(&bob, draft).await.unwrap_err();
        assert!(refused.to_string().contains("no such post"));
    }
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
