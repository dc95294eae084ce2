//! A scanner of the admins' choice: a command, or a service on this machine.

use std::{path::Path, process::Stdio, time::Duration};

use async_trait::async_trait;
use tokio::process::Command;
use url::{Host, Url};

use crate::port::{
    error::{AdapterError, Cause},
    scanner::Scanner,
};

use crate::words::text;

/// Longest look at one file.
const PATIENCE: Duration = Duration::from_mins(5);
/// Before it is tried again.
const REST: Duration = Duration::from_secs(30);
/// Longest reason that is kept, in characters.
const REASON: usize = 200;

/// How files are looked at.
pub enum Looker {
    /// Nobody looks.
    Nobody,
    /// A program: the file's path is its last argument, its type stands in `MEDIA_TYPE`. It ends with 0: taken; with
    /// 1: not taken, its first line says why; with anything else: it could not look.
    Command(Vec<String>),
    /// A service on loopback: the file is the body of a POST. 2xx: taken; 4xx: not taken, the body says why; anything
    /// else: it could not look.
    Service(Url, reqwest::Client),
}

impl Looker {
    /// Reads what the configuration says.
    ///
    /// # Errors
    /// [`AdapterError::Fatal`] when both ways are named, or the service is not on this machine.
    #[expect(
        clippy::disallowed_methods,
        reason = "only a service on this machine is asked, at an address the admin wrote"
    )]
    pub fn open(command: &[String], url: &str) -> Result<Self, AdapterError> {
        let unfit = |why: &str| AdapterError::fatal("reading [scanner]", why);
        if url.is_empty() {
            return Ok(if command.is_empty() { Self::Nobody } else { Self::Command(command.to_vec()) });
        }
        if !command.is_empty() {
            return Err(unfit("name a command or a url, not both"));
        }
        let url = Url::parse(url).map_err(|error| unfit(&error.to_string()))?;
        let is_here = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            _ => false,
        };
        if !is_here {
            return Err(unfit(
                "files are shown to a scanner on this machine only: write its address, like 127.0.0.1",
            ));
        }
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let client = client.timeout(PATIENCE).build().map_err(|error| unfit(&error.to_string()))?;
        Ok(Self::Service(url, client))
    }
}

fn busy(why: impl std::fmt::Display) -> AdapterError {
    AdapterError::Busy {
        doing: "looking at a file".into(),
        why: why.to_string(),
        after: REST,
        cause: Cause::Scanner,
    }
}

/// The first line, or a sentence of ours.
fn reason(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let line: String = text.lines().next().unwrap_or_default().trim().chars().take(REASON).collect();
    let said = if line.is_empty() { text!("reasons-it-gave-no-reason") } else { line };
    text!("reasons-the-scanner-does-not-take-it", said = said)
}

#[async_trait]
impl Scanner for Looker {
    async fn look(&self, path: &Path, media_type: &str) -> Result<Option<String>, AdapterError> {
        match self {
            Self::Nobody => Ok(None),
            Self::Command(words) => {
                let Some((program, arguments)) = words.split_first() else { return Ok(None) };
                let mut command = Command::new(program);
                command.args(arguments).arg(path).env("MEDIA_TYPE", media_type).stdin(Stdio::null());
                command.kill_on_drop(true);
                let output = tokio::time::timeout(PATIENCE, command.output()).await;
                let output = output.map_err(|_| busy("the scanner takes too long"))?.map_err(busy)?;
                match output.status.code() {
                    Some(0) => Ok(None),
                    Some(1) => Ok(Some(reason(&output.stdout))),
                    _ => Err(busy("the scanner could not look")),
                }
            }
            Self::Service(url, client) => {
                let file = tokio::fs::File::open(path).await.map_err(busy)?;
                let body = reqwest::Body::wrap_stream(tokio_util::io::ReaderStream::new(file));
                let request = client.post(url.clone()).header("content-type", media_type).body(body);
                let answer = request.send().await.map_err(|_| busy("the scanner does not answer"))?;
                let status = answer.status();
                if status.is_success() {
                    return Ok(None);
                }
                if !status.is_client_error() {
                    return Err(busy("the scanner could not look"));
                }
                let said = answer.bytes().await.map_err(|_| busy("the scanner broke off"))?;
                Ok(Some(reason(&said)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Looker {
        let words = ["/bin/sh", "-c", script, "scanner"].map(str::to_owned);
        Looker::open(&words, "").unwrap()
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_command_takes_refuses_or_cannot_look() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        std::fs::write(&path, "bad").unwrap();
        let look = async |script: &str| shell(script).look(&path, "image/png").await;
        assert_eq!(look("exit 0").await.unwrap(), None);
        let refused =
            look("grep -q bad \"$1\" && echo \"found $MEDIA_TYPE\" && exit 1").await.unwrap().unwrap();
        assert_eq!(refused, "this server's scanner does not take it: found image/png");
        assert!(matches!(look("exit 7").await, Err(AdapterError::Busy { .. })), "nothing is taken unseen");
    }

    #[test]
    fn files_are_shown_to_nobody_on_another_machine() {
        for elsewhere in
            ["https://scan.example/", "http://192.168.1.1:80/", "http://localhost:1/", "nonsense"]
        {
            assert!(Looker::open(&[], elsewhere).is_err(), "{elsewhere}");
        }
        assert!(Looker::open(&[], "http://127.0.0.1:9/scan").is_ok());
        assert!(Looker::open(&["a".to_owned()], "http://127.0.0.1:9/").is_err());
    }
}
