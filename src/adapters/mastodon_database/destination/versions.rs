//! How a post was before it was edited, as the server beside us keeps it: a row for each version, the one that
//! stands now the last.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    compose::{self, storable},
    draft::Draft,
    known::Person,
};
use crate::model::{media::Attachment, moment::Moment, object::Object};

/// The columns of each version, oldest first; none where nothing was changed, or nobody knows when.
pub(super) fn of(object: &Object, draft: &Draft, known: &BTreeMap<String, Person>) -> Vec<Value> {
    let Some(edited) = object.updated.as_ref().filter(|_| !object.earlier.is_empty()) else {
        return Vec::new();
    };
    let files = |shown: &[Attachment]| -> (Vec<i64>, Vec<String>) {
        let of = |attachment: &Attachment| {
            let place = object.attachments.iter().position(|one| one.url == attachment.url)?;
            let address = &object.attachments.get(place)?.url;
            let file = draft.shown.iter().find(|file| file.attachment.url == *address)?;
            Some((file.id, storable(attachment.alt.as_deref().unwrap_or_default())))
        };
        shown.iter().filter_map(of).unzip()
    };
    let id = draft.status.id;
    let mut versions: Vec<Value> = object
        .earlier
        .iter()
        .map(|earlier| {
            let (media, said) = files(&earlier.attachments);
            let options: Vec<String> = earlier.options.iter().map(|option| storable(option)).collect();
            json!({
                "status": id,
                "text": compose::typed(earlier.source.as_ref(), &earlier.content, object, known),
                "warning": storable(earlier.summary.as_deref().unwrap_or_default()),
                "sensitive": earlier.is_sensitive,
                "media": media,
                "said": said,
                "options": some(options),
                "written": earlier.written.micros(),
            })
        })
        .collect();
    let (media, said) = files(&object.attachments);
    let options = object.poll.iter().flat_map(|poll| &poll.options).map(|option| storable(&option.name));
    versions.push(json!({
        "status": id,
        "text": draft.status.text,
        "warning": draft.status.warning,
        "sensitive": draft.status.is_sensitive,
        "media": media,
        "said": said,
        "options": some(options.collect()),
        "written": Moment::micros(edited),
    }));
    versions
}

/// A post without a poll has no choices, not an empty list of them.
fn some(options: Vec<String>) -> Option<Vec<String>> {
    Some(options).filter(|options| !options.is_empty())
}
