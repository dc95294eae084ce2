//! A person whose Old home stands beside another server: they sign in there, on that server's own pages.

use serde_json::{Value, json};

use super::{
    browser::{Answer, Browser},
    home::{Home, password},
    mover::Mover,
};

/// More pages than any way in has.
const SIGN_IN_PAGES: usize = 8;

/// The person, with an account at either home under one name; New home is its own server.
pub struct Guest {
    /// What they do at New home.
    pub mover: Mover,
    old: String,
    name: String,
}

impl Guest {
    /// Signs `name` in at New home, for an account that has this handle at Old home.
    pub async fn new(old: &Home, new: &Home, name: &str, handle: &str) -> Self {
        let mover = Mover::guest(new, name).await.known_as(handle);
        Self { mover, old: old.origin.clone(), name: name.to_owned() }
    }

    fn browser(&self) -> &Browser {
        &self.mover.browser
    }

    /// A whole copy, in its trial: asked for by nothing but the handle.
    pub async fn copy(&self) -> String {
        let (id, url) = self.mover.ask().await;
        let page = self.proven(&url).await;
        let form = page.form("decision").tick("private").unwrap().tick("unlock").unwrap();
        self.agree(&id, form.press("decision", "allow").unwrap()).await;
        self.mover.until(&id, "trial").await;
        id
    }

    /// Announces the copy with every step at Old home; gives the status when New home knows.
    pub async fn announce(&self, id: &str) -> Value {
        let url = format!("{}/api/v1/transfers/{id}/announce", self.mover.new_origin());
        let asked = self.browser().post_json(&url, &json!({"ending": "announce"})).await.good();
        let page = self.signed_in(asked["authorize_url"].as_str().unwrap()).await;
        self.agree(id, page.form("decision").press("decision", "allow").unwrap()).await;
        self.mover.until(id, "awaiting_announcement").await;
        let page = self.proven(&format!("{}/departures/{}/finish", self.old, self.name)).await;
        let answer = self.browser().submit(&page.form("departure")).await;
        assert_eq!(answer.status, 303, "{}", answer.words());
        self.mover.until(id, "done").await
    }

    async fn agree(&self, id: &str, form: crate::forms::Form) {
        let page = self.browser().follow(self.browser().submit(&form).await).await;
        assert_eq!(page.url.path(), format!("/transfers/{id}"), "{}", page.words());
    }

    /// A page of Old home; signs in on the way where it wants that.
    async fn signed_in(&self, url: &str) -> Answer {
        self.let_in(self.browser().visit(url).await).await
    }

    /// The same, proven anew where the page wants that.
    async fn proven(&self, url: &str) -> Answer {
        let page = self.signed_in(url).await;
        let text = page.text().replace("&amp;", "&");
        match text.split("href=\"").skip(1).find(|link| link.starts_with("/sign-in?again=yes")) {
            Some(link) => {
                let way = page.url.join(link.split('"').next().unwrap()).unwrap();
                self.signed_in(way.as_str()).await
            }
            None => page,
        }
    }

    async fn let_in(&self, page: Answer) -> Answer {
        let (mut page, mut has_typed) = (page, false);
        for _ in 0..SIGN_IN_PAGES {
            let Some(form) = self.next_form(&page, &mut has_typed) else { return page };
            page = self.browser().follow(self.browser().submit(&form).await).await;
        }
        panic!("signing in does not end, last at {}: {}", page.url, page.words())
    }

    /// What is filled in on a page of a sign-in; nothing on any other.
    fn next_form(&self, page: &Answer, has_typed: &mut bool) -> Option<crate::forms::Form> {
        let forms = crate::forms::forms(&page.text(), &page.url);
        let with = |name: &str| forms.iter().find(|form| form.has(name)).cloned();
        if let Some(form) = with("username") {
            assert!(!*has_typed, "{} does not let {} in: {}", page.url, self.name, page.words());
            *has_typed = true;
            let form = form.fill("username", &self.name).unwrap();
            return Some(form.fill("password", &password(&self.name)).unwrap());
        }
        if let Some(form) = with("go") {
            return Some(form.press("go", "yes").unwrap());
        }
        let form = with("commit")?;
        // Whoever shall prove it anew signs out there first, and in again.
        let is_asked_anew = page.url.query().is_some_and(|query| query.contains("force_login"));
        if is_asked_anew && !*has_typed {
            return forms.into_iter().find(|form| form.action.path().ends_with("/sign_out"));
        }
        Some(form.press("commit", "Authorize").unwrap())
    }
}
