//! The house rules that a compiler does not know: who may name whom, what is called how, how long
//! a file gets. Both tables are decisions: changing one comes with a record in `docs/adr/`.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "positions come from the text they are used on; a wrong one fails the test"
)]

#[path = "architecture/names.rs"]
mod names;
#[path = "architecture/references.rs"]
mod references;
#[path = "architecture/tree.rs"]
mod tree;

use references::{Reference, is_in};
use tree::{Text, sources};

/// Who may name whom, from the ground up: a row names only modules of rows above it.
const FLOORS: &[(&str, &[&str])] = &[
    ("words", &[]),
    ("model", &["words"]),
    ("config", &["model"]),
    ("telemetry", &["model"]),
    ("wire", &["model"]),
    ("oauth", &["model", "wire"]),
    ("port", &["words", "model", "wire"]),
    ("store", &["words", "model", "port"]),
    ("site", &["words", "model", "port", "store", "wire"]),
    ("transfer", &["words", "model", "oauth", "port", "store", "wire"]),
    ("adapters", &["words", "model", "port", "wire"]),
    ("federation", &["model", "port", "wire"]),
    ("jobs", &["model", "port", "store", "transfer", "words"]),
    (
        "app",
        &[
            "model",
            "config",
            "telemetry",
            "words",
            "wire",
            "oauth",
            "port",
            "store",
            "site",
            "transfer",
            "adapters",
            "federation",
            "jobs",
        ],
    ),
    ("http", &["app", "model", "oauth", "port", "site", "store", "transfer", "wire", "words"]),
    (
        "cli",
        &["adapters", "app", "config", "http", "model", "site", "store", "telemetry", "transfer", "words"],
    ),
];

/// Places inside a module that may name more than the module as a whole.
const EXCEPTIONS: &[(&str, &[&str])] = &[
    ("src/adapters/embedded", &["site"]),
    ("src/adapters/mod", &["store"]),
    ("src/adapters/mastodon_database", &["store"]),
];

/// External crates that live in few places, so that replacing one touches one folder.
const EXTERNAL: &[(&str, &[&str])] = &[
    ("sqlx", &["src/store", "src/adapters/mastodon_database"]),
    ("actix_web", &["src/http", "src/app", "src/cli"]),
    ("activitypub_federation", &["src/federation"]),
    // A checker that shared the daemon's guarded client would share its faults.
    // The scanner listens on loopback, where the guarded client never goes.
    ("reqwest", &["src/federation", "src/cli/demo/browser", "src/adapters/scanner"]),
    ("object_store", &["src/store"]),
    ("clap", &["src/cli", "src/main"]),
    ("anyhow", &["src/cli", "src/app", "src/main"]),
    ("zip", &["src/adapters", "src/cli/demo"]),
    ("tar", &["src/adapters", "src/cli/demo"]),
    ("flate2", &["src/adapters", "src/cli/demo"]),
];

/// The two roots that put the house together and may name everything.
const ROOTS: [&str; 2] = ["src/lib.rs", "src/main.rs"];

/// What no file may grow beyond; long before, it wants to be two.
const LONGEST_FILE: usize = 600;

/// Fails with one sentence per finding.
fn none(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{rule}:\n  {}\n", findings.join("\n  "));
}

#[test]
fn names_point_down_never_up() {
    let mut findings = Vec::new();
    let tests_only = tree::tests_only();
    let is_program =
        |source: &&Text| !ROOTS.contains(&source.path.as_str()) && !tests_only.contains(&source.path);
    for source in sources().iter().filter(is_program) {
        let own = references::root_module(&source.path);
        let Some((_, allowed)) = FLOORS.iter().find(|(module, _)| *module == own) else {
            findings.push(format!("{}: the module {own} has no row in FLOORS", source.path));
            continue;
        };
        for Reference { line, module } in references::of(source) {
            let is_known = FLOORS.iter().any(|(name, _)| *name == module);
            let is_excepted = EXCEPTIONS
                .iter()
                .any(|(place, more)| is_in(&source.path, place) && more.contains(&module.as_str()));
            if is_known && module != own && !allowed.contains(&module.as_str()) && !is_excepted {
                findings.push(format!(
                    "{}:{line}: {own} may not name {module} (it may name: {})",
                    source.path,
                    allowed.join(", ")
                ));
            }
        }
    }
    none("a module names one it must not know; the table is FLOORS in tests/architecture.rs", &findings);
}

#[test]
fn the_module_list_stands_in_floor_order() {
    let modules = references::declared(&tree::read("src/lib.rs"));
    let mut findings = Vec::new();
    for module in &modules {
        if !FLOORS.iter().any(|(name, _)| name == module) {
            findings.push(format!("src/lib.rs declares {module}, which has no row in FLOORS"));
        }
    }
    for (row, (module, allowed)) in FLOORS.iter().enumerate() {
        let place = modules.iter().position(|declared| declared == module);
        for lower in *allowed {
            if !FLOORS.iter().take(row).any(|(name, _)| name == lower) {
                findings.push(format!("FLOORS lets {module} name {lower}, which is not below it"));
            }
            if place.is_some() && modules.iter().position(|declared| declared == lower) > place {
                findings.push(format!("src/lib.rs declares {module} above {lower}, which it may name"));
            }
        }
    }
    none("the module list and the floors disagree", &findings);
}

#[test]
fn external_crates_stay_in_their_places() {
    let mut findings = Vec::new();
    for source in sources() {
        for (krate, places) in EXTERNAL {
            if places.iter().any(|place| is_in(&source.path, place)) {
                continue;
            }
            for line in references::lines_naming_crate(&source, krate) {
                findings.push(format!(
                    "{}:{line}: {krate} belongs in {} only",
                    source.path,
                    places.join(" and ")
                ));
            }
        }
    }
    none("an external crate is named outside its place; the table is EXTERNAL", &findings);
}

#[test]
fn every_adapter_file_is_declared() {
    let registry = tree::read("src/adapters/mod.rs");
    let mut findings = Vec::new();
    for source in sources() {
        let Some(rest) = source.path.strip_prefix("src/adapters/") else { continue };
        let name = rest.split('/').next().unwrap_or(rest).trim_end_matches(".rs");
        if name != "mod" && !names::words(&registry.code()).any(|(_, word)| word == name) {
            findings.push(format!("{}: src/adapters/mod.rs does not declare {name}", source.path));
        }
    }
    none("an adapter's file is never compiled", &findings);
}

#[test]
fn no_file_is_longer_than_the_limit() {
    let long = |text: &Text| (text.lines() > LONGEST_FILE).then(|| text.lines());
    let findings: Vec<String> = tree::written_by_hand()
        .iter()
        .filter_map(|text| long(text).map(|lines| (text, lines)))
        .map(|(text, lines)| format!("{}:{lines}: longer than {LONGEST_FILE} lines", text.path))
        .collect();
    none("a file holds more than one thing; make it a folder", &findings);
}

#[test]
fn nothing_has_a_name_that_says_nothing() {
    none("this name does not say what the thing is for", &names::empty_names());
}

#[test]
fn the_word_with_four_meanings_stays_where_it_has_one() {
    none("say transfer, or the collection's name (docs/GLOSSARY.md)", &names::ambiguous_word());
}

#[test]
fn foreign_systems_are_named_in_their_adapters_only() {
    none("move what is special about this system into its adapter", &names::foreign_systems());
}

#[test]
fn no_file_mentions_the_place_where_it_was_written() {
    none("this path exists on one machine only", &names::workplace());
}
