//! Every page of a move names both homes, in colour and in words. The list of pages is the table of routes.

use std::collections::BTreeSet;

use actix_web::{http::header, test, web};
use scraper::{Html, Selector};

use super::{
    bench::{Daemon, PASSWORD},
    registered::paths,
};
use crate::{
    model::transfer::{Origin, Transfer, TransferState},
    oauth::scope::Scope,
    store::{letters, transfers},
    transfer::{announce, fakes, hand_over, rest},
};

/// Where the pages of a move are.
const PLACES: [&str; 8] = [
    "/transfers",
    "/departures",
    "/call-off",
    "/stop",
    "/former-homes",
    "/follows/again",
    "/godwit/oauth/authorize",
    "/godwit/callback",
];

/// Addresses under them that show no page of their own, and pages on which nobody can say yet which the other home is.
const OTHERS: [(&str, &str); 6] = [
    ("/transfers/{id}/finish", "sends on to Old home"),
    ("/follows/again/permitted", "comes back from the server beside, and sends on"),
    ("/godwit/callback", "sends on; under another name it is walked through in a browser"),
    ("/departures/code", "whoever is let in no more has not said yet who they are"),
    ("/former-homes", "asks for one; names the last as soon as there is one"),
    ("/transfers/archive", "no file has said yet where it comes from: it says a file"),
];

const NEW: &str = "https://new.example/users/ann";

/// Pages as they are registered.
fn pages() -> BTreeSet<String> {
    let is_of_a_move =
        |path: &String| PLACES.iter().any(|place| path.starts_with(place)) && !path.ends_with("/live");
    let found: BTreeSet<String> = paths(["route(\"", "get()"]).filter(is_of_a_move).collect();
    assert!(found.len() > 10, "the registrations are no longer understood: {found:?}");
    found
}

/// Ann of old.example, whose move to new.example rests or is announced, and who has a copy in every state besides.
struct House {
    daemon: Daemon,
    departure: String,
    copies: Vec<(TransferState, String)>,
    call_off: String,
    stop: String,
}

impl House {
    async fn new() -> Self {
        let daemon = Daemon::new().await;
        let side = daemon.app.source_side();
        let reading = daemon.bench.grant(Scope::Read).await;
        let grant = daemon.bench.grant(Scope::HandOver).await;
        hand_over::start(&side, &grant, NEW, Some("https://new.example/transfers/1")).await.unwrap();
        let whole = hand_over::Batch { complete: true, ..hand_over::Batch::default() };
        hand_over::take(&side, &grant, whole).await.unwrap();
        let departure = hand_over::departure_of(&side, &grant).await.unwrap().unwrap();
        let mut house = Self {
            daemon,
            departure: departure.id,
            copies: Vec::new(),
            call_off: String::new(),
            stop: String::new(),
        };
        house.last_word("yes").await;
        let (_, session) = house.daemon.sign_in("ann").await;
        let store = &house.daemon.app.store;
        let all = letters::of_account(store, session.account.id.as_str(), 9).await.unwrap();
        let secret = |kind: &str| {
            let letter = all.iter().find(|letter| letter.kind == kind).unwrap();
            letters::secret(store, letter).unwrap()
        };
        house.call_off = secret(letters::kind::RESTS);
        house.stop = secret(letters::kind::EXPORT);
        assert!(!reading.consent.as_str().is_empty());
        for state in TransferState::ALL {
            let transfer = Transfer {
                id: house.daemon.app.clock.id().as_str().into(),
                account: session.account.id.clone(),
                asked_for: "@ann@first.example".to_owned(),
                origin: Origin::Live { actor: "https://first.example/users/ann".parse().unwrap() },
                state: *state,
                problem: None,
                resume_at: None,
                ending: None,
            };
            house.copies.push((*state, transfer.id.to_string()));
            transfers::insert(store, transfer, None, 0).await.unwrap();
        }
        house
    }

    /// Says the last word, with a day to think or without.
    async fn last_word(&self, later: &str) {
        let (cookie, session) = self.daemon.sign_in("ann").await;
        let form = [
            ("departure", self.departure.as_str()),
            ("password", PASSWORD),
            ("later", later),
            ("csrf", session.csrf.as_str()),
        ];
        let said = test::TestRequest::post().uri("/departures/ann/finish").cookie(cookie).set_form(form);
        assert_eq!(self.daemon.ask(said).await.status, 303);
    }

    /// The same after the announcement.
    async fn announced() -> Self {
        let house = Self::new().await;
        let side = house.daemon.app.source_side();
        rest::call_off(&side, &house.daemon.bench.ann().id, &house.departure).await.unwrap();
        house.last_word("").await;
        while announce::advance(&side, &house.departure).await.unwrap() {}
        house
    }

    /// The addresses that a route stands for.
    fn addresses(&self, route: &str) -> Vec<String> {
        let query = |scope| {
            let fields = fakes::request(scope);
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(fields.fields()).finish()
        };
        match route {
            "/godwit/oauth/authorize" => {
                [Scope::Read, Scope::HandOver].map(|scope| format!("{route}?{}", query(scope))).into()
            }
            "/call-off/{token}" => vec![route.replace("{token}", &self.call_off)],
            "/stop/{token}" => vec![route.replace("{token}", &self.stop)],
            "/transfers/new" => vec![format!("{route}?of=%40ann%40first.example")],
            "/transfers/{id}/remove" => {
                let done = self.copies.iter().find(|(state, _)| *state == TransferState::Done);
                vec![route.replace("{id}", &done.unwrap().1)]
            }
            _ if route.contains("{id}") => {
                self.copies.iter().map(|(_, id)| route.replace("{id}", id)).collect()
            }
            _ => vec![route.replace("{name}", "ann")],
        }
    }

    /// What stands in the two places for the homes of a move; nothing where there is no page now.
    async fn named(&self, address: &str) -> Option<(String, String)> {
        let (cookie, _) = self.daemon.sign_in("ann").await;
        let app = actix_web::App::new()
            .app_data(web::Data::clone(&self.daemon.app))
            .wrap(actix_web::middleware::from_fn(super::error_pages::error_pages))
            .configure(super::configure);
        let service = test::init_service(app).await;
        let request = test::TestRequest::get().uri(address).insert_header((header::ACCEPT, "text/html"));
        let answer = test::call_service(&service, request.cookie(cookie).to_request()).await;
        let status = answer.status();
        let policy = answer.headers().get(header::CONTENT_SECURITY_POLICY);
        let policy = policy.map(|text| text.to_str().unwrap().to_owned()).unwrap_or_default();
        let body = String::from_utf8(test::read_body(answer).await.to_vec()).unwrap();
        if status != 200 {
            return None;
        }
        // Nobody lays one of these pages under a page of their own.
        assert!(policy.contains("frame-ancestors 'none'"), "{address}: {policy}");
        let page = Html::parse_document(&body);
        let text = |selector: &str| {
            let selector = Selector::parse(selector).unwrap();
            page.select(&selector).next().map(|one| one.text().collect::<String>()).unwrap_or_default()
        };
        if text("body.old-home .whose").is_empty() && text("body.new-home .whose").is_empty() {
            return Some((String::new(), String::new()));
        }
        Some((text("main .homes .is-old strong"), text("main .homes .is-new strong")))
    }
}

#[actix_web::test]
async fn every_page_of_a_move_names_both_homes_in_colour_and_in_words() {
    let houses = [House::new().await, House::announced().await];
    let (mut findings, pages) = (Vec::new(), pages());
    for (other, _) in OTHERS {
        assert!(pages.contains(other), "{other} is no page any more");
    }
    for route in pages.iter().filter(|route| !OTHERS.iter().any(|(other, _)| route == other)) {
        let mut is_shown = false;
        for house in &houses {
            for address in house.addresses(route) {
                let Some((old, new)) = house.named(&address).await else { continue };
                is_shown = true;
                // Here is old.example: it is left for new.example, and came from first.example.
                let fits = (old.contains("old.example") && new.contains("new.example"))
                    || (old.contains("first.example") && new.contains("old.example"));
                if !fits {
                    findings.push(format!("{address} names {old:?} and {new:?}"));
                }
            }
        }
        if !is_shown {
            findings.push(format!("{route} was not seen"));
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[actix_web::test]
async fn whoever_signs_in_on_the_way_reads_where_they_come_from() {
    let house = House::new().await;
    let consent = house.addresses("/godwit/oauth/authorize").remove(0);
    for (next, expected) in [
        (consent.as_str(), ("old.example", "new.example")),
        ("/transfers/new?of=@ann@first.example", ("@ann@first.example", "old.example")),
        ("/godwit/callback?iss=https://first.example/", ("first.example", "old.example")),
    ] {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
        let app =
            actix_web::App::new().app_data(web::Data::clone(&house.daemon.app)).configure(super::configure);
        let service = test::init_service(app).await;
        let request = test::TestRequest::get().uri(&format!("/sign-in?{query}")).to_request();
        let answer = test::call_service(&service, request).await;
        let page = Html::parse_document(std::str::from_utf8(&test::read_body(answer).await).unwrap());
        let text = |selector: &str| {
            let selector = Selector::parse(selector).unwrap();
            page.select(&selector).next().map(|one| one.text().collect::<String>()).unwrap_or_default()
        };
        assert_eq!((text(".is-old strong").as_str(), text(".is-new strong").as_str()), expected, "{next}");
    }
}
