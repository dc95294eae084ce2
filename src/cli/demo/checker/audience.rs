//! The checker's own rule of who may see something.

use serde_json::Value;

/// Who may see something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Audience {
    /// Everybody.
    Public,
    /// Everybody who has the address.
    Unlisted,
    /// Followers.
    Followers,
    /// Those named.
    Direct,
}

impl Audience {
    /// Whether a stranger may open it.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Public | Self::Unlisted)
    }
}

/// Reads `to` and `cc` of a post or boost whose author's followers are `followers`.
pub(crate) fn of(document: &Value, followers: &str) -> Audience {
    let (to, cc) = (addresses(document.get("to")), addresses(document.get("cc")));
    let everybody = |list: &[String]| {
        list.iter()
            .any(|one| one.ends_with("activitystreams#Public") || one == "as:Public" || one == "Public")
    };
    if everybody(&to) {
        Audience::Public
    } else if everybody(&cc) {
        Audience::Unlisted
    } else if !followers.is_empty() && to.iter().chain(&cc).any(|one| one == followers) {
        Audience::Followers
    } else {
        Audience::Direct
    }
}

fn addresses(field: Option<&Value>) -> Vec<String> {
    match field {
        Some(Value::Array(list)) => list.iter().filter_map(super::archive::id_of).collect(),
        Some(one) => super::archive::id_of(one).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_four_audiences_are_told_apart_and_silence_is_the_most_private() {
        let (all, mine) = ("https://www.w3.org/ns/activitystreams#Public", "https://a.example/f");
        assert_eq!(of(&json!({"to": [all], "cc": [mine]}), mine), Audience::Public);
        assert_eq!(of(&json!({"to": mine, "cc": all}), mine), Audience::Unlisted);
        assert_eq!(of(&json!({"to": [mine]}), mine), Audience::Followers);
        assert_eq!(of(&json!({"to": ["https://b.example/f"]}), mine), Audience::Direct);
        assert_eq!(of(&json!({}), ""), Audience::Direct);
    }
}
