//! Identifiers as types of their own, so that one never stands where another is meant.

/// Declares text identifiers that serialize as the bare string.
macro_rules! text_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

text_ids! {
    /// One account copied from one source to one destination.
    TransferId,
    /// A login at the host this daemon stands beside.
    AccountId,
    /// A host's own key of an object (post, boost, medium …).
    LocalId,
    /// The source's own key of an item; unique within one transfer and kind.
    ItemKey,
    /// One unit of queued work.
    JobId,
    /// A recorded yes of an account's owner.
    ConsentId,
}
