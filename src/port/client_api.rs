//! Servers on which nothing of ours runs: who asks there, and as whom.

use async_trait::async_trait;
use url::Url;

use super::error::AdapterError;
use crate::model::{
    actor::Actor,
    login::{Client, Login},
};

/// Who we say we are.
#[derive(Debug, Clone)]
pub struct Applicant {
    /// Our server's name.
    pub name: String,
    /// Our server.
    pub website: String,
    /// Where people are sent back to.
    pub redirect_uri: String,
}

/// Where the owner is asked, and as what we were registered.
#[derive(Debug, Clone)]
pub struct Registered {
    /// What runs there: name and version.
    pub software: String,
    /// The server's own page where the owner moves their followers on, if it has one.
    pub move_page: Option<Url>,
    /// What that software does not give out, in sentences.
    pub lacks: Vec<String>,
    /// What it calls itself as an issuer; its origin where it does not say.
    pub issuer: String,
    /// Whether it promises to name itself in the callback. Spec: RFC 9207.
    pub names_issuer: bool,
    /// Where the owner is asked.
    pub authorization_endpoint: Url,
    /// Where codes are redeemed.
    pub token_endpoint: Url,
    /// Where tokens are given back.
    pub revocation_endpoint: Option<Url>,
    /// What we were registered as.
    pub client: Client,
}

/// Reads accounts through the interface that every client uses.
#[async_trait]
pub trait ClientApi: Send + Sync {
    /// Registers us at an actor's server; nothing where it has no such interface. Only reading is asked for.
    ///
    /// # Errors
    /// [`AdapterError`] when the server cannot be asked now, or refuses.
    async fn register(&self, actor: &Actor, us: &Applicant) -> Result<Option<Registered>, AdapterError>;

    /// Whose permission a fresh login is.
    ///
    /// # Errors
    /// [`AdapterError`] when the server does not say.
    async fn owner(&self, login: &Login, expected: &Actor) -> Result<Url, AdapterError>;
}
