//! The door of every route here: a token that holds, and that is for this very account.

use std::sync::Arc;

use actix_web::{HttpRequest, http::Method, web};
use url::Url;

use super::doors::{Doors, Found, Known};
use crate::{
    app::App,
    http::{
        extract::bearer,
        problem::{Problem, ProblemKind},
    },
    model::actor::authority,
    oauth::scope::Scope,
    port::{host::HostAccount, source::Source},
    transfer::{
        leave,
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
    /// The account, opened for reading.
    pub(super) source: Arc<dyn Source>,
    /// The parts of the steps.
    pub(super) side: SourceSide,
}

impl Opened {
    async fn new(app: &App, known: Known) -> Result<Self, Problem> {
        let Known { grant, account } = known;
        let source = app.source_of(&account, grant.includes_private).await?;
        Ok(Self { grant, account, source, side: app.source_side() })
    }
}

/// Opens the door, or says why not. Another's name and nobody's name get the same answer.
pub(super) async fn open(app: &App, request: &HttpRequest, name: &str) -> Result<Opened, Problem> {
    let token = bearer(request).ok_or_else(|| {
        Problem::new(ProblemKind::InvalidToken, "This address needs a token in the Authorization header.")
    })?;
    let (doors, found) = (request.app_data::<web::Data<Doors>>(), Found::now(app));
    let who = (tokens::hashed(&token), name.to_owned());
    // Only who reads comes so often.
    let doors = doors.filter(|_| *request.method() == Method::GET);
    if let Some(known) = doors.and_then(|doors| doors.find(&who, found)) {
        return Opened::new(app, known).await;
    }
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
    leave::may_leave(&side, &account, &other, grant.scope).await?;
    let known = Known { grant, account };
    if let Some(doors) = doors.filter(|_| known.grant.scope == Scope::Read) {
        doors.remember(who, found, known.clone());
    }
    Opened::new(app, known).await
}
