//! Everything we build on may be passed on under our licence, AGPL-3.0-or-later.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a description of the packages that cannot be read fails the test; cargo tells its own path"
)]

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;

/// Licences under which anything may be used.
const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Licences with conditions, and the packages we have decided to use under them.
const BY_NAME: &[(&str, &[&str])] = &[
    (
        "AGPL-3.0",
        &["activitypub_federation", "http-signature-normalization", "http-signature-normalization-reqwest"],
    ),
    ("AGPL-3.0-or-later", &["godwit"]),
    ("GPL-3.0", &["activitystreams-kinds"]),
    ("MPL-2.0", &["cssparser", "cssparser-macros", "dtoa-short"]),
];

/// A licence expression that is being read. Spec: SPDX 2.3, Annex D; `/` is cargo's old `OR`.
struct Expression {
    /// Words and parentheses that are left, last first.
    rest: Vec<String>,
}

impl Expression {
    fn new(text: &str) -> Self {
        let spaced = text.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
        Self { rest: spaced.split_whitespace().rev().map(str::to_owned).collect() }
    }

    /// One of the alternatives must do.
    fn is_met(&mut self, may: &dyn Fn(&str) -> bool) -> bool {
        let mut met = self.is_part_met(may);
        while self.take("OR") {
            met |= self.is_part_met(may);
        }
        met
    }

    /// All of the parts must do.
    fn is_part_met(&mut self, may: &dyn Fn(&str) -> bool) -> bool {
        let mut met = self.is_licence_met(may);
        while self.take("AND") {
            met &= self.is_licence_met(may);
        }
        met
    }

    fn is_licence_met(&mut self, may: &dyn Fn(&str) -> bool) -> bool {
        if self.take("(") {
            let met = self.is_met(may);
            if !self.take(")") {
                self.rest.push("what is left over makes the whole unreadable".to_owned());
            }
            return met;
        }
        let met = self.rest.pop().is_some_and(|licence| may(&licence));
        if self.take("WITH") {
            let _an_exception_only_permits_more = self.rest.pop();
        }
        met
    }

    fn take(&mut self, word: &str) -> bool {
        self.rest.pop_if(|next| next == word).is_some()
    }
}

/// Whether a package may be used under what it says.
fn may_use(package: &str, licence: &str) -> bool {
    let mut expression = Expression::new(licence);
    let met = expression.is_met(&|one| {
        PERMISSIVE.contains(&one)
            || BY_NAME.iter().any(|(licence, packages)| *licence == one && packages.contains(&package))
    });
    met && expression.rest.is_empty()
}

/// What cargo knows about every package; asks the network only when this machine lacks a package
/// that another platform would need.
fn packages() -> Vec<(String, String)> {
    let ask = |more: &[&str]| {
        Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
            .args(["metadata", "--format-version", "1", "--locked"])
            .args(more)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap()
    };
    let mut answer = ask(&["--offline"]);
    if !answer.status.success() {
        answer = ask(&[]);
    }
    assert!(answer.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&answer.stderr));
    let metadata: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let text =
        |package: &Value, field| package.get(field).and_then(Value::as_str).unwrap_or("none").to_owned();
    let packages = metadata.get("packages").and_then(Value::as_array).unwrap();
    packages.iter().map(|package| (text(package, "name"), text(package, "license"))).collect()
}

#[test]
fn every_package_may_be_passed_on_with_ours() {
    let packages = packages();
    assert!(packages.iter().any(|(name, _)| name == "godwit"));
    let refused: Vec<String> = packages
        .iter()
        .filter(|(name, licence)| !may_use(name, licence))
        .map(|(name, licence)| format!("{name} is under {licence}"))
        .collect();
    assert!(refused.is_empty(), "not in the lists of tests/licences.rs:\n  {}", refused.join("\n  "));
}

#[test]
fn no_decision_outlives_its_package() {
    let names: BTreeSet<String> = packages().into_iter().map(|(name, _)| name).collect();
    for package in BY_NAME.iter().flat_map(|(_, packages)| *packages) {
        assert!(names.contains(*package), "{package} is not used any more: take it off the list");
    }
}

#[test]
fn the_peers_that_only_tests_fetch_are_permissive() {
    let lock: Value = serde_json::from_str(include_str!("e2e/peers/fedify/package-lock.json")).unwrap();
    for (path, package) in lock.get("packages").and_then(Value::as_object).unwrap() {
        let licence = package.get("license").and_then(Value::as_str).unwrap_or("none");
        assert!(path.is_empty() || may_use(path, licence), "{path} is under {licence}");
    }
}

#[test]
fn expressions_are_read_as_they_are_meant() {
    assert!(may_use("x", "(Apache-2.0 OR GPL-2.0) AND MIT"));
    assert!(may_use("x", "Apache-2.0 WITH LLVM-exception OR GPL-2.0"));
    assert!(may_use("x", "GPL-2.0/MIT"));
    assert!(!may_use("x", "MIT AND GPL-2.0"));
    assert!(!may_use("x", "MIT OR (GPL-2.0"));
    assert!(!may_use("x", "AGPL-3.0"));
    assert!(!may_use("x", "none"));
}

#[test]
fn our_own_licence_is_in_the_file_that_says_so() {
    let text = include_str!("../LICENSE");
    assert!(
        text.contains("GNU AFFERO GENERAL PUBLIC LICENSE") && text.contains("Version 3, 19 November 2007")
    );
}
