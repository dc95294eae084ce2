//! Who plays: the person who moves, somebody who stays, a follower, a stranger.

use std::path::Path;

use anyhow::Result;

use super::person::{Login, Person};
use crate::cli::demo::{browser::Browser, homes::Homes, outcome::Report, progress::Progress};

/// Name at New home.
const NEW_NAME: &str = "ann";
/// Name at the third server.
const FOLLOWER: &str = "fay";
/// What the second account writes: text and audience.
const SECOND_POSTS: [(&str, &str); 3] = [
    ("Bea here. I am not going anywhere yet.", "public"),
    ("Only for those who follow me: the tide tables.", "followers"),
    ("Try to move me: ask for @bea at New home.", "unlisted"),
];

/// All people and their accounts.
pub(crate) struct Stage {
    /// Moves from Old home to New home.
    pub(crate) mover: Person,
    /// Follows the mover.
    pub(crate) follower: Person,
    /// Nobody: has no cookies anywhere, ever.
    pub(crate) stranger: Browser,
    /// The mover's name at Old home.
    pub(crate) old_name: String,
    /// The mover's name at New home.
    pub(crate) new_name: String,
    /// Name of the second account at Old home.
    pub(crate) second_name: String,
    second: Person,
    logins: Vec<Login>,
}

impl Stage {
    /// Names everybody; `username` stands in the archive.
    ///
    /// # Errors
    /// When the browsers cannot be set up.
    pub(crate) fn new(homes: &Homes, username: &str) -> Result<Self> {
        let old_name = account_name(username);
        let second_name = if old_name == "bea" { "cleo" } else { "bea" }.to_owned();
        let login = |home: &crate::cli::demo::homes::Home, name: &str| Login {
            home: home.url.clone(),
            name: name.to_owned(),
            password: format!("{name} goes by {}", home.url.host_str().unwrap_or_default()),
        };
        let mover = vec![login(&homes.old, &old_name), login(&homes.new, NEW_NAME)];
        let second = vec![login(&homes.old, &second_name), login(&homes.new, &second_name)];
        let follower = vec![login(&homes.third, FOLLOWER)];
        let logins = [mover.clone(), second.clone(), follower.clone()].concat();
        let person = |logins| Ok::<_, anyhow::Error>(Person::new(Browser::new(homes.urls())?, logins));
        Ok(Self {
            mover: person(mover)?,
            second: person(second)?,
            follower: person(follower)?,
            stranger: Browser::new(homes.urls())?,
            old_name,
            new_name: NEW_NAME.to_owned(),
            second_name,
            logins,
        })
    }

    /// Every account there is, to be shown to whoever wants to look around.
    pub(crate) fn logins(&self) -> &[Login] {
        &self.logins
    }

    /// Makes the accounts, brings the archive in and starts the three servers; returns the import's report.
    ///
    /// # Errors
    /// When a command or a server fails.
    pub(crate) async fn set(&self, homes: &mut Homes, archive: &Path, progress: &Progress) -> Result<Report> {
        progress.step("Making accounts");
        let mut has_admin = Vec::new();
        for login in &self.logins {
            let home = homes.each().into_iter().find(|home| home.url == login.home);
            if let Some(home) = home {
                let is_first = !has_admin.contains(&login.home);
                home.create_account(&login.name, &login.password, is_first).await?;
                has_admin.push(login.home.clone());
            }
        }
        progress.step("Old home: bringing the archive in");
        let report = homes.old.import(archive, &self.old_name).await?;
        progress.step("Starting three servers");
        homes.old.start().await?;
        homes.new.start().await?;
        homes.third.start().await?;
        for home in homes.urls() {
            progress.say(&format!("  listening {home}"));
        }
        Ok(report)
    }

    /// Lets the second account write a few posts by the form on its page.
    ///
    /// # Errors
    /// When the page lacks the form.
    pub(crate) async fn second_posts(&self, homes: &Homes, progress: &Progress) -> Result<()> {
        progress.step("Old home: somebody who stays writes a few posts");
        if !homes.old.is_beside() {
            self.second.sign_in(&homes.old).await?;
        }
        for (text, visibility) in SECOND_POSTS {
            if homes.old.write_beside(&self.second_name, text, visibility).await? {
                continue;
            }
            let page = self.second.open(&homes.old.at("/home")?).await?;
            let form =
                page.form(&["text", "visibility"])?.choose("visibility", visibility)?.fill("text", text)?;
            self.second.browser.submit(&form).await?;
        }
        Ok(())
    }
}

/// A name an account may have, made of the one in the archive.
fn account_name(username: &str) -> String {
    let is_fine = |letter: &char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || *letter == '_';
    let name: String = username.to_lowercase().chars().filter(is_fine).take(30).collect();
    if name.is_empty() { NEW_NAME.to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_in_an_archive_makes_a_name_for_an_account() {
        assert_eq!(account_name("LMOrchard"), "lmorchard");
        assert_eq!(account_name("../../é"), "ann");
    }
}
