//! New ids given before anything is written, and the old → new URL map made of them.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    id::{ItemKey, LocalId},
    item::ItemKind,
    object::Visibility,
};

/// The id and addresses one item will have at the destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// The item's key at the source.
    pub key: ItemKey,
    /// Its kind.
    pub kind: ItemKind,
    /// The host's own key for it.
    pub local_id: LocalId,
    /// Its future id (or file address).
    pub url: Url,
    /// Its future page for people.
    pub page: Option<Url>,
}

/// One line of the URL map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UrlMapping {
    /// Where it lived.
    pub old: Url,
    /// The exact id it has now.
    pub new: Url,
    /// What it is.
    pub kind: ItemKind,
    /// Who could see it at the source; only open entries are ever shown to strangers.
    pub visibility: Visibility,
}
