//! Copies that are right, and copies with one thing wrong each.

use serde_json::json;

use super::*;
use crate::cli::demo::checker::{findings::Findings, inventory::Inventory, new_home, old_home::Before};

/// Reads the made-up archive; the folder goes away afterwards.
fn archive() -> Archive {
    let dir = tempfile::tempdir().unwrap();
    let path = crate::cli::demo::sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    Archive::read(&path).unwrap()
}

fn address(home: &str, number: usize) -> String {
    format!("http://{home}.localhost/users/ann/posts/{number:04}")
}

/// What a faithful home makes of the archive: every own address replaced, former ones told.
fn places(archive: &Archive, home: &str, former: &[&str]) -> Vec<Place> {
    let numbered = || archive.entries.iter().enumerate();
    let new_id: BTreeMap<String, String> = numbered()
        .flat_map(|(number, entry)| {
            entry.addresses.iter().map(move |address| (address.clone(), self::address(home, number)))
        })
        .collect();
    let moved = |text: &str| {
        // The longest first: ids contain no other id here, pages and ids differ.
        new_id.iter().fold(text.to_owned(), |text, (old, new)| {
            text.replace(&format!("\"{old}\""), &format!("\"{new}\""))
        })
    };
    numbered()
        .map(|(number, entry)| {
            let mut document: Value = serde_json::from_str(&moved(&entry.document.to_string())).unwrap();
            let text =
                new_id.iter().fold(content(&entry.document), |text, (old, new)| text.replace(old, new));
            document["id"] = json!(address(home, number));
            if entry.sort == Sort::Post {
                document["content"] = json!(text);
            }
            let crumbs = former.iter().map(|home| address(home, number));
            Place {
                sort: entry.sort,
                id: address(home, number),
                page: None,
                former: crumbs.chain([entry.id.clone()]).collect(),
                audience: entry.audience,
                document,
                files: Vec::new(),
            }
        })
        .collect()
}

struct Scene {
    archive: Archive,
    before: Before,
    now: Inventory,
}

fn scene() -> Scene {
    let archive = archive();
    let old = places(&archive, "old", &[]);
    let before = Before {
        actor: json!({}),
        places: archive.entries.iter().map(|entry| entry.id.clone()).zip(old).collect(),
        open: Vec::new(),
        hidden: Vec::new(),
        bystander: Vec::new(),
    };
    let places = places(&archive, "new", &["old"]);
    let now = Inventory { actor: json!({}), places, likes: Vec::new(), bookmarks: Vec::new() };
    Scene { archive, before, now }
}

impl Scene {
    /// Everything the comparison says.
    fn found(&self) -> Vec<String> {
        let mut findings = Findings::default();
        let copies = new_home::find(&self.archive, &self.before, &self.now, &mut findings);
        new_home::order(&self.archive, &copies, &mut findings);
        let known = Known::new(&self.archive, &copies);
        for entry in &self.archive.entries {
            if let Some(copy) = copies.get(&entry.id) {
                for sentence in differences(entry, copy, &known) {
                    findings.add(sentence);
                }
            }
        }
        let (shown, _) = findings.shown();
        shown.cloned().collect()
    }

    /// The copy of the first entry whose document has this in it.
    fn copy(&mut self, part: &str) -> &mut Place {
        let wanted = self.archive.entries.iter().position(|entry| entry.document.to_string().contains(part));
        &mut self.now.places[wanted.unwrap()]
    }
}

#[test]
fn a_faithful_copy_differs_in_nothing() {
    assert_eq!(scene().found(), Vec::<String>::new());
}

#[test]
fn every_single_change_is_found() {
    let changes: [(&str, &str, Value, &str); 8] = [
        ("Bread again", "summary", json!("drink"), "its summary"),
        ("Bread again", "published", json!("2023-03-01T07:00:01Z"), "made at"),
        ("Bread again", "content", json!("<p>Bread</p>"), "its text"),
        ("Part two", "inReplyTo", json!("http://old.localhost/x"), "what it answers"),
        ("Tea or coffee", "votersCount", json!(6), "its poll"),
        ("Still the best one", "quote", Value::Null, "what it quotes"),
        ("First light", "tag", json!([]), "its topics"),
        ("Corrected later", "updated", Value::Null, "its updated"),
    ];
    for (part, field, value, phrase) in changes {
        let mut scene = scene();
        scene.copy(part).document[field] = value;
        if field == "quote" {
            scene.copy(part).document["quoteUri"] = Value::Null;
        }
        let found = scene.found();
        assert!(found.len() == 1 && found[0].contains(phrase), "{part} {field}: {found:?}");
    }
}

#[test]
fn a_link_that_still_leads_to_the_old_place_is_found() {
    let mut scene = scene();
    let was =
        scene.archive.entries.iter().find(|entry| content(&entry.document).contains("As I said")).unwrap();
    let text = json!(content(&was.document));
    scene.copy("As I said").document["content"] = text;
    assert_eq!(scene.found(), ["its text has changed"]);
}

#[test]
fn a_file_described_otherwise_is_found() {
    let mut scene = scene();
    scene.copy("Mud flats").document["attachment"][0]["name"] = json!("Mud");
    scene.copy("Mud flats").document["attachment"][0]["focalPoint"] = json!([0, 0]);
    assert_eq!(scene.found().len(), 2);
}

#[test]
fn a_copy_twice_a_copy_of_nothing_and_a_wrong_order_are_found() {
    let mut scene = scene();
    let mut twice = scene.now.places[0].clone();
    twice.id = address("new", 999);
    scene.now.places.push(twice);
    assert!(scene.found().iter().any(|sentence| sentence.contains("copies of the same thing")));

    let mut scene = self::scene();
    scene.now.places[0].former.clear();
    assert!(scene.found()[0].contains("came from nowhere"));

    let mut scene = self::scene();
    scene.copy("Part two").id = address("new", 0);
    assert!(scene.found().iter().any(|sentence| sentence.contains("its id says otherwise")));
}
