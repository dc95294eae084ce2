//! A statement of a server together with its signature; what seals and checks them is `wire::seal`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A signature over the canonical text of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Seal {
    /// Address of the key: `<host actor>#main-key`.
    pub key_id: String,
    /// The algorithm it was made with.
    pub algorithm: String,
    /// Base64.
    pub value: String,
}

/// A statement of a server, and its signature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Sealed {
    /// What is stated.
    #[schema(value_type = Object)]
    pub statement: Value,
    /// By whom.
    pub signature: Seal,
}
