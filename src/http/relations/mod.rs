//! Whom an account follows, who follows it, and what it is told about that.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Form, Json, ServiceConfig, get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{extract::SignedIn, problem::Problem};
use crate::{app::App, model::moment::Moment, store::notifications};

/// Notifications shown at most.
const NEWEST: i64 = 200;

/// Every address of this part, one line each.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.route("/follows", post().to(follow))
        .route("/follows/undo", post().to(unfollow))
        .route("/api/v1/following", get().to(following))
        .route("/api/v1/followers", get().to(followers))
        .route("/api/v1/notifications", get().to(told));
}

/// Whom to follow.
#[derive(Debug, Deserialize)]
struct FollowForm {
    handle: String,
    csrf: String,
}

/// Whom to follow no longer.
#[derive(Debug, Deserialize)]
struct UnfollowForm {
    actor: Url,
    csrf: String,
}

async fn follow(app: Data<App>, signed: SignedIn, form: Form<FollowForm>) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf)?;
    let followed = app.site.follow(&*app.remote, &signed.session.account, &form.handle).await;
    followed.map_err(|error| Problem::from(error).page())?;
    Ok(home())
}

async fn unfollow(
    app: Data<App>,
    signed: SignedIn,
    form: Form<UnfollowForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf)?;
    app.site
        .unfollow(&signed.session.account, &form.actor)
        .await
        .map_err(|error| Problem::from(error).page())?;
    Ok(home())
}

fn home() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, "/home")).finish()
}

async fn following(app: Data<App>, signed: SignedIn) -> Result<Json<Value>, Problem> {
    let rows = app.site.following(&signed.session.account.id).await?;
    let shown: Vec<Value> = rows.iter().map(|row| json!({"actor": row.actor, "state": row.state})).collect();
    Ok(Json(json!({"following": shown})))
}

async fn followers(app: Data<App>, signed: SignedIn) -> Result<Json<Value>, Problem> {
    let rows = app.site.followers(&signed.session.account.id).await?;
    let shown: Vec<Value> = rows.iter().map(|row| json!({"actor": row.actor})).collect();
    Ok(Json(json!({"followers": shown})))
}

async fn told(app: Data<App>, signed: SignedIn) -> Result<Json<Value>, Problem> {
    let rows = notifications::of_account(&app.store, signed.session.account.id.as_str(), NEWEST).await?;
    let shown: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "kind": row.kind,
                "actor": row.actor,
                "subject": row.subject,
                "created_at": Moment::from_micros(row.created_at),
            })
        })
        .collect();
    Ok(Json(json!({"notifications": shown})))
}
