//! JSON for a signed-in person's programs: who am I, has anything changed.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    http::{extract::SignedIn, problem::Problem},
    site::accounts::Role,
};

/// Longest wait for a change; the asker simply asks again.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    /// Login name.
    username: String,
    /// Actor id.
    actor: Url,
    /// What POSTs repeat in `X-CSRF-Token`.
    csrf: String,
    /// What the account may do here.
    role: Role,
}

/// The counter of what was written here.
#[derive(Debug, Serialize, ToSchema)]
struct Changes {
    /// Pass it as `since` to wait for the next change.
    counter: u64,
}

/// The counter the asker knows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Since {
    /// The counter already seen.
    #[serde(default)]
    #[param(required = false)]
    since: u64,
}

/// Who is signed in, and the token that POSTs repeat.
#[utoipa::path(
    get, path = "/api/v1/me", tag = "account", security(("session" = [])),
    responses((status = 200, body = Me))
)]
pub(super) async fn me(app: Data<App>, signed: SignedIn) -> Result<HttpResponse, Problem> {
    let account = &signed.session.account;
    let known = app.host.account(&account.id).await?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "private, no-store")).json(Me {
        actor: known.map_or_else(|| app.site.urls.actor(&account.username), |known| known.actor),
        username: account.username.clone(),
        csrf: signed.session.csrf.clone(),
        role: account.role,
    }))
}

/// Answers when something was written here after `since`, or after 20 seconds.
#[utoipa::path(
    get, path = "/api/v1/changes", tag = "account", security(("session" = [])), params(Since),
    responses((status = 200, body = Changes))
)]
pub(super) async fn changes(
    app: Data<App>,
    _signed: SignedIn,
    since: Query<Since>,
) -> Result<HttpResponse, Problem> {
    let mut commits = app.store.commits();
    // A counter behind the asker's means that we were started anew: that is a change, too.
    let waiting = async {
        let _seen_or_shut_down = commits.wait_for(|counter| *counter != since.since).await;
    };
    app.watchers.wait(LONGEST_WAIT, waiting).await;
    let counter = *commits.borrow();
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "private, no-store")).json(Changes { counter }))
}
