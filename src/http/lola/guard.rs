//! The door of every route here: a token that holds, and that is for this very account.

use actix_web::HttpRequest;
use url::Url;

use crate::{
    app::App,
    http::{
        extract::bearer,
        problem::{Problem, ProblemKind},
    },
    model::{actor::authority, policy::Decision},
    port::host::HostAccount,
    transfer::{
        source_side::SourceSide,
        tokens::{self, Grant},
    },
};

/// What stands open behind the door.
pub(super) struct Opened {
    /// What the token is good for.
    pub(super) grant: Grant,
    /// Whose it is.
    pub(super) account: HostAccount,
    /// The parts of the steps.
    pub(super) side: SourceSide,
}

/// Opens the door, or says why not. Another's name and nobody's name get the same answer.
pub(super) async fn open(app: &App, request: &HttpRequest, name: &str) -> Result<Opened, Problem> {
    let token = bearer(request).ok_or_else(|| {
        Problem::new(ProblemKind::InvalidToken, "This address needs a token in the Authorization header.")
    })?;
    let grant = tokens::authenticate(&app.store, &*app.clock, &token).await?.ok_or_else(|| {
        Problem::new(
            ProblemKind::InvalidToken,
            "This token is unknown, expired or was taken back. Refresh it or ask again.",
        )
    })?;
    let account = app.host.account_named(name).await?.filter(|account| account.id == grant.account);
    let account = account.ok_or_else(|| {
        Problem::new(
            ProblemKind::ActorMismatch,
            "This token is for another account. Use the addresses of its own actor.",
        )
    })?;
    let side = app.source_side();
    // A permission given before a change of the rules obeys them from then on.
    let other = Url::parse(&grant.client_id).map(|client| authority(&client)).unwrap_or_default();
    if let Decision::Refused(why) = side.decide(&other, Some(&side.handle(&account))).await? {
        return Err(Problem::new(ProblemKind::Policy, why));
    }
    Ok(Opened { grant, account, side })
}
