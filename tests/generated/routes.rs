//! The routes as they are registered, read from the sources, and as they are described.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

/// Method and path.
pub type Route = (String, String);

/// What opens a registration, and whether it is only the beginning of paths.
const OPENINGS: [(&str, bool); 3] = [(".route(\"", false), ("resource(\"", false), ("scope(\"", true)];

/// What stands for a method in a registration. `read()` is GET and HEAD.
const METHODS: [(&str, &str); 5] =
    [("get()", "get"), ("read()", "get"), ("post()", "post"), ("put()", "put"), ("delete()", "delete")];

/// Every route that a `configure` function registers.
pub fn registered() -> BTreeSet<Route> {
    let mut found = BTreeSet::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http"), &mut found);
    assert!(found.len() > 40, "the registrations are no longer understood");
    found
}

fn walk(folder: &Path, found: &mut BTreeSet<Route>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            if let Some((_, configure)) = text.split_once("pub fn configure(") {
                let body = configure.split_once("\n}\n").map_or(configure, |(body, _)| body);
                routes_of(body, found);
            }
        }
    }
}

/// Reads one `configure` function: a path, then the methods up to the next path.
fn routes_of(body: &str, found: &mut BTreeSet<Route>) {
    let mut prefix = "";
    let mut starts: Vec<(usize, bool)> = OPENINGS
        .iter()
        .flat_map(|(opening, is_scope)| {
            body.match_indices(opening).map(move |(at, _)| (at + opening.len(), *is_scope))
        })
        .collect();
    starts.sort_unstable();
    for (index, (start, is_scope)) in starts.iter().enumerate() {
        let end = starts.get(index + 1).map_or(body.len(), |(next, _)| *next);
        let (path, rest) = body[*start..end].split_once('"').unwrap();
        if *is_scope {
            prefix = path;
            continue;
        }
        let methods: Vec<_> = METHODS.iter().filter(|(word, _)| rest.contains(word)).collect();
        assert!(!methods.is_empty(), "the methods of {path} are not understood");
        found.extend(methods.iter().map(|(_, method)| ((*method).to_owned(), format!("{prefix}{path}"))));
    }
}

/// Whether a route answers programs. The server's own actor is a document, and a proxy wants no body.
pub fn is_json((_, path): &Route) -> bool {
    let is_other = path.starts_with("/godwit/actor") || path.starts_with("/godwit/moved");
    !is_other && ["/api/", "/godwit/", "/.well-known/oauth-"].iter().any(|space| path.starts_with(space))
}

/// Every route of the API document.
pub fn described() -> BTreeSet<Route> {
    let document = serde_json::to_value(godwit::http::api_document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let methods = |path: &str, item: &Value| {
        let path = path.to_owned();
        item.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(|(path, item)| methods(path, item)).collect()
}

/// Every text under a key, however deep.
pub fn values_of(key: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| match value.as_str() {
                Some(text) if name == key => vec![text.to_owned()],
                _ => values_of(key, value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(|item| values_of(key, item)).collect(),
        _ => Vec::new(),
    }
}

/// References to schemas that are not there.
pub fn dangling_references(document: &Value) -> Vec<String> {
    let leads_nowhere = |reference: &String| {
        reference.strip_prefix('#').is_none_or(|pointer| document.pointer(pointer).is_none())
    };
    values_of("$ref", document).into_iter().filter(leads_nowhere).collect()
}

/// Whether an address fits a route; `{…}` and `…` on either side stand for anything.
pub fn is_known(address: &str, known: &BTreeSet<String>) -> bool {
    let parts = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
    let is_open = |part: &str| part.contains('{') || part.contains('…');
    known.iter().any(|route| {
        let (route, address) = (parts(route), parts(address));
        route.len() == address.len()
            && route.iter().zip(&address).all(|(ours, theirs)| {
                ours == theirs || is_open(ours) && !theirs.is_empty() || is_open(theirs)
            })
    })
}

#[test]
fn a_registration_yields_its_methods_and_the_prefix_of_its_scope() {
    let mut found = BTreeSet::new();
    routes_of(
        "cfg.service(resource(\"/a\").route(get().to(x)).route(post().to(y)))\n\
         .service(web::scope(\"/s/{n}\").route(\"/b\", web::post().to(z)))",
        &mut found,
    );
    let expected = [("get", "/a"), ("post", "/a"), ("post", "/s/{n}/b")];
    assert_eq!(found, expected.map(|(method, path)| (method.to_owned(), path.to_owned())).into());
}
