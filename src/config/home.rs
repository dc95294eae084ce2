//! Which server the daemon stands beside, and where its parts are.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Bucket;

/// The server beside the daemon.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Home {
    /// Its kind: the built-in one, or a name of an adapter.
    pub kind: String,
    /// Its database.
    pub server_database: String,
    /// The name in its handles; empty where it is that of the daemon's own address.
    pub handle_domain: String,
    /// Directory of its files.
    pub media_dir: PathBuf,
    /// What the addresses of its files begin with; empty for `/system/` below the daemon's own address.
    pub media_url: String,
    /// Its Redis; empty where it is not told what changed.
    pub redis: String,
    /// Whether copies are written into it, and aliases and moves with them; otherwise it is only read.
    pub takes_copies: bool,
    /// The first of the two secrets that its keys are encrypted with; empty where they are not.
    pub encryption_primary_key: String,
    /// The second.
    pub encryption_salt: String,
    /// What the daemon is registered as at its sign-in; empty where it registers itself.
    pub client_id: String,
    /// The secret that goes with it.
    pub client_secret: String,
    /// Who may read what is put into its bucket; empty where the bucket itself decides.
    pub media_access: String,
    /// The bucket that its files lie in.
    pub media: Bucket,
}

/// The built-in server.
pub const BUILT_IN: &str = "built_in";

impl Default for Home {
    fn default() -> Self {
        Self {
            kind: BUILT_IN.to_owned(),
            server_database: String::new(),
            handle_domain: String::new(),
            media_dir: PathBuf::new(),
            media_url: String::new(),
            redis: String::new(),
            takes_copies: false,
            encryption_primary_key: String::new(),
            encryption_salt: String::new(),
            client_id: String::new(),
            client_secret: String::new(),
            media_access: "public-read".to_owned(),
            media: Bucket::default(),
        }
    }
}

impl std::fmt::Debug for Home {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Two of the addresses may hold passwords.
        f.debug_struct("Home").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Home {
    /// Whether it is the built-in server.
    pub fn is_built_in(&self) -> bool {
        self.kind == BUILT_IN
    }

    /// Says what is missing.
    pub(super) fn check(&self) -> Result<(), String> {
        if !self.is_built_in() && self.server_database.is_empty() {
            return Err(format!("home.server_database must be set where home.kind is {:?}", self.kind));
        }
        if self.is_built_in() && !self.server_database.is_empty() {
            return Err("home.server_database is set but home.kind says the built-in server".to_owned());
        }
        if self.client_id.is_empty() != self.client_secret.is_empty() {
            return Err("home.client_id and home.client_secret are set together or not at all".to_owned());
        }
        self.media.check("home.media")?;
        if self.media.is_used() && !self.media_dir.as_os_str().is_empty() {
            return Err(
                "home.media_dir and home.media say two places for the same files; name one".to_owned()
            );
        }
        if self.media.is_used() && self.media_url.is_empty() {
            return Err(
                "home.media_url must say what the addresses of files in home.media begin with".to_owned()
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_beside_needs_its_database_and_shows_no_password() {
        let mut home = Home { kind: "other".into(), ..Home::default() };
        assert!(home.check().unwrap_err().contains("home.server_database"));
        home.server_database = "postgres://godwit:secret@localhost/x".into();
        assert_eq!(home.check(), Ok(()));
        assert!(!format!("{home:?}").contains("secret"));
        home.media = Bucket {
            bucket: "files".into(),
            access_key_id: "who".into(),
            secret_access_key: "it".into(),
            ..Bucket::default()
        };
        assert!(
            home.check().unwrap_err().contains("home.media_url"),
            "nobody could say where they are served"
        );
        home.media_url = "https://files.example/".into();
        assert_eq!(home.check(), Ok(()));
        home.media_dir = "/srv/files".into();
        assert!(home.check().unwrap_err().contains("two places"));
        home.kind = BUILT_IN.to_owned();
        assert!(home.check().is_err(), "half a change is a mistake");
    }
}
