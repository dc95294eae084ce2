//! Activities: the wrappers we send and read.

use serde_json::{Value, json};
use url::Url;

use super::{audience, lenient, object, put};
use crate::model::{item::Boost, moment::Moment, object::Object};

/// The Create of a post, addressed like it.
pub fn create(post: &Object) -> Value {
    json!({
        "@context": super::context(),
        "id": format!("{}/activity", post.id),
        "type": "Create",
        "actor": post.attributed_to,
        "published": post.published,
        "to": post.to,
        "cc": post.cc,
        "object": object::write(post),
    })
}

/// The Update of a post, addressed like it.
pub fn update(id: &Url, post: &Object) -> Value {
    json!({
        "@context": super::context(),
        "id": id,
        "type": "Update",
        "actor": post.attributed_to,
        "published": post.updated,
        "to": post.to,
        "cc": post.cc,
        "object": object::write(post),
    })
}

/// An Announce, without `@context`.
pub fn announce(boost: &Boost, actor: &Url, followers: &Url) -> Value {
    let (to, cc) = audience::addressing(boost.visibility, followers, &[]);
    let mut out = json!({
        "id": boost.id,
        "type": "Announce",
        "actor": actor,
        "published": boost.published,
        "to": to,
        "cc": cc,
        "object": boost.object,
    });
    if !boost.previously.is_empty() {
        put(&mut out, "previously", boost.previously.iter().map(object::write_breadcrumb).collect());
    }
    out
}

/// Reads an Announce. `None` when it is another activity; a sentence when it is a broken one.
///
/// # Errors
/// A sentence that says what is missing.
pub fn read_announce(value: &Value, followers: Option<&Url>) -> Result<Option<Boost>, String> {
    if !lenient::is_type(value, "Announce") {
        return Ok(None);
    }
    let id = lenient::text(value, "id")
        .and_then(|id| lenient::web_url(&id))
        .ok_or("the boost has no id that is a web address")?;
    let object = lenient::field(value, "object")
        .find_map(lenient::id)
        .and_then(lenient::reference)
        .ok_or("the boost does not say what it passes on")?;
    let published = lenient::text(value, "published")
        .and_then(|text| Moment::parse(&text).ok())
        .ok_or("the boost has no date that can be read")?;
    let actor = lenient::field(value, "actor").find_map(lenient::id).and_then(lenient::web_url);
    let author = actor.as_ref().unwrap_or(&id);
    let visibility =
        audience::visibility(&lenient::ids(value, "to"), &lenient::ids(value, "cc"), author, followers);
    let previously = lenient::field(value, "previously").filter_map(object::breadcrumb).collect();
    Ok(Some(Boost { id, object, published, visibility, previously }))
}

/// A Follow.
pub fn follow(id: &Url, actor: &Url, target: &Url) -> Value {
    json!({"@context": super::context(), "id": id, "type": "Follow", "actor": actor, "object": target})
}

/// `kind` (Accept, Reject or Undo) of another activity, which is repeated inside.
pub fn about(kind: &str, id: &Url, actor: &Url, inner: &Value) -> Value {
    json!({"@context": super::context(), "id": id, "type": kind, "actor": actor, "object": inner})
}

/// An Update of an actor document, to everybody who follows it.
pub fn update_actor(id: &Url, actor: &Url, followers: &Url, document: &Value) -> Value {
    json!({
        "@context": super::context(),
        "id": id,
        "type": "Update",
        "actor": actor,
        "to": [audience::PUBLIC],
        "cc": [followers],
        "object": document,
    })
}

/// The Move of an account. `origin` repeats `object` for readers of FEP-1580; every receiver looks
/// at `object`. Spec: LOLA 0.3, Sending Move; FEP-7628.
pub fn move_actor(id: &Url, actor: &Url, followers: &Url, target: &Url) -> Value {
    json!({
        "@context": super::context(),
        "id": id,
        "type": "Move",
        "actor": actor,
        "object": actor,
        "origin": actor,
        "target": target,
        "to": [audience::PUBLIC],
        "cc": [followers],
    })
}
