//! What somebody hostile tries with the pages; each attempt fails.

use actix_web::{
    cookie::Cookie,
    http::{StatusCode, header},
    test::{self, TestRequest},
    web,
};

use super::extract::cookie_name;
use crate::{
    app::App,
    config::Config,
    model::{
        actor::{Profile, ProfileField},
        media::{MediaFile, MediaRole},
        object::Visibility,
        report::{ReasonCount, Report},
        transfer::{Origin, Transfer, TransferState},
    },
    site::{
        accounts::{Account, Role},
        posts::Draft,
    },
    store::{blobs::Expected, media, transfers},
};

const PASSWORD: &str = "a long password";
const HTML: &str = "text/html,application/xhtml+xml,*/*;q=0.8";
/// Every form a signed-in person may send, with what it needs to be read at all.
const FORMS: [(&str, &str); 22] = [
    ("/posts", "text=hi"),
    ("/posts/x/edit", "text=hi"),
    ("/posts/x/delete", ""),
    ("/follows", "handle=@a@b.example"),
    ("/follows/again", ""),
    ("/follows/again/stop", ""),
    ("/yours", "kind=blocks_domains&name=b.example"),
    ("/yours/undo", "kind=blocked&key=x"),
    ("/former-homes", "handle=@a@b.example"),
    ("/transfers", "handle=@a@b.example"),
    ("/transfers/x/confirm", ""),
    ("/transfers/x/begin", ""),
    ("/transfers/x/keep", ""),
    ("/transfers/x/announce", ""),
    ("/transfers/x/discard", ""),
    ("/transfers/x/remove", "password=x"),
    ("/departures/revoke", "consent=x"),
    ("/departures/forwarding", "departure=x&on=no"),
    ("/departures/ann/finish", "departure=x&password=x"),
    ("/departures/ann/farewell", "text=x"),
    ("/departures/ann/delete", "password=x&sure=yes"),
    ("/sign-out", ""),
];

struct Home {
    app: web::Data<App>,
    _dir: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    headers: header::HeaderMap,
    body: String,
}

impl Home {
    async fn new(address: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.server.data_dir = dir.path().to_owned();
        config.server.base_url = address.parse().unwrap();
        config.server.name = "<script>alert(0)</script>".to_owned();
        let app = web::Data::new(App::open(config).await.unwrap());
        app.site.create_account("ann", PASSWORD, Role::Member).await.unwrap();
        Self { app, _dir: dir }
    }

    async fn token(&self) -> String {
        self.app.site.sign_in("ann", PASSWORD).await.unwrap().unwrap()
    }

    fn cookie(&self, token: String) -> Cookie<'static> {
        Cookie::new(cookie_name(&self.app), token)
    }

    /// A public post of somebody's that shows a file, which came as every file comes; gives the file's path.
    async fn file(&self, account: &Account, name: &str, bytes: &'static [u8]) -> String {
        self.file_for(account, name, bytes, Visibility::Public).await
    }

    /// The same for whoever may see the post.
    async fn file_for(
        &self,
        account: &Account,
        name: &str,
        bytes: &'static [u8],
        visibility: Visibility,
    ) -> String {
        let draft = Draft { text: "look".to_owned(), visibility, warning: String::new(), in_reply_to: None };
        let post = self.app.site.write_post(account, draft).await.unwrap();
        let announced = MediaFile {
            url: "x".into(),
            fetch_url: None,
            role: MediaRole::Attachment,
            media_type: "image/svg+xml".into(),
            bytes: None,
            sha256: None,
        };
        let stream = futures::stream::iter([Ok(bytes::Bytes::from_static(bytes))]);
        let expected = Expected { limit_bytes: 1 << 20, file: &announced };
        let spooled = self.app.blobs.spool(&mut None, stream, expected).await.unwrap();
        let blob = self.app.blobs.keep(vec![spooled]).await.unwrap().blobs()[0].clone();
        let row = media::NewMedia {
            id: self.app.clock.id(),
            account_id: account.id.to_string(),
            post_id: post.id.path_segments().unwrap().next_back().map(str::to_owned),
            sha256: blob.sha256,
            bytes: i64::try_from(blob.bytes).unwrap(),
            media_type: blob.media_type,
            file_name: name.to_owned(),
            transfer_id: None,
            is_trial: false,
        };
        let path = format!("/media/{}/{name}", row.id);
        let write = self.app.store.write(move |c| Box::pin(async move { media::insert_in(c, row).await }));
        assert!(write.await.unwrap());
        path
    }

    async fn ask(&self, request: TestRequest) -> Answer {
        let service = test::init_service(
            actix_web::App::new()
                .app_data(self.app.clone())
                .wrap(actix_web::middleware::from_fn(super::limits::limits))
                .wrap(actix_web::middleware::from_fn(super::error_pages::error_pages))
                .configure(super::configure),
        )
        .await;
        let request = request.insert_header((header::ACCEPT, HTML)).to_request();
        match test::try_call_service(&service, request).await {
            Ok(answer) => {
                let (status, headers) = (answer.status(), answer.headers().clone());
                let body = String::from_utf8_lossy(&test::read_body(answer).await).into_owned();
                Answer { status, headers, body }
            }
            Err(error) => {
                let answer = error.error_response();
                Answer { status: answer.status(), headers: answer.headers().clone(), body: String::new() }
            }
        }
    }
}

fn form(path: &str, body: &str) -> TestRequest {
    TestRequest::post()
        .uri(path)
        .insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"))
        .set_payload(body.to_owned())
}

#[actix_web::test]
async fn no_form_does_anything_without_the_word_of_its_own_session() {
    let home = Home::new("https://new.example").await;
    let token = home.token().await;
    for (path, body) in FORMS {
        for forged in ["", "0000000000000000"] {
            let body = format!("{body}&csrf={forged}");
            let answer = home.ask(form(path, &body).cookie(home.cookie(token.clone()))).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {}", answer.body);
        }
    }
    assert!(home.app.site.session(&token).await.unwrap().is_some(), "nobody else signs anybody out");
}

#[actix_web::test]
async fn a_session_at_old_home_is_nobody_at_new_home() {
    let (old, new) = (Home::new("https://old.example").await, Home::new("https://new.example").await);
    let token = old.token().await;
    let csrf = old.app.site.session(&token).await.unwrap().unwrap().csrf;
    let there = new.ask(TestRequest::get().uri("/home").cookie(new.cookie(token.clone()))).await;
    assert_eq!(there.status, StatusCode::SEE_OTHER);
    assert!(there.headers.get(header::LOCATION).unwrap().to_str().unwrap().starts_with("/sign-in"));
    let body = format!("text=hi&csrf={csrf}");
    let written = new.ask(form("/posts", &body).cookie(new.cookie(token))).await;
    assert_eq!(written.status, StatusCode::SEE_OTHER, "sent to sign in, not written");
    let profile = new.ask(TestRequest::get().uri("/@ann")).await;
    assert!(profile.body.contains("Nothing here yet."), "{}", profile.body);
}

#[actix_web::test]
async fn a_session_that_somebody_else_chose_is_never_the_one_signed_into() {
    let home = Home::new("https://new.example").await;
    let planted = "a".repeat(43);
    let body = format!("username=ann&password={}", PASSWORD.replace(' ', "+"));
    let answer = home.ask(form("/sign-in", &body).cookie(home.cookie(planted.clone()))).await;
    let set = answer.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap().to_owned();
    assert!(set.starts_with("__Host-godwit=") && !set.contains(&planted), "{set}");
    assert!(home.app.site.session(&planted).await.unwrap().is_none());
}

#[actix_web::test]
async fn no_page_is_framed_or_runs_what_it_did_not_bring() {
    let home = Home::new("https://new.example").await;
    let token = home.token().await;
    let pages = ["/", "/nowhere", "/@ann", "/home", "/transfers/new", "/departures", "/yours"];
    for path in pages {
        let page = home.ask(TestRequest::get().uri(path).cookie(home.cookie(token.clone()))).await;
        let policy = page.headers.get(header::CONTENT_SECURITY_POLICY).unwrap().to_str().unwrap().to_owned();
        for rule in ["default-src 'none'", "frame-ancestors 'none'", "script-src 'self'", "base-uri 'none'"] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
        assert!(!page.body.contains(" style=") && !page.body.contains(" onclick="), "{path}");
        let scripts = page.body.matches("<script").count();
        assert_eq!(scripts, page.body.matches("<script src=\"/static/").count(), "{path}");
    }
}

#[actix_web::test]
async fn what_people_write_stays_words() {
    let home = Home::new("https://new.example").await;
    let ann = home.app.site.account_named("ann").await.unwrap().unwrap();
    let evil = "<script>alert(1)</script><img src=x onerror=alert(2)>";
    let draft = Draft {
        text: evil.to_owned(),
        visibility: Visibility::Public,
        warning: evil.to_owned(),
        in_reply_to: None,
    };
    home.app.site.write_post(&ann, draft).await.unwrap();
    let token = home.token().await;
    for path in ["/@ann", "/home", "/search?q=alert"] {
        let page = home.ask(TestRequest::get().uri(path).cookie(home.cookie(token.clone()))).await.body;
        assert!(page.contains("alert"), "{path} {page}");
        assert!(!page.contains("<script>") && !page.contains("<img src=x"), "{path} {page}");
    }
}

/// Forms of the desk, for an admin whose browser is led astray.
const DESK: [(&str, &str); 14] = [
    ("/desk/arrivals/x/approve", ""),
    ("/desk/arrivals/x/decline", "why=x"),
    ("/desk/arrivals/x/ask", "question=x"),
    ("/desk/arrivals/x/hold", "days=3"),
    ("/desk/arrivals/x/hide", "hide_why=x"),
    ("/desk/arrivals/x/remove", "remove_why=x"),
    ("/desk/arrivals/x/show", ""),
    ("/desk/departures/stop", "server=b.example"),
    ("/desk/departures/stop-all", ""),
    ("/desk/departures/sanction", "name=ann&reason=x"),
    ("/desk/policy", "version=0"),
    ("/desk/policy/what-if", "version=0"),
    ("/desk/erase", "address=https://new.example/x&why=x"),
    ("/letters/address", "address=a@b.example"),
];

#[actix_web::test]
async fn no_deed_of_an_admin_is_done_without_the_word_of_their_own_session_and_none_by_others() {
    let home = Home::new("https://new.example").await;
    home.app.site.create_account("eve", PASSWORD, Role::Admin).await.unwrap();
    let eve = home.app.site.sign_in("eve", PASSWORD).await.unwrap().unwrap();
    let anns = home.token().await;
    let csrf = home.app.site.session(&anns).await.unwrap().unwrap().csrf;
    for (path, body) in DESK {
        let forged = format!("{body}&csrf={csrf}");
        let answer = home.ask(form(path, &forged).cookie(home.cookie(eve.clone()))).await;
        assert!(matches!(answer.status.as_u16(), 403 | 404), "{path} {}", answer.status);
        if path.starts_with("/desk") {
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
            let answer = home.ask(form(path, &forged).cookie(home.cookie(anns.clone()))).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "no desk for ann: {path}");
        }
    }
    let rules = crate::transfer::desk::rules(&home.app.engine).await.unwrap();
    assert_eq!(rules.version, 0, "nothing was changed");
}

#[actix_web::test]
async fn nothing_leads_away_from_this_server_after_signing_in_or_out() {
    let home = Home::new("https://new.example").await;
    for evil in [
        "https://evil.example/",
        "//evil.example",
        "/%5Cevil.example",
        "/%09/evil.example",
        "javascript:alert(1)",
    ] {
        let page = home.ask(TestRequest::get().uri(&format!("/sign-in?next={evil}"))).await;
        assert!(
            !page.body.contains("evil.example") && !page.body.contains("javascript:"),
            "{evil}: {}",
            page.body
        );
        let body = format!("username=ann&password={}&next={evil}", PASSWORD.replace(' ', "+"));
        let answer = home.ask(form("/sign-in", &body)).await;
        assert_eq!(answer.headers.get(header::LOCATION).unwrap(), "/home", "{evil}");
        // A new account goes on at once as well.
        let page = home.ask(TestRequest::get().uri(&format!("/sign-up?next={evil}"))).await;
        assert!(!page.body.contains("evil.example") && !page.body.contains("javascript:"), "{evil}");
        let token = home.token().await;
        let csrf = home.app.site.session(&token).await.unwrap().unwrap().csrf;
        let body = format!("csrf={csrf}&next={evil}");
        let answer = home.ask(form("/sign-out", &body).cookie(home.cookie(token))).await;
        let location = answer.headers.get(header::LOCATION).unwrap().to_str().unwrap();
        assert!(
            location.starts_with('/') && !location.starts_with("//") && !location.contains("evil"),
            "{location}"
        );
    }
}

#[actix_web::test]
async fn who_guesses_from_one_address_is_stopped_and_a_forged_address_does_not_help() {
    let home = Home::new("https://new.example").await;
    let guess = |n: usize, from: &str, said: &str| {
        let body = format!("username=nobody{n}&password=wrong-password");
        form("/sign-in", &body)
            .peer_addr(format!("{from}:4711").parse().unwrap())
            .insert_header(("x-forwarded-for", said.to_owned()))
    };
    let most = usize::try_from(home.app.config.limits.rates.passwords).unwrap();
    // How many guesses were looked at before one was stopped. On a slow machine more than a minute's may be.
    let let_through = async |from: &str, said: &dyn Fn(usize) -> String| {
        for n in 0..10 * most {
            let answer = home.ask(guess(n, from, &said(n))).await;
            if answer.status == StatusCode::TOO_MANY_REQUESTS {
                let seconds =
                    answer.headers.get(header::RETRY_AFTER).unwrap().to_str().unwrap().parse::<u64>();
                assert!((1..=60).contains(&seconds.unwrap()));
                return n;
            }
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        }
        panic!("nobody stopped {from}");
    };
    let begun = std::time::Instant::now();
    // Asked directly, with another claim every time.
    let direct = let_through("203.0.113.9", &|n| format!("192.0.2.{n}")).await;
    assert!(direct >= most);
    let behind = let_through("127.0.0.1", &|_| "203.0.113.9".to_owned()).await;
    assert!(
        behind < most / 2,
        "our own proxy is believed, and whoever it speaks for is stopped still: {behind}"
    );
    // Both ways are one count: a minute's guesses, and what has come back to it since.
    let seconds = usize::try_from(begun.elapsed().as_secs()).unwrap() + 1;
    assert!(direct + behind <= most + most * seconds / 60 + 1, "{direct} and {behind} in {seconds} s");
    let other = home.ask(guess(0, "203.0.113.10", "203.0.113.9")).await;
    assert_eq!(other.status, StatusCode::UNAUTHORIZED, "somebody else is not stopped");
}

#[actix_web::test]
async fn files_that_could_run_are_given_as_nothing_that_runs() {
    let home = Home::new("https://new.example").await;
    let ann = home.app.site.account_named("ann").await.unwrap().unwrap();
    let evil: [(&str, &[u8]); 3] = [
        ("drawing.svg", br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#),
        ("page.html", b"<!DOCTYPE html><html><script>alert(1)</script></html>"),
        ("actor.json", br#"{"@context":"https://www.w3.org/ns/activitystreams","type":"Person"}"#),
    ];
    for (name, bytes) in evil {
        let address = home.file(&ann, name, bytes).await;
        let request = TestRequest::get().uri(&address);
        let answer = home.ask(request).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}");
        let text = |header: header::HeaderName| {
            answer.headers.get(header).unwrap().to_str().unwrap().to_ascii_lowercase()
        };
        let kind = text(header::CONTENT_TYPE);
        assert!(
            !kind.contains("svg")
                && !kind.contains("html")
                && !kind.contains("json")
                && !kind.contains("xml"),
            "{name} is given as {kind}"
        );
        assert_eq!(text(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert!(text(header::CONTENT_SECURITY_POLICY).contains("default-src 'none'"), "{name}");
        assert!(text(header::CONTENT_DISPOSITION).starts_with("attachment"), "{name}");
        assert!(answer.headers.get(header::SET_COOKIE).is_none());
    }
}

#[actix_web::test]
async fn where_files_are_no_cookie_counts_and_none_is_given() {
    const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n and more of a picture";
    let home = Home::new("https://new.example").await;
    let ann = home.app.site.account_named("ann").await.unwrap().unwrap();
    let open = home.file(&ann, "open.png", PICTURE).await;
    let private = home.file_for(&ann, "private.png", PICTURE, Visibility::Followers).await;
    let token = home.token().await;
    let nothing = "/media/nothing/nothing.png".to_owned();
    let asked = async |path: &str, range: &str, cookie: Option<&str>| {
        let mut request = TestRequest::get().uri(path).insert_header((header::RANGE, range));
        if let Some(token) = cookie {
            request = request.cookie(home.cookie(token.to_owned()));
        }
        home.ask(request).await
    };
    for (path, range, status) in [
        (&open, "", 200),
        (&open, "bytes=0-3", 206),
        (&open, "bytes=900-", 416),
        // The owner's own session opens nothing here: an address alone does, for a while.
        (&private, "", 404),
        (&nothing, "", 404),
    ] {
        let nobody = asked(path, range, None).await;
        for cookie in [token.as_str(), "forged"] {
            let somebody = asked(path, range, Some(cookie)).await;
            assert_eq!(somebody.status, nobody.status, "{path} {range}");
            assert_eq!(somebody.body, nobody.body, "{path} {range}");
        }
        assert_eq!(nobody.status, status, "{path} {range}");
        for answer in [&nobody, &asked(path, range, Some(&token)).await] {
            let text = |name: &str| answer.headers.get(name).map_or("", |text| text.to_str().unwrap());
            assert_eq!(text("x-content-type-options"), "nosniff", "{path} {range}");
            assert!(answer.headers.get(header::SET_COOKIE).is_none(), "{path} {range}");
            assert!(!text("vary").to_ascii_lowercase().contains("cookie"), "{path} {range}");
        }
    }
    // What is open may be kept by everybody; the address that opens a private file is no cookie's work.
    let shown = asked(&open, "", Some(&token)).await;
    assert_eq!(shown.headers.get(header::CACHE_CONTROL).unwrap(), "public, max-age=3600");
    let key = home.app.site.view_key().await.unwrap();
    let id = private.split('/').nth(2).unwrap();
    let view = key.token(id, home.app.clock.now_micros());
    let opened = asked(&format!("{private}?view={view}"), "", None).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
    assert_eq!(opened.headers.get(header::CACHE_CONTROL).unwrap(), "private, no-store");
}

#[actix_web::test]
async fn the_cookie_of_a_session_is_bound_to_this_server_and_kept_from_scripts_and_other_sites() {
    let home = Home::new("https://new.example").await;
    let body = format!("username=ann&password={}", PASSWORD.replace(' ', "+"));
    let answer = home.ask(form("/sign-in", &body)).await;
    let set = answer.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
    let parts: Vec<&str> = set.split("; ").collect();
    for wanted in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(parts.contains(&wanted), "{set}");
    }
    // The prefix makes browsers refuse it from another host, from a path, and without encryption.
    assert!(set.starts_with("__Host-") && !set.to_ascii_lowercase().contains("domain="), "{set}");
}

#[actix_web::test]
async fn what_comes_with_a_copy_stays_words_in_names_profiles_samples_and_reasons() {
    let home = Home::new("https://new.example").await;
    let ann = home.app.site.account_named("ann").await.unwrap().unwrap();
    let evil = "<script>alert(1)</script><img src=x onerror=alert(2)>";
    let transfer = |state| Transfer {
        id: home.app.clock.id().as_str().into(),
        account: ann.id.clone(),
        asked_for: format!("@{evil}@old.example"),
        origin: Origin::Live { actor: "https://old.example/users/%3Cscript%3Ealert(3)".parse().unwrap() },
        state,
        problem: Some(format!("old.example says: “{evil}”")),
        resume_at: None,
        ending: None,
    };
    // A profile as another server may give it, and everything else its words stand in.
    let kept = transfer(TransferState::Keeping);
    transfers::insert(&home.app.store, kept.clone(), None, 0).await.unwrap();
    let profile = Profile {
        name: evil.to_owned(),
        summary: format!("<p onclick=\"alert(4)\">biography {evil}</p>"),
        fields: vec![ProfileField { name: evil.to_owned(), value: format!("field {evil}") }],
    };
    let destination = &home.app.engine.destination;
    destination.write_profile(&kept.id, &ann.id, profile, None, None).await.unwrap();
    destination.release(&kept.id, &ann.id).await.unwrap();
    let mut pages = vec!["/@ann".to_owned(), "/home".to_owned(), "/transfers/new".to_owned()];
    for state in [TransferState::AwaitingChoice, TransferState::Trial, TransferState::Failed] {
        let transfer = transfer(state);
        pages.push(format!("/transfers/{}", transfer.id));
        let id = transfer.id.clone();
        transfers::insert(&home.app.store, transfer, None, 0).await.unwrap();
        let survey = serde_json::json!({"counts": {"content": 1}, "sample": [{"day": evil, "text": evil}]});
        transfers::keep_survey(&home.app.store, &id, survey).await.unwrap();
        let why = evil.to_owned();
        let reasons = vec![ReasonCount { kind: "media".to_owned(), count: 1, why }];
        let report = Report { items: [].into(), reasons, notes: Vec::new() };
        transfers::keep_report(&home.app.store, &id, &report).await.unwrap();
    }
    let token = home.token().await;
    for path in pages {
        let page = home.ask(TestRequest::get().uri(&path).cookie(home.cookie(token.clone()))).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.body.contains("alert") || path == "/home", "{path}: its words are shown\n{}", page.body);
        for live in ["<script>", "<img src=x", " onerror=", " onclick="] {
            let raw = page.body.replace("&lt;img src=x onerror=", "");
            assert!(!raw.contains(live), "{path} {live}: {}", page.body);
        }
    }
}
