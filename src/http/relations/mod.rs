//! Whom an account follows, who follows it, and what it is told about that.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Form, Json, ServiceConfig, get, post},
};
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::{OpenApi, ToSchema};

use super::{extract::SignedIn, problem::Problem};
use crate::{app::App, model::moment::Moment, store::notifications};

mod again;

/// Notifications shown at most.
const NEWEST: i64 = 200;

/// The JSON endpoints of this part.
#[derive(OpenApi)]
#[openapi(paths(following, followers, told))]
pub struct ApiDoc;

/// Every address of this part, one line each.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.route("/follows", post().to(follow))
        .route("/follows/undo", post().to(unfollow))
        .route("/follows/again", get().to(again::show))
        .route("/follows/again/live", get().to(again::live))
        .route("/follows/again", post().to(again::begin))
        .route("/follows/again/stop", post().to(again::stop))
        .route("/follows/again/permitted", get().to(again::permitted))
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

/// Whom the account follows.
#[derive(Debug, Serialize, ToSchema)]
struct Following {
    following: Vec<Followed>,
}

/// Somebody who is followed.
#[derive(Debug, Serialize, ToSchema)]
struct Followed {
    /// Actor id.
    actor: String,
    /// `asked`, `accepted`, or `kept`: came with a copy, nothing was sent.
    state: String,
}

/// Who follows the account.
#[derive(Debug, Serialize, ToSchema)]
struct Followers {
    followers: Vec<Follower>,
}

/// Somebody who follows.
#[derive(Debug, Serialize, ToSchema)]
struct Follower {
    /// Actor id.
    actor: String,
}

/// What the account was told, newest first.
#[derive(Debug, Serialize, ToSchema)]
struct Notifications {
    notifications: Vec<Notification>,
}

/// One thing it was told.
#[derive(Debug, Serialize, ToSchema)]
struct Notification {
    /// `follow`, `mention`, `reply` or `move`.
    kind: String,
    /// Whose doing it was.
    actor: String,
    /// What it is about, if anything.
    subject: Option<String>,
    /// When it arrived.
    #[schema(value_type = String, format = DateTime)]
    created_at: Moment,
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

/// Whom the signed-in account follows.
#[utoipa::path(
    get, path = "/api/v1/following", tag = "account", security(("session" = [])),
    responses((status = 200, body = Following))
)]
async fn following(app: Data<App>, signed: SignedIn) -> Result<Json<Following>, Problem> {
    let rows = app.site.following(&signed.session.account.id).await?;
    let following = rows.into_iter().map(|row| Followed { actor: row.actor, state: row.state }).collect();
    Ok(Json(Following { following }))
}

/// Who follows the signed-in account.
#[utoipa::path(
    get, path = "/api/v1/followers", tag = "account", security(("session" = [])),
    responses((status = 200, body = Followers))
)]
async fn followers(app: Data<App>, signed: SignedIn) -> Result<Json<Followers>, Problem> {
    let rows = app.site.followers(&signed.session.account.id).await?;
    let followers = rows.into_iter().map(|row| Follower { actor: row.actor }).collect();
    Ok(Json(Followers { followers }))
}

/// What the signed-in account was told, newest first, 200 at most.
#[utoipa::path(
    get, path = "/api/v1/notifications", tag = "account", security(("session" = [])),
    responses((status = 200, body = Notifications))
)]
async fn told(app: Data<App>, signed: SignedIn) -> Result<Json<Notifications>, Problem> {
    let rows = notifications::of_account(&app.store, signed.session.account.id.as_str(), NEWEST).await?;
    let screen = app.site.screen(&signed.session.account).await?;
    let notifications = rows
        .into_iter()
        .filter(|row| Url::parse(&row.actor).is_ok_and(|actor| screen.hears(&actor)))
        .map(|row| Notification {
            kind: row.kind,
            actor: row.actor,
            subject: row.subject,
            created_at: Moment::from_micros(row.created_at),
        })
        .collect();
    Ok(Json(Notifications { notifications }))
}
