//! The daemon's side: asks the keeper over its socket.

use std::{path::PathBuf, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::UnixStream,
};
use url::Url;

use super::order::{Answer, LONGEST_LINE, Order};
use crate::{
    model::id::AccountId,
    port::error::{AdapterError, Cause},
};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// How soon a keeper that is away is asked again.
const AFTER_SILENCE: Duration = Duration::from_secs(30);
/// What was being done.
const DOING: &str = "asking the keeper";

/// Where the keeper listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeper {
    at: PathBuf,
}

impl Keeper {
    /// From an address like `keeper:///run/godwit/keeper.sock`; nothing where it is another kind.
    pub fn at(address: &str) -> Option<Self> {
        let path = address.strip_prefix("keeper://").filter(|path| path.starts_with('/'))?;
        Some(Self { at: path.into() })
    }

    /// Lets it do something.
    ///
    /// # Errors
    /// [`AdapterError::Busy`] when it is away or cannot now, [`AdapterError::Fatal`] when it never will.
    pub async fn ask(&self, order: &Order) -> Result<Answer, AdapterError> {
        let busy = |why: String| AdapterError::Busy {
            doing: DOING.to_owned(),
            why,
            after: AFTER_SILENCE,
            cause: Cause::Beside,
        };
        let asked = tokio::time::timeout(PATIENCE, self.say(order)).await;
        let line = asked.map_err(|_| busy("it does not answer in time".to_owned()))?;
        let line = line.map_err(|error| busy(format!("it does not answer: {error}")))?;
        match serde_json::from_str(&line) {
            Ok(Answer::Refused { why, is_for_now: true }) => Err(busy(why)),
            Ok(Answer::Refused { why, .. }) => Err(AdapterError::fatal(DOING, why)),
            Ok(answer) => Ok(answer),
            // Whoever may not ask gets no answer at all.
            Err(_) => Err(AdapterError::fatal(DOING, "it lets only other users ask")),
        }
    }

    /// The headers that sign a delivery of an account's own move.
    ///
    /// # Errors
    /// As [`Keeper::ask`].
    pub async fn sign(
        &self,
        account: &AccountId,
        inbox: &Url,
        activity: &str,
    ) -> Result<Vec<(String, String)>, AdapterError> {
        let gone = |_| AdapterError::fatal(DOING, "there is no such account here");
        let account = account.as_str().parse().map_err(gone)?;
        let order = Order::Sign { account, inbox: inbox.clone(), activity: activity.to_owned() };
        match self.ask(&order).await? {
            Answer::Signed { headers } => Ok(headers),
            _ => Err(AdapterError::fatal(DOING, "it answers something else")),
        }
    }

    async fn say(&self, order: &Order) -> std::io::Result<String> {
        let (read, mut write) = UnixStream::connect(&self.at).await?.into_split();
        let mut line = serde_json::to_string(order).map_err(std::io::Error::other)?;
        line.push('\n');
        // Whoever may not ask is cut off; what it says before is what counts.
        let written = write.write_all(line.as_bytes()).await;
        let mut answer = String::new();
        let read = BufReader::new(read).take(LONGEST_LINE).read_line(&mut answer).await;
        match (read, written) {
            (Ok(0) | Err(_), _) => Ok(String::new()),
            (Ok(_), _) => Ok(answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_path_is_a_keepers_address() {
        assert!(Keeper::at("keeper:///run/godwit/keeper.sock").is_some());
        for other in ["", "keeper://here", "redis://localhost/0", "unix:///run/x", "keeper:/run/x"] {
            assert_eq!(Keeper::at(other), None, "{other}");
        }
    }
}
