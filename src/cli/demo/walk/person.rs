//! A person with a browser: signs in where asked, fills forms in, waits for what is to happen.

use anyhow::{Result, bail};
use serde_json::Value;
use url::Url;

use crate::cli::demo::{
    browser::{Answer, Browser},
    forms::{self, Form},
    homes::Home,
};

/// More pages than any way in has.
const SIGN_IN_PAGES: usize = 8;

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

    /// Signs in if the page asks for it, and goes on to where it leads: by name and password, or by the page
    /// of the server that a home stands beside, where the person says yes to being named.
    ///
    /// # Errors
    /// When the sign-in fails.
    pub(crate) async fn pass_sign_in(&self, page: Answer) -> Result<Answer> {
        let (mut page, mut has_typed) = (page, false);
        for _ in 0..SIGN_IN_PAGES {
            if let Ok(form) = page.form(&["username", "password"]) {
                if has_typed {
                    bail!("{} does not let {} in", page.url, self.login(&page.url)?.name);
                }
                let login = self.login(&page.url)?;
                let form = form.fill("username", &login.name)?.fill("password", &login.password)?;
                page = self.browser.submit(&form).await?;
                has_typed = true;
            } else if let Ok(form) = page.form(&["go", "next"]) {
                page = self.browser.submit(&form.press("go", "yes")?).await?;
            } else if let Ok(form) = page.form(&["commit"]) {
                // Whoever shall prove it anew signs out there first, and in again.
                let is_asked_anew = page.url.query().is_some_and(|query| query.contains("force_login"));
                page = if is_asked_anew && !has_typed {
                    self.browser.submit(&page.form_to("/sign_out")?).await?
                } else {
                    self.browser.submit(&form.press("commit", "Authorize")?).await?
                };
            } else {
                return Ok(page);
            }
        }
        bail!("signing in does not end, last at {}", page.url)
    }

    /// Proves anew who one is, where a page asks for that by a link: by signing in once more.
    ///
    /// # Errors
    /// When the sign-in fails.
    pub(crate) async fn prove(&self, page: Answer) -> Result<Answer> {
        let is_asked = |link: &Url| {
            link.path() == "/sign-in" && link.query().is_some_and(|query| query.contains("again=yes"))
        };
        match forms::links(&page.text(), &page.url).into_iter().find(is_asked) {
            Some(link) => self.open(&link).await,
            None => Ok(page),
        }
    }

    /// Fills the password in, where a form asks for it.
    ///
    /// # Errors
    /// When the person has no account there.
    pub(crate) fn with_password(&self, form: Form) -> Result<Form> {
        if !form.has("password") {
            return Ok(form);
        }
        let password = self.login(&form.action)?.password.clone();
        form.fill("password", &password)
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
