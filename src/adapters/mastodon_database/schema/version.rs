//! The releases whose tables are known, oldest first.

/// A release line; point releases of one line have the same tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// 4.2
    V4_2,
    /// 4.3
    V4_3,
    /// 4.4: quotes, owners of most rows became compulsory.
    V4_4,
    /// 4.5: two forms of actor ids, conversations that know their root.
    V4_5,
    /// 4.6: keys in a table of their own for other servers' accounts, descriptions of avatars.
    V4_6,
    /// 4.7: own accounts' keys encrypted in that table, `accounts.uri` empty for them.
    V4_7,
}

impl Version {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::V4_2, Self::V4_3, Self::V4_4, Self::V4_5, Self::V4_6, Self::V4_7];

    /// As people write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V4_2 => "4.2",
            Self::V4_3 => "4.3",
            Self::V4_4 => "4.4",
            Self::V4_5 => "4.5",
            Self::V4_6 => "4.6",
            Self::V4_7 => "4.7",
        }
    }

    /// The last change of tables that belongs to it: the greatest `schema_migrations.version`.
    pub fn last_change(self) -> u64 {
        match self {
            Self::V4_2 => 20_230_907_150_100,
            Self::V4_3 => 20_241_007_071_624,
            Self::V4_4 => 20_250_627_132_728,
            Self::V4_5 => 20_251_023_210_145,
            Self::V4_6 => 20_260_611_150_940,
            Self::V4_7 => 20_260_812_154_114,
        }
    }

    /// Our write-down of its tables, as SQL that makes them.
    pub fn tables(self) -> &'static str {
        /// The text of one of them.
        macro_rules! written_down {
            ($version:literal) => {
                include_str!(concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/tests/fixtures/mastodon_database/schema-",
                    $version,
                    ".sql"
                ))
            };
        }
        match self {
            Self::V4_2 => written_down!("4.2"),
            Self::V4_3 => written_down!("4.3"),
            Self::V4_4 => written_down!("4.4"),
            Self::V4_5 => written_down!("4.5"),
            Self::V4_6 => written_down!("4.6"),
            Self::V4_7 => written_down!("4.7"),
        }
    }

    /// The releases a database may be of whose last change is `found`, the likeliest first: updates
    /// run in two parts, so it may stand between two of them for days.
    pub fn candidates(found: u64) -> Vec<Self> {
        let reached = Self::ALL.into_iter().rfind(|version| version.last_change() <= found);
        let next = Self::ALL.into_iter().find(|version| version.last_change() > found);
        match reached {
            Some(exact) if exact.last_change() == found => vec![exact],
            _ => reached.into_iter().chain(next).rev().collect(),
        }
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_between_two_releases_may_be_either() {
        assert_eq!(Version::candidates(20_241_007_071_624), [Version::V4_3]);
        assert_eq!(Version::candidates(20_250_101_000_000), [Version::V4_4, Version::V4_3]);
        assert_eq!(Version::candidates(20_200_101_000_000), [Version::V4_2]);
        assert_eq!(Version::candidates(20_300_101_000_000), [Version::V4_7]);
    }
}
