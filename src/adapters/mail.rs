//! Letters as files in a directory, or over SMTP.

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use lettre::{
    Address, AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::Mailbox, message::header::ContentType,
};

use crate::port::{
    error::{AdapterError, Cause},
    mail::{Mail, Postman},
};

/// What is done again and again when a letter does not go.
const DOING: &str = "sending a letter";
/// Before it is tried again.
const REST: Duration = Duration::from_mins(5);

enum Way {
    Files(AsyncFileTransport<Tokio1Executor>),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

/// Carries letters the way the configuration says.
pub struct Post {
    way: Way,
    from: Mailbox,
}

impl Post {
    /// Over SMTP where an address of a server is given, else as files below `directory`.
    ///
    /// # Errors
    /// [`AdapterError::Fatal`] when sender or server make no sense, or the directory cannot be made.
    pub fn open(smtp_url: &str, from: &str, directory: &Path) -> Result<Self, AdapterError> {
        let from = from.parse().map_err(|error| AdapterError::fatal("reading mail.from", error))?;
        let way = if smtp_url.is_empty() {
            std::fs::create_dir_all(directory).map_err(|error| AdapterError::fatal(DOING, error))?;
            Way::Files(AsyncFileTransport::new(directory))
        } else {
            // Its error could repeat the address, and with it a password.
            let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp_url);
            let server =
                server.map_err(|_| AdapterError::fatal("reading mail.smtp_url", "it is no smtp address"))?;
            Way::Smtp(server.timeout(Some(Duration::from_secs(30))).build())
        };
        Ok(Self { way, from })
    }
}

#[async_trait]
impl Postman for Post {
    fn is_address(&self, text: &str) -> bool {
        text.len() <= 254 && text.parse::<Address>().is_ok()
    }

    async fn carry(&self, mail: &Mail) -> Result<(), AdapterError> {
        let unfit = |error: String| AdapterError::item(format!("{DOING}: {error}"));
        let to: Address = mail.to.parse().map_err(|_| unfit("the address is none".to_owned()))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body.clone())
            .map_err(|error| unfit(error.to_string()))?;
        let busy =
            |why: String| AdapterError::Busy { doing: DOING.into(), why, after: REST, cause: Cause::Unknown };
        match &self.way {
            Way::Files(files) => files.send(message).await.map(drop).map_err(|error| busy(error.to_string())),
            Way::Smtp(server) => match server.send(message).await {
                Ok(_) => Ok(()),
                Err(error) if error.is_permanent() => {
                    Err(unfit("the mail server refuses it for good".to_owned()))
                }
                Err(_) => Err(busy("the mail server does not take it now".to_owned())),
            },
        }
    }
}
