//! The way a letter leaves.

use async_trait::async_trait;

use super::error::AdapterError;

/// A letter as it is read.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Where it goes.
    pub to: String,
    /// Its first line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// Carries letters.
#[async_trait]
pub trait Postman: Send + Sync {
    /// Whether an address could be one.
    fn is_address(&self, text: &str) -> bool;

    /// Carries one. It may arrive twice when the answer is lost.
    ///
    /// # Errors
    /// [`AdapterError::Busy`] when it may be tried again, another one when not.
    async fn carry(&self, mail: &Mail) -> Result<(), AdapterError>;
}
