//! The list of problem kinds.

use godwit::model::problem::ProblemKind;

use crate::documents::{sources, table};

/// `api-spec/problems.md`.
pub fn document() -> String {
    let rows: Vec<Vec<String>> = ProblemKind::ALL
        .iter()
        .map(|kind| {
            vec![
                format!("`{}`", kind.as_str()),
                kind.status().to_string(),
                kind.meaning().to_owned(),
                kind.who_acts().to_owned(),
            ]
        })
        .collect();
    format!(
        "# Problems\n\n\
         Errors are `application/problem+json` (RFC 9457) for programs and a page for browsers:\n\n\
         ```json\n{{\"type\": \"{}\", \"title\": \"{}\", \"status\": {}, \"detail\": \"…\"}}\n```\n\n\
         `type` is relative to the server that answered, and leads to a page (or JSON) with the row below. It is\n\
         what programs compare; `title` is the kind's meaning; `detail` is a sentence about this one case, made\n\
         for people: what happened, whose side it is on, what can be done next.\n\n\
         The token and revocation endpoints answer `{{\"error\", \"error_description\"}}` instead, as RFC 6749 wants.\n\n\
         {}\n\
         This file is made from `src/model/problem.rs`; a test compares.\n",
        ProblemKind::NotFound.address(),
        ProblemKind::NotFound.meaning(),
        ProblemKind::NotFound.status(),
        table(&["kind", "status", "means", "who acts"], &rows)
    )
}

/// Kinds that no code but their table names.
pub fn unused() -> Vec<&'static str> {
    let code = ["http", "transfer", "site", "app"].map(|module| sources(&format!("src/{module}"))).concat();
    let is_unused = |kind: &&ProblemKind| !code.contains(&format!("ProblemKind::{kind:?}"));
    ProblemKind::ALL.iter().filter(is_unused).map(|kind| kind.as_str()).collect()
}
