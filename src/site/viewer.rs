//! Who looks: decides what of an account is shown, everywhere.

use super::{
    accounts::{Account, Role},
    sessions::Session,
};
use crate::{model::id::AccountId, store::posts::Sight};

/// The one who looks.
///
/// - A stranger sees public and unlisted things that are not on trial.
/// - An owner sees everything of their own account, copies on trial too, and the rest like a stranger.
/// - An admin sees in addition open posts that are still on trial; never private ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Not signed in here.
    Stranger,
    /// Signed in: the owner of this account.
    Owner(AccountId),
    /// Signed in: the owner of this account, who also answers for the server.
    Admin(AccountId),
}

impl Viewer {
    /// The viewer behind a session.
    pub fn of(session: Option<&Session>) -> Self {
        match session {
            None => Self::Stranger,
            Some(session) if session.account.role == Role::Admin => Self::Admin(session.account.id.clone()),
            Some(session) => Self::Owner(session.account.id.clone()),
        }
    }

    /// Their account, if they have one here.
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Self::Stranger => None,
            Self::Owner(id) | Self::Admin(id) => Some(id),
        }
    }

    /// Whether an account is theirs.
    pub fn owns(&self, account: &Account) -> bool {
        self.account() == Some(&account.id)
    }

    /// The same as the tables understand it.
    pub(super) fn sight(&self) -> Sight {
        Sight {
            viewer: self.account().map(|id| id.as_str().to_owned()).unwrap_or_default(),
            is_admin: matches!(self, Self::Admin(_)),
        }
    }
}
