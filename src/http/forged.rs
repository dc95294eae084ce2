//! Nothing is done for somebody whose browser was led astray: every deed asks for the word of its own session. The
//! list of deeds is the table of routes.

use std::collections::BTreeSet;

use actix_web::{
    cookie::Cookie,
    http::header,
    test::{self, TestRequest},
    web,
};
use serde_json::{Value, json};

use super::{extract::cookie_name, registered::paths};
use crate::{
    app::App,
    config::Config,
    model::policy::{Rule, RuleWord},
    site::accounts::Role,
};

const PASSWORD: &str = "a long password";

/// Deeds that need no session's word, and why.
const OTHERS: [(&str, &str); 19] = [
    ("/sign-in", "asks for the password, and takes no form of another site"),
    ("/sign-up", "makes an account nobody has yet, and takes no form of another site"),
    ("/departures/code", "asks for the code, and takes no form of another site"),
    ("/departures/code/word", "gives a word that proves nothing by itself"),
    ("/departures/code/proven", "asks the new account itself"),
    ("/call-off/{token}", "the letter's secret is the word"),
    ("/stop/{token}", "the letter's secret is the word"),
    ("/godwit/oauth/token", "a program with a code that was given to it"),
    ("/godwit/oauth/revoke", "a program with its own token"),
    ("/inbox", "signed by a server"),
    ("/godwit/actor/inbox", "signed by a server"),
    ("/users/{name}/inbox", "signed by a server"),
    // Below /godwit/lola/{name}, for programs with a token of the owner's consent.
    ("/inventory", "a token"),
    ("/inventory/entries", "a token"),
    ("/inventory/items", "a token"),
    ("/map", "a token"),
    ("/onward", "a token"),
    ("/start", "a token"),
    ("/withdraw", "a token"),
];

/// What any of the forms needs to be read at all.
const FIELDS: &str = "text=hi&handle=@a@b.example&actor=https://b.example/users/a&kind=blocks_domains&name=b.example\
    &key=x&of=@a@b.example&username=zoe&password=wrong-password&departure=x&on=no&consent=x&sure=yes&answer=x&why=x\
    &question=x&days=3&hide_why=x&remove_why=x&server=b.example&reason=x&version=0&address=a@b.example&decision=allow";

/// Every path that takes a POST.
fn deeds() -> BTreeSet<String> {
    let found: BTreeSet<String> = paths(["(\"/", "post()"]).collect();
    assert!(found.len() > 70, "the registrations are no longer understood: {found:?}");
    found
}

/// What a program sends to a path.
fn document(path: &str) -> Value {
    if path.ends_with("/what-if") {
        return json!({});
    }
    if path.ends_with("/policy") {
        return json!({"version": 0, "policy": {}});
    }
    json!({
        "handle": "@a@b.example", "password": "wrong password", "why": "x", "question": "x", "days": 3, "answer": "x",
        "server": "b.example", "address": "https://b.example/x", "name": "ann", "reason": "x", "differences": 0,
        "seen": 0,
    })
}

#[actix_web::test]
async fn every_deed_asks_for_the_word_of_its_own_session() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.server.data_dir = dir.path().to_owned();
    config.server.base_url = "https://new.example".parse().unwrap();
    config.policy.sign_up = true;
    config.policy.arrivals = Rule::Word(RuleWord::Anyone);
    let app = web::Data::new(App::open(config).await.unwrap());
    app.site.create_account("ann", PASSWORD, Role::Admin).await.unwrap();
    app.site.create_account("bob", PASSWORD, Role::Member).await.unwrap();
    let token = app.site.sign_in("ann", PASSWORD).await.unwrap().unwrap();
    // The word of another session is no word.
    let others = app.site.sign_in("bob", PASSWORD).await.unwrap().unwrap();
    let others = app.site.session(&others).await.unwrap().unwrap().csrf;
    let deeds = deeds();
    let mut findings: Vec<String> = OTHERS
        .iter()
        .filter(|(path, _)| !deeds.contains(*path))
        .map(|(path, _)| format!("{path} is no deed any more"))
        .collect();
    let service =
        test::init_service(actix_web::App::new().app_data(app.clone()).configure(super::configure)).await;
    for path in deeds.iter().filter(|path| !OTHERS.iter().any(|(other, _)| path == other)) {
        let url = path.replace("{id}", "x").replace("{name}", "ann");
        for word in ["", others.as_str()] {
            let request = TestRequest::post()
                .uri(&url)
                .cookie(Cookie::new(cookie_name(&app), token.clone()))
                .insert_header((header::ACCEPT, "*/*"));
            let request = if path.starts_with("/api/") {
                request.insert_header(("x-csrf-token", word)).set_json(document(path))
            } else if path.ends_with("/archive") {
                let part = "--x\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n";
                request
                    .insert_header((header::CONTENT_TYPE, "multipart/form-data; boundary=x"))
                    .set_payload(format!("{part}{word}\r\n--x--\r\n"))
            } else {
                request
                    .insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"))
                    .set_payload(format!("{FIELDS}&csrf={word}"))
            };
            let status = match test::try_call_service(&service, request.to_request()).await {
                Ok(answer) => answer.status(),
                Err(error) => error.error_response().status(),
            };
            if status != 403 {
                findings.push(format!("{path} with {word:?} is answered with {status}"));
            }
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    let session = app.site.session(&token).await.unwrap();
    assert!(session.is_some(), "nobody was signed out");
}
