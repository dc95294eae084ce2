//! New home: where something lives that used to live elsewhere. Spec: LOLA 0.3, Hosting Redirects for Objects.

use actix_web::{HttpResponse, guard::GuardContext, http::header, web};
use serde::Deserialize;

use crate::{app::App, http::problem::Problem, store::url_map};

/// The old address somebody asks for.
#[derive(Debug, Deserialize)]
pub struct Former {
    redirect_ap_obj: String,
}

/// Whether an actor's address carries the question.
pub fn is_asked(context: &GuardContext<'_>) -> bool {
    let query = context.head().uri.query().unwrap_or_default();
    query.split('&').any(|pair| pair.starts_with("redirect_ap_obj="))
}

/// `GET /users/{name}?redirect_ap_obj=OLD`: 301 to the exact new id, 404 for whatever is unknown,
/// not public, or not shown yet.
pub async fn former(
    app: web::Data<App>,
    name: web::Path<String>,
    query: web::Query<Former>,
) -> Result<HttpResponse, Problem> {
    let account = app.site.account_named(&name).await?.ok_or_else(Problem::not_found)?;
    let old = &query.redirect_ap_obj;
    let new = url_map::released_target(&app.store, account.id.as_str(), old).await?;
    let new = new.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::MovedPermanently()
        .insert_header((header::LOCATION, new))
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .finish())
}
