//! Every page in a language nobody speaks: what is not in brackets never came from the texts.

use actix_web::{cookie::Cookie, http::header, test, web};

use super::extract::cookie_name;
use crate::{
    app::App,
    config::Config,
    model::{
        ending::Ending,
        object::Visibility,
        policy::Policy,
        report::{KindCounts, ReasonCount, Report},
        transfer::{Origin, Transfer, TransferState},
    },
    site::{
        accounts::{Account, Role},
        posts::Draft,
    },
    store::transfers,
    words::pseudo,
};

const PASSWORD: &str = "a long password";
/// Names, and words of people and other servers, that a page may show as they are.
const DATA: [&str; 9] =
    ["social.example", "@ann", "ann", "A", "old.example", "godwit", "a post about", "birds", "Too large."];

struct House {
    app: web::Data<App>,
    ann: Account,
    _dir: tempfile::TempDir,
}

async fn house() -> House {
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.server.data_dir = dir.path().to_owned();
    config.policy.sign_up = true;
    let app = web::Data::new(App::open(config).await.unwrap());
    let ann = app.site.create_account("ann", PASSWORD, Role::Member).await.unwrap();
    House { app, ann, _dir: dir }
}

impl House {
    async fn post(&self) -> String {
        let draft = Draft {
            text: "a post about #birds".to_owned(),
            visibility: Visibility::Followers,
            warning: String::new(),
            in_reply_to: None,
        };
        let object = self.app.site.write_post(&self.ann, draft).await.unwrap();
        object.url.unwrap().path().to_owned()
    }

    async fn transfer(&self, state: TransferState, ending: Option<Ending>) -> String {
        let transfer = Transfer {
            id: self.app.clock.id().as_str().into(),
            account: self.ann.id.clone(),
            asked_for: "@ann@old.example".to_owned(),
            origin: Origin::Live { actor: "https://old.example/users/ann".parse().unwrap() },
            state,
            problem: None,
            resume_at: None,
            ending,
        };
        let id = transfer.id.clone();
        transfers::insert(&self.app.store, transfer, None, 0).await.unwrap();
        let counts = KindCounts {
            announced: Some(9),
            source: 8,
            destination: 6,
            skipped: 1,
            declined: 0,
            failed: 1,
            own: 0,
        };
        let reason = ReasonCount { kind: "media".to_owned(), count: 1, why: "too large".to_owned() };
        let report =
            Report { items: [("posts".to_owned(), counts)].into(), reasons: vec![reason], notes: Vec::new() };
        transfers::keep_report(&self.app.store, &id, &report).await.unwrap();
        format!("/transfers/{id}")
    }

    /// What a page says that is in no text.
    async fn hard_coded(&self, path: &str, who: Option<&str>) -> Vec<String> {
        let mut request = test::TestRequest::get().uri(path).insert_header((header::ACCEPT, "text/html"));
        if let Some(name) = who {
            let token = self.app.site.sign_in(name, PASSWORD).await.unwrap().unwrap();
            request = request.cookie(Cookie::new(cookie_name(&self.app), token));
        }
        let service = test::init_service(
            actix_web::App::new()
                .app_data(self.app.clone())
                .wrap(actix_web::middleware::from_fn(super::error_pages::error_pages))
                .configure(super::configure),
        )
        .await;
        let spoken = pseudo::speak();
        let answer = test::call_service(&service, request.to_request()).await;
        let status = answer.status();
        let page = String::from_utf8(test::read_body(answer).await.to_vec()).unwrap();
        drop(spoken);
        assert!(page.starts_with("<!DOCTYPE html>"), "{path} {status} {page}");
        let found = pseudo::hard_coded(&page, &DATA);
        found.into_iter().map(|text| format!("{path}: {text}")).collect()
    }
}

#[actix_web::test]
async fn no_page_says_anything_that_is_not_among_the_texts() {
    let house = house().await;
    let post = house.post().await;
    let edit = format!("/posts/{}/edit", post.rsplit('/').next().unwrap());
    let mut findings = Vec::new();
    for path in [
        "/",
        "/sign-in",
        "/sign-in?next=/transfers/new",
        "/sign-up?next=/transfers/new",
        "/nowhere",
        "/search?q=nothing",
        "/tags/birds",
        "/@ann",
    ] {
        findings.extend(house.hard_coded(path, None).await);
    }
    let own = [
        "/home",
        "/@ann/with_replies",
        "/yours",
        "/departures",
        "/transfers/new",
        "/transfers/archive",
        "/former-homes",
        "/follows/again",
        "/departures/ann/onward",
        &post,
        &edit,
    ];
    for path in own {
        findings.extend(house.hard_coded(path, Some("ann")).await);
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[actix_web::test]
async fn no_page_of_the_desk_and_no_rule_says_anything_that_is_not_among_the_texts() {
    let house = house().await;
    house.app.site.set_role("ann", Role::Admin).await.unwrap();
    let mut policy = Policy::default();
    policy.arrivals.terms.limits.posts = Some(3);
    policy.arrivals.terms.limits.media_bytes = Some(1 << 20);
    policy.arrivals.terms.approval.new_servers = true;
    policy.arrivals.terms.cool_down_days = 30;
    crate::transfer::desk::change(&house.app.engine, 0, policy, None).await.unwrap();
    let mut findings = Vec::new();
    for path in ["/desk", "/desk/departures", "/desk/policy", "/desk/erase", "/desk/admins"] {
        findings.extend(house.hard_coded(path, Some("ann")).await);
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[actix_web::test]
async fn no_state_of_a_copy_is_told_in_words_that_are_not_among_the_texts() {
    let house = house().await;
    let mut findings = Vec::new();
    for state in TransferState::ALL {
        let page = house.transfer(*state, None).await;
        findings.extend(house.hard_coded(&page, Some("ann")).await);
    }
    for ending in Ending::ALL {
        let page = house.transfer(TransferState::Done, Some(ending)).await;
        findings.extend(house.hard_coded(&page, Some("ann")).await);
        findings.extend(house.hard_coded(&format!("{page}/remove"), Some("ann")).await);
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}
