//! Elements of following, blocked, liked and bookmarks: an id, an object with one, or an activity about one.

use serde_json::{Value, json};
use url::Url;

use super::lenient;
use crate::model::{follow::FollowOptions, item::Reference, moment::Moment};

/// The id an element is about: its `object` when it is an activity, itself otherwise.
fn subject(value: &Value) -> Option<Url> {
    let is_activity =
        ["Block", "Follow", "Like", "Add", "Mute", "Pin"].iter().any(|kind| lenient::is_type(value, kind));
    let subject = if is_activity { lenient::field(value, "object").next()? } else { value };
    lenient::reference(lenient::id(subject)?)
}

/// Reads a followed or blocked actor.
///
/// # Errors
/// A sentence that says what is missing.
pub fn read_actor(value: &Value) -> Result<Url, String> {
    let named = subject(value).filter(url::Url::has_host);
    named.ok_or_else(|| "the entry does not name an account".to_owned())
}

/// Reads a like or bookmark.
///
/// # Errors
/// A sentence that says what is missing.
pub fn read_reference(value: &Value) -> Result<Reference, String> {
    let object = subject(value).ok_or_else(|| "the entry does not name a post".to_owned())?;
    let published = lenient::text(value, "published").and_then(|text| Moment::parse(&text).ok());
    Ok(Reference { object, published })
}

/// Writes a like or bookmark: the bare id where there is no time to tell.
pub fn write_reference(kind: &str, actor: &Url, reference: &Reference) -> Value {
    match &reference.published {
        None => json!(reference.object),
        Some(published) => {
            json!({"type": kind, "actor": actor, "object": reference.object, "published": published})
        }
    }
}

/// Writes a followed actor: the bare id where nothing was chosen about it.
pub fn write_follow(owner: &Url, followed: &Url, options: &FollowOptions) -> Value {
    if options.is_usual() {
        return json!(followed);
    }
    let mut out = json!({
        "type": "Follow",
        "actor": owner,
        "object": followed,
        "showsBoosts": options.shows_boosts,
        "notifies": options.notifies,
    });
    if !options.languages.is_empty() {
        super::put(&mut out, "languages", json!(options.languages));
    }
    out
}

/// Reads what was chosen about a followed actor; what is not said is as usual.
pub fn read_follow_options(value: &Value) -> FollowOptions {
    let usual = FollowOptions::default();
    let is = |field: &str, otherwise| value.get(field).and_then(Value::as_bool).unwrap_or(otherwise);
    FollowOptions {
        shows_boosts: is("showsBoosts", usual.shows_boosts),
        notifies: is("notifies", usual.notifies),
        languages: lenient::field(value, "languages").filter_map(Value::as_str).map(str::to_owned).collect(),
    }
    .checked()
}

/// Writes a block as FEP-c648 wants it.
pub fn write_block(actor: &Url, blocked: &Url) -> Value {
    json!({"type": "Block", "actor": actor, "object": blocked})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_about_a_follow_reads_back_and_the_usual_is_a_bare_id() {
        let (ann, bob) = ("https://a.example/users/ann", "https://b.example/users/bob");
        let (ann, bob) = (Url::parse(ann).unwrap(), Url::parse(bob).unwrap());
        assert_eq!(write_follow(&ann, &bob, &FollowOptions::default()), json!(bob));
        let chosen = FollowOptions { shows_boosts: false, notifies: true, languages: vec!["de".into()] };
        let written = write_follow(&ann, &bob, &chosen);
        assert_eq!((read_actor(&written).unwrap(), read_follow_options(&written)), (bob, chosen));
        assert!(read_follow_options(&json!(ann)).is_usual());
    }

    #[test]
    fn an_entry_may_be_an_id_an_object_or_an_activity() {
        let id = "https://b.example/users/bob";
        for entry in [json!(id), json!({"id": id, "type": "Person"}), json!({"type": "Block", "object": id})]
        {
            assert_eq!(read_actor(&entry).unwrap().as_str(), id);
        }
        assert!(read_actor(&json!({"type": "Block"})).is_err());
    }
}
