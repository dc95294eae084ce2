//! What a server may do to harm whoever reads an account there.

use serde_json::{Value, json};

use super::{Answer, Asked, ClientServer};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mischief {
    /// Pages that lead back to each other.
    Circle,
    /// Links that lead to another server.
    Elsewhere,
    /// More than anybody asked for.
    Huge,
    /// Something else than a list, or lists of something else.
    WrongTypes(&'static str),
    /// An answer by another server.
    SendsOn,
}

impl Mischief {
    /// What is answered instead, if anything.
    pub fn answer(self, server: &ClientServer, asked: &Asked<'_>) -> Option<Answer> {
        let is_list = asked.path.ends_with("/following");
        if !is_list {
            return None;
        }
        let account = |n: u64| {
            json!({"id": n.to_string(), "acct": format!("bird{n}@birds.example"),
            "uri": format!("https://birds.example/users/bird{n}")})
        };
        let linked = |values: Value, at: &str| {
            Answer::json(&values).with("Link", format!("<{at}{}?max_id=5>; rel=\"next\"", asked.path))
        };
        Some(match self {
            Self::Circle => {
                let (here, there) = if asked.query.contains("max_id=5") { (1, 9) } else { (2, 5) };
                let at = format!("<{}{}?max_id={there}>; rel=\"next\"", server.origin, asked.path);
                Answer::json(&json!([account(here)])).with("Link", at)
            }
            Self::Elsewhere => linked(json!([account(1)]), "https://evil.example"),
            Self::Huge => Answer::bytes("application/json", vec![b'['; 64 << 20]),
            Self::WrongTypes(text) => Answer::bytes("application/json", text.as_bytes().to_vec()),
            Self::SendsOn => {
                let mut answer = Answer::json(&json!([]));
                answer.status = 302;
                answer.with("Location", format!("https://evil.example{}", asked.path))
            }
        })
    }
}
