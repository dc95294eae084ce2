//! Which release's tables a database has, and whether they are as we know them.

use std::collections::BTreeSet;

use sqlx::PgConnection;

pub mod differences;
mod live;
mod version;
pub mod written;

pub use {differences::Difference, version::Version};

/// Differences named in one sentence at most.
const NAMED: usize = 12;

/// Tables that were looked at and found as written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// Whose they are.
    pub version: Version,
    /// The last change the database went through.
    pub last_change: u64,
}

impl Schema {
    /// Whether they are this release's or a later one's.
    pub fn is_at_least(self, version: Version) -> bool {
        self.version >= version
    }

    /// Whether nothing was changed since, as far as one look at the list of changes tells.
    ///
    /// # Errors
    /// [`SchemaError`].
    pub async fn is_still(self, c: &mut PgConnection) -> Result<bool, SchemaError> {
        Ok(live::last_change(c).await? == Some(self.last_change))
    }
}

/// Why a database is not touched.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// It is some other database.
    #[error("this database has no table schema_migrations; is it the right one?")]
    NotOne,
    /// It was changed by a release we do not know.
    #[error(
        "its tables were changed last by {found}, later than release {newest} ({known}), the newest one known \
         here; update godwit{}",
        named(differences)
    )]
    Newer {
        /// The last change found.
        found: u64,
        /// The newest release we know.
        newest: Version,
        /// That one's last change.
        known: u64,
        /// In what it differs from that one.
        differences: Vec<Difference>,
    },
    /// Tables or columns are not what they are in that release.
    #[error("its tables are not those of release {version}{}", named(differences))]
    Drifted {
        /// The release it comes closest to.
        version: Version,
        /// In what it differs.
        differences: Vec<Difference>,
    },
    /// It does not answer.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// The differences as the end of a sentence.
fn named(differences: &[Difference]) -> String {
    let Some(more) = differences.len().checked_sub(1) else { return String::new() };
    let mut text: Vec<String> = differences.iter().take(NAMED).map(ToString::to_string).collect();
    if more >= NAMED {
        text.push(format!("and {} more", differences.len() - NAMED));
    }
    format!(": {}", text.join("; "))
}

/// Looks at a database: which release's tables it has.
///
/// # Errors
/// [`SchemaError`] with what differs.
pub async fn detect(c: &mut PgConnection) -> Result<Schema, SchemaError> {
    let last_change = live::last_change(c).await?.ok_or(SchemaError::NotOne)?;
    let mut closest: Option<(Version, Vec<Difference>)> = None;
    for version in Version::candidates(last_change) {
        let written = written::read(version.tables());
        let names: Vec<String> = written.keys().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        let differences = differences::between(&written, &live::read(c, &names).await?);
        if differences.is_empty() && last_change <= newest().last_change() {
            return Ok(Schema { version, last_change });
        }
        if closest.as_ref().is_none_or(|(_, least)| differences.len() < least.len()) {
            closest = Some((version, differences));
        }
    }
    let (version, differences) = closest.ok_or(SchemaError::NotOne)?;
    if last_change > newest().last_change() {
        let (newest, known) = (newest(), newest().last_change());
        return Err(SchemaError::Newer { found: last_change, newest, known, differences });
    }
    Err(SchemaError::Drifted { version, differences })
}

fn newest() -> Version {
    Version::V4_7
}
