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
                listed: Vec::new(),
                audience: entry.audience,
                document,
                files: Vec::new(),
                has_fixed_files: false,
            }
        })
        .collect()
}

struct Scene {
    archive: Archive,
    before: Before,
    now: Inventory,
    accepting: &'static [Difference],
}

fn scene() -> Scene {
    let archive = archive();
    let old = places(&archive, "old", &[]);
    let before = Before {
        actor: json!({}),
        places: archive.entries.iter().map(|entry| entry.id.clone()).zip(old).collect(),
        open: Vec::new(),
        fixed: Vec::new(),
        hidden: Vec::new(),
        bystander: Vec::new(),
    };
    let places = places(&archive, "new", &["old"]);
    let now = Inventory { actor: json!({}), places, likes: Vec::new(), bookmarks: Vec::new() };
    Scene { archive, before, now, accepting: &[] }
}

impl Scene {
    /// Everything the comparison says.
    fn found(&self) -> Vec<String> {
        let findings = self.findings();
        let (shown, _) = findings.shown();
        shown.cloned().collect()
    }

    fn findings(&self) -> Findings {
        let mut findings = Findings::accepting(self.accepting);
        let copies = new_home::find(&self.archive, &self.before, &self.now, &mut findings);
        new_home::order(&self.archive, &copies, &mut findings);
        let known = Known::new(&self.archive, &copies);
        new_home::compare(&self.archive, &copies, &known, &mut findings);
        findings
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
    let found = scene.found();
    assert!(found.len() == 1 && found[0].contains("its text has changed"), "{found:?}");
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

/// The ways of another server in a copy, one each.
fn in_its_own_way() -> Scene {
    let mut scene = scene();
    let text = content(&scene.copy("well put").document);
    let named = text.replace("@<span>bob</span>", "@<span>bob@friends.example</span>");
    assert_ne!(text, named);
    scene.copy("well put").document["content"] = json!(named);
    scene.copy("well put").document["inReplyTo"] = Value::Null;
    scene.copy("Mud flats").document["attachment"][0]["blurhash"] = json!("LEHV6nWB2yk8pyo0adR*.7kCMdnj");
    let lost = scene
        .archive
        .entries
        .iter()
        .position(|entry| entry.document["object"] == "https://friends.example/notes/12");
    scene.now.places.remove(lost.unwrap());
    scene.now.places[0].listed = std::mem::take(&mut scene.now.places[0].former);
    scene
}

#[test]
fn the_ways_of_another_server_are_counted_where_they_are_on_the_list_and_found_where_they_are_not() {
    use Difference::{BlurredAnew, LoneAnswers, NamesInFull, NoFormerAddresses, UnknownPosts};

    let mut scene = in_its_own_way();
    assert_eq!(
        scene.found().len(),
        4,
        "an own server leaves boosts out with a reason, and nothing else: {:?}",
        scene.found()
    );
    scene.accepting = &Difference::ALL;
    let findings = scene.findings();
    assert_eq!(scene.found(), Vec::<String>::new());
    let met: Vec<_> = findings.met().collect();
    let all = [NamesInFull, LoneAnswers, BlurredAnew, NoFormerAddresses, UnknownPosts];
    assert_eq!(met, all.map(|difference| (difference, 1)));
}

#[test]
fn what_only_looks_like_the_way_of_another_server_is_found() {
    let changes: [(&str, &str, Value, &str); 4] = [
        ("well put", "content", json!("<p>@carl@friends.example well put</p>"), "its text"),
        ("well put", "inReplyTo", json!("https://friends.example/notes/78"), "what it answers"),
        ("Part two", "inReplyTo", Value::Null, "what it answers"),
        ("Mud flats", "attachment", json!([{"url": "x", "blurhash": "x"}]), "the blurhash"),
    ];
    for (part, field, value, phrase) in changes {
        let mut scene = scene();
        scene.accepting = &Difference::ALL;
        scene.copy(part).document[field] = value;
        let found = scene.found();
        assert!(found.iter().any(|one| one.contains(phrase)), "{part} {field}: {found:?}");
    }
    let mut scene = scene();
    scene.accepting = &Difference::ALL;
    scene.now.places.remove(0);
    assert!(scene.found().iter().any(|one| one.contains("did not arrive")), "{:?}", scene.found());
}
