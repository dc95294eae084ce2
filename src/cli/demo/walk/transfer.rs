//! The person's way: Copy, consent, Try, Announce, the last word, each by the form on the page.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

use super::person::Person;
use crate::cli::demo::{
    browser::Answer,
    forms,
    homes::Home,
    outcome::{MapCounts, Report},
    progress::Progress,
};

/// What New home says about a transfer, as far as the walk reads it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Status {
    /// Where it stands.
    pub(crate) state: String,
    /// What is in the way.
    problem: Option<String>,
    /// The numbers.
    report: Option<Report>,
    /// The list of addresses, counted.
    pub(crate) map: MapCounts,
    /// Given back as `seen` to wait for a change.
    version: Value,
}

impl Status {
    /// The numbers; zeros as long as there are none.
    pub(crate) fn report(&self) -> Report {
        self.report.clone().unwrap_or_default()
    }

    /// One line for a person who watches.
    fn line(&self) -> String {
        let counts = self.report().items;
        let counts: Vec<String> = ["posts", "boosts", "likes", "media", "bookmarks"]
            .iter()
            .filter_map(|word| {
                counts.get(*word).map(|one| format!("{word} {}/{}", one.destination, one.source))
            })
            .collect();
        let handed = if self.map.handed_over > 0 {
            format!(" · {}/{} addresses handed over", self.map.handed_over, self.map.entries)
        } else {
            String::new()
        };
        format!("  {} · {}{handed}", self.state.replace('_', " "), counts.join(", "))
    }
}

/// One transfer being walked through.
pub(crate) struct Walk<'a> {
    /// Who moves.
    pub(crate) person: &'a Person,
    /// From where.
    pub(crate) old: &'a Home,
    /// To where.
    pub(crate) new: &'a Home,
    /// Name at Old home.
    pub(crate) name: &'a str,
    /// Who is told.
    pub(crate) progress: &'a Progress,
}

impl Walk<'_> {
    /// Asks for the copy at New home and says yes at Old home; returns the transfer's id.
    ///
    /// # Errors
    /// When a page is not what it should be.
    pub(crate) async fn copy(&self) -> Result<String> {
        self.progress.step("New home: asking for a copy");
        let page = self.person.open(&self.new.at("/transfers/new")?).await?;
        let handle = format!("@{}@{}", self.name, self.old.domain());
        let form = page.form(&["handle", "csrf"])?.fill("handle", &handle)?;
        let page = self.person.browser.submit(&form).await?;
        let links = forms::links(&page.text(), &page.url);
        let old = self.old.at("/")?.origin();
        let way = links.iter().find(|link| link.origin() == old && link.query().is_some());
        let page = self.person.browser.visit(way.context("the page names no way to Old home")?).await?;
        self.progress.step("Old home: consent to everything, private posts included");
        let page = self.person.pass_sign_in(page).await?;
        let page = self.person.prove(page).await?;
        let form = page.form(&["decision", "unlock"])?.tick("kinds")?.tick("private")?.tick("unlock")?;
        let form = self.person.with_password(form)?.press("decision", "allow")?;
        let page = self.person.browser.submit(&form).await?;
        let id = transfer_of(&page)?;
        self.progress.say(&format!("  transfer {id}"));
        Ok(id)
    }

    /// Looks at what New home found, and begins the copy with everything.
    ///
    /// # Errors
    /// When a page is not what it should be.
    pub(crate) async fn choose(&self, id: &str) -> Result<()> {
        self.until(id, &["awaiting_choice"]).await?;
        self.progress.step("New home: everything shall come");
        let page = self.person.open(&self.new.at(&format!("/transfers/{id}"))?).await?;
        self.person.browser.submit(&page.form_to("/begin")?).await?;
        Ok(())
    }

    /// Waits until the transfer stands in one of these states.
    ///
    /// # Errors
    /// When it fails, or New home does not answer.
    pub(crate) async fn until(&self, id: &str, states: &[&str]) -> Result<Status> {
        let (mut seen, mut last_line) = (None::<String>, String::new());
        loop {
            let mut url = self.new.at(&format!("/api/v1/transfers/{id}"))?;
            if let Some(seen) = &seen {
                url.query_pairs_mut().append_pair("seen", seen);
            }
            let status = self.person.browser.json(&url).await?;
            let status: Status = serde_json::from_value(status).context("the state is not understood")?;
            let line = status.line();
            if line != last_line {
                self.progress.say(&line);
                last_line = line;
            }
            if states.contains(&status.state.as_str()) {
                return Ok(status);
            }
            if matches!(status.state.as_str(), "failed" | "discarded" | "awaiting_confirmation") {
                bail!("the transfer is {}: {}", status.state, status.problem.unwrap_or_default());
            }
            seen = Some(match &status.version {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
        }
    }

    /// Announces: the second consent at Old home, then the last word there.
    ///
    /// # Errors
    /// When a page is not what it should be.
    pub(crate) async fn announce(&self, id: &str) -> Result<Status> {
        self.progress.step("New home: Announce");
        let page = self.person.open(&self.new.at(&format!("/transfers/{id}"))?).await?;
        let page = self.person.browser.submit(&page.form_to("/announce")?).await?;
        self.progress.step("Old home: consent to take the list of new addresses");
        let page = self.person.pass_sign_in(page).await?;
        let form = page.form(&["decision"])?.press("decision", "allow")?;
        self.person.browser.submit(&form).await?;
        self.progress.step("New home: handing the list over");
        self.until(id, &["awaiting_announcement", "done"]).await?;
        self.progress.step("Old home: the last word");
        let page = self.person.open(&self.new.at(&format!("/transfers/{id}"))?).await?;
        let page = self.last_word(&page).await?;
        let page = self.person.prove(page).await?;
        let form = self.person.with_password(page.form_to("/finish")?)?;
        self.person.browser.submit(&form).await?;
        self.progress.step("New home: waiting for Old home's announcement");
        self.until(id, &["done"]).await
    }

    /// Follows the link of the transfer's page to where the last word is said; that must be Old home.
    async fn last_word(&self, page: &Answer) -> Result<Answer> {
        let text = page.text();
        let link = forms::links(&text, &page.url).into_iter().find(|url| url.path().ends_with("/finish"));
        let link = link.with_context(|| format!("{} has no link to the last word", page.url))?;
        let there = self.person.open(&link).await?;
        let path = format!("/departures/{}/finish", self.name);
        if there.url.origin() != self.old.url.origin() || there.url.path() != path {
            bail!("{link} leads to {}, which is not Old home's page for the last word", there.url);
        }
        Ok(there)
    }
}

/// The id in the address of a transfer's page.
fn transfer_of(page: &Answer) -> Result<String> {
    let segments: Vec<&str> = page.url.path_segments().map(Iterator::collect).unwrap_or_default();
    match segments.as_slice() {
        ["transfers", id] if *id != "new" => Ok((*id).to_owned()),
        _ => bail!("the consent ended on {}, which says: {}", page.url, forms::words(&page.text())),
    }
}
