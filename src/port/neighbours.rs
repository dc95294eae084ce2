//! Looking at other servers from outside: public facts only, nothing is asked in anybody's name.

use async_trait::async_trait;

use crate::model::outlook::Outlook;

/// Knows what other servers do when somebody moves.
#[async_trait]
pub trait Neighbours: Send + Sync {
    /// Looks at the server of that name (as it stands in handles). Always answers: a server that
    /// does not is a finding too.
    async fn look(&self, host: &str) -> Outlook;
}
