//! The signed-in person's own page.

use actix_web::{HttpResponse, web::Data};

use crate::{
    app::App,
    http::{extract::SignedIn, problem::Problem, ui},
    site::accounts::Account,
};

/// Posts in the timeline.
const POSTS: usize = 30;

/// `GET /home`.
pub(super) async fn show(app: Data<App>, signed: SignedIn) -> Result<HttpResponse, Problem> {
    let account = &signed.session.account;
    let timeline = app.site.timeline(account, POSTS).await?;
    let news = notifications(&app, account).await?;
    Ok(ui::home::page(&app, &signed.session, &timeline, &news))
}

/// What happened around an account, newest first.
// MERGE: the inbox part answers here.
#[expect(clippy::unused_async, reason = "the real one reads rows")]
async fn notifications(_app: &App, _account: &Account) -> Result<Vec<ui::home::News>, Problem> {
    Ok(Vec::new())
}
