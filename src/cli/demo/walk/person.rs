//! A person with a browser: signs in where asked, fills forms in, waits for what is to happen.

use anyhow::{Result, bail};
use serde_json::Value;
use url::Url;

use crate::cli::demo::{
    browser::{Answer, Browser},
    homes::Home,
};

/// Somebody who has an account.
pub(crate) struct Person {
    /// The browser, with the cookies of every home the person is signed in at.
    pub(crate) browser: Browser,
    /// Name and password per home.
    logins: Vec<Login>,
}

/// Name and password at one home.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    /// The home's address.
    pub(crate) home: Url,
    /// Name.
    pub(crate) name: String,
    /// Password; of a laboratory, and shown on purpose.
    pub(crate) password: String,
}

impl Person {
    /// Somebody who is not signed in anywhere yet.
    pub(crate) fn new(browser: Browser, logins: Vec<Login>) -> Self {
        Self { browser, logins }
    }

    /// The login at the home of an address.
    ///
    /// # Errors
    /// When the person has no account there.
    pub(crate) fn login(&self, url: &Url) -> Result<&Login> {
        match self.logins.iter().find(|login| login.home.origin() == url.origin()) {
            Some(login) => Ok(login),
            None => bail!("asked to sign in at {url}, where nobody knows this person"),
        }
    }

    /// Opens a page; signs in first where it asks for that.
    ///
    /// # Errors
    /// When the page cannot be opened.
    pub(crate) async fn open(&self, url: &Url) -> Result<Answer> {
        let page = self.browser.visit(url).await?;
        self.pass_sign_in(page).await
    }

    /// Signs in if the page asks for it, and goes on to where it leads.
    ///
    /// # Errors
    /// When the sign-in fails.
    pub(crate) async fn pass_sign_in(&self, page: Answer) -> Result<Answer> {
        let Ok(form) = page.form(&["username", "password"]) else {
            return Ok(page);
        };
        let login = self.login(&page.url)?;
        let form = form.fill("username", &login.name)?.fill("password", &login.password)?;
        let page = self.browser.submit(&form).await?;
        if page.form(&["username", "password"]).is_ok() {
            bail!("{} does not let {} in", page.url, login.name);
        }
        Ok(page)
    }

    /// Signs in at a home by its sign-in page.
    ///
    /// # Errors
    /// When the home does not let the person in.
    pub(crate) async fn sign_in(&self, home: &Home) -> Result<()> {
        self.open(&home.at("/sign-in")?).await.map(drop)
    }

    /// Asks a home again after each of its changes until `is_so` finds what it looks for.
    ///
    /// # Errors
    /// When the home does not answer.
    pub(crate) async fn wait<T>(
        &self,
        home: &Home,
        path: &str,
        mut is_so: impl FnMut(&Value) -> Result<Option<T>>,
    ) -> Result<T> {
        let mut counter = 0;
        loop {
            // The counter is read first: a change between the two is noticed by the next wait.
            let changes = self.browser.json(&home.at(&format!("/api/v1/changes?since={counter}"))?).await?;
            counter = changes.get("counter").and_then(Value::as_u64).unwrap_or(0);
            if let Some(found) = is_so(&self.browser.json(&home.at(path)?).await?)? {
                return Ok(found);
            }
        }
    }
}
