//! What the server remembers of rows that changed behind its back: cached documents are dropped, and the
//! search index is told what to look at again.
//!
//! Its Redis can be made to do anything in its name, so only two words are spoken to it, about names of
//! these kinds (and PING), and nothing it says is followed.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpStream, UnixStream},
};
use url::Url;

use super::keeper::{Keeper, Order};
use crate::port::error::AdapterError;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Names in one word at most.
const AT_ONCE: usize = 500;
/// Numbers in one order to the keeper at most.
const MOST_ORDERED: usize = 5_000;

/// Its Redis, or the keeper that alone may write there.
#[derive(Clone)]
pub struct Caches {
    way: Way,
}

#[derive(Clone)]
enum Way {
    /// Itself.
    Redis(Url),
    /// Through another process.
    Keeper(Keeper),
}

impl std::fmt::Debug for Caches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address may hold a password.
        f.write_str("Caches")
    }
}

/// Indexes of the search, each with a set of numbers to look at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Index {
    /// Accounts.
    Accounts,
    /// Posts their owners and those named may find.
    Statuses,
    /// Posts everybody may find.
    PublicStatuses,
    /// Topics.
    Tags,
}

impl Index {
    fn set(self) -> &'static str {
        match self {
            Self::Accounts => "chewy:queue:AccountsIndex",
            Self::Statuses => "chewy:queue:StatusesIndex",
            Self::PublicStatuses => "chewy:queue:PublicStatusesIndex",
            Self::Tags => "chewy:queue:TagsIndex",
        }
    }
}

/// Why it was not told.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The address is none.
    #[error("home.redis must be like redis://:password@host:6379/0, unix:///path or keeper:///path")]
    Address,
    /// It does not answer, or not in time.
    #[error("the server's Redis does not answer: {0}")]
    Silent(#[from] std::io::Error),
    /// It answered with an error.
    #[error("the server's Redis refuses: {0}")]
    Refused(String),
    /// The keeper cannot, or will not.
    #[error("{0}")]
    Keeper(#[from] AdapterError),
}

impl Caches {
    /// Reads an address; nothing is connected yet.
    ///
    /// # Errors
    /// [`CacheError::Address`]; the address, which may hold a password, is not repeated.
    pub fn at(address: &str) -> Result<Self, CacheError> {
        if let Some(keeper) = Keeper::at(address) {
            return Ok(Self { way: Way::Keeper(keeper) });
        }
        let at = Url::parse(address).map_err(|_| CacheError::Address)?;
        if !matches!(at.scheme(), "redis" | "unix") {
            return Err(CacheError::Address);
        }
        Ok(Self { way: Way::Redis(at) })
    }

    /// Drops what is remembered of an account and of posts.
    ///
    /// # Errors
    /// [`CacheError`]; what is not dropped is forgotten by itself after ten minutes.
    pub async fn forget(&self, account: i64, statuses: &[i64]) -> Result<(), CacheError> {
        if let Way::Keeper(keeper) = &self.way {
            let mut some = statuses.chunks(MOST_ORDERED);
            let first = some.next().unwrap_or_default();
            for statuses in std::iter::once(first).chain(some) {
                keeper.ask(&Order::Forget { account, statuses: statuses.to_vec() }).await?;
            }
            return Ok(());
        }
        let of_account =
            ["accounts/show:accounts/", "filters:v3:", "exclude_account_ids_for:", "exclude_domains_for:"];
        let mut names: Vec<String> = of_account.iter().map(|name| format!("cache:{name}{account}")).collect();
        for id in statuses {
            names.push(format!("cache:v3:statuses/{id}"));
            names.push(format!("cache:statuses/show:v3:statuses/{id}"));
            names.push(format!("cache:ancestors:{id}"));
        }
        self.say(names.chunks(AT_ONCE).map(|some| ("DEL", some.to_vec())).collect()).await
    }

    /// Puts numbers before the search index.
    ///
    /// # Errors
    /// [`CacheError`].
    pub async fn look_again(&self, index: Index, ids: &[i64]) -> Result<(), CacheError> {
        if let Way::Keeper(keeper) = &self.way {
            for ids in ids.chunks(MOST_ORDERED) {
                keeper.ask(&Order::LookAgain { index, ids: ids.to_vec() }).await?;
            }
            return Ok(());
        }
        let words = ids.chunks(AT_ONCE).map(|some| {
            let numbers = some.iter().map(i64::to_string);
            ("SADD", std::iter::once(index.set().to_owned()).chain(numbers).collect())
        });
        self.say(words.collect()).await
    }

    /// Whether it is there.
    ///
    /// # Errors
    /// [`CacheError`].
    pub async fn answers(&self) -> Result<(), CacheError> {
        if let Way::Keeper(keeper) = &self.way {
            return Ok(keeper.ask(&Order::Ready {}).await.map(drop)?);
        }
        self.say(vec![("PING", Vec::new())]).await
    }

    async fn say(&self, words: Vec<(&'static str, Vec<String>)>) -> Result<(), CacheError> {
        let Way::Redis(at) = &self.way else { return Ok(()) };
        if words.is_empty() {
            return Ok(());
        }
        let mut all = Vec::new();
        if let Some(password) = at.password() {
            let user = Some(at.username()).filter(|user| !user.is_empty());
            let named = user.into_iter().chain([password]).map(str::to_owned);
            all.push(("AUTH", named.collect()));
        }
        let number = at.path().trim_start_matches('/');
        if at.scheme() == "redis" && !number.is_empty() && number != "0" {
            all.push(("SELECT", vec![number.to_owned()]));
        }
        all.extend(words);
        let speaking = async {
            if at.scheme() == "unix" {
                return speak(UnixStream::connect(at.path()).await?, &all).await;
            }
            let host = at.host_str().unwrap_or("localhost");
            speak(TcpStream::connect((host, at.port().unwrap_or(6379))).await?, &all).await
        };
        let late = || std::io::Error::from(std::io::ErrorKind::TimedOut);
        tokio::time::timeout(PATIENCE, speaking).await.map_err(|_| late())?
    }
}

/// Says one word after the other; each is answered before the next. Spec: RESP2.
async fn speak<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    words: &[(&'static str, Vec<String>)],
) -> Result<(), CacheError> {
    let mut stream = BufReader::new(stream);
    for (word, names) in words {
        let mut bytes = format!("*{}\r\n", names.len() + 1).into_bytes();
        for part in std::iter::once(*word).chain(names.iter().map(String::as_str)) {
            bytes.extend(format!("${}\r\n{part}\r\n", part.len()).into_bytes());
        }
        stream.write_all(&bytes).await?;
        stream.flush().await?;
        let mut answer = String::new();
        let read = (&mut stream).take(1024).read_line(&mut answer).await?;
        if read == 0 {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
        }
        if !answer.starts_with([':', '+']) {
            return Err(CacheError::Refused(answer.trim().trim_start_matches('-').to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// A stand-in that answers so often and gives everything it heard.
    async fn heard(answers: &'static [&'static str], say: impl AsyncFnOnce(Caches)) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("redis://:word@{}/3", listener.local_addr().unwrap());
        let hearing = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (mut all, mut buffer) = (Vec::new(), [0; 4096]);
            for answer in answers {
                let read = stream.read(&mut buffer).await.unwrap();
                all.extend(&buffer[..read]);
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            String::from_utf8(all).unwrap()
        };
        let (heard, ()) = tokio::join!(hearing, say(Caches::at(&address).unwrap()));
        heard
    }

    #[tokio::test]
    async fn documents_are_dropped_by_name_in_the_right_database() {
        let said =
            heard(&["+OK\r\n", "+OK\r\n", ":7\r\n"], async |caches| caches.forget(5, &[9]).await.unwrap())
                .await;
        assert!(said.starts_with(
            "*2\r\n$4\r\nAUTH\r\n$4\r\nword\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n*8\r\n$3\r\nDEL\r\n"
        ));
        for name in
            ["cache:accounts/show:accounts/5", "cache:v3:statuses/9", "cache:statuses/show:v3:statuses/9"]
        {
            assert!(said.contains(&format!("\r\n{name}\r\n")), "{said}");
        }
    }

    #[tokio::test]
    async fn a_refusal_is_an_error_and_nothing_more_is_said() {
        let answers = &["+OK\r\n", "-NOPERM no\r\n"];
        let said = heard(answers, async |caches| {
            let error = caches.look_again(Index::Tags, &[1]).await.unwrap_err();
            assert_eq!(error.to_string(), "the server's Redis refuses: NOPERM no");
        });
        assert!(!said.await.contains("SADD"));
    }

    #[test]
    fn an_address_with_a_password_is_never_shown() {
        let caches = Caches::at("redis://:secret@localhost/0").unwrap();
        assert!(!format!("{caches:?}").contains("secret"));
        assert!(!Caches::at("http://:secret@localhost").unwrap_err().to_string().contains("secret"));
    }
}
