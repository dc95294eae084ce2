//! JSON for a signed-in person's programs: who am I, has anything changed.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    app::App,
    http::{extract::SignedIn, problem::Problem},
};

/// Longest wait for a change; the asker simply asks again.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// The counter the asker knows.
#[derive(Debug, Deserialize)]
pub(super) struct Since {
    #[serde(default)]
    since: u64,
}

/// `GET /api/v1/me`.
pub(super) async fn me(app: Data<App>, signed: SignedIn) -> HttpResponse {
    let account = &signed.session.account;
    HttpResponse::Ok().insert_header(("Cache-Control", "private, no-store")).json(json!({
        "username": account.username,
        "actor": app.site.urls.actor(&account.username),
        "csrf": signed.session.csrf,
        "role": account.role,
    }))
}

/// `GET /api/v1/changes?since=N`: answers when something was written after N, or after a while.
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
    let _in_time_or_not = tokio::time::timeout(LONGEST_WAIT, waiting).await;
    let counter = *commits.borrow();
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", "private, no-store"))
        .json(json!({"counter": counter})))
}
