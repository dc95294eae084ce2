//! Documents that say what the code says: each is made from the code and compared with the file.
//!
//! `GODWIT_RENEW=1 cargo test --test generated` writes them anew.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a document that cannot be read or made fails the test"
)]

#[path = "generated/documents.rs"]
mod documents;
#[path = "generated/portability.rs"]
mod portability;
#[path = "generated/problems.rs"]
mod problems;
#[path = "generated/routes.rs"]
mod routes;
#[path = "generated/states.rs"]
mod states;
#[path = "generated/wishes.rs"]
mod wishes;

use std::collections::BTreeSet;

use documents::{agrees, read, with_blocks};
use godwit::adapters::stand_in::Difference;

#[test]
fn the_example_configuration_is_what_the_program_prints() {
    agrees("config.example.toml", &godwit::config::example());
}

#[test]
fn the_api_document_is_what_stands_at_the_handlers() {
    let made = godwit::http::api_document().to_pretty_json().unwrap();
    agrees("api-spec/openapi.json", &format!("{made}\n"));
}

#[test]
fn the_list_of_problems_is_the_table_of_kinds() {
    agrees("api-spec/problems.md", &problems::document());
}

#[test]
fn the_tables_of_the_portability_document_are_what_the_code_serves() {
    agrees("api-spec/lola.md", &with_blocks("api-spec/lola.md", &portability::blocks()));
}

#[test]
fn the_drawing_of_the_states_is_the_table_of_legal_steps() {
    agrees(
        "docs/ARCHITECTURE.md",
        &with_blocks(
            "docs/ARCHITECTURE.md",
            &[
                ("states", states::drawing()),
                ("departures", states::departures()),
                ("passes", states::passes()),
            ],
        ),
    );
}

#[test]
fn what_may_differ_beside_another_server_is_what_the_checker_accepts() {
    let rows: Vec<_> =
        Difference::ALL.iter().map(|one| vec![one.name().to_owned(), one.why().to_owned()]).collect();
    let table = documents::table(&["what differs", "why"], &rows);
    agrees("docs/MASTODON.md", &with_blocks("docs/MASTODON.md", &[("differences", table)]));
}

#[test]
fn every_json_route_stands_in_the_api_document_and_nothing_else_does() {
    let registered: BTreeSet<_> = routes::registered().into_iter().filter(routes::is_json).collect();
    let described = routes::described();
    let missing: Vec<_> = registered.difference(&described).collect();
    let gone: Vec<_> = described.difference(&registered).collect();
    assert!(missing.is_empty(), "routes without description: {missing:?}");
    assert!(gone.is_empty(), "descriptions without route: {gone:?}");
}

#[test]
fn every_reference_of_the_api_document_leads_somewhere_and_every_endpoint_has_its_own_name() {
    let document = serde_json::to_value(godwit::http::api_document()).unwrap();
    let dangling = routes::dangling_references(&document);
    assert!(dangling.is_empty(), "{dangling:?}");
    let names = routes::values_of("operationId", &document);
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
}

#[test]
fn the_described_parameters_of_a_consent_are_the_ones_that_are_read() {
    let request = godwit::oauth::authorization::AuthorizationRequest {
        client_id: "https://new.example/godwit/client.json".parse().unwrap(),
        redirect_uri: String::new(),
        scope: godwit::oauth::scope::Scope::Read,
        state: String::new(),
        challenge: String::new(),
    };
    let read: BTreeSet<_> = request.fields().map(|(name, _)| name.to_owned()).into();
    let document = serde_json::to_value(godwit::http::api_document()).unwrap();
    let described = &document["paths"][godwit::oauth::metadata::AUTHORIZE_PATH]["get"]["parameters"];
    assert_eq!(routes::values_of("name", described).into_iter().collect::<BTreeSet<_>>(), read);
}

#[test]
fn every_kind_of_problem_is_used_somewhere() {
    let unused = problems::unused();
    assert!(unused.is_empty(), "no code answers with {unused:?}");
}

#[test]
fn every_phrase_that_screens_are_said_to_show_stands_in_a_page() {
    let pages = documents::sources("src/http")
        + &documents::sources("src/words")
        + &documents::sources("src/transfer");
    let phrases = documents::phrases(&read("docs/MESSAGES.md"));
    assert!(phrases.len() > 20, "the table of messages is no longer understood");
    let lost: Vec<_> = phrases.iter().filter(|phrase| !pages.contains(phrase.as_str())).collect();
    assert!(lost.is_empty(), "no page says {lost:?}");
}

#[test]
fn every_wish_has_its_line_and_every_test_it_names_exists() {
    let found = wishes::findings(&read("docs/WISHES.md"));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_address_that_a_document_names_is_a_route() {
    let known: BTreeSet<String> = routes::registered().into_iter().map(|(_, path)| path).collect();
    for document in ["README.md", "api-spec/lola.md", "docs/ARCHITECTURE.md", "CONTRIBUTING.md"] {
        for address in documents::addresses(&read(document)) {
            assert!(routes::is_known(&address, &known), "{document} names {address}, which is no route");
        }
    }
}
