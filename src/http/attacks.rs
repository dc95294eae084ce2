//! What somebody hostile tries with the pages; each attempt fails.

use actix_web::{
    cookie::Cookie,
    http::{StatusCode, header},
    test::{self, TestRequest},
    web,
};

use super::extract::cookie_name;
use crate::{app::App, config::Config, site::accounts::Role};

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

    async fn ask(&self, request: TestRequest) -> Answer {
        let service = test::init_service(
            actix_web::App::new()
                .app_data(self.app.clone())
                .wrap(actix_web::middleware::from_fn(super::error_pages::error_pages))
                .configure(super::configure),
        )
        .await;
        let request = request.insert_header((header::ACCEPT, HTML)).to_request();
        match test::try_call_service(&service, request).await {
            Ok(answer) => {
                let (status, headers) = (answer.status(), answer.headers().clone());
                let body = String::from_utf8(test::read_body(answer).await.to_vec()).unwrap();
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
    let draft = crate::site::posts::Draft {
        text: evil.to_owned(),
        visibility: crate::model::object::Visibility::Public,
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
