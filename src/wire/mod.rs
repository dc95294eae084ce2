//! JSON in and out: lenient in, strict out. No I/O.

pub mod activity;
pub mod actor;
pub mod arrival;
pub mod audience;
pub mod belonging;
pub mod collection;
pub mod earlier;
pub mod lenient;
pub mod media;
pub mod object;
pub mod relation;
pub mod seal;

/// The AS2 namespace and the terms we use beyond it. Spec: LOLA 0.3; SWICG Miscellaneous Terms.
pub fn context() -> serde_json::Value {
    serde_json::json!([
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/v1",
        {
            "movedTo": {"@id": "as:movedTo", "@type": "@id"},
            "copiedTo": {"@id": "https://w3id.org/fep/7628#copiedTo", "@type": "@id"},
            "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
            "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
            "sensitive": "as:sensitive",
            "Hashtag": "as:Hashtag",
            "toot": "http://joinmastodon.org/ns#",
            "blurhash": "toot:blurhash",
            "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
            "votersCount": "toot:votersCount",
            "discoverable": "toot:discoverable",
            "indexable": "toot:indexable",
            "featuredTags": {"@id": "toot:featuredTags", "@type": "@id"},
            "featured": {"@id": "toot:featured", "@type": "@id"},
            "Emoji": "toot:Emoji",
            "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
            "fep1580": "https://w3id.org/fep/1580#",
            "blocked": {"@id": "https://purl.archive.org/socialweb/blocked#blocked", "@type": "@id"},
            "previously": {
                "@id": "https://swicg.github.io/activitypub-data-portability/lola#previously",
                "@container": "@list"
            },
            "provenance": {"@id": "urn:godwit:provenance", "@type": "urn:godwit:grade"},
            "schema": "http://schema.org#",
            "PropertyValue": "schema:PropertyValue",
            "value": "schema:value"
        }
    ])
}

/// Sets a field of a document that is being written; anything but an object stays as it is.
pub(crate) fn put(document: &mut serde_json::Value, field: &str, value: serde_json::Value) {
    if let serde_json::Value::Object(fields) = document {
        fields.insert(field.to_owned(), value);
    }
}

/// The media type of ActivityPub documents, in the spelling every receiver's list has.
pub const ACTIVITY_JSON: &str = "application/activity+json; charset=utf-8";
